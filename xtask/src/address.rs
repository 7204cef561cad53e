//! The site for a known address. All its paths are relative, so that any server and folder will do;
//! but who shows previews of links wants the picture's whole address, and the page for missing
//! files answers at paths of any depth.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// What becomes whole: the file, the text in it, and the same with `{}` for the address.
const RELATIVE: [(&str, &str, &str); 2] = [
    (
        "index.html",
        r#"<meta property="og:image" content="preview.png" />"#,
        r#"<meta property="og:url" content="{}" />
    <meta property="og:image" content="{}preview.png" />"#,
    ),
    ("404.html", r#"<base href="./" />"#, r#"<base href="{}" />"#),
];

/// Exchanges those of the site's `files` that must know its `address`; the new ones are written
/// into `folder`.
pub fn apply(files: &mut [(PathBuf, PathBuf)], address: &str, folder: &Path) -> Result<()> {
    check(address)?;
    fs::create_dir_all(folder)?;
    for (name, relative, whole) in RELATIVE {
        let (_, source) = files
            .iter_mut()
            .find(|(inside, _)| inside == Path::new(name))
            .with_context(|| format!("the site has no {name}"))?;
        let text = fs::read_to_string(&source)?;
        ensure!(
            text.matches(relative).count() == 1,
            "{} does not have `{relative}` once",
            source.display()
        );
        let path = folder.join(name);
        fs::write(&path, text.replace(relative, &whole.replace("{}", address)))?;
        *source = path;
    }
    Ok(())
}

fn check(address: &str) -> Result<()> {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    ensure!(
        rest.is_some_and(|rest| rest.len() > 1 && rest.ends_with('/')),
        "`{address}` is no address of a folder: it starts with https:// and ends with /"
    );
    ensure!(
        !address.contains(['"', '<', '>', '&', '?', '#']) && !address.contains(char::is_whitespace),
        "`{address}` has characters that an address of a folder has not"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    /// The project's own pages, which a test finds from its package's folder.
    fn pages() -> Vec<(PathBuf, PathBuf)> {
        RELATIVE
            .map(|(name, ..)| (name.into(), Path::new("../www").join(name)))
            .into()
    }

    #[test]
    fn the_pages_know_where_they_are() {
        let folder = Scratch::new();
        let mut files = pages();
        apply(&mut files, "https://host.example/lens/", folder.path()).unwrap();
        let text = |at: usize| fs::read_to_string(&files[at].1).unwrap();
        assert!(text(0).contains(r#"content="https://host.example/lens/preview.png""#));
        assert!(text(0).contains(r#""og:url" content="https://host.example/lens/""#));
        assert!(text(1).contains(r#"<base href="https://host.example/lens/" />"#));
    }

    #[test]
    fn what_is_no_address_of_a_folder_is_refused() {
        let folder = Scratch::new();
        for address in [
            "host.example/",
            "https://",
            "https://host.example/lens",
            "https://host.example/?a/",
            "https://host.example/\"/",
        ] {
            let refused = apply(&mut pages(), address, folder.path());
            assert!(refused.is_err(), "{address}");
        }
    }
}
