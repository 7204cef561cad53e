//! The order of modules: the table in `docs/design.md`, from its first row to its last.

use anyhow::{Result, ensure};

use super::uses::Uses;

/// The modules that the table's first column names.
pub fn read(design: &str) -> Vec<String> {
    let rows = design.lines().filter(|line| line.starts_with("| `src/"));
    let firsts = rows.filter_map(|row| row.split('|').nth(1));
    let paths = firsts.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let names = paths.filter_map(|path| path.strip_prefix("src/"));
    names
        .map(|name| {
            name.trim_end_matches('/')
                .trim_end_matches(".rs")
                .to_owned()
        })
        .collect()
}

/// Refuses a module that has no place in the order, a place of no module, and whatever uses what
/// stands further on.
pub fn check(order: &[String], uses: &Uses) -> Result<()> {
    let place = |module: &String| order.iter().position(|name| name == module);
    let mut wrong = Vec::new();
    for name in order.iter().filter(|name| !uses.contains_key(*name)) {
        wrong.push(format!("{name} is in the table, but not in src/"));
    }
    for (module, used) in uses {
        let Some(at) = place(module) else {
            wrong.push(format!("{module} is not in the table"));
            continue;
        };
        for other in used.iter().filter(|other| place(other) > Some(at)) {
            wrong.push(format!("{module} uses {other}, which stands below it"));
        }
    }
    ensure!(
        wrong.is_empty(),
        "the code and the table in docs/design.md disagree:\n  {}",
        wrong.join("\n  ")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stands_above() {
        let table = "| where | what |\n| --- | --- |\n| `src/a.rs`, `src/b/` | of `src/x` |\n| `src/c/` | |\n| `www/` | |";
        let order = read(table);
        assert_eq!(order, ["a", "b", "c"]);
        let uses = |pairs: &[(&str, &[&str])]| -> Uses {
            let owned = |name: &&str| (*name).to_owned();
            pairs
                .iter()
                .map(|(module, used)| (owned(module), used.iter().map(owned).collect()))
                .collect()
        };
        check(
            &order,
            &uses(&[("a", &[]), ("b", &["a"]), ("c", &["a", "b"])]),
        )
        .unwrap();
        let wrong = check(&order, &uses(&[("a", &["c"]), ("c", &[]), ("d", &[])]));
        let wrong = wrong.unwrap_err().to_string();
        for line in [
            "a uses c, which stands below it",
            "b is in the table, but not in src/",
            "d is not in the table",
        ] {
            assert!(wrong.contains(line), "{wrong}");
        }
    }
}
