//! The files as a person gave them: archives opened, kinds told apart by content, and everything
//! unpacked on demand and within bounds.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::read::GzDecoder;

use super::error::ReadError;
use super::labels::composed;
use super::{paths, rdata, text};
use crate::archive::{Archive, ArchiveError};
use crate::data::{File, idx};

/// All unpacking together may yield so many times the largest size of one unpacked file: pictures
/// are unpacked one by one, twice each, and kept small.
const UNPACKED_FACTOR: u64 = 8;
/// The most files, those in archives counted one by one.
pub const MAX_FILES: usize = 200_000;
/// What WAV files start with; the latter two may be larger than 4 GB.
const WAVES: [[u8; 4]; 3] = [*b"RIFF", *b"RF64", *b"BW64"];
/// Enough of a file to tell its kind.
const START: u64 = 512;

/// What a file is, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Idx,
    Npy,
    Table,
    Png,
    Jpeg,
    Tiff,
    Wave,
    /// What R saved; it may hold several arrays.
    R,
}

/// A file that can be read, in an archive or not.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its own name and that of the archive around it.
    pub name: String,
    /// Its path within the archive, or its own name.
    pub path: String,
    pub kind: Kind,
    /// Which of several arrays in the file is meant.
    pub member: Option<String>,
    place: Place,
    gzip: bool,
}

impl Entry {
    /// Whether both are in one file.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.place == other.place
    }

    /// One of the arrays in the file.
    pub fn member(&self, name: String) -> Self {
        let join = |path: &str| match name.as_str() {
            "" => path.to_owned(),
            name => format!("{path}/{name}"),
        };
        Self {
            name: join(&self.name),
            path: join(&self.path),
            member: Some(name),
            ..self.clone()
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    File(usize),
    Member { archive: usize, index: usize },
}

/// All files and how much may still be unpacked.
pub(super) struct Source<'a> {
    files: &'a [File],
    archives: Vec<Archive<'a>>,
    left: u64,
    limit: u64,
}

/// What was found in the files.
pub(super) struct Found<'a> {
    pub source: Source<'a>,
    pub entries: Vec<Entry>,
    /// Names of files of other forms, and what they are.
    pub skipped: Vec<(String, &'static str)>,
    /// Why members of archives cannot be unpacked.
    pub unreadable: Vec<ReadError>,
}

/// Opens `files`, of which none may unpack to more than `limit` bytes. They and those in archives are
/// handed out in the order of their paths, whatever the order in which they were given.
pub(super) fn open(files: &[File], limit: usize) -> Result<Found<'_>, ReadError> {
    let limit = limit as u64;
    let mut found = Found {
        source: Source {
            files,
            archives: Vec::new(),
            left: limit.saturating_mul(UNPACKED_FACTOR),
            limit,
        },
        entries: Vec::new(),
        skipped: Vec::new(),
        unreadable: Vec::new(),
    };
    for (index, file) in files.iter().enumerate() {
        if file.bytes.is_empty() && files.len() == 1 {
            let message = "The file is empty. Choose one that holds images.";
            return Err(ReadError::new(&file.name, message));
        }
        if is_zip(&file.bytes) {
            found.add_archive(file)?;
        } else {
            let name = composed(&file.name).into_owned();
            found.add(name.clone(), name, Place::File(index))?;
        }
    }
    found.entries.sort_by(|a, b| paths::order(&a.name, &b.name));
    found.skipped.sort_by(|(a, _), (b, _)| paths::order(a, b));
    Ok(found)
}

fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

impl<'a> Found<'a> {
    fn add_archive(&mut self, file: &'a File) -> Result<(), ReadError> {
        let archive = Archive::open(&file.bytes, MAX_FILES)
            .map_err(|error| ReadError::new(&file.name, of_zip(&error)))?;
        let paths: Vec<String> = archive
            .members()
            .iter()
            .map(|member| composed(&member.path).into_owned())
            .collect();
        if paths.is_empty() {
            let message = "The archive is empty. Choose one that holds images.";
            return Err(ReadError::new(&file.name, message));
        }
        let number = self.source.archives.len();
        self.source.archives.push(archive);
        let around = composed(&file.name).into_owned();
        for (index, path) in paths.into_iter().enumerate() {
            let place = Place::Member {
                archive: number,
                index,
            };
            self.add(format!("{around}/{path}"), path, place)?;
        }
        Ok(())
    }

    fn add(&mut self, name: String, path: String, place: Place) -> Result<(), ReadError> {
        if paths::is_clutter(&path) {
            return Ok(());
        }
        if self.entries.len() + self.skipped.len() + self.unreadable.len() >= MAX_FILES {
            return Err(ReadError::of_all(too_many_files()));
        }
        let mut entry = Entry {
            name,
            path,
            kind: Kind::Table,
            member: None,
            place,
            gzip: false,
        };
        let kind = match self.kind(&mut entry) {
            Ok(kind) => kind,
            Err(error) if self.source.is_spent() => return Err(error),
            Err(error) => {
                self.unreadable.push(error);
                return Ok(());
            }
        };
        match kind {
            Ok(kind) => {
                entry.kind = kind;
                self.entries.push(entry);
            }
            Err("archive") => {
                return Err(ReadError::new(
                    &entry.name,
                    "This is an archive within an archive. Unpack it and choose what is in it.",
                ));
            }
            Err(packed @ ("bzip2" | "xz" | "zstd")) => {
                let message = format!(
                    "R has packed this file with {packed}, which cannot be read. Save it again in \
                     R with compress = \"gzip\"."
                );
                return Err(ReadError::new(&entry.name, message));
            }
            Err(reason) => self.skipped.push((entry.name, reason)),
        }
        Ok(())
    }

    /// What an entry is by its first bytes, unpacked if it is in gzip.
    fn kind(&mut self, entry: &mut Entry) -> Result<Result<Kind, &'static str>, ReadError> {
        let mut start = self.source.start(entry)?;
        if start.starts_with(&idx::GZIP_MAGIC) {
            entry.gzip = true;
            start = self.source.start(entry)?;
        }
        Ok(kind(&start, &entry.path))
    }
}

/// The kind of a file that starts like this, or in a few words what it is instead.
fn kind(start: &[u8], path: &str) -> Result<Kind, &'static str> {
    let name = paths::name(path).to_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let of_r = ["rdata", "rda", "rds"].contains(&ending);
    match start {
        [] => Err("empty"),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Ok(Kind::Npy),
        [0x89, b'P', b'N', b'G', ..] => Ok(Kind::Png),
        [0xff, 0xd8, 0xff, ..] => Ok(Kind::Jpeg),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Ok(Kind::Tiff),
        _ if start.get(8..12) == Some(b"WAVE") && WAVES.iter().any(|of| start.starts_with(of)) => {
            Ok(Kind::Wave)
        }
        _ if idx::recognises(start) => Ok(Kind::Idx),
        _ if rdata::recognises(start) => Ok(Kind::R),
        [b'B', b'Z', b'h', ..] if of_r => Err("bzip2"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] if of_r => Err("xz"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] if of_r => Err("zstd"),
        _ if is_zip(start) || start.starts_with(&idx::GZIP_MAGIC) => Err("archive"),
        [b'R', b'I', b'F', b'X', ..] => Err("a big-endian WAV file"),
        [1..=4, 8 | 9 | 11..=14, 0, 0, ..] => {
            Err("an IDX file written little-endian, where big-endian is right")
        }
        [0x89, b'H', b'D', b'F', ..] => Err("an HDF5 file"),
        [b'G', b'I', b'F', b'8', ..] => Err("a GIF picture"),
        [b'B', b'M', ..] if ending == "bmp" => Err("a BMP picture"),
        [b'R', b'I', b'F', b'F', ..] => Err("a WebP picture or other RIFF file"),
        [b'I', b'D', b'3', ..] | [0xff, 0xe0..=0xff, ..] if ending == "mp3" => {
            Err("an MP3 recording")
        }
        [b'F', b'O', b'R', b'M', ..] if start.get(8..11) == Some(b"AIF") => {
            Err("an AIFF recording")
        }
        [b'O', b'g', b'g', b'S', ..] | [b'f', b'L', b'a', b'C', ..] => {
            Err("a compressed recording")
        }
        _ if text::is_utf16(start) && !paths::is_prose(path) => Ok(Kind::Table),
        _ if start
            .iter()
            .any(|&byte| byte < 9 || (14..32).contains(&byte)) =>
        {
            Err("of no form that can be read")
        }
        _ if paths::is_prose(path) => Err("prose"),
        _ => Ok(Kind::Table),
    }
}

impl Source<'_> {
    /// Whether so much was unpacked that nothing more may be.
    pub fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// The content of an entry, unpacked as it is read.
    pub fn stream(&mut self, entry: &Entry) -> Result<Box<dyn Read + '_>, ReadError> {
        let packed: Box<dyn Read + '_> = match entry.place {
            Place::File(index) => Box::new(self.files[index].bytes.as_slice()),
            Place::Member { archive, index } => {
                let archive = &self.archives[archive];
                archive
                    .stream(index)
                    .map_err(|error| ReadError::new(&entry.name, of_zip(&error)))?
            }
        };
        let unpacked = if entry.gzip {
            Box::new(GzDecoder::new(packed))
        } else {
            packed
        };
        Ok(Box::new(Counted {
            inner: unpacked,
            left: &mut self.left,
        }))
    }

    /// The first bytes of an entry.
    fn start(&mut self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        let mut start = Vec::with_capacity(START as usize);
        self.stream(entry)?
            .take(START)
            .read_to_end(&mut start)
            .map_err(|error| unpacking(entry, &error))?;
        Ok(start)
    }

    /// All bytes of an entry, which may be `limit` at most.
    pub fn bytes(&mut self, entry: &Entry, limit: u64) -> Result<Cow<'_, [u8]>, ReadError> {
        let limit = limit.min(self.limit);
        let too_large = || {
            let message = format!(
                "The file is larger than {} when unpacked, and no more can be read. Split it or \
                 make it smaller.",
                megabytes(limit)
            );
            ReadError::new(&entry.name, message)
        };
        if let (Place::File(index), false) = (entry.place, entry.gzip) {
            let bytes = self.files[index].bytes.as_slice();
            if bytes.len() as u64 > limit {
                return Err(too_large());
            }
            return Ok(Cow::Borrowed(bytes));
        }
        let mut bytes = Vec::new();
        self.stream(entry)?
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| unpacking(entry, &error))?;
        if bytes.len() as u64 > limit {
            return Err(too_large());
        }
        Ok(Cow::Owned(bytes))
    }
}

/// A number of bytes for people.
pub(super) fn megabytes(bytes: u64) -> String {
    if bytes < 10_000_000 {
        format!("{} KB", bytes.div_ceil(1000))
    } else {
        format!("{} MB", bytes / 1_000_000)
    }
}

/// What is wrong with an entry that cannot be unpacked.
pub(super) fn unpacking(entry: &Entry, error: &io::Error) -> ReadError {
    if error.kind() == io::ErrorKind::QuotaExceeded {
        let message = "The files unpack to more than can be read. Choose fewer or smaller ones.";
        return ReadError::new(&entry.name, message);
    }
    let message = format!("The file is damaged: it cannot be unpacked ({error}). Fetch it again.");
    ReadError::new(&entry.name, message)
}

fn of_zip(error: &ArchiveError) -> String {
    match error {
        ArchiveError::Encrypted => {
            "The archive is encrypted. Unpack it and choose what is in it.".into()
        }
        ArchiveError::Method(name) => format!(
            "It is packed with {name}, which cannot be read. Unpack the archive and pack it again \
             with deflate, as an ordinary zip file."
        ),
        ArchiveError::TooMany => too_many_files(),
        ArchiveError::Damaged(reason) => {
            format!("The archive is damaged or cut short ({reason}). Fetch it again.")
        }
    }
}

fn too_many_files() -> String {
    format!(
        "These are more than {MAX_FILES} files. Choose some of them, or put the images into one NPY \
         file."
    )
}

/// Counts what is read against what may still be.
struct Counted<'a, R> {
    inner: R,
    left: &'a mut u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if count as u64 > *self.left {
            *self.left = 0;
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        *self.left -= count as u64;
        Ok(count)
    }
}
