//! Usual steps between modules: the strides, paddings, poolings and sizes of images with which their
//! sizes fit each other. All of it is guessed, and said to be.

use std::collections::HashMap;

use super::super::heads::{Head, head, reading};
use super::super::weights::natural;
use super::text::{Around, Options, Pool, Step, is_plain};
use super::{Class, Module};
use crate::model::{Activation, Interpolation, Pair};

/// Steps that are usual for some modules.
#[derive(Debug)]
pub(super) struct Proposal {
    pub steps: Vec<Step>,
    /// How unusual they are; none where sizes do not fit each other.
    pub cost: Option<u32>,
}

/// Sides of images that are tried, the usual ones first, with what the others cost more.
const SIDES: [(&[usize], u32); 3] = [
    (&[28, 32, 64], 0),
    (&[16, 8, 128, 96, 48, 224, 256, 100, 112, 160, 192, 200], 2),
    (
        &[
            4, 10, 12, 14, 20, 24, 26, 30, 36, 40, 50, 56, 60, 72, 80, 84, 120, 144, 150, 300, 512,
        ],
        4,
    ),
];

/// What reaches a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Given {
    Maps(ImageShape3),
    Numbers(usize),
}

/// Channels, height and width.
type ImageShape3 = (usize, usize, usize);

/// What may be done with a layer.
#[derive(Clone, Debug)]
struct Choice {
    before: Vec<Step>,
    /// None where the layer is left out.
    options: Option<Options>,
    after: Vec<Step>,
    given: Given,
    cost: u32,
    /// What it is called where it should be the same for all layers.
    habit: u8,
}

struct Search<'a> {
    layers: &'a [&'a Module],
    /// The first layer of the decoder.
    middle: usize,
    images: ImageShape3,
    /// Height and width that a layer has to give, where a normalisation after it says so.
    told: &'a [Option<Pair>],
    known: HashMap<(usize, Given, u8), Option<(u32, Choice)>>,
}

/// Usual steps for these modules, which are in the order of the file where that is `stored`; for images of
/// this size, if it is known.
pub(super) fn propose(modules: &[&Module], stored: bool, images: Option<&Step>) -> Proposal {
    let ordered = ordered(modules, stored);
    let layers: Vec<&Module> = ordered
        .iter()
        .copied()
        .filter(|module| module.is_layer())
        .collect();
    let middle = middle(&layers);
    let told = told(&ordered);
    let has_sides = matches!(images, Some(Step::Images(sizes)) if sizes.len() > 1);
    let mut best: Option<(u32, Vec<Choice>, ImageShape3)> = None;
    for (images, more) in candidates(&layers, images) {
        if best.as_ref().is_some_and(|(cost, ..)| *cost <= more) {
            continue;
        }
        let mut search = Search {
            layers: &layers,
            middle,
            images,
            told: &told,
            known: HashMap::new(),
        };
        let (channels, height, width) = images;
        let start = match layers.first().map(|module| &module.class) {
            Some(Class::Linear { .. }) if !has_sides => Given::Numbers(channels * height * width),
            _ => Given::Maps(images),
        };
        if let Some(cost) = search.cost(0, start, 0)
            && best.as_ref().is_none_or(|(least, ..)| cost + more < *least)
        {
            best = Some((cost + more, search.choices(start), images));
        }
    }
    let first = layers.first().map(|module| &module.class);
    let channels = match first {
        Some(Class::Convolution { second, .. }) => *second,
        _ => 1,
    };
    let (cost, choices, size) = match best {
        Some((cost, choices, images)) => (Some(cost), choices, images),
        None => (None, naive(&layers), (channels, 28, 28)),
    };
    let images = images.cloned().unwrap_or_else(|| {
        let (channels, height, width) = size;
        Step::Images(match first {
            Some(Class::Linear { inputs, .. }) => vec![*inputs],
            Some(Class::Convolution { flat: true, .. }) => vec![channels, width],
            _ => vec![channels, height, width],
        })
    });
    let mut steps = steps(images, &ordered, &layers, &choices, middle);
    if let Some(spread) = log_variances(modules, &layers, &choices, middle)
        && let Some(latents) = steps.iter().position(|step| *step == Step::Latents)
    {
        steps.insert(latents, spread);
    }
    Proposal { steps, cost }
}

/// What stands beside the last layers of the encoder: of their sizes, and left out of the way.
fn log_variances(
    modules: &[&Module],
    layers: &[&Module],
    choices: &[Choice],
    middle: usize,
) -> Option<Step> {
    let is_kept = |at: &usize| {
        choices
            .get(*at)
            .is_some_and(|choice| choice.options.is_some())
    };
    let kept: Vec<usize> = (0..layers.len()).filter(is_kept).collect();
    let mut aside: Vec<&Module> = modules
        .iter()
        .copied()
        .filter(|module| {
            let on_the_way = kept.iter().any(|&at| layers[at].name == module.name);
            module.is_layer() && !on_the_way
        })
        .collect();
    aside.sort_by_cached_key(|module| natural(&module.name));
    let means: Vec<usize> = kept.into_iter().filter(|&at| at < middle).collect();
    let beside = &means[means.len().checked_sub(aside.len())?..];
    let alike = beside
        .iter()
        .zip(&aside)
        .all(|(&at, module)| layers[at].class == module.class);
    let known = aside
        .last()
        .and_then(|module| reading(&module.name))
        .is_some_and(|(factor, _)| factor == 1.0);
    let names: Vec<String> = aside.iter().map(|module| module.name.clone()).collect();
    let fits = !names.is_empty() && alike && known && names.iter().all(|name| is_plain(name));
    fits.then_some(Step::LogVariances(names))
}

/// The modules as they probably follow each other, without what gives the spread of a variational encoder.
fn ordered<'a>(modules: &[&'a Module], stored: bool) -> Vec<&'a Module> {
    let mut ordered: Vec<&Module> = modules.to_vec();
    if stored {
        ordered.sort_by_key(|module| natural(&module.name).0);
    } else {
        ordered.sort_by_cached_key(|module| natural(&module.name));
    }
    let spread = |module: &Module| {
        head(&module.name) == Some(Head::Spread)
            && modules
                .iter()
                .any(|other| other.class == module.class && head(&other.name) != Some(Head::Spread))
    };
    ordered.retain(|module| !spread(module));
    ordered
}

/// What normalisations say of the maps that the layers before them give.
fn told(ordered: &[&Module]) -> Vec<Option<Pair>> {
    let mut told = Vec::new();
    for module in ordered {
        match (&module.class, told.last_mut()) {
            (Class::Layer { shape }, Some(last)) => {
                if let [_, height, width] = shape[..] {
                    *last = Some([height, width]);
                }
            }
            _ if module.is_layer() => told.push(None),
            _ => {}
        }
    }
    told
}

/// Where the decoder begins: by names, by the first transposed convolution, or in the middle.
fn middle(layers: &[&Module]) -> usize {
    let is_decoder = |module: &&Module| natural(&module.name).0 == 2;
    if let Some(at) = layers.iter().position(is_decoder)
        && at > 0
    {
        return at;
    }
    let outputs = |at: usize| match layers[at].class {
        Class::Linear { outputs, .. } => Some(outputs),
        _ => None,
    };
    let narrowest = |places: std::ops::Range<usize>| {
        let linear = places.filter_map(|at| Some((outputs(at)?, at)));
        linear.min().map(|(_, at)| at + 1)
    };
    let is_transposed = |module: &&Module| {
        matches!(
            module.class,
            Class::Convolution {
                transposed: Some(true),
                ..
            }
        ) || says_transposed(module)
    };
    let found = match layers.iter().position(is_transposed) {
        Some(first) => {
            let dense = (0..first).rev().take_while(|&at| outputs(at).is_some());
            narrowest(dense.last().unwrap_or(first)..first).or(Some(first))
        }
        None => narrowest(0..layers.len().saturating_sub(1)),
    };
    let found = found.unwrap_or(layers.len().div_ceil(2));
    found.clamp(1, layers.len().max(2) - 1)
}

fn says_transposed(module: &Module) -> bool {
    let name = module.name.to_lowercase();
    ["deconv", "convt", "conv_t", "trans"]
        .iter()
        .any(|word| name.contains(word))
}

/// Images that are tried, and what each costs.
fn candidates(layers: &[&Module], images: Option<&Step>) -> Vec<(ImageShape3, u32)> {
    let first = layers.first().map(|module| &module.class);
    let flat = matches!(first, Some(Class::Convolution { flat: true, .. }));
    if let Some(Step::Images(sizes)) = images {
        let image = match sizes[..] {
            [count] => (1, 1, count),
            [channels, length] if flat => (channels, 1, length),
            [height, width] => (1, height, width),
            [channels, height, width] => (channels, height, width),
            _ => return Vec::new(),
        };
        return vec![(image, 0)];
    }
    let sides = || {
        SIDES
            .iter()
            .flat_map(|(sides, cost)| sides.iter().map(move |&side| (side, *cost)))
    };
    match first {
        Some(Class::Linear { inputs, .. }) => vec![((1, 1, *inputs), 0)],
        Some(Class::Convolution { second, .. }) => sides()
            .map(|(side, cost)| ((*second, if flat { 1 } else { side }, side), cost))
            .collect(),
        _ => Vec::new(),
    }
}

impl Search<'_> {
    /// What the layers from here on cost at least, if their sizes fit.
    fn cost(&mut self, at: usize, given: Given, habit: u8) -> Option<u32> {
        let (channels, height, width) = self.images;
        if at == self.layers.len() {
            let ends = match given {
                Given::Maps(maps) => maps == self.images,
                Given::Numbers(count) => count == channels * height * width,
            };
            return ends.then_some(0);
        }
        if let Some(known) = self.known.get(&(at, given, habit)) {
            return known.as_ref().map(|(cost, _)| *cost);
        }
        let mut best: Option<(u32, Choice)> = None;
        for choice in self.options(at, given) {
            let changed = u32::from(habit != 0 && choice.habit != 0 && habit != choice.habit);
            let next = if choice.habit == 0 {
                habit
            } else {
                choice.habit
            };
            // Encoder and decoder have habits of their own.
            let next = if at + 1 == self.middle { 0 } else { next };
            let Some(rest) = self.cost(at + 1, choice.given, next) else {
                continue;
            };
            let cost = choice.cost + changed + rest;
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, choice));
            }
        }
        let cost = best.as_ref().map(|(cost, _)| *cost);
        self.known.insert((at, given, habit), best);
        cost
    }

    /// The choices that cost least.
    fn choices(&self, start: Given) -> Vec<Choice> {
        let (mut given, mut habit) = (start, 0);
        let mut choices = Vec::new();
        for at in 0..self.layers.len() {
            let Some(Some((_, choice))) = self.known.get(&(at, given, habit)) else {
                break;
            };
            given = choice.given;
            habit = if choice.habit == 0 {
                habit
            } else {
                choice.habit
            };
            habit = if at + 1 == self.middle { 0 } else { habit };
            choices.push(choice.clone());
        }
        choices
    }

    fn options(&self, at: usize, given: Given) -> Vec<Choice> {
        let mut all = match self.layers[at].class {
            Class::Linear { inputs, outputs } => linear(given, inputs, outputs),
            Class::Convolution { .. } => self.convolutions(at, given),
            _ => Vec::new(),
        };
        // One of two heads.
        let last = at + 1 == self.layers.len();
        if at > 0 && !last && self.layers[at].class == self.layers[at - 1].class {
            all.push(Choice {
                before: Vec::new(),
                options: None,
                after: Vec::new(),
                given,
                cost: 8,
                habit: 0,
            });
        }
        all
    }

    fn convolutions(&self, at: usize, given: Given) -> Vec<Choice> {
        let module = self.layers[at];
        let Class::Convolution {
            first,
            second,
            window,
            flat,
            transposed,
        } = module.class
        else {
            return Vec::new();
        };
        let decodes = at >= self.middle;
        let turned: &[(bool, u32)] = match transposed {
            Some(true) => &[(true, 0)],
            Some(false) => &[(false, 0)],
            None if says_transposed(module) => &[(true, 0), (false, 6)],
            None if decodes => &[(false, 1), (true, 1)],
            None => &[(false, 0), (true, 6)],
        };
        let mut all = Vec::new();
        for &(transposed, more) in turned {
            let wanted = if transposed { first } else { second };
            let maps = match given {
                Given::Maps(maps) => vec![(Vec::new(), maps)],
                Given::Numbers(count) => self.unflattened(count, wanted, flat),
            };
            for (before, (channels, height, width)) in maps {
                let groups = channels.checked_div(wanted).unwrap_or(0);
                if groups * wanted != channels || transposed && groups != 1 {
                    continue;
                }
                let filters = if transposed { second } else { first };
                let ways = if transposed {
                    widening(window, [height, width], flat)
                } else if decodes {
                    let mut ways = keeping(window, [height, width], flat);
                    ways.extend(narrowing(window, [height, width], flat).into_iter().map(
                        |mut way| {
                            way.cost += 4;
                            way
                        },
                    ));
                    ways
                } else {
                    narrowing(window, [height, width], flat)
                };
                for way in ways {
                    let Some([height, width]) = way.sides else {
                        continue;
                    };
                    let differs = |told: Pair| told != [height, width] || !way.after.is_empty();
                    if self.told[at].is_some_and(differs) {
                        continue;
                    }
                    let options = Options {
                        transposed,
                        ..way.options
                    };
                    all.push(Choice {
                        before: before.iter().cloned().chain(way.before).collect(),
                        options: Some(options),
                        after: way.after,
                        given: Given::Maps((filters, height, width)),
                        cost: way.cost + more,
                        habit: way.habit,
                    });
                }
            }
        }
        all
    }

    /// Plain numbers as feature maps of so many channels, whose sides are as those of the images.
    fn unflattened(
        &self,
        count: usize,
        channels: usize,
        flat: bool,
    ) -> Vec<(Vec<Step>, ImageShape3)> {
        if channels == 0 || !count.is_multiple_of(channels) {
            return Vec::new();
        }
        let pixels = count / channels;
        let (_, high, wide) = self.images;
        let fits = |height: &usize| {
            pixels.is_multiple_of(*height) && height * wide == pixels / height * high
        };
        let sides = if flat {
            Some((1, pixels))
        } else {
            let height = (1..=pixels)
                .take_while(|side| side * side <= pixels * high.max(wide))
                .find(fits);
            height.map(|height| (height, pixels / height))
        };
        sides
            .map(|(height, width)| {
                let sizes = if flat {
                    vec![channels, width]
                } else {
                    vec![channels, height, width]
                };
                (vec![Step::Unflatten(sizes)], (channels, height, width))
            })
            .into_iter()
            .collect()
    }
}

fn linear(given: Given, inputs: usize, outputs: usize) -> Vec<Choice> {
    let choice = |before, cost| Choice {
        before,
        options: Some(Options::default()),
        after: Vec::new(),
        given: Given::Numbers(outputs),
        cost,
        habit: 0,
    };
    match given {
        Given::Numbers(count) if count == inputs => vec![choice(Vec::new(), 0)],
        Given::Maps((channels, height, width)) if channels * height * width == inputs => {
            vec![choice(vec![Step::Flatten], 0)]
        }
        Given::Maps((channels, ..)) if channels == inputs => {
            vec![choice(
                vec![Step::AdaptiveAverage([1; 2]), Step::Flatten],
                6,
            )]
        }
        _ => Vec::new(),
    }
}

/// A way to use a convolution.
struct Way {
    before: Vec<Step>,
    options: Options,
    after: Vec<Step>,
    sides: Option<Pair>,
    cost: u32,
    habit: u8,
}

/// Sides after a window has moved over them.
fn moved(sides: Pair, window: Pair, stride: Pair, padding: Pair) -> Option<Pair> {
    let side = |at: usize| {
        let room = (sides[at] + 2 * padding[at]).checked_sub(window[at])?;
        Some(room / stride[at] + 1)
    };
    Some([side(0)?, side(1)?])
}

/// The same number for both sides, or for the length of signals alone.
fn both(number: usize, flat: bool, none: usize) -> Pair {
    if flat { [none, number] } else { [number; 2] }
}

fn max_pool() -> Step {
    Step::Pool(Pool {
        largest: true,
        size: [2; 2],
        stride: [2; 2],
        padding: [0; 2],
        dilation: [1; 2],
        ceil: false,
        counts_padding: true,
    })
}

fn options(stride: usize, padding: Pair) -> Options {
    // Of signals only the second counts, so that both are written as one.
    let padding = if padding[0] == 0 {
        [padding[1]; 2]
    } else {
        padding
    };
    Options {
        stride: [stride; 2],
        padding: Around::By(padding),
        ..Options::default()
    }
}

fn halved(sides: Pair, flat: bool) -> Option<Pair> {
    let halved = |side: usize| (side >= 2).then_some(side / 2);
    Some([
        if flat { sides[0] } else { halved(sides[0])? },
        halved(sides[1])?,
    ])
}

/// Ways of an encoder's convolutions.
fn narrowing(window: Pair, sides: Pair, flat: bool) -> Vec<Way> {
    let way = |stride: usize, padding: Pair, pools: bool, cost, habit| {
        let stepped = moved(sides, window, both(stride, flat, 1), padding);
        let sides = if pools {
            stepped.and_then(|sides| halved(sides, flat))
        } else {
            stepped
        };
        Way {
            before: Vec::new(),
            options: options(stride, padding),
            after: if pools { vec![max_pool()] } else { Vec::new() },
            sides,
            cost,
            habit,
        }
    };
    let half = window.map(|side| side.saturating_sub(1) / 2);
    let is_whole = window == sides;
    let is_odd = window.iter().all(|side| side % 2 == 1);
    let is_one = window == [1; 2];
    let mut ways = Vec::new();
    if !is_one {
        ways.push(way(2, half, false, 0, 1));
        ways.push(way(2, half, true, 4, 7));
        ways.push(way(2, [0; 2], false, if half == [0; 2] { 9 } else { 3 }, 2));
    }
    if is_odd {
        ways.push(way(1, half, true, 1, 3));
        ways.push(way(1, half, false, if is_one { 0 } else { 2 }, 4));
    }
    ways.push(way(
        1,
        [0; 2],
        false,
        if is_whole { 0 } else { 3 },
        if is_whole { 0 } else { 5 },
    ));
    ways.push(way(1, [0; 2], true, 3, 6));
    ways
}

/// Ways of a decoder's convolutions.
fn keeping(window: Pair, sides: Pair, flat: bool) -> Vec<Way> {
    let half = window.map(|side| side / 2);
    let mut ways = Vec::new();
    for (enlarges, cost) in [(false, 1), (true, 1)] {
        let large = if enlarges {
            let grown = both(2, flat, 1);
            [sides[0] * grown[0], sides[1] * grown[1]]
        } else {
            sides
        };
        let before = || {
            let step = Step::Upsample {
                factor: [2; 2],
                interpolation: Interpolation::Nearest,
            };
            enlarges.then_some(step).into_iter().collect()
        };
        for (padding, more) in [(half, 0), ([0; 2], 2)] {
            let same = window.iter().all(|side| side % 2 == 1) || padding == [0; 2];
            if same && (padding == half || half != [0; 2]) {
                ways.push(Way {
                    before: before(),
                    options: options(1, padding),
                    after: Vec::new(),
                    sides: moved(large, window, [1; 2], padding),
                    cost: cost + more,
                    habit: 0,
                });
            }
        }
    }
    ways
}

/// Ways of transposed convolutions.
fn widening(window: Pair, sides: Pair, flat: bool) -> Vec<Way> {
    let way = |stride: usize, padding: usize, more: usize, cost, habit| {
        let side = |at: usize| {
            if flat && at == 0 {
                return Some(sides[0]);
            }
            let reach = (sides[at] - 1) * stride + window[at] + more;
            reach.checked_sub(2 * padding).filter(|&side| side > 0)
        };
        Way {
            before: Vec::new(),
            options: Options {
                output_padding: [more; 2],
                ..options(stride, [padding; 2])
            },
            after: Vec::new(),
            sides: side(0).zip(side(1)).map(Pair::from),
            cost,
            habit,
        }
    };
    let kernel = window[1];
    let half = kernel.saturating_sub(1) / 2;
    let odd = kernel % 2;
    let mut ways = Vec::new();
    if kernel > 1 {
        // Twice as large; one less of it where that is asked for.
        ways.push(way(2, half, odd, 0, 1));
        if odd == 1 {
            ways.push(way(2, half, 0, 1, 1));
            ways.push(way(1, half, 0, 2, 3));
        }
        if half > 0 {
            ways.push(way(2, 0, 0, 3, 2));
            ways.push(way(2, 0, 1, 4, 2));
            ways.push(way(2, 1, 0, 4, 4));
            ways.push(way(2, 1, 1, 4, 4));
        }
    }
    let grows = sides[1] == 1 && kernel > 3;
    ways.push(way(
        1,
        0,
        0,
        if grows { 0 } else { 3 },
        if grows { 0 } else { 5 },
    ));
    ways
}

/// Where nothing fits: as if it did.
fn naive(layers: &[&Module]) -> Vec<Choice> {
    let is_dense = |at: usize| matches!(layers[at].class, Class::Linear { .. });
    let choice = |at: usize| {
        let options = match layers[at].class {
            Class::Convolution {
                window, transposed, ..
            } => Options {
                transposed: transposed == Some(true),
                ..options(2, window.map(|side| side.saturating_sub(1) / 2))
            },
            _ => Options::default(),
        };
        let flattens = is_dense(at) && at > 0 && !is_dense(at - 1);
        Choice {
            before: flattens.then_some(Step::Flatten).into_iter().collect(),
            options: Some(options),
            after: Vec::new(),
            given: Given::Numbers(0),
            cost: 0,
            habit: 0,
        }
    };
    (0..layers.len()).map(choice).collect()
}

/// The number of a module within an `nn.Sequential`, and that.
fn numbered(name: &str) -> Option<(&str, usize)> {
    let (parent, last) = name.rsplit_once('.').unwrap_or(("", name));
    Some((parent, last.parse().ok()?))
}

/// Whether no module without weights can stand between two.
fn adjoin(one: &Module, next: &Module) -> bool {
    match (numbered(&one.name), numbered(&next.name)) {
        (Some((parent, at)), Some((other, next))) => parent == other && next == at + 1,
        _ => false,
    }
}

/// Everything in its order, with usual activations.
fn steps(
    images: Step,
    ordered: &[&Module],
    layers: &[&Module],
    choices: &[Choice],
    middle: usize,
) -> Vec<Step> {
    let mut steps = vec![images];
    let mut number = 0;
    let mut maps = !matches!(
        layers.first().map(|module| &module.class),
        Some(Class::Linear { .. })
    );
    let mut at = 0;
    while at < ordered.len() {
        let module = ordered[at];
        at += 1;
        let mut after = Vec::new();
        let mut left_out = false;
        if module.is_layer() {
            let Some(choice) = choices.get(number) else {
                break;
            };
            number += 1;
            steps.extend(choice.before.iter().cloned());
            maps = !matches!(module.class, Class::Linear { .. });
            after.clone_from(&choice.after);
            left_out = choice.options.is_none();
            if let Some(options) = &choice.options {
                steps.push(named(module, options.clone()));
            }
        } else {
            steps.push(named(module, normalisation(module, maps)));
        }
        let is_last = number == layers.len();
        let is_latent = number == middle && matches!(module.class, Class::Linear { .. });
        let mut activation = match (module.is_layer(), is_last) {
            (false, _) => None,
            (true, _) if left_out => None,
            (true, true) => Some(Activation::Sigmoid),
            (true, false) if is_latent => None,
            (true, false) => Some(Activation::Relu),
        };
        let mut before = module;
        // What normalises, or is an activation itself.
        while let Some(next) = ordered.get(at).filter(|next| !next.is_layer()) {
            let apart = numbered(&before.name).is_some()
                && numbered(&next.name).is_some()
                && !adjoin(before, next);
            if matches!(next.class, Class::Slope { .. }) {
                activation = None;
            } else if apart && !is_last {
                steps.extend(activation.take().map(Step::Activation));
            }
            steps.push(named(next, normalisation(next, maps)));
            before = next;
            at += 1;
        }
        let joined = ordered.get(at).is_some_and(|next| adjoin(before, next)) && after.is_empty();
        if !joined {
            steps.extend(activation.map(Step::Activation));
        }
        steps.append(&mut after);
        if module.is_layer() && number == middle {
            steps.push(Step::Latents);
        }
    }
    steps
}

fn named(module: &Module, options: Options) -> Step {
    Step::Layer {
        name: module.name.clone(),
        options,
    }
}

fn normalisation(module: &Module, maps: bool) -> Options {
    let channels = matches!(&module.class, Class::Layer { shape } if shape.len() == 1);
    Options {
        groups: (channels && maps).then_some(1),
        ..Options::default()
    }
}
