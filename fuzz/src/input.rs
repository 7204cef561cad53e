//! Several files, and what a person says of them, as one input.

use latent_lens::data::File;
use serde::de::DeserializeOwned;

use crate::mend::mend_png;
use crate::pack::{gzip, zip};

const BEFORE: &[u8] = b"\n--file ";
/// Files of one input, at most.
const MOST: usize = 12;

/// An input: JSON, and after it each file behind a line `--file NAME`.
pub struct Input {
    said: Vec<u8>,
    pub files: Vec<File>,
}

impl Input {
    /// Reads an input. `ARCHIVE!MEMBER` is the name of a file that is packed into a zip archive with the others of that
    /// archive beside it, and a file whose name ends in `.gz` is packed if it is not, so that what is broken need not pass a
    /// check sum first; those of PNG files are made to fit.
    pub fn new(bytes: &[u8]) -> Self {
        let mut parts = split(bytes).into_iter();
        let said = parts.next().unwrap_or_default().to_vec();
        let mut files: Vec<File> = Vec::new();
        let mut archives: Vec<(String, Vec<File>)> = Vec::new();
        for part in parts.take(MOST) {
            let end = part.iter().position(|&byte| byte == b'\n');
            let (name, bytes) = part.split_at(end.unwrap_or(part.len()));
            let mut file = File {
                name: String::from_utf8_lossy(name).into_owned(),
                bytes: bytes.get(1..).unwrap_or_default().to_vec(),
            };
            if file.bytes.starts_with(b"\x89PNG") {
                mend_png(&mut file.bytes);
            }
            let Some((archive, member)) = file.name.split_once('!') else {
                if file.name.ends_with(".gz") && !file.bytes.starts_with(b"\x1f\x8b") {
                    file.bytes = gzip(&file.bytes);
                }
                files.push(file);
                continue;
            };
            let (archive, member) = (archive.to_owned(), member.to_owned());
            file.name = member;
            match archives.iter_mut().find(|(name, _)| *name == archive) {
                // An archive holds a name once.
                Some((_, members)) if members.iter().any(|known| known.name == file.name) => {}
                Some((_, members)) => members.push(file),
                None => archives.push((archive, vec![file])),
            }
        }
        for (name, members) in archives {
            let members: Vec<(&str, &[u8])> = members
                .iter()
                .map(|member| (member.name.as_str(), member.bytes.as_slice()))
                .collect();
            files.push(File {
                name,
                bytes: zip(&members),
            });
        }
        Self { said, files }
    }

    /// What is said in JSON; as by default where it cannot be read.
    pub fn said<T: DeserializeOwned + Default>(&self) -> T {
        serde_json::from_slice(&self.said).unwrap_or_default()
    }
}

fn split(bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest
        .windows(BEFORE.len())
        .position(|window| window == BEFORE)
    {
        parts.push(&rest[..at]);
        rest = &rest[at + BEFORE.len()..];
    }
    parts.push(rest);
    parts
}

/// The input of these files.
pub fn of(said: &str, files: &[File]) -> Vec<u8> {
    let mut input = said.as_bytes().to_vec();
    for File { name, bytes } in files {
        input.extend(BEFORE);
        input.extend(name.bytes());
        input.push(b'\n');
        input.extend(bytes);
    }
    input
}
