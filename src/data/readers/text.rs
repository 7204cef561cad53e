//! Text as programs save it: UTF-8, UTF-16 or Windows-1252, never guessed silently.

use std::borrow::Cow;

/// What Windows-1252 has where Latin-1 has control characters: from 0x80 to 0x9f, 0 where it has
/// none.
const WINDOWS: [u16; 32] = [
    0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039,
    0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc,
    0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
];

/// The byte order of UTF-16.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Little,
    Big,
}

/// A text in UTF-8, and what it was in if that had to be assumed.
pub(super) type Decoded<'a> = (Cow<'a, [u8]>, Option<&'static str>);

/// A text in UTF-8 without the mark at its start, or what is wrong with it.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, &'static str> {
    if let Some((order, start)) = utf16(bytes) {
        let text = from_utf16(&bytes[start..], order).ok_or(
            "The text is cut short or damaged: it starts as UTF-16 does and does not go on so. \
             Save it again as UTF-8.",
        )?;
        return Ok((text.into_bytes().into(), None));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if std::str::from_utf8(bytes).is_ok() {
        return Ok((bytes.into(), None));
    }
    let text = from_windows(bytes).ok_or(
        "The text is neither UTF-8 nor Windows-1252, so that its letters cannot be told. Save it \
         again as UTF-8.",
    )?;
    Ok((text.into_bytes().into(), Some("Windows-1252")))
}

/// Whether a text that starts like this is UTF-16.
pub(super) fn is_utf16(start: &[u8]) -> bool {
    utf16(start).is_some()
}

/// The byte order of UTF-16, and where the text starts: told by the mark, or by every second byte
/// of its first ones being zero.
fn utf16(bytes: &[u8]) -> Option<(Order, usize)> {
    match bytes {
        [0xff, 0xfe, ..] => return Some((Order::Little, 2)),
        [0xfe, 0xff, ..] => return Some((Order::Big, 2)),
        _ => {}
    }
    let start = &bytes[..bytes.len().min(64) & !1];
    let zeros = |place| start.iter().skip(place).step_by(2).all(|&byte| byte == 0);
    let text = |place| start.iter().skip(place).step_by(2).all(|&byte| byte >= 9);
    match start.len() {
        0..4 => None,
        _ if zeros(1) && text(0) => Some((Order::Little, 0)),
        _ if zeros(0) && text(1) => Some((Order::Big, 0)),
        _ => None,
    }
}

fn from_utf16(bytes: &[u8], order: Order) -> Option<String> {
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let units = pairs.map(|pair| match order {
        Order::Little => u16::from_le_bytes([pair[0], pair[1]]),
        Order::Big => u16::from_be_bytes([pair[0], pair[1]]),
    });
    let characters = char::decode_utf16(units);
    characters.map(|c| c.ok().filter(|&c| c != '\0')).collect()
}

fn from_windows(bytes: &[u8]) -> Option<String> {
    let character = |&byte: &u8| match byte {
        0x80..0xa0 => {
            let code = WINDOWS[usize::from(byte - 0x80)];
            char::from_u32(code.into()).filter(|_| code != 0)
        }
        _ => Some(byte.into()),
    };
    bytes.iter().map(character).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, Option<&str>) {
        let (text, assumed) = decode(bytes).unwrap();
        (String::from_utf8(text.into_owned()).unwrap(), assumed)
    }

    #[test]
    fn utf_8_and_utf_16_are_told_by_their_marks_and_without() {
        let text = "name,ä\n€,😀\n";
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [b"\xff\xfe", little.as_slice()].concat(),
            [b"\xfe\xff", big.as_slice()].concat(),
        ] {
            assert_eq!(decoded(&bytes), (text.into(), None));
        }
        let plain: Vec<u8> = "a,b\n1,2\n".bytes().flat_map(|byte| [byte, 0]).collect();
        assert_eq!(decoded(&plain), ("a,b\n1,2\n".into(), None));
        assert!(decode(b"\xff\xfea\0b").is_err(), "half a character");
        assert!(decode(b"\xff\xfe\0\xd8a\0").is_err(), "half a pair");
    }

    #[test]
    fn other_bytes_are_windows_1252_where_that_has_a_character_for_each() {
        // From the table of the Unicode consortium.
        assert_eq!(
            decoded(b"B\xe4r \x80 \x8a\x9f \x93x\x94 \xff"),
            ("Bär € ŠŸ “x” ÿ".into(), Some("Windows-1252"))
        );
        for undefined in [0x81, 0x8d, 0x8f, 0x90, 0x9d] {
            assert!(decode(&[b'a', undefined]).is_err());
        }
    }
}
