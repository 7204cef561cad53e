//! Who uses whom: read from the code, without its tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::bundle;

/// The modules of a crate, each with those that it names.
pub type Uses = BTreeMap<String, BTreeSet<String>>;

/// Reads the source files in `folder`.
pub fn read(folder: &Path) -> Result<Uses> {
    let files = bundle::files(folder, |path| path.extension().is_some_and(|e| e == "rs"))?;
    let mut found = Vec::new();
    let mut tests = Vec::new();
    for (inside, path) in files {
        let module = module(&inside);
        let source = fs::read_to_string(&path)?;
        let tokens: TokenStream = source
            .parse()
            .map_err(|error| anyhow!("{error}"))
            .with_context(|| path.display().to_string())?;
        let mut file = File::default();
        file.walk(&module, tokens);
        tests.append(&mut file.tests);
        found.push((module, file.names));
    }
    found.retain(|(module, _)| !tests.iter().any(|test| module.starts_with(test)));

    let mut uses = Uses::new();
    for (module, _) in &found {
        if let Some(top) = module.first() {
            uses.entry(top.clone()).or_default();
        }
    }
    let known: BTreeSet<String> = uses.keys().cloned().collect();
    for (module, names) in found {
        if let Some(of) = module.first().and_then(|top| uses.get_mut(top)) {
            let others = names.into_iter().filter(|name| *name != module[0]);
            of.extend(others.filter(|name| known.contains(name)));
        }
    }
    Ok(uses)
}

/// The module that a file holds, from the crate's root on; empty for the root itself.
fn module(file: &Path) -> Vec<String> {
    let path = file.with_extension("");
    let names = path.iter().map(|name| name.to_string_lossy().into_owned());
    names
        .filter(|name| !["mod", "lib", "main"].contains(&name.as_str()))
        .collect()
}

/// What a file names.
#[derive(Default)]
struct File {
    /// What stands behind the crate's root in paths.
    names: Vec<String>,
    /// Modules that are compiled for tests alone.
    tests: Vec<Vec<String>>,
}

impl File {
    /// Reads the tokens of a module.
    fn walk(&mut self, module: &[String], tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            if let [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] = &tokens[at..]
                && hash.as_char() == '#'
                && is_for_tests(attribute)
            {
                let rest = &tokens[at + 2..];
                let end = rest.iter().position(ends_item).unwrap_or(rest.len());
                let mut item = rest[..end].iter().skip_while(|token| !is(token, "mod"));
                if let Some(TokenTree::Ident(name)) = item.nth(1) {
                    self.tests.push(joined(module, &name.to_string()));
                }
                at += 2 + end + 1;
                continue;
            }
            if let [first, TokenTree::Ident(name), TokenTree::Group(body), ..] = &tokens[at..]
                && is(first, "mod")
            {
                self.walk(&joined(module, &name.to_string()), body.stream());
                at += 3;
                continue;
            }
            let supers = tokens[at..]
                .chunks(3)
                .take_while(|chunk| is(&chunk[0], "super"))
                .count();
            let leaves = supers > 0 && supers == module.len();
            if leaves || is(&tokens[at], "crate") || is(&tokens[at], "latent_lens") {
                at += if leaves { 3 * supers } else { 3 };
                match tokens.get(at) {
                    Some(TokenTree::Ident(name)) => self.names.push(name.to_string()),
                    Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                        self.names.extend(listed(group));
                    }
                    _ => {}
                }
                continue;
            }
            if let TokenTree::Group(group) = &tokens[at] {
                self.walk(module, group.stream());
            }
            at += (3 * supers).max(1);
        }
    }
}

/// Whether an attribute leaves what follows to tests: `[cfg(test)]`, `[cfg(all(test, …))]`.
fn is_for_tests(attribute: &Group) -> bool {
    let text: String = attribute.to_string().split_whitespace().collect();
    text == "[cfg(test)]" || text.starts_with("[cfg(all(test,")
}

fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn joined(module: &[String], name: &str) -> Vec<String> {
    [module, &[name.to_owned()]].concat()
}

/// The first names in `{a::b, c}`.
fn listed(group: &Group) -> Vec<String> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let paths = tokens.split(|token| matches!(token, TokenTree::Punct(p) if p.as_char() == ','));
    let firsts = paths.filter_map(|path| path.first());
    firsts.map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(module: &[&str], source: &str) -> File {
        let module: Vec<String> = module.iter().map(|&name| name.to_owned()).collect();
        let mut file = File::default();
        file.walk(&module, source.parse().unwrap());
        file
    }

    #[test]
    fn paths_that_leave_a_module_are_found_wherever_they_stand() {
        let source = r#"
            //! Of crate::no and `super::super::no`.
            use std::fmt;
            use crate::{math::greater, data};
            use super::super::train::Trainer;
            use super::frame::Frame;
            fn f(x: &crate::model::Network) -> fmt::Result {
                assert_eq!(crate::keyed::of(x), "crate::no");
            }
            mod inner { use super::super::super::engine; use super::super::stays; }
        "#;
        let found = names(&["plot", "space"], source).names;
        assert_eq!(found, ["math", "data", "train", "model", "keyed", "engine"]);
    }

    #[test]
    fn tests_may_use_anything() {
        let source = "
            #[cfg(test)] mod tests;
            #[cfg(test)] impl X { fn f() { crate::no::f(); } }
            #[cfg(all(test, unix))] use crate::no;
            #[cfg(test)] mod more { use crate::no; }
            use crate::yes;
        ";
        let found = names(&["plot"], source);
        assert_eq!(found.names, ["yes"]);
        assert_eq!(found.tests, [["plot", "tests"], ["plot", "more"]]);
    }
}
