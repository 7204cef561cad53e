//! How far a change of some inputs reaches: which rows and columns of every layer's outputs.
//!
//! What a layer's output looks at is, for nearly every kind of layer, some rows and some columns of its
//! inputs, and which rows does not depend on the column. So rows and columns are followed through the
//! layers each by themselves, as a [`Side`] of every layer. What changes is a box of rows × columns, with
//! all channels.

#![cfg_attr(
    not(feature = "engine-cpu"),
    allow(
        dead_code,
        reason = "what outputs look at concerns the CPU's loops alone; elsewhere it is counted"
    )
)]

use std::ops::Range;

use crate::data::{ImageShape, Shape};
use crate::model::{Activation, Form, Kind, Over, Window, as_image};

/// What an output looks at, along one side of a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    /// Place of the input.
    pub at: u32,
    /// Place within the kernel.
    pub place: u32,
    /// By how much the input counts, where there is no kernel.
    pub share: f32,
}

/// The rows, or the columns, of a layer's outputs and what they look at.
#[derive(Debug)]
pub(super) enum Side {
    /// At some inputs each.
    Some(Looks),
    /// Each at the one in its place, of so many.
    Same(usize),
    /// All of so many outputs at all of so many inputs.
    All { inputs: usize, outputs: usize },
}

/// What each of some outputs looks at.
#[derive(Debug, Default)]
pub(super) struct Looks {
    inputs: usize,
    all: Vec<Look>,
    /// Before each output's first look, and all.
    starts: Vec<u32>,
    /// The first input that this output or a later one looks at.
    first: Vec<usize>,
    /// One more than the last input that this output or an earlier one looks at.
    last: Vec<usize>,
}

/// Some inputs along a side, the outputs that look at them, and what these see of them.
#[derive(Debug)]
pub(super) struct Part {
    /// The inputs.
    pub from: Range<usize>,
    /// The outputs.
    pub to: Range<usize>,
    looks: Vec<Look>,
    starts: Vec<u32>,
}

impl Part {
    /// What an output, counted from the first one, sees of the inputs, counted from the first one.
    pub fn looks(&self, output: usize) -> &[Look] {
        &self.looks[self.starts[output] as usize..self.starts[output + 1] as usize]
    }

    /// How many pairs there are of an input and an output that looks at it.
    pub fn pairs(&self) -> usize {
        self.looks.len()
    }
}

impl Looks {
    /// So many `outputs`, each with the looks that `add` adds.
    fn new(inputs: usize, outputs: usize, mut add: impl FnMut(usize, &mut Vec<Look>)) -> Self {
        let mut made = Self {
            inputs,
            starts: vec![0],
            ..Self::default()
        };
        for output in 0..outputs {
            add(output, &mut made.all);
            made.starts.push(made.all.len() as u32);
        }
        let seen = |output: usize| {
            let looks = &made.all[made.starts[output] as usize..made.starts[output + 1] as usize];
            looks.iter().map(|look| look.at as usize)
        };
        let mut last = 0;
        for output in 0..outputs {
            last = seen(output).fold(last, |last, at| last.max(at + 1));
            made.last.push(last);
        }
        let mut first = inputs;
        made.first = vec![0; outputs];
        for output in (0..outputs).rev() {
            first = seen(output).fold(first, usize::min);
            made.first[output] = first;
        }
        made
    }

    /// The part of it that looks at the inputs `from`, or `to` where the outputs are given.
    fn part(&self, from: Range<usize>, to: Option<Range<usize>>) -> Part {
        let to = to.unwrap_or_else(|| {
            let start = self.last.partition_point(|&last| last <= from.start);
            let end = self.first.partition_point(|&first| first < from.end);
            start..end.max(start)
        });
        let to = if from.is_empty() {
            to.start..to.start
        } else {
            to
        };
        let (mut looks, mut starts) = (Vec::new(), vec![0]);
        for output in to.clone() {
            let all = &self.all[self.starts[output] as usize..self.starts[output + 1] as usize];
            looks.extend(all.iter().filter_map(|look| {
                let at = look.at as usize;
                from.contains(&at).then(|| Look {
                    at: (at - from.start) as u32,
                    ..*look
                })
            }));
            starts.push(looks.len() as u32);
        }
        Part {
            from,
            to,
            looks,
            starts,
        }
    }
}

impl Side {
    /// The outputs that some inputs reach.
    pub fn part(&self, from: Range<usize>) -> Part {
        match self {
            Self::Some(looks) => looks.part(from, None),
            Self::Same(_) => bare(from.clone(), from),
            Self::All { outputs, .. } => bare(from, 0..*outputs),
        }
    }

    /// All outputs and all inputs.
    pub fn whole(&self) -> Part {
        match self {
            Self::Some(looks) => looks.part(0..looks.inputs, Some(0..looks.first.len())),
            Self::Same(count) => bare(0..*count, 0..*count),
            Self::All { inputs, outputs } => bare(0..*inputs, 0..*outputs),
        }
    }

    /// Of windows of `size` over `inputs`.
    fn windows(window: &Window, side: usize, inputs: usize, outputs: usize, means: Means) -> Self {
        let (size, stride, dilation) = (
            window.size[side],
            window.stride[side],
            window.dilation[side],
        );
        let before = window.padding[side][0];
        Self::Some(Looks::new(inputs, outputs, |output, looks| {
            let begin = looks.len();
            for place in 0..size {
                let reached = (output * stride + place * dilation).checked_add_signed(-before);
                if let Some(at) = reached.filter(|&at| at < inputs) {
                    looks.push(look(at, place, 1.0));
                }
            }
            let count = match means {
                Means::No => return,
                Means::OfWindow => size,
                Means::OfInputs => (looks.len() - begin).max(1),
            };
            for look in &mut looks[begin..] {
                look.share = 1.0 / count as f32;
            }
        }))
    }

    /// Of `form`, which makes `outputs` of `inputs`.
    fn of(form: &Form, side: usize, inputs: usize, outputs: usize) -> Self {
        let Form::General { kind, .. } = form else {
            return Self::All { inputs, outputs };
        };
        match kind {
            Kind::Convolution { window, .. } | Kind::MaxPooling { window } => {
                Self::windows(window, side, inputs, outputs, Means::No)
            }
            Kind::AveragePooling {
                window,
                counts_padding,
            } => {
                let means = if *counts_padding {
                    Means::OfWindow
                } else {
                    Means::OfInputs
                };
                Self::windows(window, side, inputs, outputs, means)
            }
            Kind::Transposed {
                kernel,
                stride,
                dilation,
                cut,
                ..
            } => Self::Some(Looks::new(inputs, outputs, |output, looks| {
                for place in 0..kernel[side] {
                    // output = at · stride + place · dilation - cut
                    let steps = output
                        .checked_add_signed(cut[side][0])
                        .and_then(|reached| reached.checked_sub(place * dilation[side]))
                        .filter(|steps| steps.is_multiple_of(stride[side]));
                    let at = steps.map(|steps| steps / stride[side]);
                    if let Some(at) = at.filter(|&at| at < inputs) {
                        looks.push(look(at, place, 1.0));
                    }
                }
            })),
            Kind::Upsampling {
                factor,
                interpolation,
            } => Self::Some(Looks::new(inputs, outputs, |output, looks| {
                let between = interpolation.between(output, factor[side], inputs, outputs);
                let counting = between.into_iter().filter(|(_, share)| *share != 0.0);
                looks.extend(counting.map(|(at, share)| look(at, 0, share)));
            })),
            Kind::Padding { margins } => {
                Self::Some(Looks::new(inputs, outputs, |output, looks| {
                    let at = output.checked_add_signed(-margins[side][0]);
                    looks.extend(at.filter(|&at| at < inputs).map(|at| look(at, 0, 1.0)));
                }))
            }
            Kind::Scaling
            | Kind::Softmax
            | Kind::Activation
            | Kind::Normalisation {
                over: Over::Channels,
                ..
            } => Self::Same(inputs),
            Kind::Normalisation {
                over: Over::Row, ..
            }
            | Kind::Reshaping { .. }
            | Kind::Reordering { .. } => Self::All { inputs, outputs },
        }
    }
}

/// What a window's numbers count.
#[derive(Clone, Copy)]
enum Means {
    /// What a kernel says.
    No,
    /// The same share of all that it looks at.
    OfWindow,
    /// The same share of what lies within the image.
    OfInputs,
}

fn look(at: usize, place: usize, share: f32) -> Look {
    Look {
        at: at as u32,
        place: place as u32,
        share,
    }
}

/// A part whose outputs are told what they look at otherwise.
fn bare(from: Range<usize>, to: Range<usize>) -> Part {
    Part {
        from,
        to,
        looks: Vec::new(),
        starts: Vec::new(),
    }
}

/// A layer that something is computed in.
#[derive(Debug)]
pub(super) struct Reached {
    /// Its number within its half.
    pub layer: usize,
    /// Of what it takes.
    pub input: ImageShape,
    /// Of what it gives.
    pub output: ImageShape,
    /// Rows and columns.
    pub sides: [Side; 2],
}

/// Half a network, as far as changes of its inputs reach.
#[derive(Debug)]
pub(super) struct Reach {
    /// What its first layer takes.
    pub input: ImageShape,
    /// Where each of its inputs is among the numbers that its first layer takes; `None` where all are in
    /// their places.
    places: Option<Vec<u32>>,
    /// Its layers without those that only put numbers in another order, or take them for another shape,
    /// where the layer after them can be told so.
    pub layers: Vec<Reached>,
}

impl Reach {
    /// Of layers, each with what it takes and gives.
    pub fn new(forms: &[(Form, Shape, Shape)]) -> Self {
        let mut start = 0;
        let mut places: Option<Vec<u32>> = None;
        let plain = |at: usize| match forms.get(at).map(|(form, ..)| form) {
            Some(Form::General {
                kind,
                activation: Activation::Linear,
            }) => Some(kind),
            _ => None,
        };
        // What comes before anything is computed is a matter of where inputs are found.
        while let Some(kind) = plain(start) {
            match kind {
                Kind::Reshaping { .. } => {}
                Kind::Reordering { order, .. } => {
                    let mut to = vec![0; order.len()];
                    for (output, &input) in (0..).zip(order) {
                        to[input as usize] = output;
                    }
                    places = Some(match places {
                        None => to,
                        Some(before) => before.iter().map(|&place| to[place as usize]).collect(),
                    });
                }
                _ => break,
            }
            start += 1;
        }
        let shape = match forms.get(start) {
            Some((_, input, _)) => Some(input),
            None => forms.last().map(|(_, _, output)| output),
        };
        let mut input = shape.map_or(ImageShape::grey(0, 0), as_image);
        let mut reach = Self {
            input,
            places,
            layers: Vec::new(),
        };
        for (layer, (form, _, output)) in forms.iter().enumerate().skip(start) {
            let output = as_image(output);
            let takes_any_shape = match forms.get(layer + 1).map(|(form, ..)| form) {
                None | Some(Form::Dense { .. }) => true,
                Some(Form::General { kind, .. }) => matches!(kind, Kind::Reshaping { .. }),
                Some(Form::BlackBox { .. }) => false,
            };
            if matches!(plain(layer), Some(Kind::Reshaping { .. }))
                && (takes_any_shape || output == input)
            {
                continue;
            }
            let sides = [
                Side::of(form, 0, input.height, output.height),
                Side::of(form, 1, input.width, output.width),
            ];
            reach.layers.push(Reached {
                layer,
                input,
                output,
                sides,
            });
            input = output;
        }
        reach
    }

    /// The half's inputs in the order that its first layer takes them in.
    pub fn enter(&self, inputs: &[f32], entered: &mut Vec<f32>) {
        entered.clear();
        match &self.places {
            None => entered.extend_from_slice(inputs),
            Some(places) => {
                entered.resize(inputs.len(), 0.0);
                for (&place, &input) in places.iter().zip(inputs) {
                    entered[place as usize] = input;
                }
            }
        }
    }

    /// The rows and columns that some of the half's inputs are in, and the place of each within that box.
    pub fn locate(&self, columns: &[usize]) -> ([Range<usize>; 2], Vec<u32>) {
        let ImageShape {
            width, channels, ..
        } = self.input;
        let place = |&column: &usize| match &self.places {
            None => column,
            Some(places) => places[column] as usize,
        };
        let pixel = |place: usize| [place / channels / width, place / channels % width];
        let side = |side: usize| {
            let along = || columns.iter().map(|column| pixel(place(column))[side]);
            let (first, last) = (along().min().unwrap_or(0), along().max().unwrap_or(0));
            first..last + 1
        };
        let [rows, along] = [side(0), side(1)];
        let within = columns.iter().map(|column| {
            let place = place(column);
            let [row, column] = pixel(place);
            let pixel = (row - rows.start) * along.len() + column - along.start;
            (pixel * channels + place % channels) as u32
        });
        let within = within.collect();
        ([rows, along], within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Interpolation;

    fn sides(kind: Kind, input: (usize, usize, usize)) -> (Side, Shape) {
        let image = |(height, width, channels)| ImageShape {
            height,
            width,
            channels,
        };
        let form = Form::General {
            kind,
            activation: Activation::Linear,
        };
        let input = Shape::Image(image(input));
        let output = form.output(&input).unwrap();
        let (from, to) = (as_image(&input), as_image(&output));
        (Side::of(&form, 0, from.height, to.height), output)
    }

    fn window(size: usize, stride: usize, padding: [isize; 2]) -> Window {
        Window {
            size: [size; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            padding: [padding; 2],
        }
    }

    /// Outputs that some input within `from` goes into, as the definitions say.
    fn reached(side: &Side, from: &Range<usize>) -> Range<usize> {
        let whole = side.whole();
        let looks_there = |&output: &usize| {
            let mut looks = whole.looks(output).iter();
            looks.any(|look| from.contains(&(look.at as usize)))
        };
        let first = whole.to.clone().find(looks_there);
        let last = whole.to.clone().rev().find(looks_there);
        first.map_or(0, |first| first)..last.map_or(0, |last| last + 1)
    }

    #[test]
    fn a_change_reaches_what_looks_at_it_and_nothing_else() {
        let transposed = Kind::Transposed {
            filters: 1,
            groups: 1,
            kernel: [2; 2],
            stride: [3; 2],
            dilation: [1; 2],
            cut: [[1, -2]; 2],
        };
        let bilinear = Kind::Upsampling {
            factor: [2; 2],
            interpolation: Interpolation::Bilinear,
        };
        let convolution = |size, stride, padding| Kind::Convolution {
            filters: 2,
            groups: 1,
            window: window(size, stride, padding),
        };
        let kinds = [
            convolution(3, 2, [0, 1]),
            convolution(3, 1, [1, 1]),
            convolution(1, 2, [0, 0]),
            convolution(2, 3, [2, 0]),
            transposed,
            bilinear,
            Kind::Padding {
                margins: [[2, -3]; 2],
            },
            Kind::MaxPooling {
                window: window(2, 2, [0, 0]),
            },
        ];
        for kind in kinds {
            let name = format!("{kind:?}");
            let (side, _) = sides(kind, (9, 9, 1));
            for from in (0..9).flat_map(|start| (start + 1..=9).map(move |end| start..end)) {
                let part = side.part(from.clone());
                let expected = reached(&side, &from);
                if part.to != expected {
                    assert!(
                        part.to.is_empty() && expected.is_empty(),
                        "{name}, {from:?}"
                    );
                }
                let whole = side.whole();
                let mut pairs = 0;
                for (output, place) in part.to.clone().zip(0..) {
                    let all = whole.looks(output).iter();
                    let seen: Vec<Look> = all
                        .filter(|look| from.contains(&(look.at as usize)))
                        .map(|look| Look {
                            at: look.at - from.start as u32,
                            ..*look
                        })
                        .collect();
                    assert_eq!(part.looks(place), seen, "{name}, {from:?}");
                    pairs += seen.len();
                }
                assert_eq!(part.pairs(), pairs);
            }
        }
    }

    #[test]
    fn what_only_moves_numbers_is_left_out() {
        let image = ImageShape {
            height: 2,
            width: 2,
            channels: 3,
        };
        let linear = |kind| Form::General {
            kind,
            activation: Activation::Linear,
        };
        // Channel by channel, as latents are, to channels side by side.
        let order: Vec<u32> = (0..12).map(|at| at % 3 * 4 + at / 3).collect();
        let convolution = Kind::Convolution {
            filters: 5,
            groups: 1,
            window: window(1, 1, [0, 0]),
        };
        let forms = [
            linear(Kind::Reordering {
                to: Shape::Image(image),
                order,
            }),
            linear(convolution),
            linear(Kind::Reshaping {
                to: Shape::Numbers(20),
            }),
            Form::Dense {
                outputs: 2,
                activation: Activation::Relu,
            },
        ];
        let mut shape = Shape::Planes(image);
        let forms: Vec<(Form, Shape, Shape)> = forms
            .into_iter()
            .map(|form| {
                let output = form.output(&shape).unwrap();
                (form, std::mem::replace(&mut shape, output.clone()), output)
            })
            .collect();
        let reach = Reach::new(&forms);
        let layers: Vec<usize> = reach.layers.iter().map(|layer| layer.layer).collect();
        assert_eq!(layers, [1, 3]);
        assert_eq!(reach.layers[1].input.size(), 20);
        // Channel 1 of the pixel in row 1, column 0.
        assert_eq!(reach.locate(&[6]), ([1..2, 0..1], vec![1]));
        assert_eq!(reach.locate(&[6, 3]), ([1..2, 0..2], vec![1, 3]));
        let mut entered = Vec::new();
        let inputs: Vec<f32> = (0..12u8).map(f32::from).collect();
        reach.enter(&inputs, &mut entered);
        assert_eq!(entered[2 * 3 + 1], 6.0);
    }
}
