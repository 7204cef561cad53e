//! What the paths of files tell: their order, what lies among them that is no data, and classes.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::labels::{ALL, Labels};

/// Compares paths folder by folder, so that files come in one order however they were brought.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let parts = |path| str::split(path, '/').filter(|part: &&str| *part != ".");
    parts(a).cmp(parts(b))
}

/// The letters by which a name is sorted: small, without accents.
pub(super) fn letters(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    #[cfg(target_arch = "wasm32")]
    let apart = String::from(js_sys::JsString::from(name).normalize("NFD"));
    #[cfg(not(target_arch = "wasm32"))]
    let apart: String = unicode_normalization::UnicodeNormalization::nfd(name).collect();
    let is_accent = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    let letters: String = apart.chars().filter(|c| !is_accent(c)).collect();
    letters.to_lowercase()
}

/// The file's own name.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The file's own name without its ending.
pub(super) fn stem(path: &str) -> &str {
    let name = name(path);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// What systems leave in folders and archives.
pub(super) fn is_clutter(path: &str) -> bool {
    let name = name(path);
    let of_folders = ["__MACOSX", ".ipynb_checkpoints", "@eaDir"];
    name.is_empty()
        || name.starts_with('.')
        || ["Icon\r", "Thumbs.db", "ehthumbs.db", "desktop.ini"].contains(&name)
        || path.split('/').any(|part| of_folders.contains(&part))
}

/// Whether a text is prose, or the form of a competition's answer, by its name.
pub(super) fn is_prose(path: &str) -> bool {
    let prose = ["md", "html", "xml", "json", "pdf", "rtf", "py", "r", "rds"];
    let name = name(path).to_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let starts = ["readme", "licen", "sample_submission", "samplesubmission"];
    prose.contains(&ending) || starts.iter().any(|start| name.starts_with(start))
}

/// Which of the files are masks of others and no images: those in folders that are named for masks,
/// and those named as another file is, with a suffix. None where nothing would be left.
pub(super) fn masks(paths: &[&str]) -> Vec<bool> {
    // What lies in the paths of all tells nothing apart.
    let shared = shared(paths);
    let mut kinds: HashMap<&str, Kind> = HashMap::new();
    for folder in paths.iter().flat_map(|path| folders(path).skip(shared)) {
        kinds.entry(folder).or_insert_with(|| Kind::of(folder));
    }
    let marked = |kind: Kind| -> Vec<bool> {
        if !kinds.values().any(|known| *known == kind) {
            return vec![false; paths.len()];
        }
        let of = |path: &&str| {
            folders(path)
                .skip(shared)
                .any(|folder| kinds[folder] == kind)
        };
        let masks: Vec<bool> = paths.iter().map(of).collect();
        if masks.iter().all(|&mask| mask) {
            vec![false; masks.len()]
        } else {
            masks
        }
    };
    let (truths, masks) = (marked(Kind::Truth), marked(Kind::Mask));
    // Where classes are people with and without masks, no folder holds masks of other pictures.
    let worn = kinds.values().any(|kind| *kind == Kind::Worn);
    let beside = beside_others(paths);
    (0..paths.len())
        .map(|place| truths[place] || (masks[place] && !worn) || beside[place])
        .collect()
}

/// What a folder is named for.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Truth,
    Mask,
    Worn,
    Other,
}

impl Kind {
    fn of(folder: &str) -> Self {
        let folder = folder.to_lowercase().replace([' ', '-'], "_");
        match folder.as_str() {
            folder if is_truth(folder) => Self::Truth,
            folder if is_mask(folder) => Self::Mask,
            folder if folder.contains("mask") => Self::Worn,
            _ => Self::Other,
        }
    }
}

/// Which files are named as another is, with a suffix.
fn beside_others(paths: &[&str]) -> Vec<bool> {
    const SUFFIXES: [&str; 4] = ["_mask", "-mask", "_gt", "_segmentation"];
    let before = |path: &str| -> Option<String> {
        let stem = stem(path);
        SUFFIXES.iter().find_map(|suffix| {
            let at = stem.len().checked_sub(suffix.len())?;
            let end = stem.get(at..)?;
            end.eq_ignore_ascii_case(suffix)
                .then(|| stem[..at].to_lowercase())
        })
    };
    let pictures: Vec<Option<String>> = paths.iter().map(|path| before(path)).collect();
    if pictures.iter().all(Option::is_none) {
        return vec![false; paths.len()];
    }
    let stems: HashSet<String> = paths.iter().map(|path| stem(path).to_lowercase()).collect();
    let is_there = |picture: &Option<String>| picture.as_ref().is_some_and(|of| stems.contains(of));
    pictures.iter().map(is_there).collect()
}

/// Whether a folder is named for what is true of the pictures in others.
fn is_truth(folder: &str) -> bool {
    let names = ["groundtruth", "annotation", "annotations", "trimaps"];
    let ends = [
        "ground_truth",
        "groundtruth",
        "_gt",
        "_segmentation",
        "_annotations",
    ];
    names.contains(&folder) || ends.iter().any(|end| folder.ends_with(end))
}

/// Whether a folder is named for masks, and not for who wears one.
fn is_mask(folder: &str) -> bool {
    let of = folder.strip_suffix('s').unwrap_or(folder);
    match of.strip_suffix("mask") {
        Some("") => true,
        Some(before) => {
            let worn = ["no_", "non_", "with_", "without_", "face_"];
            before.ends_with('_') && !worn.contains(&before)
        }
        None => false,
    }
}

fn folders(path: &str) -> impl Iterator<Item = &str> {
    let (folders, _) = path.rsplit_once('/').unwrap_or_default();
    folders.split('/').filter(|part| !matches!(*part, "" | "."))
}

/// How many folders, from the outermost, all paths have in common.
fn shared(paths: &[&str]) -> usize {
    let Some((first, others)) = paths.split_first() else {
        return 0;
    };
    let first: Vec<&str> = folders(first).collect();
    others.iter().fold(first.len(), |shared, path| {
        let pairs = first[..shared].iter().zip(folders(path));
        pairs.take_while(|(a, b)| *a == b).count()
    })
}

/// The label in a file's own name: its leading digits, or all up to the first separator.
fn of_name(path: &str) -> Option<&str> {
    let name = name(path);
    let digits = name
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(name.len());
    if digits > 0 {
        return Some(&name[..digits]);
    }
    let end = name.find(['_', '-', '.', ' ', '(']).unwrap_or(name.len());
    Some(&name[..end]).filter(|name| !name.is_empty())
}

/// Whether a folder holds one part of data that were divided, whatever the classes.
fn is_split(folder: &str) -> bool {
    let folder = folder.to_lowercase();
    let end = folder.find(|c: char| !c.is_ascii_alphabetic());
    let word = &folder[..end.unwrap_or(folder.len())];
    let word = word.strip_suffix("set").unwrap_or(word);
    let words = [
        "train",
        "training",
        "test",
        "testing",
        "val",
        "valid",
        "validation",
        "dev",
        "eval",
    ];
    words.contains(&word) || folder.starts_with("t10k")
}

/// Whether a folder only says that it holds pictures.
fn is_container(folder: &str) -> bool {
    let names = [
        "image",
        "images",
        "img",
        "imgs",
        "picture",
        "pictures",
        "photos",
        "jpegimages",
    ];
    names.contains(&folder.to_lowercase().as_str())
}

/// The folder of each path that tells its class: the innermost level at which folders differ, or,
/// where files lie differently deep, the outermost. Parts of divided data are no classes. Absent for
/// files that lie above that level.
fn of_folders<'a>(paths: &[&'a str]) -> Option<Vec<Option<&'a str>>> {
    let folders: Vec<Vec<&str>> = paths.iter().map(|path| folders(path).collect()).collect();
    let depths = || folders.iter().map(Vec::len);
    let (least, most) = (depths().min()?, depths().max()?);
    let at = |level: usize| -> Vec<Option<&'a str>> {
        let names = folders.iter().map(|folders| folders.get(level).copied());
        names
            .map(|name| name.filter(|name| !is_container(name)))
            .collect()
    };
    let differs = |names: &Vec<Option<&str>>| {
        let distinct: HashSet<&str> = names.iter().flatten().copied().collect();
        distinct.len() > 1 && !distinct.iter().all(|name| is_split(name))
    };
    if least == most {
        return (0..most).rev().map(at).find(differs);
    }
    (0..most).map(at).find(differs)
}

/// Where the labels of files were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Folder,
    FileName,
    Nowhere,
}

/// The labels of files, from their folders or from their own names, whichever is to be tried
/// first. A source counts where it makes several classes, not all of one file, and not too many;
/// where neither does, all files are of one class. Files for which there is no label are fewer than
/// those with one.
pub(super) fn of_files<'a>(paths: &[&'a str], first: Found) -> (Vec<Option<&'a str>>, Found) {
    let sources: [Found; 2] = match first {
        Found::Folder => [Found::Folder, Found::FileName],
        _ => [Found::FileName, Found::Folder],
    };
    for source in sources {
        let names = match source {
            Found::Folder => of_folders(paths),
            _ => paths.iter().map(|path| of_name(path).map(Some)).collect(),
        };
        let mut labels = Labels::default();
        if let Some(names) = names
            && names.iter().flatten().all(|name| labels.push(name).is_ok())
            && (2..labels.len()).contains(&labels.classes())
            && 2 * labels.len() > paths.len()
        {
            return (names, source);
        }
    }
    (vec![Some(ALL); paths.len()], Found::Nowhere)
}

/// Where the labels of `files` were found, for people.
pub(super) fn told(found: Found, files: &str) -> String {
    match found {
        Found::Folder => format!("The labels of the {files} are the names of their folders."),
        Found::FileName => format!("The labels of the {files} are from their file names."),
        Found::Nowhere => format!(
            "Neither folders nor file names tell classes apart: all {files} are of one class."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_folder_by_folder() {
        let mut paths = [
            "b.png",
            "a b/1.png",
            "a/2.png",
            "./a/10.png",
            "a.png",
            "a/b/1.png",
        ];
        paths.sort_by(|a, b| order(a, b));
        let sorted = [
            "./a/10.png",
            "a/2.png",
            "a/b/1.png",
            "a b/1.png",
            "a.png",
            "b.png",
        ];
        assert_eq!(paths, sorted);
    }

    #[test]
    fn labels_of_files_come_from_folders_or_names() {
        let of = |paths: &[&str], first| {
            let (names, found) = of_files(paths, first);
            let names: Vec<&str> = names.iter().map(|name| name.unwrap_or("-")).collect();
            (names.join(" "), found)
        };
        for (paths, expected) in [
            (
                vec!["a/cat/1.png", "a/cat/2.png", "a/dog/1.png"],
                "cat cat dog",
            ),
            // Below a level that all share, and beside one that only divides the data.
            (
                vec!["n1/images/1.png", "n1/images/2.png", "n2/images/1.png"],
                "n1 n1 n2",
            ),
            (
                vec![
                    "b/train/good/1.png",
                    "b/test/good/1.png",
                    "b/test/broken/1.png",
                ],
                "good good broken",
            ),
            (
                vec!["cat/train/1.png", "cat/test/1.png", "dog/train/1.png"],
                "cat cat dog",
            ),
            // A file that lies beside the classes is of none of them.
            (
                vec![
                    "set/cat/1.png",
                    "set/cat/2.png",
                    "set/dog/1.png",
                    "set/title.png",
                ],
                "cat cat dog -",
            ),
            (
                vec!["set/cat/1.png", "set/cat/more/2.png", "set/dog/1.png"],
                "cat cat dog",
            ),
            // A class may be called as a part of divided data.
            (
                vec!["bus/1.png", "train/1.png", "train/2.png"],
                "bus train train",
            ),
        ] {
            assert_eq!(of(&paths, Found::Folder), (expected.into(), Found::Folder));
        }
        assert_eq!(
            of(
                &["all/cat.1.jpg", "all/cat.2.jpg", "all/dog.1.jpg"],
                Found::Folder
            ),
            ("cat cat dog".into(), Found::FileName)
        );
        assert_eq!(
            of(
                &["01/0_01_0.wav", "01/1_01_0.wav", "02/0_02_0.wav"],
                Found::FileName
            ),
            ("0 1 0".into(), Found::FileName)
        );
        for paths in [
            ["001.png", "002.png", "003.png"],
            ["train/001.png", "train/002.png", "test/003.png"],
        ] {
            assert_eq!(
                of(&paths, Found::Folder),
                ("all all all".into(), Found::Nowhere)
            );
        }
    }

    #[test]
    fn masks_are_told_from_pictures_and_from_people_who_wear_one() {
        let of = |paths: &[&str]| -> String {
            let masks = masks(paths).into_iter();
            masks.map(|mask| if mask { 'm' } else { '.' }).collect()
        };
        assert_eq!(
            of(&["b/test/cut/1.png", "b/ground_truth/cut/1_mask.png"]),
            ".m"
        );
        assert_eq!(
            of(&["images/1.png", "Masks/1.png", "annotations/1.png"]),
            ".mm"
        );
        assert_eq!(
            of(&["leaf/1.png", "leaf_mask/1.png", "leaf_GT/1.png"]),
            ".mm"
        );
        assert_eq!(of(&["1.tif", "1_mask.tif", "2_mask.tif"]), ".m.");
        assert_eq!(
            of(&["mask/1.png", "without_mask/1.png", "mask/2.png"]),
            "..."
        );
        assert_eq!(of(&["with_mask/1.png", "without_mask/1.png"]), "..");
        assert_eq!(of(&["masks/1.png", "masks/2.png"]), "..");
        assert_eq!(of(&["/masked/images/1.png", "/masked/masks/1.png"]), ".m");
    }
}
