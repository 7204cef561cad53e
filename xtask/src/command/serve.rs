//! `cargo xtask serve`: the site, built and served on this computer, in a browser.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::{Arguments, build};
use crate::process;
use crate::project::Project;
use crate::server::Server;

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
    build::build(&project, !dev, &[])?;

    let dist = project.dist();
    let server = match port {
        Some(port) => Server::bind(&dist, "/", port)?,
        None => Server::bind(&dist, "/", USUAL_PORT).or_else(|_| Server::bind(&dist, "/", 0))?,
    };
    let url = server.url()?;
    println!("latent-lens is at {url} (Ctrl+C ends it)");
    if open {
        open_browser(&url);
    }
    server.run();
    Ok(())
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
