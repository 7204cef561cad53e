//! Tests that drive a browser, where one that fails is run once more.
//!
//! A browser stalls once in some thousands of visits, for reasons that are not the page's. One such stall does
//! not fail everything; which tests passed only the second time is printed, with why they failed the first time.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::process;

/// More failures than that are no stalls.
const MOST: usize = 3;

/// Runs `tests` one at a time, as they measure how fast the page answers, with the arguments of `node` and
/// further `arguments`. Those that fail are run once more, where they are few. `results`: a file to write them to.
pub fn run(
    node: impl Fn() -> Result<Command>,
    tests: &[impl AsRef<OsStr>],
    arguments: &[String],
    results: &Path,
) -> Result<()> {
    let begin = |arguments: &[String]| -> Result<Command> {
        let mut node = node()?;
        node.args(["--test", "--test-concurrency=1"])
            .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
            .arg("--test-reporter=tap")
            .arg(format!("--test-reporter-destination={}", results.display()))
            .args(arguments)
            .args(tests);
        Ok(node)
    };
    let Err(error) = process::run(&mut begin(arguments)?) else {
        return Ok(());
    };
    let failed = failures(&fs::read_to_string(results)?);
    // A file that cannot be run at all is none of its tests.
    let stalled = failed.iter().all(|name| !Path::new(name).is_absolute());
    if failed.is_empty() || failed.len() > MOST || !stalled {
        return Err(error);
    }
    println!("\nrun once more: {}", failed.join("; "));
    let only: Vec<String> = failed
        .iter()
        .map(|name| format!("--test-name-pattern=^{}$", escaped(name)))
        .collect();
    process::run(&mut begin(&only)?)?;
    let again = fs::read_to_string(results)?;
    for name in &failed {
        ensure!(passes(&again, name), "{name} was not run once more");
        println!("passed only the second time: {name}");
    }
    Ok(())
}

/// The names of the tests that failed, of what is printed in the Test Anything Protocol.
fn failures(tap: &str) -> Vec<String> {
    outcomes(tap, "not ok ").map(str::to_owned).collect()
}

fn passes(tap: &str, name: &str) -> bool {
    outcomes(tap, "ok ").any(|each| each == name)
}

/// What stands behind `1 - ` in the lines of this outcome, but for tests that were left out.
fn outcomes<'a>(tap: &'a str, outcome: &'a str) -> impl Iterator<Item = &'a str> {
    tap.lines()
        .filter_map(move |line| line.strip_prefix(outcome))
        .filter(|line| !line.contains(" # SKIP"))
        .filter_map(|line| line.split_once(" - ").map(|(_, name)| name.trim_end()))
}

/// A pattern of JavaScript that is met by the text alone. `name` is written as the protocol has it, where a
/// backslash stands before a backslash and a number sign.
fn escaped(name: &str) -> String {
    let mut pattern = String::new();
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            '\\' => letters.next().unwrap_or('\\'),
            letter => letter,
        };
        if !letter.is_alphanumeric() && letter.is_ascii() && letter != ' ' {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAP: &str = r"TAP version 13
# Subtest: one fails (a/b) \#3 \\ x’s: 50 %
not ok 1 - one fails (a/b) \#3 \\ x’s: 50 %
  ---
  error: |-
    not ok 7 - what an error says
  ...
# Subtest: two
ok 2 - two
# Subtest: three
ok 3 - three # SKIP test name does not match pattern
1..3
";

    #[test]
    fn the_tests_that_failed_are_named_and_found_again() {
        let failed = failures(TAP);
        assert_eq!(failed, [r"one fails (a/b) \#3 \\ x’s: 50 %"]);
        assert_eq!(
            escaped(&failed[0]),
            r"one fails \(a\/b\) \#3 \\ x’s\: 50 \%"
        );
    }

    #[test]
    fn a_test_that_was_left_out_has_not_passed() {
        assert!(passes(TAP, "two"));
        assert!(!passes(TAP, "three"));
        assert!(!passes(TAP, "four"));
    }
}
