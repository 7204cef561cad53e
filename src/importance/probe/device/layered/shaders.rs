//! The shader of a step, for changed images and for unchanged ones.

use std::fmt::Write;

use super::super::moves::Delta;
use super::steps::Step;
use crate::data::ImageShape;
use crate::gpu::{ACTIVATION, Constant, Shader, activation, declarations};
use crate::model::{Activation, Interpolation, Kind, Margins, Over, Pair};

/// Invocations in a workgroup.
const GROUP: usize = 64;
/// Workgroups side by side: WebGPU promises twice as many.
const ACROSS: usize = 1 << 15;

/// A buffer of a shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// By how much columns changed, or from what that is read.
    Values,
    /// What the step takes: of changed images, changes within a box; of unchanged ones, all of it.
    Below,
    /// Of the step.
    Weights,
    /// Of the numbers of a reordering.
    Order,
    /// Of the unchanged images: sums of the step, or, where these do not follow its inputs linearly, what it
    /// takes.
    Kept,
    /// Images of the places.
    Rows,
    /// Of the interventions.
    Extents,
    /// What the step gives, as what it takes.
    Outputs,
}

impl Bound {
    fn declared(self) -> (&'static str, &'static str) {
        match self {
            Self::Values => ("values", "f32"),
            Self::Below => ("below", "f32"),
            Self::Weights => ("weights", "f32"),
            Self::Order => ("order", "u32"),
            Self::Kept => ("kept", "f32"),
            Self::Rows => ("rows", "u32"),
            Self::Extents => ("extents", "u32"),
            Self::Outputs => ("outputs", "f32"),
        }
    }
}

/// A shader, its buffers in order, and how many invocations a place takes.
pub(super) struct Program {
    pub shader: Shader,
    pub bound: Vec<Bound>,
    pub lanes: usize,
}

impl Program {
    /// Workgroups for so many places.
    pub(super) fn workgroups(&self, places: usize) -> [usize; 2] {
        let groups = (places * self.lanes).div_ceil(GROUP);
        let across = groups.min(ACROSS);
        [across, groups.div_ceil(across.max(1))]
    }
}

/// Where a step stands: which one it is, and the height and width of the boxes below and of it.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub step: usize,
    pub below: Pair,
    pub own: Pair,
}

/// Of changed images; `extents` are the constants that tell how these lie.
pub(super) fn changed(step: &Step, place: Place, extents: &[(&'static str, Constant)]) -> Program {
    let mut source = Source::new(step, place);
    source.own(step, place);
    source.parts.push(include_str!("changed.wgsl"));
    source.constants.extend_from_slice(extents);
    source.end_of_changed(step);
    source.program()
}

/// Of unchanged images.
pub(super) fn unchanged(step: &Step) -> Program {
    let sides = |image: ImageShape| [image.height, image.width];
    let place = Place {
        step: 0,
        below: sides(step.from),
        own: sides(step.to),
    };
    let mut source = Source::new(step, place);
    source.own(step, place);
    source.parts.push(include_str!("unchanged.wgsl"));
    if !step.is_linear() {
        source.parts.push(include_str!("unchanged_pairs.wgsl"));
    } else if step.activation == Activation::Linear {
        source.parts.push(include_str!("unchanged_outputs.wgsl"));
    } else {
        source.parts.push(include_str!("unchanged_sums.wgsl"));
        source.bound.push(Bound::Kept);
    }
    source.bound.push(Bound::Outputs);
    source.program()
}

/// Of changed images, of a dense layer that takes the inputs; `delta` says by how much these changed.
pub(super) fn first(step: &Step, delta: Delta, extents: &[(&'static str, Constant)]) -> Program {
    let place = Place {
        step: 0,
        below: [1; 2],
        own: [1; 2],
    };
    let mut source = Source::new(step, place);
    source.parts.push(include_str!("first.wgsl"));
    source.parts.push(include_str!("changed.wgsl"));
    source.parts.push(delta.source());
    source.bound.extend([Bound::Values, Bound::Weights]);
    source.constants.extend_from_slice(extents);
    source.lanes = step.to.size();
    source.end_of_changed(step);
    if delta.reads_rows() && !source.bound.contains(&Bound::Rows) {
        source.bound.push(Bound::Rows);
    }
    source.program()
}

/// Puts the changes of the inputs into a box of this height and width.
pub(super) fn scatter(
    input: ImageShape,
    size: Pair,
    delta: Delta,
    extents: &[(&'static str, Constant)],
) -> Program {
    let mut source = Source {
        parts: vec![
            include_str!("scatter.wgsl"),
            include_str!("changed.wgsl"),
            delta.source(),
        ],
        bound: vec![Bound::Values, Bound::Extents, Bound::Outputs],
        constants: extents.to_vec(),
        written: String::new(),
        lanes: size[0] * size[1] * input.channels,
    };
    if delta.reads_rows() {
        source.bound.push(Bound::Rows);
    }
    source.count("CHANNELS", input.channels);
    source.count("WIDTH", input.width);
    source.count("BOX_HEIGHT", size[0]);
    source.count("BOX_WIDTH", size[1]);
    source.count("GROUP", GROUP);
    source.program()
}

/// What a shader is made of.
struct Source {
    parts: Vec<&'static str>,
    bound: Vec<Bound>,
    constants: Vec<(&'static str, Constant)>,
    /// Constants that are no single numbers.
    written: String,
    lanes: usize,
}

impl Source {
    fn new(step: &Step, place: Place) -> Self {
        let mut source = Self {
            parts: Vec::new(),
            bound: Vec::new(),
            constants: activation(step.activation).to_vec(),
            written: String::new(),
            lanes: 0,
        };
        let [height, width] = place.own;
        for (name, count) in [
            ("GROUP", GROUP),
            ("STEP", place.step),
            ("CHANNELS", step.from.channels),
            ("FILTERS", step.to.channels),
            ("WIDTH", step.to.width),
            ("NUMBERS", step.to.size()),
            ("BOX_HEIGHT", height),
            ("BOX_WIDTH", width),
            ("OWN", height * width * step.to.channels),
        ] {
            source.count(name, count);
        }
        source.pair("BELOW", [step.from.height, step.from.width]);
        source.pair("BOX_BELOW", place.below);
        source
    }

    fn count(&mut self, name: &'static str, count: usize) {
        self.constants.push((name, Constant::Count(count)));
    }

    fn pair(&mut self, name: &str, [first, second]: Pair) {
        writeln!(self.written, "const {name} = vec2i({first}i, {second}i);")
            .expect("a string takes any text");
    }

    /// What is computed of the step.
    fn own(&mut self, step: &Step, place: Place) {
        self.bound.push(Bound::Below);
        let pixels = place.own[0] * place.own[1];
        self.lanes = pixels * step.to.channels;
        match &step.kind {
            Kind::Convolution {
                filters,
                groups,
                window,
            } => {
                self.axes(
                    step,
                    place,
                    window.size,
                    window.stride,
                    window.dilation,
                    window.padding,
                );
                self.part(include_str!("link_window.wgsl"));
                self.count("MEAN", 0);
                self.mixed(step, *filters, *groups, false);
            }
            Kind::Transposed {
                filters,
                groups,
                kernel,
                stride,
                dilation,
                cut,
            } => {
                self.axes(step, place, *kernel, *stride, *dilation, *cut);
                self.part(include_str!("link_reversed.wgsl"));
                self.mixed(step, *filters, *groups, true);
            }
            Kind::AveragePooling {
                window,
                counts_padding,
            } => {
                self.axes(
                    step,
                    place,
                    window.size,
                    window.stride,
                    window.dilation,
                    window.padding,
                );
                self.apart(if *counts_padding { 2 } else { 1 });
            }
            Kind::Padding { margins } => {
                self.axes(step, place, [1; 2], [1; 2], [1; 2], *margins);
                self.apart(0);
            }
            Kind::Activation => {
                self.axes(step, place, [1; 2], [1; 2], [1; 2], [[0; 2]; 2]);
                self.apart(0);
            }
            Kind::Scaling => {
                self.axes(step, place, [1; 2], [1; 2], [1; 2], [[0; 2]; 2]);
                self.count("MEAN", 0);
                self.bound.push(Bound::Weights);
                self.part(include_str!("link_window.wgsl"));
                self.part(include_str!("scaled.wgsl"));
                self.part(include_str!("one.wgsl"));
                self.part(include_str!("linear.wgsl"));
            }
            Kind::Upsampling {
                factor,
                interpolation,
            } => {
                let enlarged = [step.to.height, step.to.width];
                self.axes(step, place, enlarged, *factor, [1; 2], [[0; 2]; 2]);
                self.count("INTERPOLATION", interpolation_key(*interpolation));
                self.part(include_str!("link_between.wgsl"));
                self.part(include_str!("apart.wgsl"));
                self.part(include_str!("one.wgsl"));
                self.part(include_str!("linear.wgsl"));
            }
            Kind::Reshaping { .. } | Kind::Reordering { .. } => {
                self.count("WIDTH_BELOW", step.from.width);
                self.bound.push(Bound::Order);
                self.part(include_str!("ordered.wgsl"));
            }
            _ => self.pairs(step, pixels),
        }
    }

    /// What is computed of a step whose sums do not follow its inputs linearly, for so many pixels.
    fn pairs(&mut self, step: &Step, pixels: usize) {
        match &step.kind {
            Kind::MaxPooling { window } => {
                self.pair("SIZE", window.size);
                self.pair("STRIDE_OF", window.stride);
                self.pair("DILATION", window.dilation);
                self.pair("BEFORE", window.padding.map(|[before, _]| before as usize));
                self.part(include_str!("pooled.wgsl"));
            }
            Kind::Softmax => {
                self.lanes = pixels;
                self.part(include_str!("softmax.wgsl"));
            }
            Kind::Normalisation { over, epsilon } => {
                let together = match over {
                    Over::Channels => 1,
                    Over::Row => pixels,
                };
                self.lanes = pixels / together;
                self.count("PIXELS", together);
                self.constants.push(("EPSILON", Constant::Number(*epsilon)));
                self.bound.push(Bound::Weights);
                self.part(include_str!("normalised.wgsl"));
            }
            _ => unreachable!("all others are linear"),
        }
    }

    fn part(&mut self, part: &'static str) {
        self.parts.push(part);
    }

    /// Of every output, a sum over all channels of a group.
    fn mixed(&mut self, step: &Step, filters: usize, groups: usize, is_reversed: bool) {
        let (seen, each) = (step.from.channels / groups, filters / groups);
        let (rows, columns) = if is_reversed {
            (step.from.channels, each)
        } else {
            (seen, filters)
        };
        for (name, count) in [
            ("REVERSED", usize::from(is_reversed)),
            ("SEEN", seen),
            ("EACH", each),
            ("WEIGHT_ROWS", rows),
            ("WEIGHT_COLUMNS", columns),
            ("BIAS", step.weights[0].len()),
        ] {
            self.count(name, count);
        }
        self.bound.push(Bound::Weights);
        self.part(include_str!("mixed.wgsl"));
        if each.is_multiple_of(4) {
            self.lanes /= 4;
            self.part(include_str!("four.wgsl"));
        } else {
            self.part(include_str!("one.wgsl"));
            self.part(include_str!("one_weight.wgsl"));
        }
        self.part(include_str!("linear.wgsl"));
    }

    /// Of every output, a sum over its own channel. The sum is a mean over what lies within the image (1)
    /// or over all of the window (2).
    fn apart(&mut self, mean: usize) {
        self.count("MEAN", mean);
        self.part(include_str!("link_window.wgsl"));
        self.part(include_str!("apart.wgsl"));
        self.part(include_str!("one.wgsl"));
        self.part(include_str!("linear.wgsl"));
    }

    fn axes(
        &mut self,
        step: &Step,
        place: Place,
        kernel: Pair,
        stride: Pair,
        dilation: Pair,
        margins: Margins,
    ) {
        let below = [step.from.height, step.from.width];
        for (of, name) in ["ROWS", "COLUMNS_OF"].into_iter().enumerate() {
            let steps = match step.kind {
                Kind::Upsampling { .. } => 2,
                _ => kernel[of].min(place.below[of]),
            };
            let numbers = [
                kernel[of] as isize,
                stride[of] as isize,
                dilation[of] as isize,
                margins[of][0],
                place.below[of] as isize,
                below[of] as isize,
                steps as isize,
            ];
            let numbers = numbers.map(|number| format!("{number}i")).join(", ");
            writeln!(self.written, "const {name} = Axis({numbers});")
                .expect("a string takes any text");
        }
    }

    /// What becomes of what was computed of a changed image.
    fn end_of_changed(&mut self, step: &Step) {
        if step.is_linear() && step.activation == Activation::Linear {
            self.part(include_str!("changed_outputs.wgsl"));
        } else {
            self.part(include_str!("changed_image.wgsl"));
            self.part(if step.is_linear() {
                include_str!("changed_sums.wgsl")
            } else {
                include_str!("changed_pairs.wgsl")
            });
            self.bound.extend([Bound::Kept, Bound::Rows]);
        }
        self.bound.extend([Bound::Extents, Bound::Outputs]);
    }

    fn program(self) -> Program {
        let declared: Vec<_> = self.bound.iter().map(|bound| bound.declared()).collect();
        let declared = declarations(&declared);
        let mut parts = vec![&*declared, &*self.written, ACTIVATION];
        parts.extend(&self.parts);
        // Scattering has no activation.
        if !self.constants.iter().any(|(name, _)| *name == "ACTIVATION") {
            parts.remove(2);
        }
        Program {
            shader: Shader::new(&parts, &self.constants),
            bound: self.bound,
            lanes: self.lanes,
        }
    }
}

fn interpolation_key(interpolation: Interpolation) -> usize {
    match interpolation {
        Interpolation::Nearest => 0,
        Interpolation::Bilinear => 1,
        Interpolation::BilinearCorners => 2,
    }
}
