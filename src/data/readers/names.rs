//! What the names of columns say.

use std::collections::HashMap;

/// Names that columns of labels commonly have.
const LABELS: [&str; 13] = [
    "label",
    "labels",
    "class",
    "target",
    "y",
    "digit",
    "letter",
    "category",
    "species",
    "klasse",
    "classe",
    "clase",
    "diagnosis",
];
/// Names of columns that number or name the rows, in whole.
const IDS: [&str; 14] = [
    "",
    "index",
    "id",
    "ids",
    "rownames",
    "rowid",
    "uid",
    "uuid",
    "guid",
    "identifier",
    "nr",
    "no",
    "no.",
    "#",
];
/// What stands before the number in names that only count pixels.
const PIXELS: [&str; 12] = [
    "", "p", "px", "pix", "pixel", "v", "x", "c", "col", "column", "i", "r",
];
/// What stands before numbers in names of pixels and of other features alike.
const FEATURES: [&str; 9] = [
    "f",
    "feat",
    "feature",
    "att",
    "attr",
    "attribute",
    "var",
    "in",
    "input",
];
/// Fewer features than an image of 8 × 8 are taken for a table's.
const LEAST_IMAGE: usize = 64;

/// Whether at least one is a word, not a number.
pub(super) fn are_words(names: &[String]) -> bool {
    names
        .iter()
        .any(|name| !name.is_empty() && name.parse::<f64>().is_err())
}

/// Whether a column of this name holds labels.
pub(super) fn is_label(name: &str) -> bool {
    LABELS.contains(&name.to_lowercase().as_str())
}

/// Whether a column of this name numbers or names the rows, if its values are all different.
pub(super) fn is_id(name: &str) -> bool {
    let lower = name.to_lowercase();
    let ends = |end: &str| lower.ends_with(end);
    IDS.contains(&lower.as_str())
        || lower.starts_with("unnamed: ")
        || ["_id", " id", "-id", ".id", "_no", "_nr", "_index"]
            .into_iter()
            .any(ends)
        || lower.starts_with("id_")
        || name.ends_with("Id")
        || (name.ends_with("ID") && name != lower.to_uppercase())
}

/// Whether names only count the columns, as those of pixels do: `0`, `pixel7`, `V1`, `1x1`, `r0c0`.
pub(super) fn only_count(names: &[&str]) -> bool {
    let Some(first) = names.first() else {
        return true;
    };
    let words = |name: &str| -> Vec<String> {
        name.split(|c: char| c.is_ascii_digit())
            .map(|word| word.trim_matches(['_', '-', '.', ' ', '[', ']', '(', ')', ',']))
            .map(str::to_lowercase)
            .collect()
    };
    // pandas numbers names that stand twice: 0, 0.1, 0.2.
    if names.iter().all(|name| name.parse::<f64>().is_ok()) {
        return true;
    }
    let parts = |name: &str| -> Vec<String> {
        let mut words = words(name);
        words.dedup();
        words
    };
    let of_first = parts(first);
    let numbered = |name: &&str| name.contains(|c: char| c.is_ascii_digit());
    if !names
        .iter()
        .all(|name| numbered(name) && parts(name) == of_first)
    {
        return false;
    }
    let known = |words: &[&str]| of_first.iter().all(|word| words.contains(&word.as_str()));
    let side = names.len().isqrt();
    known(&PIXELS)
        || (known(&[&PIXELS[..], &FEATURES].concat())
            && side * side == names.len()
            && names.len() >= LEAST_IMAGE)
}

/// Whether a first line holds the names that pandas gives to a line read as a header: what stands
/// there again is numbered, as in `0, 0.1, 0.2`. Those may be numbers where those below are not
/// all `whole`.
pub(super) fn are_numbered_repeats(names: &[String], whole: bool) -> bool {
    let mut seen = HashMap::new();
    let mut repeats = 0;
    let mut ends_in_zero = false;
    for name in names {
        let repeated = name.rsplit_once('.').and_then(|(of, count)| {
            let count: usize = count.parse().ok()?;
            let last = seen.get_mut(of)?;
            (count == *last + 1).then_some((last, count))
        });
        if let Some((last, count)) = repeated {
            *last = count;
            repeats += 1;
            ends_in_zero |= count.is_multiple_of(10);
        } else if seen.insert(name.as_str(), 0).is_some() {
            return false;
        }
    }
    // Who writes numbers writes 0.1, not 0.10.
    repeats >= 2 && (ends_in_zero || whole)
}

/// Units and words beside the numbers in names that say where along a row a column stands.
const PLACES: [&str; 26] = [
    "t",
    "time",
    "times",
    "timestep",
    "step",
    "lag",
    "s",
    "sec",
    "ms",
    "min",
    "hz",
    "khz",
    "mhz",
    "nm",
    "um",
    "cm",
    "mz",
    "wl",
    "wavelength",
    "wavenumber",
    "freq",
    "frequency",
    "day",
    "week",
    "month",
    "year",
];

/// Whether names say where along a row each column stands, such as times or wavelengths: `t0`, `400nm`,
/// or numbers that grow by equal steps and do not only count the columns.
pub(super) fn are_places(names: &[String]) -> bool {
    if are_steps(names) {
        let step = |at: usize| names[at].parse::<f64>().unwrap_or(0.0);
        return !((step(0) == 0.0 || step(0) == 1.0) && step(1) - step(0) == 1.0);
    }
    let parts = |name: &str| -> Option<(String, f64)> {
        let is_part = |c: char| c.is_ascii_digit() || c == '.';
        let start = name.find(|c: char| c.is_ascii_digit())?;
        let end = name[start..]
            .find(|c: char| !is_part(c))
            .map_or(name.len(), |end| start + end);
        let words = format!("{} {}", &name[..start], &name[end..]);
        let words = words.replace(['_', '-', '.', '[', ']', '(', ')', '=', '/', ':'], " ");
        let word = words.split_whitespace().collect::<Vec<_>>().join(" ");
        Some((word.to_lowercase(), name[start..end].parse().ok()?))
    };
    let all: Option<Vec<(String, f64)>> = names.iter().map(|name| parts(name)).collect();
    let Some(all) = all.filter(|all| all.len() > 2) else {
        return false;
    };
    let one_word = all.iter().all(|(word, _)| *word == all[0].0);
    let rise = all.windows(2).all(|pair| pair[0].1 < pair[1].1);
    one_word && rise && PLACES.contains(&all[0].0.as_str())
}

/// Whether numbers grow or fall by equal steps, as wavelengths above a table do.
pub(super) fn are_steps(names: &[String]) -> bool {
    const LEAST: usize = 8;
    let numbers: Option<Vec<f64>> = names.iter().map(|name| name.parse().ok()).collect();
    let Some(numbers) = numbers.filter(|numbers| numbers.len() >= LEAST) else {
        return false;
    };
    let step = numbers[1] - numbers[0];
    let equal = |pair: &[f64]| (pair[1] - pair[0] - step).abs() <= 1e-6 * step.abs();
    step != 0.0 && step.is_finite() && numbers.windows(2).all(equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_pixels_are_told_from_words() {
        let counted = |name: &dyn Fn(usize) -> String, count: usize| {
            let names: Vec<String> = (0..count).map(name).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            only_count(&names)
        };
        assert!(counted(&|place| place.to_string(), 6));
        assert!(counted(&|place| format!("0.{place}"), 6));
        assert!(counted(&|place| format!("pixel{place}"), 6));
        assert!(counted(&|place| format!("pixel_{place}"), 6));
        assert!(counted(&|place| format!("V{}", place + 1), 6));
        assert!(counted(&|place| format!("p{place}"), 50));
        assert!(counted(&|place| format!("column {place}"), 6));
        assert!(counted(
            &|place| format!("{}x{}", place / 3 + 1, place % 3 + 1),
            6
        ));
        assert!(counted(&|place| format!("r{}c{}", place / 3, place % 3), 6));
        assert!(counted(
            &|place| format!("pixel_{}_{}", place / 3, place % 3),
            6
        ));
        assert!(counted(&|place| format!("feature{place}"), 784));
        assert!(!counted(&|place| format!("feature{place}"), 16));
        assert!(!counted(&|place| format!("feature{place}"), 100 - 1));
        assert!(!counted(&|place| format!("GENE{place}"), 100));
        assert!(!only_count(&["age", "sex", "bmi", "children"]));
        assert!(!only_count(&["a", "b", "c", "d"]));
        assert!(!only_count(&["x1", "x2", "age"]));
    }

    #[test]
    fn names_of_ids_are_told_from_others() {
        for id in [
            "",
            "id",
            "ID",
            "Unnamed: 0",
            "sample_id",
            "Patient ID",
            "customerId",
            "CustomerID",
            "index",
        ] {
            assert!(is_id(id), "{id}");
        }
        for other in ["width", "acid", "ACID", "paid", "COVID", "solid", "number"] {
            assert!(!is_id(other), "{other}");
        }
    }

    #[test]
    fn headers_of_numbers_are_told_from_rows() {
        let line = |line: &str| -> Vec<String> { line.split(',').map(str::to_owned).collect() };
        let numbered = |text: &str| are_numbered_repeats(&line(text), false);
        assert!(numbered(
            "5,0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,0.10,3,18,18.1"
        ));
        // A row of numbers that grow alike.
        assert!(!numbered("5,0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1.0,1.1"));
        assert!(!numbered("0,0,0.1,0.2"));
        assert!(!numbered("1,0,0.1,0.2"));
        assert!(are_numbered_repeats(&line("1,0,0.1,0.2"), true));
        assert!(are_steps(&line("400,402.5,405,407.5,410,412.5,415,417.5")));
        assert!(!are_steps(&line("0,0,0,0,0,0,0,0,0")));
        assert!(!are_steps(&line("1,2,3,4,5,6,7,9")));
    }
}
