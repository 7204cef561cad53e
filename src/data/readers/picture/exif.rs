//! How a picture is to be turned: cameras store rows as they come, and say which side is up.

/// One of the eight ways in which a rectangle lies on itself, as EXIF numbers them from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn(u16);

impl Turn {
    pub const NONE: Self = Self(1);

    /// Of a number that files hold; others than eight mean nothing.
    pub fn new(number: u16) -> Self {
        if (1..=8).contains(&number) {
            Self(number)
        } else {
            Self::NONE
        }
    }

    /// The turn in EXIF data, which start as a TIFF file does.
    pub fn of_exif(exif: &[u8]) -> Self {
        Self::new(orientation(exif).unwrap_or(1))
    }

    /// Height and width of what is turned; a turn back takes the same.
    pub fn size(self, (height, width): (usize, usize)) -> (usize, usize) {
        if self.0 > 4 {
            (width, height)
        } else {
            (height, width)
        }
    }

    /// A picture of this height and width, turned.
    pub fn apply<T: Copy>(self, stored: Vec<T>, (height, width): (usize, usize)) -> Vec<T> {
        if self == Self::NONE {
            return stored;
        }
        let (rows, columns) = self.size((height, width));
        let (bottom, right) = (height - 1, width - 1);
        let from = |row: usize, column: usize| match self.0 {
            2 => (row, right - column),
            3 => (bottom - row, right - column),
            4 => (bottom - row, column),
            5 => (column, row),
            6 => (bottom - column, row),
            7 => (bottom - column, right - row),
            8 => (column, right - row),
            _ => (row, column),
        };
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        places
            .map(|(row, column)| from(row, column))
            .map(|(row, column)| stored[row * width + column])
            .collect()
    }
}

fn orientation(exif: &[u8]) -> Option<u16> {
    const ORIENTATION: u16 = 0x112;
    let little = exif.starts_with(b"II");
    let word = |at: usize| -> Option<u16> {
        let bytes = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let long = |at: usize| -> Option<usize> {
        let (first, second) = (usize::from(word(at)?), usize::from(word(at + 2)?));
        Some(if little {
            second << 16 | first
        } else {
            first << 16 | second
        })
    };
    let start = long(4)?;
    let count = usize::from(word(start)?);
    let mut entries = (0..count).map(|entry| start + 2 + 12 * entry);
    let at = entries.find(|&at| word(at) == Some(ORIENTATION))?;
    word(at + 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_eight_turns_are_those_of_the_standard() {
        // Of two rows and three columns, what is seen: "the 0th row is at the visual top, and the
        // 0th column at the visual left-hand side", and so on.
        let seen = [
            "abc def", "cba fed", "fed cba", "def abc", "ad be cf", "da eb fc", "fc eb da",
            "cf be ad",
        ];
        for (turn, seen) in (1..).zip(seen) {
            let turn = Turn::new(turn);
            let (rows, columns) = turn.size((2, 3));
            let turned = turn.apply(b"abcdef".to_vec(), (2, 3));
            let lines: Vec<&str> = turned
                .chunks(columns)
                .map(|row| str::from_utf8(row).unwrap())
                .collect();
            assert_eq!(lines.len(), rows);
            assert_eq!(lines.join(" "), seen, "{turn:?}");
        }
    }

    #[test]
    fn the_number_is_found_in_either_order_of_bytes() {
        let big = b"MM\0*\0\0\0\x08\0\x02\x01\x0f\0\x02\0\0\0\x01\0\0\0\0\x01\x12\0\x03\0\0\0\x01\0\x06\0\0";
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0";
        assert_eq!(Turn::of_exif(big), Turn(6));
        assert_eq!(Turn::of_exif(little), Turn(8));
        for cut in 0..big.len() - 3 {
            assert_eq!(Turn::of_exif(&big[..cut]), Turn::NONE);
        }
        assert_eq!(Turn::of_exif(b"II*\0\xff\xff\xff\xff"), Turn::NONE);
        assert_eq!(Turn::new(9), Turn::NONE);
    }
}
