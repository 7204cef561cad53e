//! Whether tables that are brought beside images are no images: results that were computed elsewhere, or latents.

use serde::Serialize;

use super::File;
use super::frame::{Column, Frame, of_text};
use super::rdata;
use super::source::{self, Kind};
use super::text::decode;

/// The most bytes that are unpacked to look into a file.
const MAX_BYTES: usize = 64 << 20;
/// So many lines of a table are looked at.
const LINES: usize = 3;

/// What a table is, and by what that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// What it is.
    pub is: Purpose,
    /// By what that is told.
    pub by: By,
}

/// What tables hold that are no images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// V, S or IE, for [`results`](super::results).
    Results,
    /// A row for each image, for [`latents`](super::latents).
    Latents,
}

/// What tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// What its columns are called.
    Columns,
    /// What it is called itself, or what is in it.
    Name,
}

/// What a file is that holds a table or an array, if it says so: the names of columns as R's package `aim` and this
/// crate write them, or a name such as `V`, `IE`, `pixel_importance` or `latents`. Of a text the beginning is enough.
/// Nothing where it does not say so, is damaged, or takes more than 64 MiB.
#[must_use]
pub fn told(file: &File) -> Option<Told> {
    let found = source::open(std::slice::from_ref(file), MAX_BYTES).ok()?;
    let mut source = found.source;
    let [entry] = found.entries.as_slice() else {
        return None;
    };
    let frames = match entry.kind {
        Kind::Table => {
            let bytes = source.bytes(entry, MAX_BYTES as u64).ok()?;
            let (text, _) = decode(&bytes).ok()?;
            let lines = text.split_inclusive(|&byte| byte == b'\n').take(LINES);
            let frame = of_text(
                &entry.name,
                &lines.collect::<Vec<_>>().concat(),
                &mut vec![],
            );
            frame.map_or_else(|_| Vec::new(), |frame| vec![frame])
        }
        Kind::R => {
            let bytes = source.bytes(entry, MAX_BYTES as u64).ok()?;
            rdata::frames(&entry.name, &bytes, MAX_BYTES).ok()?
        }
        Kind::Npy => Vec::new(),
        _ => return None,
    };
    let results = |by| Told {
        is: Purpose::Results,
        by,
    };
    if frames.iter().any(Frame::has_columns_of_results) {
        return Some(results(By::Columns));
    }
    let members = frames.iter().map(|frame| &frame.member);
    let names: Vec<&str> = std::iter::once(&entry.name)
        .chain(members)
        .map(|name| stem(name))
        .collect();
    let is = |of: fn(&str) -> bool| names.iter().any(|name| of(&name.to_lowercase()));
    if is(names_results) {
        return Some(results(By::Name));
    }
    let is_numbers = frames.iter().all(|frame| {
        let mut columns = frame.columns.iter();
        columns.all(|column| matches!(column, Column::Numbers(_)))
    });
    (is(names_latents) && is_numbers).then_some(Told {
        is: Purpose::Latents,
        by: By::Name,
    })
}

/// A name without folders and endings.
fn stem(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}

fn names_results(name: &str) -> bool {
    ["v", "s", "ie"].contains(&name)
        || ["importance", "vimp", "direction"]
            .iter()
            .any(|word| name.contains(word))
}

fn names_latents(name: &str) -> bool {
    name == "z" || name.contains("latent")
}
