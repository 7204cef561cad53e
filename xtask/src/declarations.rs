//! TypeScript's view of a report: `build/types/report.d.ts`, made from the structs that the engine
//! writes, with what their documentation says.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use syn::{Attribute, Expr, Field, Fields, GenericArgument, Item, Lit, Meta, PathArguments, Type};

use crate::project::Project;

/// Where they are, and which of them a page sees.
const SOURCES: [(&str, &[&str]); 18] = [
    ("src/data/dataset.rs", &["ImageShape", "ClassSummary"]),
    (
        "src/report/source.rs",
        &["DataSource", "PixelKind", "ModelSource", "ModelPart"],
    ),
    ("src/report/mod.rs", &["Report"]),
    (
        "src/train/history.rs",
        &["TrainingHistory", "LossParts", "Penalty"],
    ),
    ("src/train/samples.rs", &["Samples"]),
    ("src/report/encoded.rs", &["Encoded"]),
    (
        "src/report/errors.rs",
        &["ReconstructionErrors", "Pictured"],
    ),
    (
        "src/importance/results.rs",
        &[
            "Estimate",
            "Measured",
            "DirectionMap",
            "GroupImportance",
            "FoundOn",
            "Merge",
            "DonorCheck",
            "ImageErrors",
        ],
    ),
    ("src/history/results.rs", &["Emergence"]),
    ("src/latents/results.rs", &["Divergence", "Factors"]),
    ("src/data/scaling.rs", &["Scaling"]),
    ("src/data/form.rs", &["DataForm"]),
    (
        "src/settings/variant.rs",
        &["Variant", "Noise", "Output", "Downsampling"],
    ),
    (
        "src/networks/results.rs",
        &[
            "Networks",
            "OtherNetwork",
            "Match",
            "Verdict",
            "Controls",
            "PermutedControl",
            "Smaller",
            "Sizes",
            "Size",
        ],
    ),
    (
        "src/attribution/results.rs",
        &[
            "Attribution",
            "Opinion",
            "Opinions",
            "Agreement",
            "Filler",
            "FairTest",
            "Score",
        ],
    ),
    ("src/data/grouping.rs", &["Grouping"]),
    (
        "src/settings/measure.rs",
        &["Measure", "FeatureKind", "Donors", "LatentDonors"],
    ),
    (
        "src/settings/mod.rs",
        &[
            "Settings",
            "Method",
            "NetworkKind",
            "Loss",
            "HiddenActivation",
            "Permute",
            "Seeds",
        ],
    ),
];

/// What is a page's own on its way from Rust to JavaScript.
const HEAD: &str = "\
/** The engine that calculates. */
export type EngineName = \"cpu\" | \"webgpu\";

/** Row-major. */
export interface Matrix {
  shape: [rows: number, columns: number];
  data: Float32Array;
}

/** Which images importance is measured on; a number stands for so many of them. */
export type Explain = \"auto\" | \"all\" | \"held-out\" | `${number}`;

/** Which explained images receive values: all, those of a class (its label), or one, counted from 1. */
export type Recipients = \"all\" | `class:${number}` | `image:${number}`;
";

/// Writes the file, and returns its path.
pub fn write(project: &Project) -> Result<PathBuf> {
    let mut text = HEAD.to_owned();
    for (path, names) in SOURCES {
        let source = fs::read_to_string(project.root.join(path))?;
        text += &declarations(&source, names).with_context(|| path.to_owned())?;
    }
    let to = project.build().join("report.d.ts");
    fs::create_dir_all(project.build())?;
    fs::write(&to, text)?;
    Ok(to)
}

/// The structs and enums called `names`, in the order of the source.
fn declarations(source: &str, names: &[&str]) -> Result<String> {
    let file = syn::parse_file(source)?;
    let mut text = String::new();
    let mut missing = names.to_vec();
    for item in &file.items {
        let (name, attributes) = match item {
            Item::Struct(item) => (item.ident.to_string(), &item.attrs),
            Item::Enum(item) => (item.ident.to_string(), &item.attrs),
            _ => continue,
        };
        let Some(at) = missing.iter().position(|each| *each == name) else {
            continue;
        };
        missing.remove(at);
        let name = page_name(&name);
        text += "\n";
        text += &comment(attributes, "");
        match item {
            Item::Struct(item) => {
                writeln!(text, "export interface {name} {{")?;
                for field in &item.fields {
                    text += &property(field)?;
                }
                text += "}\n";
            }
            Item::Enum(item) => {
                writeln!(text, "export type {name} =")?;
                for variant in &item.variants {
                    if !matches!(variant.fields, Fields::Unit) {
                        bail!("{name}: a variant with fields has no form here");
                    }
                    text += &comment(&variant.attrs, "  ");
                    writeln!(text, "  | \"{}\"", kebab(&variant.ident.to_string()))?;
                }
                text += ";\n";
            }
            _ => {}
        }
    }
    if !missing.is_empty() {
        bail!("there is no {}", missing.join(", "));
    }
    Ok(text)
}

/// What the page calls a type: its own settings are more than those of a run.
fn page_name(name: &str) -> &str {
    if name == "Settings" {
        "RunSettings"
    } else {
        name
    }
}

fn property(field: &Field) -> Result<String> {
    let name = field.ident.as_ref().context("a field without a name")?;
    // A matrix that is not known is there as null; any other part of a report is absent.
    let (mark, ty) = match argument(&field.ty, "Option") {
        Some(inner) if argument(inner, "Array2").is_some() => ("", "Matrix | null".to_owned()),
        Some(inner) => ("?", typescript(inner)?),
        None if name == "engine" => ("", "EngineName".to_owned()),
        None if may_be_left_out(&field.attrs) => ("?", typescript(&field.ty)?),
        None => ("", typescript(&field.ty)?),
    };
    let comment = comment(&field.attrs, "  ");
    Ok(format!("{comment}  {name}{mark}: {ty};\n"))
}

/// Whether serde leaves the field out where it is as usual.
fn may_be_left_out(attributes: &[Attribute]) -> bool {
    let is_serde = |attribute: &&Attribute| attribute.path().is_ident("serde");
    attributes.iter().filter(is_serde).any(|attribute| {
        attribute.meta.require_list().is_ok_and(|list| {
            let mut words = list.tokens.clone().into_iter();
            words.any(|word| word.to_string() == "skip_serializing_if")
        })
    })
}

fn typescript(ty: &Type) -> Result<String> {
    if let Some(inner) = argument(ty, "Vec") {
        if let Some(inner) = argument(inner, "Option") {
            return Ok(format!("({} | null)[]", typescript(inner)?));
        }
        return Ok(format!("{}[]", typescript(inner)?));
    }
    if argument(ty, "Array2").is_some() {
        return Ok("Matrix".into());
    }
    if let Type::Tuple(tuple) = ty {
        let parts: Vec<String> = tuple.elems.iter().map(typescript).collect::<Result<_>>()?;
        return Ok(format!("[{}]", parts.join(", ")));
    }
    let Type::Path(path) = ty else {
        bail!("a type without a form in TypeScript");
    };
    let name = path.path.segments.last().map(|last| last.ident.to_string());
    Ok(match name.as_deref() {
        Some("String") => "string".into(),
        Some("bool") => "boolean".into(),
        Some("u8" | "u32" | "usize" | "f32" | "f64") => "number".into(),
        Some(other) => page_name(other).into(),
        None => bail!("a type without a name"),
    })
}

/// The first argument of a generic type called `outer`.
fn argument<'a>(ty: &'a Type, outer: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inner) if last.ident == outer => Some(inner),
        _ => None,
    }
}

/// What the documentation says, as a comment. Links within the crate become plain names.
fn comment(attributes: &[Attribute], indent: &str) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let Meta::NameValue(meta) = &attribute.meta else {
            return None;
        };
        let Expr::Lit(literal) = &meta.value else {
            return None;
        };
        match &literal.lit {
            Lit::Str(line) if meta.path.is_ident("doc") => Some(line.value()),
            _ => None,
        }
    });
    let text: Vec<String> = lines
        .map(|line| {
            let plain = line.replace("[`Report::", "`").replace("[`Estimate::", "`");
            format!(
                "{indent} *{}\n",
                plain.replace("[`", "`").replace("`]", "`")
            )
        })
        .collect();
    format!("{indent}/**\n{}{indent} */\n", text.concat())
}

/// `HeldOut` as `held-out`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r"
        /// All there is; see [`Report::mean`].
        pub struct Report {
            /// Which one.
            pub engine: String,
            /// Labels.
            pub labels: Vec<u8>,
            /// V.
            pub mean: Array2<f32>,
            /// Its error.
            pub error: Option<Array2<f32>>,
            /// Of the run.
            pub settings: Settings,
            /// From, to.
            pub range: (f32, f32),
            /// Later.
            pub method: Option<Measured>,
        }
        /// How.
        pub enum Measured {
            /// Without drawing any.
            HeldOut,
        }
        struct NotAsked(u8);
    ";

    #[test]
    fn structs_become_interfaces_with_their_documentation() {
        let text = declarations(SOURCE, &["Report", "Measured"]).unwrap();
        assert!(text.contains("/**\n * All there is; see `mean`.\n */\nexport interface Report {"));
        for line in [
            "  /**\n   * Which one.\n   */\n  engine: EngineName;",
            "  labels: number[];",
            "  mean: Matrix;",
            "  error: Matrix | null;",
            "  settings: RunSettings;",
            "  range: [number, number];",
            "  method?: Measured;",
            "export type Measured =\n  /**\n   * Without drawing any.\n   */\n  | \"held-out\"",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }

    #[test]
    fn what_is_not_there_is_told() {
        let error = declarations(SOURCE, &["Matrix"]).unwrap_err().to_string();
        assert_eq!(error, "there is no Matrix");
    }
}
