//! Models as graphs: which of their layers lead from the images to the reconstructions. Of the two
//! heads of a variational encoder it is the means; the other gives their log-variances, and what draws
//! around them is left aside.

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
    /// The same of models within it that give several results.
    pub inner: Vec<(usize, String)>,
}

/// The way through a model.
#[derive(Debug)]
pub(super) struct Line {
    /// Its nodes, from the input on.
    pub nodes: Vec<usize>,
    /// The last one before another output that lies on the way, where the encoder ends.
    pub inner: Option<usize>,
    pub notes: Vec<String>,
    /// The way to the log-variances of a variational encoder.
    pub spread: Option<Spread>,
    /// What was passed over, and the node that stands for it.
    passed: Vec<(usize, usize)>,
}

/// The way to the log-variances of a variational encoder.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    /// Its nodes, from the input on.
    pub nodes: Vec<usize>,
    /// What its numbers are multiplied by to be log-variances.
    pub factor: f64,
    /// The last node on the way to the means.
    pub mean: usize,
    note: String,
}

/// What stands around means: the nodes where the ways to them and to their spread end, and the layer
/// that gives each.
#[derive(Clone, Copy, Debug)]
struct Around {
    mean: usize,
    spread: usize,
    heads: [usize; 2],
    /// Whether it is seen how the spread is used.
    drawn: bool,
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
        line.inner = Self::ends(&line, &self.outputs);
        if line.spread.is_none() {
            line.spread = self.beside(&line, &found, asked, &mut steps)?;
        }
        if let Some(spread) = &line.spread {
            line.notes.push(spread.note.clone());
        }
        for (other, name) in found {
            // Its means are on the way, or it is what was drawn around them.
            let aside = self.dense(&other.nodes);
            let spread = line.spread.as_ref().map_or(&[][..], |spread| &spread.nodes);
            let aside = aside
                .iter()
                .filter(|node| !line.nodes.contains(node) && !spread.contains(node));
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

    /// Where another output lies on a line before its end.
    fn ends(line: &Line, outputs: &[(usize, String)]) -> Option<usize> {
        let last = line.nodes.last();
        let stands = |node: usize| {
            let passed = line.passed.iter().find(|(passed, _)| *passed == node);
            passed.map_or(node, |&(_, stands)| stands)
        };
        let mut ends = outputs.iter().map(|(node, _)| stands(*node));
        ends.find(|node| Some(node) != last && line.nodes.contains(node))
    }

    /// The log-variances that another output gives, of the model or of one within it.
    fn beside(
        &self,
        line: &Line,
        found: &[(Line, &str)],
        asked: &Asked<'_>,
        steps: &mut usize,
    ) -> Result<Option<Spread>, Stop> {
        let mut others: Vec<(Line, &str)> = Vec::new();
        for (node, name) in self.inner.iter().take(MOST_OUTPUTS) {
            // Whatever is wrong with these concerns nobody.
            if let Ok(other) = self.line_to(*node, asked, steps) {
                others.push((other, name));
            }
        }
        let all = || found.iter().chain(&others);
        let known = all().filter_map(|(other, _)| other.spread.as_ref());
        if let Some(spread) = known
            .into_iter()
            .find(|spread| line.nodes.contains(&spread.mean))
        {
            return Ok(Some(spread.clone()));
        }
        let layers = self.dense(&line.nodes);
        let is_whole = layers.len() > 1 && {
            let (first, last) = (layers[0], layers[layers.len() - 1]);
            self.width_before(first) == self.nodes[last].width
        };
        let end = line.inner.or_else(|| Self::ends(line, &self.inner));
        let Some(mean) = end.or_else(|| line.nodes.last().copied().filter(|_| !is_whole)) else {
            return Ok(None);
        };
        let Some(until) = line.nodes.iter().position(|&node| node == mean) else {
            return Ok(None);
        };
        let before = self.dense(&line.nodes[..=until]);
        let mut heads = Vec::new();
        for (other, name) in all() {
            let own = self.dense(&other.nodes);
            let shared = before
                .iter()
                .zip(&own)
                .take_while(|(one, other)| one == other);
            let shared = shared.count();
            let (Some(&head), Some(&last)) = (before.last(), own.last()) else {
                continue;
            };
            let apart = shared < before.len() && shared < own.len();
            if !apart || self.nodes[head].width != self.nodes[last].width || own.contains(&head) {
                continue;
            }
            let names = own[shared..]
                .iter()
                .map(|&node| self.nodes[node].name.as_str());
            let names: Vec<&str> = names.chain([*name]).collect();
            let said = head_of(&names);
            let end = other.nodes.last().copied().unwrap_or(last);
            let known = |(_, at): &(_, Around)| at.spread == end;
            if said != Some(Head::Mean) && !heads.iter().any(known) {
                let around = Around {
                    mean,
                    spread: end,
                    heads: [head, last],
                    drawn: false,
                };
                heads.push((said, around));
            }
        }
        let named: Vec<_> = heads.iter().filter(|(said, _)| said.is_some()).collect();
        let (([(_, around)], _) | ([], [(_, around)])) = (&named[..], &heads[..]) else {
            return Ok(None);
        };
        Ok(self.spread(around, steps)?.ok())
    }

    /// The way to what stands around means, where it gives their log-variances; else what is said of it.
    fn spread(&self, around: &Around, steps: &mut usize) -> Result<Result<Spread, String>, Fault> {
        let [mean, head] = around.heads.map(|head| shortened(&self.nodes[head].name));
        let unlike = || {
            format!(
                "The latents are the means, which layer \"{mean}\" gives; the spread around them (\"{head}\") is \
                 not known to be given by its logarithm, so it was left aside, and nothing is drawn at random."
            )
        };
        let Some((end, exponents)) = self.logarithm(around.spread, around.heads[1], steps)? else {
            return Ok(Err(unlike()));
        };
        let reading = match exponents {
            Some(_) if !around.drawn => None,
            Some(factor) => Some((factor, "")),
            None if around.drawn => None,
            None => reading(&self.nodes[around.heads[1]].name),
        };
        let (Some((factor, how)), Some(nodes)) = (reading, self.way(end, steps)?) else {
            return Ok(Err(unlike()));
        };
        Ok(Ok(Spread {
            nodes,
            factor,
            mean: around.mean,
            note: format!(
                "The latents are the means, which layer \"{mean}\" gives; \"{head}\" gives their \
                 log-variances{how}. Nothing is drawn at random."
            ),
        }))
    }

    /// Where the way from `end` back to a layer comes to what is the logarithm of a deviation, with what
    /// makes that logarithm one of a variance; with nothing where there is no exponential, and none at
    /// all where something else is done to it as well.
    fn logarithm(
        &self,
        end: usize,
        head: usize,
        steps: &mut usize,
    ) -> Result<Option<(usize, Option<f64>)>, Fault> {
        let (mut current, mut factor, mut odd) = (end, 2.0, false);
        while current != head {
            let node = &self.nodes[current];
            current = match node.inputs[..] {
                [only] if node.kind == Kind::Exp => {
                    return Ok((!odd).then_some((only, Some(factor))));
                }
                [only] => {
                    match node.class.as_str() {
                        "Sqrt" => factor /= 2.0,
                        "Identity" | "Cast" | "Dropout" => {}
                        _ => odd = true,
                    }
                    only
                }
                _ => {
                    let multiplies = node.class.to_lowercase().contains("mul")
                        || node.class == "TFOpLambda" && node.kind != Kind::Add;
                    let mut leading = Vec::new();
                    for &input in &node.inputs {
                        let behind = self.behind(input, steps)?;
                        if behind.heads.contains(&head) {
                            leading.push((input, behind.drawn));
                        }
                    }
                    // Somebody's own noise may be given the spread for its size.
                    if leading.len() > 1 {
                        leading.retain(|&(_, drawn)| drawn);
                    }
                    let (true, [(input, _)]) = (multiplies, &leading[..]) else {
                        return Ok(None);
                    };
                    *input
                }
            };
            *steps += 1;
            if *steps > MOST_STEPS {
                return Err(Fault::beyond("its graph is too large", ONE_LINE));
            }
        }
        Ok((!odd).then_some((end, None)))
    }

    /// The nodes from the input to this one, if they are in one line.
    fn way(&self, end: usize, steps: &mut usize) -> Result<Option<Vec<usize>>, Fault> {
        let mut nodes = vec![end];
        loop {
            *steps += 1;
            if nodes.len() > self.nodes.len() || *steps > MOST_STEPS {
                return Err(Fault::damaged("its operations lead in a circle"));
            }
            let current = nodes[nodes.len() - 1];
            match self.nodes[current].inputs[..] {
                [only] => nodes.push(only),
                [] if self.nodes[current].kind == Kind::Input => break,
                _ => return Ok(None),
            }
        }
        nodes.reverse();
        Ok(Some(nodes))
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
        let mut around = Vec::new();
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
                _ => {
                    let (next, more) = self.mean(current, asked, &mut notes, steps)?;
                    around.extend(more);
                    next
                }
            };
            // What draws is passed over, not applied.
            if self.nodes[current].inputs.len() > 1 {
                nodes.pop();
                passed.push((current, next));
            }
            nodes.push(next);
        }
        nodes.reverse();
        let mut spread = None;
        // What draws twice has no latents of one distribution.
        let only = around.len() == 1;
        for around in around {
            match self.spread(&around, steps)? {
                Ok(found) if only => spread = Some(found),
                Ok(_) => notes.push(format!(
                    "\"{}\" was left aside: the model draws at random in several places.",
                    shortened(&self.nodes[around.heads[1]].name)
                )),
                Err(note) => notes.push(note),
            }
        }
        Ok(Line {
            nodes,
            inner: None,
            notes,
            spread,
            passed,
        })
    }

    /// Of the inputs of a node that draws around means, the means, and what is around them.
    fn mean(
        &self,
        node: usize,
        asked: &Asked<'_>,
        notes: &mut Vec<String>,
        steps: &mut usize,
    ) -> Result<(usize, Option<Around>), Stop> {
        let joining = &self.nodes[node];
        let joins = || {
            Stop::from(Fault::beyond(
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
        let other = branches
            .iter()
            .find(|(_, behind)| !behind.heads.contains(&mean));
        let around = other.map(|(input, behind)| Around {
            mean: chosen.0,
            spread: *input,
            heads: [mean, behind.heads.first().copied().unwrap_or(node)],
            drawn: joining.kind != Kind::Custom,
        });
        if around.is_none() {
            notes.push(format!(
                "What is drawn at random around \"{}\" was left out.",
                shortened(&self.nodes[mean].name)
            ));
        }
        Ok((chosen.0, around))
    }

    /// The nearest layers with weights on all ways back from a node, itself included.
    fn behind(&self, from: usize, steps: &mut usize) -> Result<Behind, Fault> {
        let mut behind = Behind::default();
        let mut seen = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            *steps += 1;
            if *steps > MOST_STEPS {
                return Err(Fault::beyond("its graph is too large", ONE_LINE));
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
                return Err(Fault::beyond("its graph is too large", ONE_LINE));
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
                 gives their log-variances.",
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

/// What the numbers of a layer of this name are multiplied by to be log-variances, and what is said of
/// that; none where they are no logarithms, or nobody knows.
pub(super) fn reading(name: &str) -> Option<(f64, &'static str)> {
    const USUAL: (f64, &str) = (
        1.0,
        ", as is usual: the file does not show how they are used",
    );
    if head(name) != Some(Head::Spread) {
        return Some(USUAL);
    }
    let name = name.to_lowercase();
    let has = |part: &str| name.contains(part);
    let is_variance = has("var") && !has("variances");
    let is_squared = ["sigma2", "sigma_sq", "sigmasq", "std2"]
        .iter()
        .any(|part| has(part));
    let is_logarithm = ["log", "lnvar", "ln_var"].iter().any(|part| has(part));
    match (is_logarithm, is_variance, is_squared) {
        (true, true, _) | (true, _, true) => Some((1.0, "")),
        (true, false, false) => Some((
            2.0,
            ": by its name it gives logarithms of deviations, which were doubled",
        )),
        // fc_var of many programs, and lv.
        (false, true, _) => Some(USUAL),
        (false, ..) if name.ends_with("lv") => Some((1.0, "")),
        (false, ..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_how_spreads_are_given() {
        let factor = |name| reading(name).map(|(factor, _)| factor);
        for name in [
            "z_log_var",
            "logvar",
            "fc22",
            "fc_var",
            "log_sigma_sq",
            "z_lv",
        ] {
            assert_eq!(factor(name), Some(1.0), "{name}");
        }
        for name in ["z_log_sigma", "logstd", "log_scale"] {
            assert_eq!(factor(name), Some(2.0), "{name}");
        }
        for name in [
            "sigma",
            "sigma.2",
            "sigma2",
            "fc_std",
            "precision",
            "variances",
        ] {
            assert_eq!(factor(name), None, "{name}");
        }
        // What is assumed is said.
        assert!(reading("fc22").unwrap().1.contains("as is usual"));
        assert!(reading("fc_var").unwrap().1.contains("as is usual"));
        assert_eq!(reading("log_var").unwrap().1, "");
    }

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
