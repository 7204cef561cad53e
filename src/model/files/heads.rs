//! Models as graphs: which of their layers lead from the images to the reconstructions. Of the two
//! heads of a variational encoder it is the means; what draws around them is left aside.

use std::collections::BTreeSet;

use super::Hints;
use super::error::{Asked, Asks, Fault, Question, Stop, WeightShape, shortened};

const ONE_LINE: &str = "use an autoencoder whose layers follow each other in one line";
/// Outputs of one model that are looked at.
const MOST_OUTPUTS: usize = 16;
/// Steps on the way back through a model, in all.
const MOST_STEPS: usize = 2_000_000;

/// What an operation or a layer does, as far as the way through a model depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Where the model's inputs come in.
    Input,
    /// A layer with weights.
    Dense,
    /// Draws numbers at random.
    Random,
    /// Adds its inputs.
    Add,
    /// Makes what it is given an exponential.
    Exp,
    /// A program of somebody's own.
    Custom,
    /// Anything else.
    Other,
}

/// An operation or a layer.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// What it is called in sentences and answers.
    pub name: String,
    /// Of its class or operation, in sentences.
    pub class: String,
    pub kind: Kind,
    /// The nodes whose results it takes.
    pub inputs: Vec<usize>,
    /// How many numbers it takes and gives, where that is known.
    pub taken: Option<usize>,
    pub width: Option<usize>,
    /// Whether its width is that of channels alone, of images.
    pub of_channels: bool,
    /// Lengths of the axes of an image that comes in here, where they are known.
    pub axes: Option<Vec<usize>>,
}

/// A model.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    /// Nodes and what their results are called.
    pub outputs: Vec<(usize, String)>,
}

/// The way through a model.
#[derive(Debug)]
pub(super) struct Line {
    /// Its nodes, from the input on.
    pub nodes: Vec<usize>,
    /// The last one before another output that lies on the way, where the encoder ends.
    pub inner: Option<usize>,
    pub notes: Vec<String>,
    /// What was passed over, and the node that stands for it.
    passed: Vec<(usize, usize)>,
}

/// What leads back from a node to the nearest layers with weights.
#[derive(Default)]
struct Behind {
    /// The layers.
    heads: BTreeSet<usize>,
    /// The model's inputs that are reached without a layer.
    inputs: BTreeSet<usize>,
    /// Whether something random or an exponential lies in between.
    drawn: bool,
}

impl Graph {
    /// The way from the input to the output that is a reconstruction, or else to what an encoder gives.
    pub(super) fn line(&self, asked: &Asked<'_>) -> Result<Line, Stop> {
        let mut steps = 0;
        let mut found: Vec<(Line, &str)> = Vec::new();
        let mut failed = None;
        for (node, name) in self.outputs.iter().take(MOST_OUTPUTS) {
            match self.line_to(*node, asked, &mut steps) {
                Ok(line) => found.push((line, name)),
                Err(stop) => failed = failed.or(Some(stop)),
            }
        }
        if found.is_empty() {
            return Err(
                failed.unwrap_or_else(|| Fault::damaged("its model names no output").into())
            );
        }
        let chosen = self.chosen(&found, asked)?;
        let (mut line, _) = found.swap_remove(chosen);
        let last = line.nodes.last();
        line.inner = self
            .outputs
            .iter()
            .map(|(node, _)| {
                let passed = line.passed.iter().find(|(passed, _)| passed == node);
                passed.map_or(*node, |&(_, stands)| stands)
            })
            .find(|node| Some(node) != last && line.nodes.contains(node));
        for (other, name) in found {
            // Its means are on the way, or it is what was drawn around them.
            let aside = self.dense(&other.nodes);
            let aside = aside.iter().filter(|node| !line.nodes.contains(node));
            for node in aside {
                let left = self.left_aside(*node);
                let named = format!("(\"{}\")", shortened(&self.nodes[*node].name));
                if !line
                    .notes
                    .iter()
                    .any(|note| *note == left || note.contains(&named))
                {
                    line.notes.push(left);
                }
            }
            if self.dense(&other.nodes).is_empty() {
                line.notes.push(format!(
                    "The output \"{}\" was left aside.",
                    shortened(name)
                ));
            }
        }
        Ok(line)
    }

    fn left_aside(&self, node: usize) -> String {
        format!(
            "Layer \"{}\" was left aside: it is not on the way through the latents to the \
             reconstruction.",
            shortened(&self.nodes[node].name)
        )
    }

    /// Of several lines the whole one, or the longest where all are one, or the means.
    fn chosen(&self, found: &[(Line, &str)], asked: &Asked<'_>) -> Result<usize, Stop> {
        let layers: Vec<Vec<usize>> = found
            .iter()
            .map(|(line, _)| self.dense(&line.nodes))
            .collect();
        let whole = |at: &usize| {
            let (first, last) = (layers[*at].first(), layers[*at].last());
            let (Some(first), Some(last)) = (first, last) else {
                return false;
            };
            if layers[*at].len() < 2 {
                return false;
            }
            let end = &self.nodes[*last];
            if end.of_channels {
                let axes = self.axes_before(*first);
                let ends = axes
                    .iter()
                    .flat_map(|axes| axes.first().into_iter().chain(axes.last()));
                return ends.copied().any(|axis| end.width == Some(axis));
            }
            let taken = self.width_before(*first);
            taken.is_some() && taken == end.width
        };
        let all = 0..found.len();
        if let Some(at) = all
            .clone()
            .filter(whole)
            .max_by_key(|&at| (layers[at].len(), usize::MAX - at))
        {
            return Ok(at);
        }
        // What goes on from another is more of the same.
        let further = |&at: &usize| {
            !all.clone().any(|other| {
                let longer = layers[other].len() > layers[at].len();
                let same = layers[other].len() == layers[at].len() && other < at;
                (longer || same) && layers[other].starts_with(&layers[at])
            })
        };
        let ends: Vec<usize> = all.clone().filter(further).collect();
        let [first, _, ..] = *ends else {
            return Ok(ends.first().copied().unwrap_or(0));
        };
        let heads: Vec<(usize, Vec<&str>, bool)> = ends
            .iter()
            .map(|&at| {
                let shared =
                    |node: &&usize| !ends.iter().all(|&end| found[end].0.nodes.contains(node));
                let own: Vec<usize> = found[at].0.nodes.iter().filter(shared).copied().collect();
                let names = own.iter().map(|&node| self.nodes[node].name.as_str());
                let drawn = own.iter().any(|&node| self.nodes[node].kind == Kind::Exp);
                (at, names.chain([found[at].1]).collect(), drawn)
            })
            .collect();
        let ordered = |&&(at, ..): &&(usize, Vec<&str>, bool)| {
            let order = asked.hints.order.as_deref().unwrap_or_default();
            let last = layers[at].last();
            last.is_some_and(|&node| order.contains(&self.nodes[node].name))
        };
        let named: Vec<_> = heads.iter().filter(ordered).collect();
        if let [(at, ..)] = named[..] {
            return Ok(*at);
        }
        let plain: Vec<_> = heads.iter().filter(|(.., drawn)| !drawn).collect();
        if let [(at, ..)] = plain[..] {
            return Ok(*at);
        }
        let names: Vec<&[&str]> = plain.iter().map(|(_, names, _)| names.as_slice()).collect();
        if let Some(at) = means(&names) {
            return Ok(plain[at].0);
        }
        let all: BTreeSet<usize> = layers.iter().flatten().copied().collect();
        Err(self.question(&all, &layers[first], asked))
    }

    /// The way back from a node to the input, the right way round.
    fn line_to(&self, output: usize, asked: &Asked<'_>, steps: &mut usize) -> Result<Line, Stop> {
        let mut nodes = vec![output];
        let mut notes = Vec::new();
        let mut passed = Vec::new();
        loop {
            *steps += 1;
            if nodes.len() > self.nodes.len() || *steps > MOST_STEPS {
                return Err(Fault::damaged("its operations lead in a circle").into());
            }
            let current = nodes[nodes.len() - 1];
            let next = match self.nodes[current].inputs[..] {
                [] if self.nodes[current].kind == Kind::Input => break,
                [] => {
                    return Err(Fault::damaged(format!(
                        "its \"{}\" ({}) has no input",
                        shortened(&self.nodes[current].name),
                        shortened(&self.nodes[current].class)
                    ))
                    .into());
                }
                [only] => only,
                _ => self.mean(current, asked, &mut notes, steps)?,
            };
            // What draws is passed over, not applied.
            if self.nodes[current].inputs.len() > 1 {
                nodes.pop();
                passed.push((current, next));
            }
            nodes.push(next);
        }
        nodes.reverse();
        Ok(Line {
            nodes,
            inner: None,
            notes,
            passed,
        })
    }

    /// Of the inputs of a node that draws around means, the means.
    fn mean(
        &self,
        node: usize,
        asked: &Asked<'_>,
        notes: &mut Vec<String>,
        steps: &mut usize,
    ) -> Result<usize, Stop> {
        let joining = &self.nodes[node];
        let joins = || {
            Stop::from(Fault::new(
                format!(
                    "its \"{}\" ({}) joins several branches",
                    shortened(&joining.name),
                    shortened(&joining.class)
                ),
                ONE_LINE,
            ))
        };
        let mut branches: Vec<(usize, Behind)> = joining
            .inputs
            .iter()
            .map(|&input| Ok((input, self.behind(input, steps)?)))
            .collect::<Result<_, Fault>>()?;
        let mut before = BTreeSet::new();
        for head in branches.iter().flat_map(|(_, behind)| &behind.heads) {
            before.extend(self.before(*head, steps)?);
        }
        for (_, behind) in &mut branches {
            // Images that pass by; other inputs are noise from outside.
            if !behind.inputs.is_disjoint(&before) {
                return Err(joins());
            }
            behind.drawn |= !behind.inputs.is_empty();
        }
        let drawn = branches.iter().any(|(_, behind)| behind.drawn);
        let samples = joining.kind == Kind::Custom || drawn && joining.kind == Kind::Add;
        if !samples {
            return Err(joins());
        }
        let mut branches: Vec<_> = branches
            .iter()
            .filter(|(_, behind)| !behind.heads.is_empty())
            .collect();
        branches.dedup_by_key(|(input, _)| *input);
        let chosen = match branches[..] {
            [only] if drawn && !only.1.drawn => only,
            [a, b] => {
                let all: Vec<usize> = a.1.heads.iter().chain(&b.1.heads).copied().collect();
                let [one, other] = all[..] else {
                    return Err(joins());
                };
                // A layer and one that follows it are no two heads.
                let follows = self.before(one, steps)?.contains(&other)
                    || self.before(other, steps)?.contains(&one);
                let widths = [one, other].map(|head| self.nodes[head].width);
                if one == other || follows || widths[0] != widths[1] {
                    return Err(joins());
                }
                let order = asked.hints.order.as_deref().unwrap_or_default();
                let listed = [one, other].map(|head| order.contains(&self.nodes[head].name));
                let names = [
                    [self.nodes[one].name.as_str()],
                    [self.nodes[other].name.as_str()],
                ];
                let names = names.each_ref().map(<[&str; 1]>::as_slice);
                match (listed, [a.1.drawn, b.1.drawn]) {
                    ([true, false], _) | ([true, true] | [false, false], [false, true]) => a,
                    ([false, true], _) | (_, [true, false]) => b,
                    _ => match means(&names) {
                        Some(0) => a,
                        Some(_) => b,
                        None => {
                            let trunk = self.back(one, steps)?;
                            let mut line = trunk.clone();
                            line.push(one);
                            let mut layers: BTreeSet<usize> = trunk.into_iter().collect();
                            layers.extend([one, other]);
                            return Err(self.question(&layers, &line, asked));
                        }
                    },
                }
            }
            _ => return Err(joins()),
        };
        let mean = chosen.1.heads.first().copied().unwrap_or(node);
        let aside: Vec<String> = branches
            .iter()
            .flat_map(|(_, behind)| &behind.heads)
            .filter(|&&head| !chosen.1.heads.contains(&head))
            .map(|&head| format!("\"{}\"", shortened(&self.nodes[head].name)))
            .collect();
        let mean = shortened(&self.nodes[mean].name);
        notes.push(match aside[..] {
            [] => format!("What is drawn at random around \"{mean}\" was left out."),
            _ => format!(
                "The latents are the means, which layer \"{mean}\" gives; the spread around them ({}) \
                 was left aside, and nothing is drawn at random.",
                aside.join(", ")
            ),
        });
        Ok(chosen.0)
    }

    /// The nearest layers with weights on all ways back from a node, itself included.
    fn behind(&self, from: usize, steps: &mut usize) -> Result<Behind, Fault> {
        let mut behind = Behind::default();
        let mut seen = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            *steps += 1;
            if *steps > MOST_STEPS {
                return Err(Fault::new("its graph is too large", ONE_LINE));
            }
            let node = &self.nodes[at];
            match node.kind {
                Kind::Dense => {
                    behind.heads.insert(at);
                    continue;
                }
                Kind::Input => {
                    behind.inputs.insert(at);
                }
                Kind::Random | Kind::Exp => behind.drawn = true,
                _ => {}
            }
            // What random numbers are like does not matter.
            if node.kind != Kind::Random {
                open.extend(node.inputs.iter().filter(|&&input| seen.insert(input)));
            }
        }
        Ok(behind)
    }

    /// Everything that a node's result depends on.
    fn before(&self, node: usize, steps: &mut usize) -> Result<BTreeSet<usize>, Fault> {
        let mut seen = BTreeSet::new();
        let mut open = vec![node];
        while let Some(at) = open.pop() {
            *steps += 1;
            if *steps > MOST_STEPS {
                return Err(Fault::new("its graph is too large", ONE_LINE));
            }
            open.extend(
                self.nodes[at]
                    .inputs
                    .iter()
                    .filter(|&&input| seen.insert(input)),
            );
        }
        Ok(seen)
    }

    /// The layers with weights before one, as far as they are in one line.
    fn back(&self, from: usize, steps: &mut usize) -> Result<Vec<usize>, Fault> {
        let mut line = Vec::new();
        let mut current = from;
        while let [before] = self.nodes[current].inputs[..] {
            *steps += 1;
            if *steps > MOST_STEPS || line.len() > self.nodes.len() {
                return Err(Fault::damaged("its operations lead in a circle"));
            }
            if self.nodes[before].kind == Kind::Dense {
                line.push(before);
            }
            current = before;
        }
        line.reverse();
        Ok(line)
    }

    fn dense(&self, nodes: &[usize]) -> Vec<usize> {
        let dense = |node: &&usize| self.nodes[**node].kind == Kind::Dense;
        nodes.iter().filter(dense).copied().collect()
    }

    /// How many numbers reach a node.
    fn width_before(&self, node: usize) -> Option<usize> {
        let mut current = node;
        if self.nodes[node].taken.is_some() {
            return self.nodes[node].taken;
        }
        for _ in 0..self.nodes.len() {
            current = *self.nodes[current].inputs.first()?;
            let before = &self.nodes[current];
            if before.width.is_some() {
                return before.width;
            }
        }
        None
    }

    /// Lengths of the axes of the images that reach a node.
    fn axes_before(&self, node: usize) -> Option<&[usize]> {
        let mut current = node;
        for _ in 0..self.nodes.len() {
            current = *self.nodes[current].inputs.first()?;
            if self.nodes[current].axes.is_some() {
                break;
            }
        }
        self.nodes[current].axes.as_deref()
    }

    fn question(&self, layers: &BTreeSet<usize>, proposed: &[usize], asked: &Asked<'_>) -> Stop {
        let name = |node: &usize| self.nodes[*node].name.clone();
        let aside: Vec<String> = layers
            .iter()
            .filter(|layer| !proposed.contains(layer))
            .chain(proposed.last())
            .map(|layer| format!("\"{}\"", shortened(&name(layer))))
            .collect();
        Question {
            text: format!(
                "{} looks like a variational encoder: which of its layers {} gives the means? The other \
                 is to be left out.",
                shortened(asked.file),
                aside.join(" and ")
            ),
            asks: Asks::Order,
            layers: layers
                .iter()
                .map(|layer| WeightShape {
                    name: name(layer),
                    inputs: self.width_before(*layer).unwrap_or(0),
                    outputs: self.nodes[*layer].width.unwrap_or(0),
                    class: String::new(),
                })
                .collect(),
            proposal: Hints {
                order: Some(proposed.iter().map(name).collect()),
                ..asked.hints.clone()
            },
        }
        .into()
    }
}

/// Which of several heads, each with its names, is the means by what they are called.
pub(super) fn means(heads: &[&[&str]]) -> Option<usize> {
    let said: Vec<Option<Head>> = heads.iter().map(|names| head_of(names)).collect();
    let only = |wanted| {
        let mut found = (0..said.len()).filter(|&at| said[at] == Some(wanted));
        found.next().filter(|_| found.next().is_none())
    };
    if said.contains(&Some(Head::Mean)) {
        return only(Head::Mean);
    }
    only(Head::Spread)
        .filter(|_| said.len() == 2)
        .map(|spread| 1 - spread)
}

/// What a variational encoder's layer gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Mean,
    Spread,
}

/// What all of a head's names that say something agree on.
fn head_of(names: &[&str]) -> Option<Head> {
    let mut said = names.iter().filter_map(|name| head(name));
    let first = said.next()?;
    said.all(|other| other == first).then_some(first)
}

/// What a layer gives, by its name.
pub(super) fn head(name: &str) -> Option<Head> {
    // z_mean, fc_mu, encoder.fcMu.weight, mean_layer; log_var, z_logsigma, fc_std.
    const MEAN: [&str; 12] = [
        "mu", "mus", "zmu", "fcmu", "hmu", "qmu", "mulayer", "muhead", "mufc", "loc", "zloc",
        "location",
    ];
    const SPREAD: [&str; 12] = [
        "sigma",
        "std",
        "stddev",
        "stdev",
        "scale",
        "logsd",
        "sd",
        "lv",
        "logscale",
        "precision",
        "disp",
        "variances",
    ];
    let mut split = String::new();
    let mut before = ' ';
    for letter in name.chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            split.push('_');
        }
        split.extend(letter.to_lowercase());
        before = letter;
    }
    let words: Vec<&str> = split
        .split(|letter: char| !letter.is_alphabetic())
        .filter(|word| !word.is_empty())
        .collect();
    let variance = |word: &str| {
        word.contains("var") && !word.contains("variation") && !word.contains("variable")
            || word.contains("sigma")
            || SPREAD.contains(&word)
            || word.ends_with("std")
    };
    let mean =
        |word: &str| word.starts_with("mean") || word.ends_with("mean") || MEAN.contains(&word);
    match (
        words.iter().any(|word| mean(word)),
        words.iter().any(|word| variance(word)),
    ) {
        (true, false) => Some(Head::Mean),
        (false, true) => Some(Head::Spread),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_means_from_spreads() {
        for name in [
            "z_mean",
            "fc_mu",
            "encoder.fcMu",
            "mu",
            "mean_layer",
            "fc_mean.0",
            "/mu/Gemm",
            "zMean",
        ] {
            assert_eq!(head(name), Some(Head::Mean), "{name}");
        }
        for name in [
            "z_log_var",
            "logvar",
            "fc_logvar",
            "log_sigma",
            "fc_std",
            "zLogVar",
            "fc_var",
            "z_sigma",
        ] {
            assert_eq!(head(name), Some(Head::Spread), "{name}");
        }
        for name in [
            "fc21",
            "multiply",
            "dense_1",
            "variational_encoder",
            "model/dense/MatMul/ReadVariableOp",
            "mean_and_var",
            "museum",
        ] {
            assert_eq!(head(name), None, "{name}");
        }
        assert_eq!(means(&[&["z_log_var"], &["z_mean"]]), Some(1));
        assert_eq!(means(&[&["dense_1"], &["log_var"]]), Some(0));
        assert_eq!(means(&[&["dense_1"], &["dense_2"]]), None);
        assert_eq!(means(&[&["mean_1"], &["mean_2"]]), None);
    }
}
