//! What the paths of files tell: the classes of pictures and recordings.

use super::labels::Labels;

/// The label in a file's own name: its leading digits, or all up to the first separator.
fn of_file(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let digits = name
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(name.len());
    if digits > 0 {
        return &name[..digits];
    }
    let end = name.find(['_', '-', '.', ' ', '(']).unwrap_or(name.len());
    &name[..end]
}

/// The innermost folder of a path; empty where there is none.
fn of_folder(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    parts.next();
    parts.next().unwrap_or("")
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
/// where neither does, all files are of one class.
pub(super) fn of_files(paths: &[String], first: Found) -> (Labels, Found) {
    let sources: [Found; 2] = match first {
        Found::Folder => [Found::Folder, Found::FileName],
        _ => [Found::FileName, Found::Folder],
    };
    for source in sources {
        let mut labels = Labels::default();
        let named = paths.iter().all(|path| {
            let name = match source {
                Found::Folder => of_folder(path),
                _ => of_file(path),
            };
            !name.is_empty() && labels.push(name).is_ok()
        });
        if named && (2..paths.len()).contains(&labels.classes()) {
            return (labels, source);
        }
    }
    (Labels::all("all", paths.len()), Found::Nowhere)
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
    fn labels_of_files_come_from_folders_or_names() {
        let of = |paths: &[&str], first| {
            let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
            let (labels, found) = of_files(&paths, first);
            let (classes, of) = labels.finish();
            let name = |label: &u8| {
                let (_, name) = classes.iter().find(|(of, _)| of == label).unwrap();
                name.as_str()
            };
            let names: Vec<&str> = of.iter().map(name).collect();
            (names.join(" "), found)
        };
        assert_eq!(
            of(
                &["a/cat/1.png", "a/cat/2.png", "a/dog/1.png"],
                Found::Folder
            ),
            ("cat cat dog".into(), Found::Folder)
        );
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
        assert_eq!(
            of(&["001.png", "002.png", "003.png"], Found::Folder),
            ("all all all".into(), Found::Nowhere)
        );
    }
}
