//! Zip archives in memory: what is in them, unpacked on demand, and new ones.

use std::fmt;
use std::io::Read;

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};

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
    /// By a method other than deflate.
    Method,
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(reason) => f.write_str(reason),
            Self::TooMany => f.write_str("it holds too many files"),
            Self::Encrypted => f.write_str("it is encrypted"),
            Self::Method => f.write_str("it is packed otherwise than with deflate"),
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
                path: String::from_utf8_lossy(entry.file_path().as_bytes()).replace('\\', "/"),
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
            _ => Err(ArchiveError::Method),
        }
    }
}
