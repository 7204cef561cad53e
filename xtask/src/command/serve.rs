//! `cargo xtask serve`: the site, built and served on this computer, in a browser.

use std::process::{Command, Stdio};
use std::sync::{Arc, Once};

use anyhow::{Context, Result};

use super::{Arguments, build};
use crate::project::Project;
use crate::server::Server;
use crate::{manifest, process};

/// Tried first, so that the address stays the same from one day to the next.
const USUAL_PORT: u16 = 8017;

pub fn run(mut arguments: Arguments) -> Result<()> {
    let dev = arguments.flag("--dev");
    let open = !arguments.flag("--no-open");
    let port = arguments.value("--port")?;
    let port = port
        .map(|port| port.parse().with_context(|| format!("`{port}` is no port")))
        .transpose()?;
    arguments.finish()?;

    let project = Project::find()?;
    let dist = project.dist();
    std::fs::create_dir_all(&dist)?;
    // Before anything is built: whoever asks too early is answered as soon as there is an answer.
    let server = match port {
        Some(port) => Server::bind(&dist, "/", port)?,
        None => Server::bind(&dist, "/", USUAL_PORT).or_else(|_| Server::bind(&dist, "/", 0))?,
    };
    let url = server.url()?;
    let expected = server.expected();
    let server = Arc::new(server);
    let first = Once::new();
    build::in_stages(&project, !dev, &|missing| {
        expected.set(
            missing
                .iter()
                .flat_map(|name| manifest::files(name))
                .collect(),
        );
        first.call_once(|| {
            let server = Arc::clone(&server);
            std::thread::spawn(move || server.run());
            println!("latent-lens is at {url} (Ctrl+C ends it)");
            if open {
                open_browser(&url);
            }
        });
        println!("{}", told(missing));
        Ok(())
    })?;
    loop {
        std::thread::park();
    }
}

/// What there is to use, and what is still to come.
fn told(missing: &[String]) -> String {
    if missing.is_empty() {
        return "The site is complete".to_owned();
    }
    format!(
        "Still being compiled: {}; a page that needs one of them waits for it",
        missing.join(", ")
    )
}

/// Opens `url` in the user's browser where there is one; the address is printed in any case.
fn open_browser(url: &str) {
    if let Some(opener) = opener() {
        let _ = Command::new(opener)
            .arg(url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
    }
}

/// The program that opens an address in the user's browser.
fn opener() -> Option<&'static str> {
    if cfg!(target_os = "windows") {
        return Some("explorer");
    }
    if cfg!(target_os = "macos") {
        return Some("open");
    }
    let screen = ["DISPLAY", "WAYLAND_DISPLAY"].map(|name| std::env::var_os(name).is_some());
    (screen.contains(&true) && process::find(&["xdg-open"]).is_some()).then_some("xdg-open")
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn what_is_missing_is_said() {
        let some = told(&["readers".to_owned(), "engine-webgpu".to_owned()]);
        assert!(
            some.starts_with("Still being compiled: readers, engine-webgpu;"),
            "{some}"
        );
        assert_eq!(told(&[]), "The site is complete");
    }
}
