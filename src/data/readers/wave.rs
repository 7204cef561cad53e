//! WAV files: chunks of which one says what the samples are, and one holds them.

/// A recording.
pub(super) struct Wave {
    /// From -1 to 1, all channels averaged.
    pub samples: Vec<f32>,
    pub channels: usize,
    /// What is wrong with the file, though it can be read.
    pub blemish: Option<&'static str>,
}

/// What is known of a recording before its samples are read.
pub(super) struct Header {
    /// Samples a second.
    pub rate: u32,
    channels: usize,
    coding: Coding,
    /// Bytes of a sample of one channel.
    width: usize,
}

#[derive(Clone, Copy)]
enum Coding {
    /// Whole numbers; of one byte without a sign. Fewer bits than there are bytes for stand at the top.
    Integers,
    Floats,
    ALaw,
    MuLaw,
}

/// A recording that lacks a larger share of what it announces is none.
const MISSING: f64 = 0.1;

/// What stands before the samples.
pub(super) fn header(file: &[u8]) -> Result<Header, String> {
    let form = chunks(file).find(|chunk| chunk.id == *b"fmt ");
    let form = form.ok_or("it does not say what its samples are")?.bytes;
    let word = |at: usize| -> Result<u16, String> {
        let bytes = form.get(at..at + 2).ok_or("it ends within its header")?;
        Ok(u16::from_le_bytes([bytes[0], bytes[1]]))
    };
    let [channels, block, bits] = [word(2)?, word(12)?, word(14)?].map(usize::from);
    let rate = u32::from(word(6)?) << 16 | u32::from(word(4)?);
    if channels == 0 {
        return Err("it has no channels".into());
    }
    let width = match block {
        block if block > 0 && block % channels == 0 => block / channels,
        _ => bits.div_ceil(8),
    };
    let tag = match word(0)? {
        // Extensible: the tag stands at the start of a longer one.
        0xfffe => word(24)?,
        tag => tag,
    };
    let coding = match (tag, width) {
        (1, 1..=4) => Coding::Integers,
        (3, 4 | 8) => Coding::Floats,
        (6, 1) => Coding::ALaw,
        (7, 1) => Coding::MuLaw,
        _ => {
            let name = match tag {
                1 | 3 | 6 | 7 => format!("stored with {bits} bits a sample"),
                2 | 0x11 => "compressed as ADPCM".into(),
                0x31 => "compressed as GSM".into(),
                0x50 | 0x55 => "compressed as MP3".into(),
                tag => format!("compressed by method {tag:#06x}"),
            };
            return Err(format!(
                "it is {name}: save it as PCM of 8 to 32 bits, or as floats"
            ));
        }
    };
    Ok(Header {
        rate,
        channels,
        coding,
        width,
    })
}

pub(super) fn read(file: &[u8]) -> Result<Wave, String> {
    let header = header(file)?;
    let data = chunks(file).find(|chunk| chunk.id == *b"data");
    let data = data.ok_or("it has no samples")?;
    let mut blemish = None;
    if data.missing > 0 {
        let announced = data.bytes.len() + data.missing;
        if data.missing as f64 > MISSING * announced as f64 {
            return Err(format!(
                "it announces {announced} bytes of samples, and {} follow",
                data.bytes.len()
            ));
        }
        blemish = Some("cut short near their end");
    }
    let block = header.channels * header.width;
    if !data.bytes.len().is_multiple_of(block) {
        blemish = blemish.or(Some("their last sample is not whole"));
    }
    let mean = |block: &[u8]| {
        let sum: f32 = block
            .chunks_exact(header.width)
            .map(|bytes| header.coding.sample(bytes))
            .sum();
        sum / header.channels as f32
    };
    Ok(Wave {
        samples: data.bytes.chunks_exact(block).map(mean).collect(),
        channels: header.channels,
        blemish,
    })
}

impl Coding {
    fn sample(self, bytes: &[u8]) -> f32 {
        match (self, bytes) {
            (Self::Integers, [byte]) => (f32::from(*byte) - 128.0) / 128.0,
            (Self::Integers, bytes) => {
                let mut wide = [0; 4];
                wide[4 - bytes.len()..].copy_from_slice(bytes);
                i32::from_le_bytes(wide) as f32 / 2_f32.powi(31)
            }
            (Self::Floats, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
            (Self::Floats, &[a, b, c, d, e, f, g, h]) => {
                f64::from_le_bytes([a, b, c, d, e, f, g, h]) as f32
            }
            (Self::MuLaw, [byte, ..]) => {
                let byte = !byte;
                let size = (((i32::from(byte & 15) << 3) + 132) << (byte >> 4 & 7)) - 132;
                signed(size, byte & 128 == 0)
            }
            (Self::ALaw, [byte, ..]) => {
                let byte = byte ^ 0x55;
                let size = (i32::from(byte & 15) << 4) + 8;
                let size = match byte >> 4 & 7 {
                    0 => size,
                    steps => (size + 256) << (steps - 1),
                };
                signed(size, byte & 128 != 0)
            }
            _ => 0.0,
        }
    }
}

/// Of 16 bits, on the scale from -1 to 1.
fn signed(size: i32, positive: bool) -> f32 {
    (if positive { size } else { -size }) as f32 / 32768.0
}

struct Chunk<'a> {
    id: [u8; 4],
    bytes: &'a [u8],
    /// How many bytes are announced and do not follow.
    missing: usize,
}

/// The chunks of a file. Where the length of the samples was left open, because the file was written
/// without knowing it, they reach to the end.
fn chunks(file: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let long = |at: usize| -> Option<u64> {
        let bytes = file.get(at..at.checked_add(4)?)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?).into())
    };
    let in_file = long(4).unwrap_or(0);
    // The length in a file that may be larger than 4 GB.
    let mut wide = None;
    let mut at = 12;
    std::iter::from_fn(move || {
        let id: [u8; 4] = file.get(at..at + 4)?.try_into().ok()?;
        let mut size = long(at + 4)?;
        let follow = &file[at + 8..];
        if id == *b"ds64" {
            wide = long(at + 16)
                .zip(long(at + 20))
                .map(|(low, high)| high << 32 | low);
        }
        if id == *b"data" {
            if let (0xffff_ffff, Some(wide)) = (size, wide) {
                size = wide;
            }
            // Programs that write to a pipe leave 0 or some number near the largest.
            let is_open = |size: u64| size == 0 || size >= 0x7fff_0000;
            let around_fits = in_file == file.len() as u64 - 8;
            let is_empty = size == 0 && are_chunks(follow);
            let too_long = size > follow.len() as u64;
            if !is_empty && (is_open(size) || too_long && (is_open(in_file) || around_fits)) {
                size = follow.len() as u64;
            }
        }
        let whole = usize::try_from(size).map_or(follow.len(), |size| size.min(follow.len()));
        let missing = size - whole as u64;
        at += 8 + whole;
        // An odd one is filled up, or ought to be.
        if whole % 2 == 1 && !starts_chunk(&follow[whole..]) {
            at += 1;
        }
        Some(Chunk {
            id,
            bytes: &follow[..whole],
            missing: usize::try_from(missing).unwrap_or(usize::MAX - whole),
        })
    })
}

/// Whether a chunk of a known kind starts here.
fn starts_chunk(bytes: &[u8]) -> bool {
    let known = [
        "fmt ", "data", "LIST", "fact", "bext", "cue ", "smpl", "inst", "id3 ", "ID3 ", "JUNK",
        "PEAK", "iXML", "_PMX", "afsp", "cart", "chna", "axml",
    ];
    known.iter().any(|id| bytes.starts_with(id.as_bytes()))
}

/// Whether these are whole chunks, or nothing.
fn are_chunks(mut bytes: &[u8]) -> bool {
    while let [_, _, _, _, a, b, c, d, follow @ ..] = bytes {
        if !starts_chunk(bytes) {
            return false;
        }
        let size = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        let Some(rest) = follow.get(size.saturating_add(size % 2)..) else {
            return false;
        };
        bytes = rest;
    }
    bytes.len() < 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companded_samples_are_those_of_the_standard() {
        // ITU-T G.711: the ends of the scale and the smallest steps, of 16 bits.
        for (coding, byte, expected) in [
            (Coding::MuLaw, 0x00, -32124.0),
            (Coding::MuLaw, 0x80, 32124.0),
            (Coding::MuLaw, 0xff, 0.0),
            (Coding::MuLaw, 0xfe, 8.0),
            (Coding::MuLaw, 0x6f, -132.0),
            (Coding::ALaw, 0xaa, 32256.0),
            (Coding::ALaw, 0x2a, -32256.0),
            (Coding::ALaw, 0xd5, 8.0),
            (Coding::ALaw, 0x55, -8.0),
            (Coding::ALaw, 0xc5, 264.0),
        ] {
            assert_eq!(coding.sample(&[byte]) * 32768.0, expected, "{byte:#x}");
        }
    }
}
