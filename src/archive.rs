//! Zip archives in memory: what is in them, unpacked on demand, and new ones.

use std::fmt;
use std::io::Read;

use flate2::read::DeflateDecoder;
use rawzip::extra_fields::ExtraFieldId;
use rawzip::{
    CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipFileHeaderRecord, ZipSliceArchive,
};

/// An open archive.
pub(crate) struct Archive<'a> {
    zip: ZipSliceArchive<&'a [u8]>,
    members: Vec<Member>,
}

/// A file in an archive.
pub(crate) struct Member {
    /// Folders before its name are separated by `/`.
    pub path: String,
    /// How large it says it is when unpacked.
    #[cfg_attr(
        not(feature = "models"),
        expect(
            dead_code,
            reason = "only models are held to it before they are unpacked"
        )
    )]
    pub bytes: u64,
    stored: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    is_encrypted: bool,
}

/// Why an archive or a file in it cannot be read.
#[derive(Debug)]
pub(crate) enum ArchiveError {
    /// The structure does not hold together, as the text says.
    Damaged(String),
    /// There are more files than were allowed.
    TooMany,
    /// A password is needed.
    Encrypted,
    /// By this method, which is not deflate.
    Method(String),
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(reason) => f.write_str(reason),
            Self::TooMany => f.write_str("it holds too many files"),
            Self::Encrypted => f.write_str("it is encrypted"),
            Self::Method(name) => write!(f, "it is packed with {name}, not with deflate"),
        }
    }
}

impl From<rawzip::Error> for ArchiveError {
    fn from(error: rawzip::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl<'a> Archive<'a> {
    /// Looks at the directory of an archive of at most so many files. Folders are left out.
    pub(crate) fn open(bytes: &'a [u8], most: usize) -> Result<Self, ArchiveError> {
        let zip = ZipArchive::from_slice(bytes)?;
        let mut members = Vec::new();
        let mut listed = zip.entries();
        while let Some(entry) = listed.next_entry()? {
            if entry.is_dir() {
                continue;
            }
            if members.len() == most {
                return Err(ArchiveError::TooMany);
            }
            members.push(Member {
                path: path(&entry).replace('\\', "/"),
                bytes: entry.uncompressed_size_hint(),
                stored: entry.wayfinder(),
                method: entry.compression_method(),
                is_encrypted: entry.flags().is_encrypted(),
            });
        }
        Ok(Self { zip, members })
    }

    /// The files, as they stand in the directory.
    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// The content of a file, by its place among the members, unpacked as it is read and checked at
    /// its end. What it announces is not believed: who reads sets the limit.
    pub(crate) fn stream(&self, member: usize) -> Result<Box<dyn Read + '_>, ArchiveError> {
        let member = &self.members[member];
        if member.is_encrypted {
            return Err(ArchiveError::Encrypted);
        }
        let stored = self.zip.get_entry(member.stored)?;
        let data = stored.data();
        match member.method {
            CompressionMethod::STORE => Ok(Box::new(stored.verifying_reader(data))),
            CompressionMethod::DEFLATE => {
                Ok(Box::new(stored.verifying_reader(DeflateDecoder::new(data))))
            }
            method => Err(ArchiveError::Method(match method.name() {
                Some(name) => name.to_lowercase(),
                None => format!("method {}", method.as_u16()),
            })),
        }
    }
}

/// The path of a file. Programs write UTF-8 whether or not they say so; what is no UTF-8 is in the
/// letters of the first PCs, which is what the format says, unless UTF-8 stands beside it.
fn path(entry: &ZipFileHeaderRecord<'_>) -> String {
    let file_path = entry.file_path();
    let stored = file_path.as_bytes();
    if let Ok(path) = str::from_utf8(stored) {
        return path.into();
    }
    // A version, the checksum of the stored path, and the path.
    for (id, field) in entry.extra_fields() {
        if id == ExtraFieldId::INFO_ZIP_UNICODE_PATH
            && let Some(path) = field.get(5..).and_then(|path| str::from_utf8(path).ok())
        {
            return path.into();
        }
    }
    let letter = |&byte: &u8| match byte.checked_sub(0x80) {
        Some(place) => CODE_PAGE_437.chars().nth(place.into()).unwrap_or('_'),
        None => char::from(byte),
    };
    stored.iter().map(letter).collect()
}

/// The upper half of IBM's code page 437.
const CODE_PAGE_437: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌\
    █▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_page_is_whole() {
        assert_eq!(CODE_PAGE_437.chars().count(), 128);
        // As Python's codec "cp437" has them.
        let at = |byte: usize| CODE_PAGE_437.chars().nth(byte - 0x80);
        assert_eq!(
            [0x84, 0x8e, 0xe1, 0xf8].map(at),
            ['ä', 'Ä', 'ß', '°'].map(Some)
        );
    }
}
