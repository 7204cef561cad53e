//! Media types of the files a static site has, as GitHub Pages names them.

use std::path::Path;

/// The media type of the file at `path`, by its ending.
pub fn of(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json" | "map") => "application/json; charset=utf-8",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("gz") => "application/gzip",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("ico") => "image/vnd.microsoft.icon",
        _ => "application/octet-stream",
    }
}

/// Whether servers send files of this type compressed: all that are not compressed in themselves.
pub fn is_compressible(mime: &str) -> bool {
    mime.starts_with("text/")
        || [
            "application/json; charset=utf-8",
            "application/manifest+json",
        ]
        .contains(&mime)
        || ["application/wasm", "image/svg+xml"].contains(&mime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_insist_on() {
        assert_eq!(of(Path::new("a/view_bg.wasm")), "application/wasm");
        assert_eq!(of(Path::new("worker.js")), "text/javascript; charset=utf-8");
        // With `Content-Encoding: gzip` or a type of its own the browser might unpack it.
        assert_eq!(of(Path::new("data/0.idx.gz")), "application/gzip");
        assert_eq!(of(Path::new("LICENSE")), "application/octet-stream");
    }
}
