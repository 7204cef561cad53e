//! Leaves out the bodies of functions that are there because they could be called, but never are.
//!
//! A library that tells kinds of numbers apart while it runs brings along its code for all of them, which no
//! compiler can leave out. Here it is told which of that never runs. Were such a function called all the
//! same, WebAssembly would end with "unreachable", and nothing would be computed wrongly.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use walrus::ir::{InstrLocId, Unreachable};
use walrus::{FunctionKind, Module, ModuleConfig};

/// Names with the types that they are of, which only these symbols hold.
pub const TYPED_NAMES: &str =
    r#"target.wasm32-unknown-unknown.rustflags=["-Csymbol-mangling-version=v0"]"#;

/// What was compiled, without the bodies of functions whose names `match` one of `patterns`.
///
/// A pattern is words that stand in a name in this order, with `*` for whatever lies between them.
///
/// # Errors
/// If a pattern matches nothing: what it was for has another name by now.
pub fn read(compiled: &Path, patterns: &[String], with_names: bool) -> Result<Module> {
    let mut module = ModuleConfig::new()
        // What a compiler has made is well-formed.
        .strict_validate(false)
        .generate_name_section(with_names)
        .generate_producers_section(false)
        .parse_file(compiled)
        .with_context(|| format!("{}", compiled.display()))?;
    let mut matched = vec![false; patterns.len()];
    for function in module.funcs.iter_mut() {
        let name = function.name.as_deref().unwrap_or_default();
        let name = format!("{:#}", rustc_demangle::demangle(name));
        let mut is_one = false;
        for (pattern, matched) in patterns.iter().zip(&mut matched) {
            if matches(&name, pattern) {
                (is_one, *matched) = (true, true);
            }
        }
        if let (true, FunctionKind::Local(body)) = (is_one, &mut function.kind) {
            let entry = body.entry_block();
            body.block_mut(entry).instrs = vec![(Unreachable {}.into(), InstrLocId::default())];
        }
    }
    for (pattern, matched) in patterns.iter().zip(matched) {
        ensure!(
            matched,
            "no function is named `{pattern}`, which never-runs names"
        );
    }
    Ok(module)
}

fn matches(name: &str, pattern: &str) -> bool {
    let mut rest = name;
    pattern.split('*').all(|word| {
        let found = rest.split_once(word);
        found.is_some_and(|(_, after)| {
            rest = after;
            true
        })
    })
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_are_words_in_order() {
        let name = "flex::ops::unary_op_typed::<f64, exp>";
        for pattern in ["ops::unary", "unary*<f64", "flex*f64*exp", ""] {
            assert!(matches(name, pattern), "{pattern}");
        }
        for pattern in ["binary", "f64*unary", "unary*f32"] {
            assert!(!matches(name, pattern), "{pattern}");
        }
    }
}
