//! `cargo xtask bench`: how fast and how good the site is, in a real browser and as a native
//! program, beside what else there is.

use std::io::{BufRead, BufReader, Write};
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
    let chart = arguments.value("--chart")?;
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
        let kernels = wasm::build(&project, &kernels, true, &[], &|_, _| Ok(()))?;
        bundle::bench(&project, &kernels, &served)?;
        let mut node = browser::node(&project, &served, &tools::CHROMIUM)?;
        let programs = browser::programs(&project, &project.root.join("benches"), "site.ts")?;
        lines(node.args(programs).args(site), &mut table)?;
    }
    if all || !native.is_empty() {
        let mut cargo = process::cargo(&project.root, "bench");
        // Without what only the terminal's program needs, which takes minutes to compile.
        cargo.args(["--no-default-features", "--features", "kernels,general"]);
        cargo.args(["--bench", "native", "--"]).args(native);
        lines(&mut cargo, &mut table)?;
    }
    match chart {
        Some(file) => draw(&project, &table.lines, &file),
        None => Ok(()),
    }
}

/// Draws the lines of `scaling` into `file`.
fn draw(project: &Project, lines: &[String], file: &str) -> Result<()> {
    let programs = browser::programs(project, &project.root.join("benches"), "chart.ts")?;
    let mut node = Command::new("node");
    node.args(programs).arg(file).stdin(Stdio::piped());
    let mut child = node.spawn().context("node could not be started")?;
    let mut input = child.stdin.take().expect("its input is ours to write");
    input.write_all(lines.join("\n").as_bytes())?;
    drop(input);
    if !child.wait()?.success() {
        bail!("no chart was drawn: run the benchmark scaling with it");
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
    /// All lines so far, as they are.
    lines: Vec<String>,
}

impl Table {
    fn new(json: bool) -> Self {
        Self {
            json,
            headed: false,
            lines: Vec::new(),
        }
    }

    /// A line of JSON, or what it says: time, peer's time, ratio, target, and what else there is.
    fn row(&mut self, line: &str) -> Result<String> {
        self.lines.push(line.to_owned());
        if self.json {
            return Ok(line.to_owned());
        }
        let mut fields: Map<String, Value> =
            serde_json::from_str(line).with_context(|| format!("no line of results: {line}"))?;
        let mut take = |name: &str| fields.remove(name).filter(|value| !value.is_null());
        let name = take("name").map_or_else(String::new, |name| text(&name));
        let ours = take("ours_ms");
        let bar = ours.as_ref().filter(|_| name == "scaling");
        let bar = bar.map_or_else(String::new, bar_of);
        let ours = milliseconds(ours);
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
            "{name:20} {ours:>14} {theirs:>14} {ratio:>9}  {target:14} {bar}{}",
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

/// A bar as long as so many milliseconds, 10 a character, and a space.
fn bar_of(ms: &Value) -> String {
    "▇".repeat((ms.as_f64().unwrap_or_default() / 10.0).round() as usize) + " "
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
