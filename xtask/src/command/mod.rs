//! The commands, one file each, and how they are called.

mod bench;
mod book;
pub mod build;
mod graph;
mod package;
mod pictures;
mod python;
mod r;
mod release;
mod serve;
mod test;
mod version;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  build [--dev] [--address URL] [PACKAGE...]
                                     build the static site into dist/; of the wasm packages
                                     only those named, the others as they were built last;
                                     --address: where it will be, for previews of links to it
  book                               build the book into dist/book/, with mdBook
  package                            make the npm package in build/package/
  python [--as-built]                make the Python package as a wheel of this system, in
                                     build/wheel/; --as-built: of the site in dist/ and of the
                                     program in target/release/ as they are
  r                                  make the R package in build/r/, as `R CMD INSTALL` takes it
  serve [--dev] [--port N] [--no-open]
                                     build it, serve it on this computer and open a browser as
                                     soon as it can draw the default figure
  test [--extended] [--count N] [--seed S] [CHECK...] [-- ARGUMENT...]
                                     run every check and test, or only those named; --extended:
                                     also those that take many minutes or install more tools;
                                     --count, --seed: of the check `faults`, how many, and from
                                     which on; arguments after -- go to the browser tests' runner
  bench [--json] [NAME...]           measure against what else there is, in a real browser and as a
                                     native program; --json: one JSON object a line
  release                            make what a release hands out: a zip for any static server,
                                     the npm package and the extension for Quarto, in build/release/
  version                            write the version of Cargo.toml wherever else it stands
  pictures                           draw the preview and the icons in www/ anew
  graph                              list which module of src/ uses which, and draw it for
                                     docs/design.md

  --dev   leave out wasm-opt and minification: larger and slower, sooner there";

/// Runs the command that `arguments` (without the program's name) ask for.
pub fn run(arguments: Vec<String>) -> Result<()> {
    let mut arguments = Arguments(arguments);
    let Some(command) = arguments.next_word() else {
        bail!("no command\n\n{USAGE}");
    };
    match command.as_str() {
        "build" => build::run(arguments),
        "book" => book::run(arguments),
        "package" => package::run(arguments),
        "python" => python::run(arguments),
        "r" => r::run(arguments),
        "serve" => serve::run(arguments),
        "test" => test::run(arguments),
        "bench" => bench::run(arguments),
        "pictures" => pictures::run(arguments),
        "version" => version::run(arguments),
        "graph" => graph::run(arguments),
        "release" => release::run(arguments),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}

/// What is left of the command line; every command takes out what it knows.
pub struct Arguments(Vec<String>);

impl Arguments {
    /// Takes the first argument, unless it is an option.
    fn next_word(&mut self) -> Option<String> {
        let is_word = self
            .0
            .first()
            .is_some_and(|first| !first.starts_with("--") || first == "--help");
        is_word.then(|| self.0.remove(0))
    }

    /// Takes `name` out, wherever it stands; whether it was there.
    fn flag(&mut self, name: &str) -> bool {
        let position = self.0.iter().position(|argument| argument == name);
        position.map(|found| self.0.remove(found)).is_some()
    }

    /// Takes `name VALUE` out.
    fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(position) = self.0.iter().position(|argument| argument == name) else {
            return Ok(None);
        };
        if position + 1 == self.0.len() {
            bail!("{name} needs a value");
        }
        self.0.remove(position);
        Ok(Some(self.0.remove(position)))
    }

    /// Takes everything after a lone `--`.
    fn after_dashes(&mut self) -> Vec<String> {
        match self.0.iter().position(|argument| argument == "--") {
            Some(position) => self.0.drain(position..).skip(1).collect(),
            None => Vec::new(),
        }
    }

    /// Refuses whatever no one has taken.
    fn finish(self) -> Result<()> {
        match self.0.first() {
            Some(unknown) => bail!("`{unknown}` is not understood here\n\n{USAGE}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn arguments(words: &str) -> Arguments {
        Arguments(words.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn options_are_taken_wherever_they_stand() {
        let mut line = arguments("--port 81 word --dev -- --name pause");
        assert_eq!(line.after_dashes(), ["--name", "pause"]);
        assert!(line.flag("--dev"));
        assert_eq!(line.value("--port").unwrap().as_deref(), Some("81"));
        assert_eq!(line.next_word().as_deref(), Some("word"));
        line.finish().unwrap();
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(arguments("--fast").finish().is_err());
        assert!(arguments("--port").value("--port").is_err());
    }

    #[test]
    fn what_people_are_told_to_run_exists() {
        let root = std::path::Path::new("..");
        let mut files = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
        let chapters = crate::bundle::files(&root.join("docs"), |path| {
            path.extension().is_some_and(|ending| ending == "md")
        });
        files.extend(chapters.unwrap().into_iter().map(|(_, path)| path));
        let mut told = 0;
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for rest in text.split("cargo xtask ").skip(1) {
                let end = rest.find(|c: char| !c.is_ascii_lowercase());
                let command = &rest[..end.unwrap_or(rest.len())];
                let known = super::USAGE.contains(&format!("\n  {command} ")) || command == "help";
                assert!(known, "{} tells of `cargo xtask {command}`", file.display());
                told += 1;
            }
        }
        assert!(told > 10, "{told}");
    }
}
