//! What stands between the weights of a file, as a person says it in one text: steps from the images to
//! the reconstructions, separated by commas or line breaks.
//!
//! ```text
//! images 1x28x28, encoder.0 stride 2 padding 1, relu, flatten, fc, latents, …
//! ```

use std::fmt::{self, Write};

use crate::model::{Activation, Interpolation, Pair};

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Step {
    /// How large images are: channels × height × width, channels × length, or how many numbers.
    Images(Vec<usize>),
    /// A layer of the file.
    Layer { name: String, options: Options },
    /// Applied to every number.
    Activation(Activation),
    /// `max-pool` or `average-pool`.
    Pool(Pool),
    /// Means over as many equal parts of an image.
    AdaptiveAverage(Pair),
    /// Enlarges images.
    Upsample {
        factor: Pair,
        interpolation: Interpolation,
    },
    /// Zeros left, right, above and below; negative ones cut off.
    Pad([isize; 4]),
    /// Feature maps as plain numbers.
    Flatten,
    /// The reverse: channels × height × width, or channels × length.
    Unflatten(Vec<usize>),
    /// Over the channels.
    Softmax,
    /// Layers that stand in the place of the last ones before the latents on the way to their
    /// log-variances.
    LogVariances(Vec<String>),
    /// Here the encoder ends.
    Latents,
}

/// What a file does not say of a layer.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Options {
    pub transposed: bool,
    pub stride: Pair,
    pub padding: Around,
    pub output_padding: Pair,
    pub dilation: Pair,
    pub groups: Option<usize>,
    pub epsilon: Option<f32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            transposed: false,
            stride: [1; 2],
            padding: Around::By([0; 2]),
            output_padding: [0; 2],
            dilation: [1; 2],
            groups: None,
            epsilon: None,
        }
    }
}

/// Zeros around an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Around {
    By(Pair),
    /// As many as keep its size.
    Same,
}

/// What a pooling is given.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Pool {
    pub largest: bool,
    pub size: Pair,
    pub stride: Pair,
    pub padding: Pair,
    pub dilation: Pair,
    /// Whether windows may reach beyond the end.
    pub ceil: bool,
    /// Whether zeros around count in a mean.
    pub counts_padding: bool,
}

/// Words that are no names of layers.
const WORDS: [&str; 11] = [
    "images",
    "max-pool",
    "average-pool",
    "adaptive-average",
    "upsample",
    "pad",
    "flatten",
    "unflatten",
    "softmax",
    "log-variances",
    "latents",
];

/// The steps of a text.
///
/// # Errors
/// Which step cannot be read and what would be right.
pub(in super::super) fn parse(text: &str) -> Result<Vec<Step>, String> {
    let parts = text.split([',', '\n', ';']).map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    parts
        .enumerate()
        .map(|(at, part)| {
            step(part).map_err(|what| {
                let part = super::super::error::shortened(part);
                format!("step {} (\"{part}\") {what}", at + 1)
            })
        })
        .collect()
}

fn step(part: &str) -> Result<Step, String> {
    if let Some(rest) = part.strip_prefix('"') {
        let (name, rest) = rest
            .split_once('"')
            .ok_or("opens a quotation that does not end")?;
        return layer(name, &words(rest));
    }
    let words = words(part);
    let (first, rest) = words.split_first().ok_or("is empty")?;
    let none = |step: Step| match rest {
        [] => Ok(step),
        [more, ..] => Err(format!("has \"{more}\" after it, which says nothing there")),
    };
    match first.as_str() {
        "images" | "image" => Ok(Step::Images(sizes(rest)?)),
        "unflatten" => Ok(Step::Unflatten(sizes(rest)?)),
        "flatten" => none(Step::Flatten),
        "softmax" => none(Step::Softmax),
        "latents" => none(Step::Latents),
        "log-variances" if rest.is_empty() => {
            Err("needs the names of the layers that give them".into())
        }
        "log-variances" => Ok(Step::LogVariances(rest.to_vec())),
        "max-pool" => pool(true, rest),
        "average-pool" | "avg-pool" => pool(false, rest),
        "adaptive-average" => match rest {
            [size] => Ok(Step::AdaptiveAverage(pair(size)?)),
            _ => Err("needs one size, such as adaptive-average 1".into()),
        },
        "upsample" => upsample(rest),
        "pad" => pad(rest),
        name => match name.parse::<Activation>() {
            Ok(activation) => none(Step::Activation(activation)),
            Err(_) => layer(name, rest),
        },
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(String::from).collect()
}

/// Numbers between crosses.
fn numbers(word: &str) -> Result<Vec<usize>, String> {
    // Larger than any image, and far from what cannot be multiplied.
    const MOST: usize = 1 << 16;
    let parts = word.split(['x', 'X', '×']);
    let numbers = parts.map(|part| part.parse().ok().filter(|&number| number <= MOST));
    let numbers: Option<Vec<usize>> = numbers.collect();
    numbers.ok_or_else(|| format!("has \"{word}\" where a size belongs, such as 2 or 2x3"))
}

fn pair(word: &str) -> Result<Pair, String> {
    match numbers(word)?[..] {
        [both] => Ok([both; 2]),
        [height, width] => Ok([height, width]),
        _ => Err(format!(
            "has \"{word}\", which is more than height and width"
        )),
    }
}

fn at_least_one(word: &str) -> Result<Pair, String> {
    let pair = pair(word)?;
    if pair.contains(&0) {
        return Err(format!("has \"{word}\" where at least 1 belongs"));
    }
    Ok(pair)
}

fn sizes(rest: &[String]) -> Result<Vec<usize>, String> {
    const WANTED: &str = "needs one size, channels first, such as 1x28x28";
    let [size] = rest else {
        return Err(WANTED.into());
    };
    let sizes = numbers(size)?;
    if sizes.len() > 3 || sizes.contains(&0) {
        return Err(WANTED.into());
    }
    Ok(sizes)
}

/// Options by their names, each with the word after it.
struct Rest<'a>(std::slice::Iter<'a, String>);

impl<'a> Rest<'a> {
    fn next(&mut self) -> Option<&'a str> {
        self.0.next().map(String::as_str)
    }

    fn value(&mut self, of: &str) -> Result<&'a str, String> {
        self.next()
            .ok_or_else(|| format!("says nothing after {of}"))
    }
}

fn layer(name: &str, rest: &[String]) -> Result<Step, String> {
    let mut options = Options::default();
    let mut rest = Rest(rest.iter());
    while let Some(word) = rest.next() {
        match word {
            "transposed" => options.transposed = true,
            "stride" => options.stride = at_least_one(rest.value(word)?)?,
            "padding" => {
                options.padding = match rest.value(word)? {
                    "same" => Around::Same,
                    size => Around::By(pair(size)?),
                }
            }
            "output-padding" => options.output_padding = pair(rest.value(word)?)?,
            "dilation" => options.dilation = at_least_one(rest.value(word)?)?,
            "groups" => {
                let groups = rest.value(word)?.parse().ok();
                let groups = groups.filter(|&groups: &usize| groups > 0);
                options.groups = Some(groups.ok_or("needs a number after groups")?);
            }
            "epsilon" => {
                let epsilon = rest.value(word)?.parse().ok();
                let epsilon = epsilon.filter(|&of: &f32| of.is_finite() && of >= 0.0);
                options.epsilon = Some(epsilon.ok_or("needs a number after epsilon")?);
            }
            other => {
                return Err(format!(
                    "has \"{other}\", which is none of transposed, stride, padding, output-padding, \
                     dilation, groups and epsilon"
                ));
            }
        }
    }
    Ok(Step::Layer {
        name: name.into(),
        options,
    })
}

fn pool(largest: bool, rest: &[String]) -> Result<Step, String> {
    let mut rest = Rest(rest.iter());
    let size = at_least_one(rest.value("pool")?)?;
    let mut pool = Pool {
        largest,
        size,
        stride: size,
        padding: [0; 2],
        dilation: [1; 2],
        ceil: false,
        counts_padding: true,
    };
    while let Some(word) = rest.next() {
        match word {
            "stride" => pool.stride = at_least_one(rest.value(word)?)?,
            "padding" => pool.padding = pair(rest.value(word)?)?,
            "dilation" if largest => pool.dilation = at_least_one(rest.value(word)?)?,
            "ceil" => pool.ceil = true,
            "without-padding" if !largest => pool.counts_padding = false,
            other => {
                return Err(format!(
                    "has \"{other}\", which is none of stride, padding, ceil and {}",
                    if largest {
                        "dilation"
                    } else {
                        "without-padding"
                    }
                ));
            }
        }
    }
    Ok(Step::Pool(pool))
}

fn upsample(rest: &[String]) -> Result<Step, String> {
    let mut rest = Rest(rest.iter());
    let factor = at_least_one(rest.value("upsample")?)?;
    let interpolation = match (rest.next(), rest.next()) {
        (None | Some("nearest"), None) => Interpolation::Nearest,
        (Some("bilinear"), None) => Interpolation::Bilinear,
        (Some("bilinear"), Some("corners")) => Interpolation::BilinearCorners,
        _ => {
            return Err("needs a factor, then nearest, bilinear or bilinear corners".into());
        }
    };
    Ok(Step::Upsample {
        factor,
        interpolation,
    })
}

fn pad(rest: &[String]) -> Result<Step, String> {
    const MOST: usize = 1 << 16;
    let sides = rest.iter().map(|word| word.parse::<isize>().ok());
    let sides: Option<Vec<isize>> = sides.collect();
    let sides = sides.filter(|sides| sides.iter().all(|side| side.unsigned_abs() <= MOST));
    match sides.as_deref() {
        Some(&[all]) => Ok(Step::Pad([all; 4])),
        Some(&[left, right, above, below]) => Ok(Step::Pad([left, right, above, below])),
        _ => Err("needs one number for all sides, or those for left, right, top and bottom".into()),
    }
}

/// Whether a name can stand in a text as it is.
pub(super) fn is_plain(name: &str) -> bool {
    let odd = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '"');
    !name.is_empty()
        && !name.contains(odd)
        && !WORDS.contains(&name)
        && name.parse::<Activation>().is_err()
}

/// As it is typed.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Images(sizes) => write!(f, "images {}", crossed(sizes)),
            Self::Unflatten(sizes) => write!(f, "unflatten {}", crossed(sizes)),
            Self::Layer { name, options } => {
                if is_plain(name) {
                    f.write_str(name)?;
                } else {
                    write!(f, "\"{name}\"")?;
                }
                fmt::Display::fmt(options, f)
            }
            Self::Activation(activation) => fmt::Display::fmt(activation, f),
            Self::Pool(pool) => fmt::Display::fmt(pool, f),
            Self::AdaptiveAverage(size) => write!(f, "adaptive-average {}", short(*size)),
            Self::Upsample {
                factor,
                interpolation,
            } => {
                write!(f, "upsample {}", short(*factor))?;
                f.write_str(match interpolation {
                    Interpolation::Nearest => "",
                    Interpolation::Bilinear => " bilinear",
                    Interpolation::BilinearCorners => " bilinear corners",
                })
            }
            Self::Pad([left, right, above, below]) => {
                write!(f, "pad {left} {right} {above} {below}")
            }
            Self::Flatten => f.write_str("flatten"),
            Self::Softmax => f.write_str("softmax"),
            Self::LogVariances(names) => write!(f, "log-variances {}", names.join(" ")),
            Self::Latents => f.write_str("latents"),
        }
    }
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = Self::default();
        if self.transposed {
            f.write_str(" transposed")?;
        }
        if self.stride != usual.stride {
            write!(f, " stride {}", short(self.stride))?;
        }
        match self.padding {
            Around::Same => f.write_str(" padding same")?,
            Around::By([0, 0]) => {}
            Around::By(padding) => write!(f, " padding {}", short(padding))?,
        }
        if self.output_padding != usual.output_padding {
            write!(f, " output-padding {}", short(self.output_padding))?;
        }
        if self.dilation != usual.dilation {
            write!(f, " dilation {}", short(self.dilation))?;
        }
        if let Some(groups) = self.groups {
            write!(f, " groups {groups}")?;
        }
        if let Some(epsilon) = self.epsilon {
            write!(f, " epsilon {epsilon}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = if self.largest {
            "max-pool"
        } else {
            "average-pool"
        };
        write!(f, "{class} {}", short(self.size))?;
        if self.stride != self.size {
            write!(f, " stride {}", short(self.stride))?;
        }
        if self.padding != [0; 2] {
            write!(f, " padding {}", short(self.padding))?;
        }
        if self.dilation != [1; 2] {
            write!(f, " dilation {}", short(self.dilation))?;
        }
        f.write_str(if self.ceil { " ceil" } else { "" })?;
        f.write_str(if self.counts_padding {
            ""
        } else {
            " without-padding"
        })
    }
}

fn short([height, width]: Pair) -> String {
    if height == width {
        height.to_string()
    } else {
        format!("{height}x{width}")
    }
}

/// 1x28x28.
fn crossed(sizes: &[usize]) -> String {
    let mut text = String::new();
    for (at, size) in sizes.iter().enumerate() {
        let cross = if at > 0 { "x" } else { "" };
        write!(text, "{cross}{size}").expect("a string grows");
    }
    text
}

/// Steps as one text.
pub(in super::super) fn written(steps: &[Step]) -> String {
    let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
    steps.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_is_written() {
        let text = "images 1x28x28, encoder.0 stride 2 padding 1, relu, max-pool 3 stride 2 padding 1 ceil, \
                    \"flatten\" transposed stride 2x1 output-padding 1x0 dilation 2 groups 4, \
                    leaky-relu:0.2, average-pool 2 without-padding, adaptive-average 1, flatten, \
                    bn epsilon 0.001, log-variances d e, latents, unflatten 16x7x7, upsample 2 bilinear corners, \
                    pad 0 -1 0 -1, c padding same, softmax, sigmoid";
        let steps = parse(text).unwrap();
        assert_eq!(written(&steps), text);
        assert_eq!(parse(&text.replace(", ", "\n")).unwrap(), steps);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (text, said) in [
            ("images 28", ""),
            ("images", "such as 1x28x28"),
            ("a stride", "nothing after stride"),
            ("a stride 0", "at least 1"),
            ("a stride two", "\"two\" where a size belongs"),
            ("a, b strides 2", "step 2 (\"b strides 2\") has \"strides\""),
            ("flatten 2", "has \"2\" after it"),
            ("a, log-variances", "needs the names"),
            ("pad 1 2", "left, right, top and bottom"),
            ("upsample 2 cubic", "nearest, bilinear"),
            ("a padding 99999999", "where a size belongs"),
        ] {
            match parse(text) {
                Ok(_) => assert_eq!(said, "", "{text} is read"),
                Err(what) => assert!(!said.is_empty() && what.contains(said), "{text}: {what}"),
            }
        }
    }
}
