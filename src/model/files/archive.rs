//! Zip archives, read within bounds.

use std::io::{Read, Write};

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveWriter, ZipSliceArchive};

use super::MAX_BYTES;
use super::error::{Fault, shortened};

/// More entries than any model has.
const MAX_ENTRIES: usize = 100_000;

/// What zip archives start with; an empty one starts otherwise, and holds no model.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";

/// An open archive.
pub(crate) struct Archive<'a> {
    zip: ZipSliceArchive<&'a [u8]>,
    entries: Vec<Entry>,
    /// Bytes that may still be unpacked from it.
    left: u64,
}

struct Entry {
    path: String,
    stored: rawzip::ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    bytes: u64,
}

impl<'a> Archive<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Fault> {
        let broken = |error: rawzip::Error| {
            Fault::damaged(format!("its zip directory cannot be read ({error})"))
        };
        let archive = ZipArchive::from_slice(bytes).map_err(broken)?;
        let mut entries = Vec::new();
        let mut listed = archive.entries();
        while let Some(entry) = listed.next_entry().map_err(broken)? {
            if entries.len() == MAX_ENTRIES {
                return Err(Fault::new(
                    format!("it holds more than {MAX_ENTRIES} files"),
                    "save the model alone",
                ));
            }
            entries.push(Entry {
                path: String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned(),
                stored: entry.wayfinder(),
                method: entry.compression_method(),
                bytes: entry.uncompressed_size_hint(),
            });
        }
        Ok(Self {
            zip: archive,
            entries,
            left: MAX_BYTES as u64,
        })
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.path.as_str())
    }

    /// The unpacked file at `path`.
    pub(crate) fn read(&mut self, path: &str) -> Result<Vec<u8>, Fault> {
        let shown = shortened(path);
        let entry = self
            .entries
            .iter()
            .find(|entry| entry.path == path)
            .ok_or_else(|| Fault::damaged(format!("it lacks \"{shown}\"")))?;
        if entry.bytes > self.left {
            return Err(Fault::new(
                format!(
                    "its \"{shown}\" would unpack to {} MB, and at most {} MB can be read",
                    entry.bytes.div_ceil(1_000_000),
                    MAX_BYTES / 1_000_000
                ),
                "save a smaller model, without the state of its training",
            ));
        }
        let broken = |error: &dyn std::fmt::Display| {
            Fault::damaged(format!("its \"{shown}\" cannot be unpacked ({error})"))
        };
        let stored = self
            .zip
            .get_entry(entry.stored)
            .map_err(|error| broken(&error))?;
        let data = stored.data();
        // What is announced is not believed: nothing is reserved for it, and more is not read.
        let mut unpacked = Vec::new();
        let limit = entry.bytes + 1;
        let read = if entry.method == CompressionMethod::STORE {
            stored
                .verifying_reader(data)
                .take(limit)
                .read_to_end(&mut unpacked)
        } else if entry.method == CompressionMethod::DEFLATE {
            stored
                .verifying_reader(DeflateDecoder::new(data))
                .take(limit)
                .read_to_end(&mut unpacked)
        } else {
            return Err(Fault::new(
                format!("its \"{shown}\" is packed in a way that is not read here"),
                "pack it again with deflate, as zip programs usually do",
            ));
        };
        read.map_err(|error| broken(&error))?;
        if unpacked.len() as u64 != entry.bytes {
            return Err(broken(&"it has another length than announced"));
        }
        self.left -= entry.bytes;
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
