//! Zip archives, read within bounds.

use std::io::{Read, Write};

use rawzip::{CompressionMethod, ZipArchiveWriter};

use super::MAX_BYTES;
use super::error::{Fault, shortened};
use crate::archive::{self, ArchiveError};

/// More entries than any model has.
const MAX_ENTRIES: usize = 100_000;

/// What zip archives start with; an empty one starts otherwise, and holds no model.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";

/// An open archive.
pub(crate) struct Archive<'a> {
    zip: archive::Archive<'a>,
    /// Bytes that may still be unpacked from it.
    left: u64,
}

impl<'a> Archive<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Fault> {
        let zip = archive::Archive::open(bytes, MAX_ENTRIES).map_err(|error| match error {
            ArchiveError::TooMany => Fault::new(
                format!("it holds more than {MAX_ENTRIES} files"),
                "save the model alone",
            ),
            error => Fault::damaged(format!("its zip directory cannot be read ({error})")),
        })?;
        Ok(Self {
            zip,
            left: MAX_BYTES as u64,
        })
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.zip.members().iter().map(|member| member.path.as_str())
    }

    /// The unpacked file at `path`.
    pub(crate) fn read(&mut self, path: &str) -> Result<Vec<u8>, Fault> {
        let shown = shortened(path);
        let members = self.zip.members();
        let at = members.iter().position(|member| member.path == path);
        let at = at.ok_or_else(|| Fault::damaged(format!("it lacks \"{shown}\"")))?;
        let announced = members[at].bytes;
        if announced > self.left {
            return Err(Fault::new(
                format!(
                    "its \"{shown}\" would unpack to {} MB, and at most {} MB can be read",
                    announced.div_ceil(1_000_000),
                    MAX_BYTES / 1_000_000
                ),
                "save a smaller model, without the state of its training",
            ));
        }
        let broken = |error: &dyn std::fmt::Display| {
            Fault::damaged(format!("its \"{shown}\" cannot be unpacked ({error})"))
        };
        let stream = self.zip.stream(at).map_err(|error| match error {
            ArchiveError::Method(_) => Fault::new(
                format!("its \"{shown}\" is packed in a way that is not read here"),
                "pack it again with deflate, as zip programs usually do",
            ),
            ArchiveError::Encrypted => Fault::new(
                format!("its \"{shown}\" is encrypted"),
                "save the model without a password",
            ),
            error => broken(&error),
        })?;
        // What is announced is not believed: nothing is reserved for it, and more is not read.
        let mut unpacked = Vec::new();
        let read = stream.take(announced + 1).read_to_end(&mut unpacked);
        read.map_err(|error| broken(&error))?;
        if unpacked.len() as u64 != announced {
            return Err(broken(&"it has another length than announced"));
        }
        self.left -= announced;
        Ok(unpacked)
    }
}

/// An archive of `files` (path and content), stored as they are or deflated. The same files give
/// the same bytes.
pub(crate) fn write(files: &[(&str, &[u8])], deflated: bool) -> Vec<u8> {
    let written = || -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let mut bytes = Vec::new();
        let mut archive = ZipArchiveWriter::new(&mut bytes);
        for (path, content) in files {
            if deflated {
                let (mut entry, config) = archive
                    .new_file(*path)
                    .compression_method(CompressionMethod::DEFLATE)
                    .start()?;
                let packer =
                    flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
                let mut writer = config.wrap(packer);
                writer.write_all(content)?;
                let (packer, descriptor) = writer.finish()?;
                packer.finish()?;
                entry.finish(descriptor)?;
            } else {
                let (mut entry, config) = archive.new_file(*path).start()?;
                let mut writer = config.wrap(&mut entry);
                writer.write_all(content)?;
                let (_, descriptor) = writer.finish()?;
                entry.finish(descriptor)?;
            }
        }
        archive.finish()?;
        Ok(bytes)
    };
    written().expect("writing to memory does not fail")
}
