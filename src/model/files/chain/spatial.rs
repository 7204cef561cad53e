//! Steps that look at images: what they are given lies in rows with the channels of a pixel side by
//! side, and so does what they give.

use ndarray::{Array1, Array2, Axis, concatenate};

use super::super::error::{Fault, shortened};
use super::super::tensor::Budget;
use super::rows::{self, Channels, Order, Rows, count, too_large};
use super::{Affine, Chain, Pending, broadcast, single};
use crate::data::{ImageShape, Shape};
use crate::model::{Activation, General, Kind, Layer, Over, Window};

/// A window of one pixel.
const PIXEL: Window = Window {
    size: [1; 2],
    stride: [1; 2],
    dilation: [1; 2],
    padding: [[0; 2]; 2],
};

impl Chain {
    /// Whether rows are images of several pixels.
    pub(super) fn is_of_images(&self) -> bool {
        let several = |rows: &Rows| matches!(rows.shape, Shape::Image(image) if image.pixels() > 1);
        self.rows.as_ref().is_some_and(several)
    }

    /// The images that reach a layer which looks at them.
    pub(in super::super) fn image(
        &self,
        name: &str,
        channels: Channels,
    ) -> Result<ImageShape, Fault> {
        let shown = shortened(name);
        let Some(rows) = &self.rows else {
            return Err(Fault::new(
                format!(
                    "layer \"{shown}\" looks at images, and the file does not say how large they are"
                ),
                "save the model with the size of its images in it (in Keras, as the shape of its Input)",
            ));
        };
        rows::image(&rows.axes, channels).ok_or_else(|| {
            Fault::new(
                format!(
                    "layer \"{shown}\" looks at images, but numbers of the shape {:?} reach it",
                    rows.axes
                ),
                "use layers for images and signals, and flatten or reshape between them",
            )
        })
    }

    /// Adds a layer that looks at images whose channels stand there. Its weights are as [`Kind`] says,
    /// whatever the library has.
    pub(in super::super) fn spatial(
        &mut self,
        name: &str,
        kind: Kind,
        mut weights: Vec<Array2<f32>>,
        channels: Channels,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let image = self.image(name, channels)?;
        let shown = shortened(name);
        let unfit = |what: String| {
            Fault::new(
                format!("layer \"{shown}\" {what}"),
                "bring a model whose layers fit each other",
            )
        };
        if let Kind::MaxPooling { window } | Kind::AveragePooling { window, .. } = &kind {
            let [height, width] = window.size;
            count(&[height, width]).ok_or_else(|| too_large(&shown, &window.size))?;
        }
        let input = Shape::Image(image);
        let made = match kind.output(&input).map_err(unfit)? {
            Shape::Image(made) => made,
            other => return Err(unfit(format!("gives {other:?}"))),
        };
        let sides = [made.height, made.width, made.channels];
        count(&sides).ok_or_else(|| too_large(&shown, &sides))?;
        let found: Vec<(usize, usize)> = weights.iter().map(Array2::dim).collect();
        let expected = kind.weights(&input);
        if found != expected {
            return Err(Fault::damaged(format!(
                "layer \"{shown}\" has weights of {found:?}, which should be {expected:?}"
            )));
        }
        self.lay(name, image, channels, budget)?;
        if let Some(Pending::Affine(affine)) = self.pending.take() {
            if !folded(&affine, &kind, &mut weights, image) {
                self.scaling(affine, budget)?;
            } else if self.steps.is_empty() {
                self.images = Some(affine.images());
            }
        }
        let rank = self.axes().map_or(3, <[usize]>::len);
        let after = Rows {
            axes: rows::axes(made, rank, channels),
            shape: Shape::Image(made),
            order: Order::of(made, channels),
        };
        self.general(name, kind, weights, after);
        Ok(())
    }

    /// Adds a dense layer that works on the channels of every pixel by itself.
    pub(in super::super) fn dense_of_pixels(
        &mut self,
        name: &str,
        weight: Array2<f32>,
        bias: Option<Array1<f32>>,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let rank = self.axes().map_or(0, <[usize]>::len);
        if rank < 3 && !self.is_of_images() {
            return Err(Fault::beyond(
                format!(
                    "its layer \"{}\" works on each row of an image by itself",
                    shortened(name)
                ),
                "put a Flatten layer before it and train it again",
            ));
        }
        let filters = weight.ncols();
        let kind = Kind::Convolution {
            filters,
            groups: 1,
            window: PIXEL,
        };
        let bias = bias.unwrap_or_else(|| Array1::zeros(filters));
        let weights = vec![weight, bias.insert_axis(Axis(0))];
        self.spatial(name, kind, weights, Channels::Last, budget)
    }

    /// The same numbers taken for another shape.
    pub(in super::super) fn reshape(&mut self, name: &str, axes: Vec<usize>) -> Result<(), Fault> {
        let Some(rows) = &mut self.rows else {
            return Ok(());
        };
        if count(&axes) != Some(rows.size()) {
            return Err(Fault::damaged(format!(
                "\"{}\" makes a shape of {axes:?} of {} numbers",
                shortened(name),
                rows.size()
            )));
        }
        rows.axes = axes;
        self.reshaped = Some(name.into());
        Ok(())
    }

    /// All numbers of an image in one line.
    pub(in super::super) fn flatten(&mut self) {
        if let Some(rows) = &mut self.rows {
            rows.axes = vec![rows.size()];
        }
    }

    /// Axes in another order, as a permutation of them says.
    pub(in super::super) fn transpose(
        &mut self,
        name: &str,
        permutation: &[usize],
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let shown = shortened(name);
        let Some(rows) = &mut self.rows else {
            return Err(Fault::new(
                format!("\"{shown}\" turns images, and the file does not say how large they are"),
                "save the model with the size of its images in it",
            ));
        };
        let mut sorted = permutation.to_vec();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq(0..rows.axes.len()) {
            return Err(Fault::damaged(format!(
                "\"{shown}\" orders {} axes by {permutation:?}",
                rows.axes.len()
            )));
        }
        budget.take(name, &[rows.size()])?;
        *rows = rows.transposed(permutation);
        self.reshaped = Some(name.into());
        Ok(())
    }

    /// As [`Chain::affine`], with a number for each place along one of the library's axes;
    /// `as_stored` as a normalisation has seen.
    pub(in super::super) fn affine_along(
        &mut self,
        name: &str,
        axis: usize,
        (scale, shift): (Array1<f64>, Array1<f64>),
        as_stored: Option<bool>,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let length = scale.len().max(shift.len());
        let several = |rows: &&Rows| length > 1 && rows.axes.len() > 1;
        let Some(rows) = self.rows.as_ref().filter(several) else {
            let [scale, shift] = self.both(name, scale, shift)?;
            return self.step(name, scale, shift, as_stored, budget);
        };
        let shown = shortened(name);
        let along = rows.axes.get(axis).copied();
        if along != Some(length) {
            return Err(Fault::new(
                format!(
                    "\"{shown}\" has {length} numbers for an axis of {} of {:?}",
                    along.unwrap_or(0),
                    rows.axes
                ),
                "save the whole model again",
            ));
        }
        let is = |channels, place| {
            let own = rows::image(&rows.axes, channels);
            axis == place
                && own.is_some_and(|own| {
                    rows.shape == Shape::Image(own) && rows.order == Order::of(own, channels)
                })
        };
        let all = if is(Channels::First, 0) || is(Channels::Last, rows.axes.len() - 1) {
            [scale, shift]
        } else {
            budget.take(name, &[rows.size()])?;
            [scale, shift].map(|values| self.placed(self.along(axis, &values)))
        };
        let [scale, shift] = all;
        self.step(name, scale, shift, as_stored, budget)
    }

    /// One number for each of an image, as they follow each other in the library, from those along one
    /// of its axes.
    pub(in super::super) fn along(&self, axis: usize, values: &Array1<f64>) -> Array1<f64> {
        let Some(rows) = self.rows.as_ref().filter(|_| values.len() > 1) else {
            return values.clone();
        };
        let inner: usize = rows.axes[axis + 1..].iter().product();
        (0..rows.size())
            .map(|number| values[number / inner % values.len()])
            .collect()
    }

    /// exp(x) divided by its sum along an axis of the library's.
    pub(in super::super) fn softmax(
        &mut self,
        name: &str,
        axis: usize,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        self.over(name, axis, budget)?;
        if self.steps.is_empty() {
            return Err(Fault::beyond(
                format!(
                    "\"{}\" applies softmax to the images themselves",
                    shortened(name)
                ),
                "remove it from the model, or apply it to the images beforehand",
            ));
        }
        if let Some(after) = self.rows.clone() {
            self.general(name, Kind::Softmax, Vec::new(), after);
        }
        Ok(())
    }

    /// Takes the mean along axes of the library's off numbers and divides them by their deviation, then
    /// multiplies and adds, a number for each place along these axes.
    pub(in super::super) fn standardise(
        &mut self,
        name: &str,
        axes: &[usize],
        epsilon: f64,
        (scale, shift): (Array1<f64>, Array1<f64>),
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let shown = shortened(name);
        let rank = self.axes().map_or(0, <[usize]>::len);
        let (over, width) = match *axes {
            [axis] if rank > 1 => {
                self.over(name, axis, budget)?;
                (Over::Channels, self.axes().map_or(0, |axes| axes[axis]))
            }
            _ if rank == 0 || axes.len() == rank => {
                self.settle_generally(budget)?;
                (Over::Row, self.width().unwrap_or(scale.len()))
            }
            _ => {
                return Err(Fault::beyond(
                    format!(
                        "layer \"{shown}\" normalises along some of an image's axes, and only along \
                         its channels or all of it can be run here"
                    ),
                    "normalise over the channels or over all numbers of an image",
                ));
            }
        };
        let rows = self.rows.get_or_insert_with(|| Rows::plain(vec![width]));
        self.start.get_or_insert_with(|| rows.clone());
        let after = rows.clone();
        let values = [scale, shift].map(|values| {
            let values = broadcast(values, width, &shown)?;
            let placed = if over == Over::Row {
                self.placed(values)
            } else {
                values
            };
            Ok::<_, Fault>(single(placed).insert_axis(Axis(0)))
        });
        let [scale, shift] = values;
        let kind = Kind::Normalisation {
            over,
            epsilon: epsilon as f32,
        };
        self.general(name, kind, vec![scale?, shift?], after);
        Ok(())
    }

    /// Makes the numbers along an axis the channels of rows.
    fn over(&mut self, name: &str, axis: usize, budget: &mut Budget) -> Result<(), Fault> {
        self.settle_generally(budget)?;
        let rank = self.axes().map_or(0, <[usize]>::len);
        if rank <= 1 {
            if self.is_of_images() {
                let width = self.width().unwrap_or(0);
                let kind = Kind::Reshaping {
                    to: Shape::Numbers(width),
                };
                let mut after = Rows::plain(vec![width]);
                if let Some(rows) = &self.rows {
                    after.order = rows.order.clone();
                }
                self.general(name, kind, Vec::new(), after);
            }
            return Ok(());
        }
        let channels = if axis == 0 {
            Channels::First
        } else if axis + 1 == rank {
            Channels::Last
        } else {
            return Err(Fault::beyond(
                format!(
                    "\"{}\" works along an axis of images that is not that of their channels",
                    shortened(name)
                ),
                "use it along the channels",
            ));
        };
        let image = self.image(name, channels)?;
        self.lay(name, image, channels, budget)
    }

    /// A slope of its own for every channel: as two convolutions with a window of one pixel.
    pub(super) fn slopes_of_channels(
        &mut self,
        name: &str,
        slopes: &Array1<f32>,
        budget: &mut Budget,
    ) -> Result<bool, Fault> {
        let refused = || {
            Fault::new(
                format!(
                    "\"{}\" has a slope for every number of an image",
                    shortened(name)
                ),
                "use one for each channel (in Keras, with shared_axes)",
            )
        };
        let Some(rows) = self.rows.clone() else {
            return Err(refused());
        };
        let Shape::Image(image) = rows.shape else {
            return Err(refused());
        };
        let placed = self.placed(slopes.mapv(f64::from));
        let slopes = per_channel(&placed, image).ok_or_else(refused)?;
        let width = image.channels;
        budget.take(name, &[width, 4, width])?;
        let convolution = |filters| Kind::Convolution {
            filters,
            groups: 1,
            window: PIXEL,
        };
        let same = Array2::<f32>::from_diag(&Array1::ones(width));
        let split = vec![
            concatenate![Axis(1), same, -&same],
            Array2::zeros((1, 2 * width)),
        ];
        let doubled = ImageShape {
            channels: 2 * width,
            ..image
        };
        let between = Rows {
            axes: rows.axes.clone(),
            shape: Shape::Image(doubled),
            order: Order::of(doubled, Channels::Last),
        };
        self.general(name, convolution(2 * width), split, between);
        if let Some(last) = self.steps.last_mut() {
            last.activate(Activation::Relu);
        }
        let joined = vec![
            concatenate![Axis(0), same, Array2::from_diag(&-single(slopes))],
            Array2::zeros((1, width)),
        ];
        self.general(name, convolution(width), joined, rows);
        Ok(true)
    }

    /// Makes what is pending a layer that scales, rather than a dense one.
    fn settle_generally(&mut self, budget: &mut Budget) -> Result<(), Fault> {
        match self.pending.take() {
            Some(Pending::Affine(affine)) => self.scaling(affine, budget),
            other => {
                self.pending = other;
                self.settle(budget)
            }
        }
    }

    /// A layer that multiplies and adds.
    pub(super) fn scaling(&mut self, affine: Affine, budget: &mut Budget) -> Result<(), Fault> {
        if self.steps.is_empty() {
            self.images = Some(affine.images());
        }
        let name = affine.names.join(", ");
        let shown = shortened(&name);
        let length = affine.scale.len().max(affine.shift.len());
        let rows = self.rows.get_or_insert_with(|| Rows::plain(vec![length]));
        self.start.get_or_insert_with(|| rows.clone());
        let rows = rows.clone();
        let weights = |values: [Array1<f64>; 2]| {
            let rows = values.map(|values| single(values).insert_axis(Axis(0)));
            rows.to_vec()
        };
        if let Shape::Image(image) = rows.shape {
            let both = [&affine.scale, &affine.shift].map(|values| per_channel(values, image));
            if let [Some(scale), Some(shift)] = both {
                self.general(&name, Kind::Scaling, weights([scale, shift]), rows);
                return Ok(());
            }
        }
        let size = rows.size();
        budget.take(&name, &[size, 2])?;
        let all = |values| self.each(values, size, &shown);
        let (scale, shift) = (all(affine.scale)?, all(affine.shift)?);
        let flat = Rows {
            shape: Shape::Numbers(size),
            ..rows.clone()
        };
        let reshaping = |shape: &Shape| Kind::Reshaping { to: shape.clone() };
        let is_flat = rows.shape == flat.shape;
        if !is_flat {
            self.general(&name, reshaping(&flat.shape), Vec::new(), flat.clone());
        }
        self.general(&name, Kind::Scaling, weights([scale, shift]), flat);
        if !is_flat {
            self.general(&name, reshaping(&rows.shape), Vec::new(), rows);
        }
        Ok(())
    }

    fn general(&mut self, name: &str, kind: Kind, weights: Vec<Array2<f32>>, after: Rows) {
        let rows = |matrix: Array2<f32>| matrix.as_standard_layout().into_owned();
        let layer = General {
            kind,
            weights: weights.into_iter().map(rows).collect(),
            activation: Activation::Linear,
        };
        self.push(name, Layer::General(layer), after);
    }

    /// Has numbers lie in rows as those of images do.
    fn lay(
        &mut self,
        name: &str,
        image: ImageShape,
        channels: Channels,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        if matches!(self.pending, Some(Pending::Map(..))) {
            self.settle(budget)?;
        }
        let (shape, order) = (Shape::Image(image), Order::of(image, channels));
        let Some(rows) = &self.rows else {
            return Ok(());
        };
        if rows.shape == shape && rows.order == order {
            self.pinned = true;
            return Ok(());
        }
        let size = rows.size();
        if !self.pinned && self.steps.is_empty() {
            let mut moved = vec![0u32; size];
            for number in 0..size {
                moved[rows.order.place(number)] = order.place(number) as u32;
            }
            self.pin(image, &moved);
            return Ok(());
        }
        self.settle_generally(budget)?;
        let Some(rows) = &self.rows else {
            return Ok(());
        };
        let kind = match rows.order.moves_to(&order, size) {
            None => Kind::Reshaping { to: shape.clone() },
            Some(from) => {
                budget.take(name, &[size])?;
                Kind::Reordering {
                    to: shape.clone(),
                    order: from,
                }
            }
        };
        let axes = rows.axes.clone();
        let name = self.reshaped.take().unwrap_or_else(|| name.to_owned());
        self.general(&name, kind, Vec::new(), Rows { axes, shape, order });
        Ok(())
    }

    /// Decides how images lie in rows: what was at a place goes to another.
    fn pin(&mut self, image: ImageShape, moved: &[u32]) {
        self.pinned = true;
        for rows in [&mut self.start, &mut self.rows].into_iter().flatten() {
            let places = (0..moved.len()).map(|number| moved[rows.order.place(number)]);
            rows.order = Order::from_places(places.collect(), Some(image));
            rows.shape = Shape::Image(image);
        }
        if let Some(Pending::Affine(affine)) = &mut self.pending {
            for values in [&mut affine.scale, &mut affine.shift] {
                if values.len() == moved.len() {
                    let old = values.clone();
                    for (from, &to) in moved.iter().enumerate() {
                        values[to as usize] = old[from];
                    }
                }
            }
        }
    }

    /// Decides how images lie in rows where no layer looks at them: channels stand first where only the
    /// first axis can be theirs.
    pub(super) fn pin_by_axes(&mut self) {
        if self.pinned || !self.steps.is_empty() {
            return;
        }
        let Some(start) = &self.start else {
            return;
        };
        let usual = |axis: usize| matches!(axis, 1 | 3 | 4);
        if let [first, _, last] = start.axes[..]
            && usual(first)
            && !usual(last)
        {
            self.pin_to(Channels::First);
        }
    }

    /// Decides how images lie in rows by where their channels stand in the library.
    pub(in super::super) fn pin_to(&mut self, channels: Channels) {
        let image = self
            .start
            .as_ref()
            .and_then(|start| rows::image(&start.axes, channels));
        let Some(image) = image.filter(|_| !self.pinned && self.steps.is_empty()) else {
            return;
        };
        let order = Order::of(image, channels);
        let moved: Vec<u32> = (0..image.size())
            .map(|number| order.place(number) as u32)
            .collect();
        self.pin(image, &moved);
    }

    /// Where channels stand here, if rows are images as the library has them.
    pub(in super::super) fn channels(&self) -> Option<Channels> {
        let rows = self.rows.as_ref()?;
        [Channels::First, Channels::Last]
            .into_iter()
            .find(|&channels| {
                rows::image(&rows.axes, channels).is_some_and(|own| {
                    rows.shape == Shape::Image(own) && rows.order == Order::of(own, channels)
                })
            })
    }
}

/// Lets a layer of sums multiply them by `scale` and add `shift`, if it can.
pub(super) fn scale(layer: &mut General, scale: &Array1<f64>, shift: &Array1<f64>) -> bool {
    let groups = match layer.kind {
        Kind::Convolution { .. } | Kind::Scaling => 1,
        Kind::Transposed { groups, .. } => groups,
        _ => return false,
    };
    let [kernel, bias] = &mut layer.weights[..] else {
        return false;
    };
    let filters = bias.len();
    let each = |values: &Array1<f64>| {
        let fits = values.len() == 1 || values.len() == filters;
        fits.then(|| (0..filters).map(|at| values[at % values.len()]).collect())
    };
    let (Some(scale), Some(shift)): (Option<Vec<f64>>, Option<Vec<f64>>) =
        (each(scale), each(shift))
    else {
        return false;
    };
    // Of a transposed convolution's groups each has rows of its own, one block for each window's place.
    let own = filters / groups;
    let inputs = match layer.kind {
        Kind::Transposed { kernel: size, .. } => kernel.nrows() / (size[0] * size[1]),
        _ => 1,
    };
    for (at, mut row) in kernel.rows_mut().into_iter().enumerate() {
        let group = at % inputs * groups / inputs;
        for (column, weight) in row.iter_mut().enumerate() {
            *weight = (f64::from(*weight) * scale[group * own + column]) as f32;
        }
    }
    for ((bias, scale), shift) in bias.iter_mut().zip(scale).zip(shift) {
        *bias = (f64::from(*bias) * scale + shift) as f32;
    }
    true
}

/// Lets a convolution do to its inputs what is pending, if what it gives at the borders stays the same.
fn folded(affine: &Affine, kind: &Kind, weights: &mut [Array2<f32>], image: ImageShape) -> bool {
    let (groups, filters, moves) = match kind {
        Kind::Convolution {
            groups,
            filters,
            window,
        } => (*groups, *filters, window.padding == [[0; 2]; 2]),
        // Every output is a sum of some of the inputs only.
        Kind::Transposed {
            groups, filters, ..
        } => (*groups, *filters, false),
        _ => return false,
    };
    let both = [&affine.scale, &affine.shift].map(|values| per_channel(values, image));
    let ([Some(scale), Some(shift)], [kernel, bias]) = (both, weights) else {
        return false;
    };
    if !moves && shift.iter().any(|&shift| shift != 0.0) || bias.len() != filters {
        return false;
    }
    let (seen, own) = (image.channels / groups, filters / groups);
    let transposed = matches!(kind, Kind::Transposed { .. });
    let rows = if transposed { image.channels } else { seen };
    let mut sums = bias.mapv(f64::from);
    for (at, mut row) in kernel.rows_mut().into_iter().enumerate() {
        for (column, weight) in row.iter_mut().enumerate() {
            let channel = if transposed {
                at % rows
            } else {
                column / own * seen + at % rows
            };
            if !transposed && let Some(sum) = sums.get_mut([0, column]) {
                *sum += f64::from(*weight) * shift[channel];
            }
            *weight = (f64::from(*weight) * scale[channel]) as f32;
        }
    }
    *bias = sums.mapv(|value| value as f32);
    true
}

/// One number for each channel, of one for all or of one for each number of an image's rows.
fn per_channel(values: &Array1<f64>, image: ImageShape) -> Option<Array1<f64>> {
    let channels = image.channels;
    match values.len() {
        1 => Some(Array1::from_elem(channels, values[0])),
        length if length == channels => Some(values.clone()),
        length if length == image.size() => {
            let mut all = values.iter().enumerate();
            let same = all.all(|(at, value)| value.to_bits() == values[at % channels].to_bits());
            same.then(|| values.iter().take(channels).copied().collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Line;
    use super::*;
    use crate::model::Half;

    /// Numbers between -1 and 1, other for every place.
    fn drawn(shape: (usize, usize), seed: usize) -> Array2<f32> {
        let mut at = seed;
        Array2::from_shape_simple_fn(shape, || {
            at += 1;
            (at as f32 * 1.7).sin()
        })
    }

    fn run(line: Line, images: &Array2<f32>) -> Array2<f32> {
        let layers = line.steps.into_iter().map(|step| step.layer).collect();
        let half = Half::new("chain", line.start.shape, layers).expect("layers follow each other");
        half.run(images.view())
    }

    fn kinds(padding: isize) -> [(Kind, Vec<(usize, usize)>); 2] {
        let window = Window {
            size: [2, 3],
            stride: [1, 2],
            dilation: [1, 1],
            padding: [[padding, 0], [0, padding]],
        };
        let convolution = Kind::Convolution {
            filters: 6,
            groups: 2,
            window,
        };
        let transposed = Kind::Transposed {
            filters: 6,
            groups: 2,
            kernel: [2, 3],
            stride: [1, 2],
            dilation: [1, 1],
            cut: [[0, padding], [padding, 0]],
        };
        [
            (convolution, vec![(12, 6), (1, 6)]),
            (transposed, vec![(24, 3), (1, 6)]),
        ]
    }

    /// What is done channel by channel before and after a layer gives the same whether the layer takes
    /// it over or has it done by layers of their own, which an activation that changes nothing sees to.
    #[test]
    fn what_is_done_to_channels_may_be_taken_over() {
        let images = drawn((2, 4 * 5 * 4), 900);
        let each = |count, seed| {
            let values = drawn((2, count), seed).mapv(f64::from);
            (values.row(0).to_owned(), values.row(1).to_owned())
        };
        for (padding, moves) in [(0, true), (1, false), (1, true)] {
            for (kind, shapes) in kinds(padding) {
                let build = |apart: bool| {
                    let budget = &mut Budget::new();
                    let mut chain = Chain::of(Some(vec![4, 4, 5])).expect("it is small");
                    chain.pin_to(Channels::First);
                    let (scale, mut shift) = each(4, 3);
                    if !moves {
                        shift.fill(0.0);
                    }
                    let before = (scale, shift);
                    chain
                        .affine_along("a", 0, before, None, budget)
                        .expect("it fits");
                    if apart {
                        chain.settle_generally(budget).expect("it fits");
                    }
                    let weights = shapes.iter().zip([20, 50]);
                    let weights = weights.map(|(&shape, seed)| drawn(shape, seed)).collect();
                    let (name, channels) = ("layer", Channels::First);
                    chain
                        .spatial(name, kind.clone(), weights, channels, budget)
                        .expect("it fits");
                    if apart {
                        let after = chain.rows.clone().expect("there are some");
                        chain.general("same", Kind::Activation, Vec::new(), after);
                    }
                    chain
                        .affine_along("b", 0, each(6, 7), None, budget)
                        .expect("it fits");
                    chain.finish(budget).expect("numbers are small")
                };
                let (one, apart) = (build(false), build(true));
                let takes_over = matches!(kind, Kind::Convolution { .. }) && padding == 0 || !moves;
                assert_eq!(one.steps.len(), if takes_over { 1 } else { 2 }, "{kind:?}");
                assert_eq!(apart.steps.len(), 4);
                let off = run(one, &images) - run(apart, &images);
                let furthest = off.fold(0f32, |most, off| most.max(off.abs()));
                assert!(furthest < 1e-5, "{kind:?} is off by {furthest}");
            }
        }
    }

    #[test]
    fn images_of_another_order_are_laid_out_once() {
        let budget = &mut Budget::new();
        let mut chain = Chain::of(Some(vec![2, 3, 4])).expect("it is small");
        chain
            .transpose("t", &[1, 2, 0], budget)
            .expect("a permutation");
        let pool = || Kind::MaxPooling { window: PIXEL };
        let last = Channels::Last;
        chain
            .spatial("p", pool(), Vec::new(), last, budget)
            .expect("it fits");
        chain
            .transpose("u", &[2, 0, 1], budget)
            .expect("a permutation");
        chain
            .spatial("q", pool(), Vec::new(), Channels::First, budget)
            .expect("it fits");
        // Width and height change places: what follows needs an order of its own.
        chain
            .transpose("v", &[0, 2, 1], budget)
            .expect("a permutation");
        chain
            .spatial("r", pool(), Vec::new(), Channels::First, budget)
            .expect("it fits");
        let line = chain.finish(budget).expect("nothing is large");
        let images = Shape::Image(ImageShape {
            height: 3,
            width: 4,
            channels: 2,
        });
        assert_eq!(line.start.shape, images);
        assert_eq!(
            line.start.order,
            Order::of(as_image(&images), Channels::First)
        );
        let names: Vec<&str> = line.steps.iter().map(|step| step.name.as_str()).collect();
        assert_eq!(names, ["p", "q", "v", "r"]);
        assert!(line.steps[3].after.maps().is_some());
    }

    fn as_image(shape: &Shape) -> ImageShape {
        match shape {
            Shape::Image(image) => *image,
            _ => panic!("{shape:?} is no image"),
        }
    }

    #[test]
    fn sizes_are_held_to_bounds_before_memory_is_asked_for() {
        let budget = &mut Budget::new();
        assert!(Chain::of(Some(vec![1 << 20, 1 << 20, 3])).is_err());
        let mut chain = Chain::of(Some(vec![8, 8, 1])).expect("it is small");
        let kind = Kind::Upsampling {
            factor: [1 << 20; 2],
            interpolation: crate::model::Interpolation::Nearest,
        };
        let large = chain.spatial("up", kind, Vec::new(), Channels::Last, budget);
        let sentence = large.expect_err("it is too large").of("f").to_string();
        assert!(sentence.contains("layer \"up\""), "{sentence}");
        let kind = Kind::Padding {
            margins: [[-5, -5], [0, 0]],
        };
        let none = chain.spatial("cut", kind, Vec::new(), Channels::Last, budget);
        assert!(none.is_err());
    }
}
