//! A static file server for this computer alone, as plain as GitHub Pages: no header that changes
//! what a page may do.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::mime;

/// Connections served at the same time; more are turned away.
const CONNECTIONS: usize = 64;
/// Bytes of a request's head that are read at most.
const HEAD: u64 = 16 * 1024;
/// How long a client may leave us waiting.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a client that waits for a file is looked after.
const LOOK: Duration = Duration::from_millis(500);

/// A folder, served under a path.
pub struct Server {
    listener: TcpListener,
    site: Arc<Site>,
}

/// What is served: `root` under the path `base`.
#[derive(Clone)]
struct Site {
    root: PathBuf,
    base: String,
    /// Whether what can be made smaller is sent compressed.
    compresses: bool,
    expected: Expected,
}

/// The files of a site that are still being made. Who asks for one of them gets it once it is there.
#[derive(Clone, Default)]
pub struct Expected(Arc<(Mutex<Vec<String>>, Condvar)>);

/// The start of an answer; for `Found` the file follows.
#[derive(Debug, PartialEq)]
enum Answer {
    Found(PathBuf),
    /// It is being made.
    Expected(String),
    MovedTo(String),
    NotFound,
    NotAllowed,
    BadRequest,
}

impl Server {
    /// Makes ready to serve the folder `root` under `base` (which starts and ends with `/`). Port
    /// 0 means any free one.
    pub fn bind(root: &Path, base: &str, port: u16) -> Result<Self> {
        ensure!(
            base.starts_with('/') && base.ends_with('/'),
            "a base path starts and ends with /"
        );
        let root = root
            .canonicalize()
            .with_context(|| format!("{}", root.display()))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .with_context(|| format!("port {port} of this computer cannot be used"))?;
        let site = Site {
            root,
            base: base.to_owned(),
            compresses: false,
            expected: Expected::default(),
        };
        Ok(Self {
            listener,
            site: Arc::new(site),
        })
    }

    /// The same, but compressing as servers on the Internet do: what that costs and saves counts where
    /// the speed of the page is measured.
    pub fn compressing(self) -> Self {
        let site = Site {
            compresses: true,
            ..(*self.site).clone()
        };
        Self {
            site: Arc::new(site),
            ..self
        }
    }

    /// What can be set anew at any time: the files of the site that are still being made.
    pub fn expected(&self) -> Expected {
        self.site.expected.clone()
    }

    /// The address to open in a browser.
    pub fn url(&self) -> Result<String> {
        let address: SocketAddr = self.listener.local_addr()?;
        Ok(format!("http://{address}{}", self.site.base))
    }

    /// Answers requests until the program ends.
    pub fn run(&self) {
        let open = Arc::new(());
        for connection in self.listener.incoming() {
            // A client that is gone before we answer is no reason to stop.
            let Ok(mut stream) = connection else { continue };
            if Arc::strong_count(&open) > CONNECTIONS {
                let _ = send(&mut stream, "503 Service Unavailable", "", b"");
                continue;
            }
            let (site, guard) = (Arc::clone(&self.site), Arc::clone(&open));
            std::thread::spawn(move || {
                let _ = site.serve(&mut stream);
                drop(guard);
            });
        }
    }
}

impl Site {
    fn serve(&self, stream: &mut TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let (request, takes_gzip) = read_request(stream)?;
        let how = How {
            head_only: request.starts_with("HEAD "),
            compressed: self.compresses && takes_gzip,
        };
        match self.answer(&request) {
            Answer::Found(path) => send_file(stream, "200 OK", &path, how),
            Answer::Expected(inside) => self.send_once_there(stream, &inside, how),
            Answer::MovedTo(path) => send(
                stream,
                "301 Moved Permanently",
                &format!("Location: {path}\r\n"),
                b"",
            ),
            Answer::NotFound => match self.find("404.html") {
                Some(page) => send_file(stream, "404 Not Found", &page, how),
                None => send(stream, "404 Not Found", "", b"There is no such file.\n"),
            },
            Answer::NotAllowed => send(
                stream,
                "405 Method Not Allowed",
                "Allow: GET, HEAD\r\n",
                b"",
            ),
            Answer::BadRequest => send(stream, "400 Bad Request", "", b""),
        }
    }

    /// Begins to answer at once, as browsers give up on servers that say nothing for minutes.
    fn send_once_there(&self, stream: &mut TcpStream, inside: &str, how: How) -> io::Result<()> {
        let path = self.root.join(inside);
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\n\
             Cache-Control: no-cache\r\nConnection: close\r\n\r\n",
            mime::of(&path)
        )?;
        if how.head_only {
            return Ok(());
        }
        self.expected.wait(inside, stream);
        // Without a last chunk browsers take an answer for broken off, as it is if there is no file.
        let content = std::fs::read(path)?;
        write!(stream, "{:x}\r\n", content.len())?;
        stream.write_all(&content)?;
        stream.write_all(b"\r\n0\r\n\r\n")
    }

    /// What the first line of a request is answered with.
    fn answer(&self, request: &str) -> Answer {
        let mut words = request.split_ascii_whitespace();
        let (Some(method), Some(target), Some(version)) =
            (words.next(), words.next(), words.next())
        else {
            return Answer::BadRequest;
        };
        if !version.starts_with("HTTP/1.") {
            return Answer::BadRequest;
        }
        if method != "GET" && method != "HEAD" {
            return Answer::NotAllowed;
        }
        let path = target.split(['?', '#']).next().unwrap_or_default();
        if self.base.strip_suffix('/') == Some(path) {
            return Answer::MovedTo(self.base.clone());
        }
        let Some(inside) = path.strip_prefix(&self.base) else {
            return Answer::NotFound;
        };
        if self.expected.has(inside) {
            return Answer::Expected(inside.to_owned());
        }
        match self.find(inside) {
            Some(found) if found.is_dir() && !inside.is_empty() && !inside.ends_with('/') => {
                Answer::MovedTo(format!("{path}/"))
            }
            Some(found) if found.is_dir() && found.join("index.html").is_file() => {
                Answer::Found(found.join("index.html"))
            }
            Some(found) if found.is_file() => Answer::Found(found),
            _ => Answer::NotFound,
        }
    }

    /// The file or folder that `path`, as it stands in an address, names inside the site; nothing
    /// for whatever leads out of it.
    fn find(&self, path: &str) -> Option<PathBuf> {
        let path = percent_decode(path)?;
        let mut found = self.root.clone();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            // Hidden files, `..`, and what other systems read as separators or drives.
            if part.starts_with('.') || part.contains(['\\', ':', '\0']) {
                return None;
            }
            found.push(part);
        }
        // Follows links, which may lead anywhere.
        let found = found.canonicalize().ok()?;
        found.starts_with(&self.root).then_some(found)
    }
}

impl Expected {
    pub fn set(&self, files: Vec<String>) {
        *self.now() = files;
        self.0.1.notify_all();
    }

    fn has(&self, file: &str) -> bool {
        self.now().iter().any(|expected| expected == file)
    }

    fn now(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.0.lock().expect(UNBROKEN)
    }

    /// Returns once `file` is there, or nobody waits for it any more.
    fn wait(&self, file: &str, client: &TcpStream) {
        let mut now = self.now();
        while now.iter().any(|expected| expected == file) && !is_gone(client) {
            (now, _) = self.0.1.wait_timeout(now, LOOK).expect(UNBROKEN);
        }
    }
}

const UNBROKEN: &str = "no thread panics with the list in hand";

/// Whether a client, which has said all it had to say, has closed the connection.
fn is_gone(client: &TcpStream) -> bool {
    let _ = client.set_nonblocking(true);
    let gone =
        !matches!(client.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
    let _ = client.set_nonblocking(false);
    gone
}

/// Reads a request's head; returns its first line, and whether the answer may be gzip-compressed.
fn read_request(stream: &TcpStream) -> io::Result<(String, bool)> {
    let mut head = BufReader::new(stream.take(HEAD));
    let mut first = String::new();
    head.read_line(&mut first)?;
    let mut takes_gzip = false;
    let mut line = String::new();
    // Reads to the end of the head: a connection closed with bytes unread may lose our answer.
    while head.read_line(&mut line)? > 2 {
        let header = line.to_ascii_lowercase();
        takes_gzip |= header.starts_with("accept-encoding:") && header.contains("gzip");
        line.clear();
    }
    Ok((first, takes_gzip))
}

/// How a file is sent.
#[derive(Clone, Copy)]
struct How {
    head_only: bool,
    compressed: bool,
}

fn send_file(stream: &mut TcpStream, status: &str, path: &Path, how: How) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mime = mime::of(path);
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    let mut encoding = "";
    if how.compressed && mime::is_compressible(mime) {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&content)?;
        content = gzip.finish()?;
        encoding = "Content-Encoding: gzip\r\n";
    }
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {mime}\r\n{encoding}Content-Length: {}\r\n\
         Cache-Control: no-cache\r\nConnection: close\r\n\r\n",
        content.len()
    )?;
    if !how.head_only {
        stream.write_all(&content)?;
    }
    Ok(())
}

fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{headers}Content-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}

/// Turns `%41` into `A`; nothing when a `%` is followed by anything but two hexadecimal digits, or
/// when the result is no text.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            u8::try_from(digit()? * 16 + digit()?).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::scratch::Scratch;

    /// A site in `<folder>/site`, and a file beside it that must stay unreachable.
    fn site(folder: &Path) -> Site {
        let root = folder.join("site");
        fs::create_dir_all(root.join("data/empty")).unwrap();
        fs::write(root.join("index.html"), "<!doctype html>").unwrap();
        fs::write(root.join("data/a b.json"), "{}").unwrap();
        fs::write(root.join(".hidden"), "").unwrap();
        fs::write(folder.join("secret"), "secret").unwrap();
        Site {
            root: root.canonicalize().unwrap(),
            base: "/lens/".into(),
            compresses: false,
            expected: Expected::default(),
        }
    }

    #[test]
    fn files_and_folders_are_found() {
        let folder = Scratch::new();
        let site = site(folder.path());
        let index = Answer::Found(site.root.join("index.html"));
        let get = |path: &str| site.answer(&format!("GET {path} HTTP/1.1\r\n"));
        assert_eq!(get("/lens/"), index);
        assert_eq!(get("/lens/?classes=0,1#top"), index);
        assert_eq!(get("/lens"), Answer::MovedTo("/lens/".into()));
        assert_eq!(get("/lens/data"), Answer::MovedTo("/lens/data/".into()));
        let json = Answer::Found(site.root.join("data/a b.json"));
        assert_eq!(get("/lens/data/a%20b.json"), json);
        assert_eq!(get("/lens/data/"), Answer::NotFound);
        assert_eq!(get("/lens/none"), Answer::NotFound);
        assert_eq!(get("/"), Answer::NotFound);
        assert_eq!(get("/index.html"), Answer::NotFound);
    }

    #[test]
    fn nothing_outside_the_site_is_found() {
        let folder = Scratch::new();
        let site = site(folder.path());
        for path in [
            "../secret",
            "%2e%2e/secret",
            "..%2fsecret",
            "data/../../secret",
            "data/..%5c..%5csecret",
            "/secret",
            "//secret",
            "%2fetc/passwd",
            "C:/secret",
            ".hidden",
            "index.html%00",
            "index.html%",
            "%ff",
        ] {
            let request = format!("GET /lens/{path} HTTP/1.1\r\n");
            assert_eq!(site.answer(&request), Answer::NotFound, "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_does_not_lead_out() {
        let folder = Scratch::new();
        let site = site(folder.path());
        std::os::unix::fs::symlink(folder.path().join("secret"), site.root.join("link")).unwrap();
        assert_eq!(site.answer("GET /lens/link HTTP/1.1\r\n"), Answer::NotFound);
    }

    #[test]
    fn only_reading_is_allowed() {
        let folder = Scratch::new();
        let site = site(folder.path());
        assert_eq!(site.answer("POST /lens/ HTTP/1.1\r\n"), Answer::NotAllowed);
        assert_eq!(site.answer("GET /lens/\r\n"), Answer::BadRequest);
        assert_eq!(site.answer("\r\n"), Answer::BadRequest);
    }

    #[test]
    fn what_can_be_made_smaller_is_sent_smaller_to_who_takes_it() {
        let folder = Scratch::new();
        let root = site(folder.path()).root;
        fs::write(root.join("page.js"), "a".repeat(1000)).unwrap();
        fs::write(root.join("0.idx.gz"), "a".repeat(1000)).unwrap();
        let server = Server::bind(&root, "/", 0).unwrap().compressing();
        let host = server.listener.local_addr().unwrap();
        std::thread::spawn(move || server.run());
        let ask = |file: &str, header: &str| {
            let mut stream = TcpStream::connect(host).unwrap();
            write!(stream, "GET /{file} HTTP/1.1\r\n{header}\r\n\r\n").unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            let head = answer.windows(4).position(|four| four == b"\r\n\r\n");
            let body = answer.split_off(head.unwrap() + 4);
            (String::from_utf8(answer).unwrap(), body)
        };
        let (head, body) = ask("page.js", "Accept-Encoding: gzip, br");
        assert!(head.contains("Content-Encoding: gzip\r\n"), "{head}");
        let mut text = String::new();
        let mut plain = flate2::read::GzDecoder::new(&*body);
        plain.read_to_string(&mut text).unwrap();
        assert_eq!(text, "a".repeat(1000));
        assert_eq!(ask("page.js", "Accept: */*").1.len(), 1000);
        assert_eq!(ask("0.idx.gz", "Accept-Encoding: gzip").1.len(), 1000);
    }

    #[test]
    fn a_browser_gets_its_file() {
        let folder = Scratch::new();
        let root = site(folder.path()).root;
        let server = Server::bind(&root, "/lens/", 0).unwrap();
        let url = server.url().unwrap();
        let host = url.strip_prefix("http://").unwrap();
        let host = host.strip_suffix("/lens/").unwrap().to_owned();
        std::thread::spawn(move || server.run());

        let ask = |request: &str| {
            let mut stream = TcpStream::connect(&host).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        };
        let answer = ask("GET /lens/ HTTP/1.1\r\nHost: here\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("Content-Type: text/html; charset=utf-8\r\n"));
        assert!(answer.ends_with("\r\n\r\n<!doctype html>"));

        let answer = ask("HEAD /lens/ HTTP/1.1\r\n\r\n");
        assert!(answer.contains("Content-Length: 15\r\n"));
        assert!(answer.ends_with("\r\n\r\n"));

        assert!(ask("GET /lens/none HTTP/1.1\r\n\r\n").ends_with("There is no such file.\n"));
        fs::write(root.join("404.html"), "lost").unwrap();
        let answer = ask("GET /lens/none HTTP/1.1\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\nlost"));

        let long = format!("GET /lens/{} HTTP/1.1\r\n\r\n", "a".repeat(15_000));
        assert!(ask(&long).starts_with("HTTP/1.1 404"));
    }

    #[test]
    fn a_file_that_is_being_made_is_waited_for() {
        let folder = Scratch::new();
        let root = site(folder.path()).root;
        fs::write(root.join("view.js"), "last week's").unwrap();
        let server = Server::bind(&root, "/", 0).unwrap();
        let host = server.listener.local_addr().unwrap();
        let expected = server.expected();
        expected.set(vec!["view.js".into(), "readers.js".into()]);
        std::thread::spawn(move || server.run());
        let ask = |method: &str, file: &str| {
            let mut stream = TcpStream::connect(host).unwrap();
            write!(stream, "{method} /{file} HTTP/1.1\r\n\r\n").unwrap();
            stream
        };
        let all = |mut stream: TcpStream| {
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        };
        assert!(all(ask("HEAD", "view.js")).starts_with("HTTP/1.1 200"));
        assert!(all(ask("GET", "index.html")).ends_with("\r\n\r\n<!doctype html>"));

        let mut waiting = ask("GET", "view.js");
        let mut start = [0; 12];
        waiting.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 200");
        let readers = ask("GET", "readers.js");
        fs::write(root.join("view.js"), "today's").unwrap();
        expected.set(vec!["readers.js".into()]);
        let answer = all(waiting);
        assert!(answer.contains("\r\nContent-Type: text/javascript; charset=utf-8\r\n"));
        assert!(
            answer.ends_with("\r\n\r\n7\r\ntoday's\r\n0\r\n\r\n"),
            "{answer}"
        );
        assert!(all(ask("GET", "view.js")).ends_with("\r\n\r\ntoday's"));

        // What never came is no empty file.
        expected.set(Vec::new());
        assert!(!all(readers).ends_with("0\r\n\r\n"));
    }

    #[test]
    fn who_goes_away_is_not_waited_for() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (served, _) = listener.accept().unwrap();
        assert!(!is_gone(&served));
        drop(client);
        let expected = Expected::default();
        expected.set(vec!["view.js".into()]);
        expected.wait("view.js", &served);
    }
}
