//! `cargo xtask bench`: how fast and how good the site is, in a real browser and as a native
//! program, beside what else there is.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use super::{Arguments, build};
use crate::manifest::Manifest;
use crate::project::Project;
use crate::{browser, bundle, process, tools, wasm};

/// What the names of native benchmarks start with.
const NATIVE: &str = "native_";

pub fn run(mut arguments: Arguments) -> Result<()> {
    let json = arguments.flag("--json");
    let mut names = Vec::new();
    while let Some(name) = arguments.next_word() {
        names.push(name);
    }
    arguments.finish()?;
    let all = names.is_empty();
    let (native, site): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|name| name.starts_with(NATIVE));

    let project = Project::find()?;
    let mut table = Table::new(json);
    if all || !site.is_empty() {
        build::build(&project, true, &[])?;
        let served = project.build().join("bench");
        let kernels = Manifest::read(&project.root)?.kernels()?;
        let kernels = wasm::build(&project, &kernels, true, &[])?;
        bundle::bench(&project, &kernels, &served)?;
        let mut node = browser::node(&project, &served, &tools::CHROMIUM)?;
        let programs = browser::programs(&project, &project.root.join("benches"), "site.ts")?;
        lines(node.args(programs).args(site), &mut table)?;
    }
    if all || !native.is_empty() {
        let mut cargo = process::cargo(&project.root, "bench");
        // Without what only the terminal's program needs, which takes minutes to compile.
        cargo.args(["--no-default-features", "--features", "kernels"]);
        cargo.args(["--bench", "native", "--"]).args(native);
        lines(&mut cargo, &mut table)?;
    }
    Ok(())
}

/// Runs `program` and shows each line that it prints as soon as it comes.
fn lines(program: &mut Command, table: &mut Table) -> Result<()> {
    let mut child = program
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", process::describe(program)))?;
    let output = child.stdout.take().expect("its output is ours to read");
    for line in BufReader::new(output).lines() {
        println!("{}", table.row(&line?)?);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{} ended with {status}", process::describe(program));
    }
    Ok(())
}

/// The lines as people read them, or as they are.
struct Table {
    json: bool,
    /// The heading stands above the first row.
    headed: bool,
}

impl Table {
    fn new(json: bool) -> Self {
        Self {
            json,
            headed: false,
        }
    }

    /// A line of JSON, or what it says: time, peer's time, ratio, target, and what else there is.
    fn row(&mut self, line: &str) -> Result<String> {
        if self.json {
            return Ok(line.to_owned());
        }
        let mut fields: Map<String, Value> =
            serde_json::from_str(line).with_context(|| format!("no line of results: {line}"))?;
        let mut take = |name: &str| fields.remove(name).filter(|value| !value.is_null());
        let name = take("name").map_or_else(String::new, |name| text(&name));
        let ours = milliseconds(take("ours_ms"));
        let theirs = milliseconds(take("peer_ms"));
        let ratio = take("ratio").map_or_else(String::new, |ratio| format!("{} x", text(&ratio)));
        let target = match (take("target"), take("target_ms"), take("met")) {
            (Some(ratio), _, Some(met)) => format!("{} x: {}", text(&ratio), verdict(&met)),
            (_, Some(ms), Some(met)) => format!("{} ms: {}", text(&ms), verdict(&met)),
            (_, _, Some(met)) => verdict(&met).to_owned(),
            _ => String::new(),
        };
        let more: Vec<String> = fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| format!("{name} {}", text(value)))
            .collect();
        let row = format!(
            "{name:20} {ours:>14} {theirs:>14} {ratio:>9}  {target:14} {}",
            more.join(", ")
        );
        if std::mem::replace(&mut self.headed, true) {
            return Ok(row);
        }
        Ok(format!(
            "{:20} {:>14} {:>14} {:>9}  {:14} more\n{row}",
            "benchmark", "ours", "peer", "ratio", "target"
        ))
    }
}

fn milliseconds(value: Option<Value>) -> String {
    value.map_or_else(String::new, |ms| format!("{} ms", text(&ms)))
}

fn verdict(met: &Value) -> &'static str {
    if met == &Value::Bool(true) {
        "met"
    } else {
        "MISSED"
    }
}

/// A value without JSON's quotes.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(" to "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn a_row_says_what_its_line_does() {
        let line = r#"{"name":"stage3","ours_ms":12.5,"peer":"literal","peer_ms":50,"ratio":4,
            "target":15,"met":false,"spread":[3,5]}"#;
        let mut table = Table::new(false);
        let row = table.row(line).unwrap();
        assert!(row.starts_with("benchmark"), "{row}");
        let words: Vec<&str> = row.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(
            words.join(" "),
            "stage3 12.5 ms 50 ms 4 x 15 x: MISSED peer literal, spread 3 to 5"
        );
        let alone = r#"{"name":"first_figure","ours_ms":900,"peer":null,"peer_ms":null,
            "ratio":null,"target_ms":4000,"met":true}"#;
        let row = table.row(alone).unwrap();
        let words: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(words.join(" "), "first_figure 900 ms 4000 ms: met");
        assert_eq!(Table::new(true).row(alone).unwrap(), alone);
        assert!(table.row("no JSON").is_err());
    }
}
