//! Sums over windows, of what changed alone: loops over a few pixels, with the channels of each side by
//! side.
//!
//! A sum over many channels stays in registers, sixteen or eight outputs at a time, while the inputs that
//! are not 0 pass by: of changes that ReLU lets through, that is half or fewer. Where there are only a few
//! outputs for each pixel, it is inputs that stand side by side in registers.

use crate::importance::reach::Part;
use crate::math::LANES;

/// Outputs of a pixel, at most, that are better summed up one by one.
const FEW: usize = 4;

/// Weights of a convolution, or a transposed one, in the order in which they are used.
pub(super) struct Sums {
    /// Outputs of a pixel.
    outputs: usize,
    groups: usize,
    /// Places along a row of the kernel, and in all of it.
    row: usize,
    places: usize,
    weights: Weights,
}

enum Weights {
    /// Every channel by itself: for every place of the kernel, a weight for each output. Each channel goes
    /// into so many of them.
    Alone(usize, Vec<f32>),
    /// Output by output, for every place of the kernel, a weight for each input.
    Few(Vec<f32>),
    Eight(Blocks<8>),
    Sixteen(Blocks<16>),
}

/// Group by group, `N` outputs after the other, for every place of the kernel, weights of these outputs
/// for each input of the group.
pub(super) struct Blocks<const N: usize> {
    /// For the outputs of a group.
    count: usize,
    /// Inputs of a group.
    inputs: usize,
    values: Vec<[f32; N]>,
}

/// A weight by group, output within it, place, and input within it.
type Weight<'a> = &'a dyn Fn(usize, usize, usize, usize) -> f32;

impl<const N: usize> Blocks<N> {
    fn new(
        groups: usize,
        (inputs, outputs): (usize, usize),
        places: usize,
        of: Weight<'_>,
    ) -> Self {
        let count = outputs.div_ceil(N);
        let mut values = Vec::with_capacity(groups * count * places * inputs);
        for (group, block) in
            (0..groups).flat_map(|group| (0..count).map(move |block| (group, block)))
        {
            for (place, input) in
                (0..places).flat_map(|place| (0..inputs).map(move |input| (place, input)))
            {
                values.push(std::array::from_fn(|at| {
                    let output = block * N + at;
                    if output < outputs {
                        of(group, output, place, input)
                    } else {
                        0.0
                    }
                }));
            }
        }
        Self {
            count,
            inputs,
            values,
        }
    }
}

impl Sums {
    /// Of a kernel of these sides, between so many `inputs` and `outputs` of every pixel.
    pub fn new(
        [height, width]: [usize; 2],
        (inputs, outputs): (usize, usize),
        groups: usize,
        of: Weight<'_>,
    ) -> Self {
        let places = height * width;
        let each = (inputs / groups, outputs / groups);
        let weights = if each.0 == 1 && groups > 1 {
            let weights = (0..places).flat_map(|place| {
                (0..outputs).map(move |output| of(output / each.1, output % each.1, place, 0))
            });
            Weights::Alone(each.1, weights.collect())
        } else if groups == 1 && outputs <= FEW {
            let mut weights = Vec::with_capacity(outputs * places * inputs);
            for output in 0..outputs {
                for place in 0..places {
                    weights.extend((0..inputs).map(|input| of(0, output, place, input)));
                }
            }
            Weights::Few(weights)
        } else if each.1 <= 8 {
            Weights::Eight(Blocks::new(groups, each, places, of))
        } else {
            Weights::Sixteen(Blocks::new(groups, each, places, of))
        };
        Self {
            outputs,
            groups,
            row: width,
            places,
            weights,
        }
    }

    /// Adds to the outputs (rows × columns × outputs of a pixel), which are 0, what `inputs` (rows × columns
    /// × inputs of a pixel) come to.
    pub fn add(
        &self,
        [rows, columns]: [&Part; 2],
        inputs: &[f32],
        sparse: &mut Sparse,
        outputs: &mut [f32],
    ) {
        match &self.weights {
            Weights::Alone(each, weights) => {
                self.alone(*each, weights, [rows, columns], inputs, outputs);
            }
            Weights::Few(weights) => self.few(weights, [rows, columns], inputs, outputs),
            Weights::Eight(blocks) => {
                sparse.take(inputs, blocks.inputs);
                self.many(blocks, [rows, columns], sparse, outputs);
            }
            Weights::Sixteen(blocks) => {
                sparse.take(inputs, blocks.inputs);
                self.many(blocks, [rows, columns], sparse, outputs);
            }
        }
    }

    fn alone(
        &self,
        each: usize,
        weights: &[f32],
        [rows, columns]: [&Part; 2],
        inputs: &[f32],
        outputs: &mut [f32],
    ) {
        let (width, channels) = (columns.from.len(), self.outputs / each);
        pixels(
            [rows, columns],
            self.outputs,
            outputs,
            |row, column, sums| {
                for down in rows.looks(row) {
                    for along in columns.looks(column) {
                        let pixel = (down.at as usize * width + along.at as usize) * channels;
                        let inputs = &inputs[pixel..][..channels];
                        let place = down.place as usize * self.row + along.place as usize;
                        let weights = &weights[place * self.outputs..][..self.outputs];
                        if each == 1 {
                            for ((sum, input), weight) in sums.iter_mut().zip(inputs).zip(weights) {
                                *sum += input * weight;
                            }
                        } else {
                            let sums = sums.chunks_exact_mut(each).zip(weights.chunks_exact(each));
                            for ((sums, weights), input) in sums.zip(inputs) {
                                for (sum, weight) in sums.iter_mut().zip(weights) {
                                    *sum += input * weight;
                                }
                            }
                        }
                    }
                }
            },
        );
    }

    fn few(
        &self,
        weights: &[f32],
        [rows, columns]: [&Part; 2],
        inputs: &[f32],
        outputs: &mut [f32],
    ) {
        let (width, per_output) = (columns.from.len(), weights.len() / self.outputs);
        let channels = per_output / self.places;
        pixels(
            [rows, columns],
            self.outputs,
            outputs,
            |row, column, sums| {
                for (sum, weights) in sums.iter_mut().zip(weights.chunks_exact(per_output)) {
                    let mut lanes = [0.0; LANES];
                    let mut rest = 0.0;
                    for down in rows.looks(row) {
                        for along in columns.looks(column) {
                            let pixel = (down.at as usize * width + along.at as usize) * channels;
                            let place = down.place as usize * self.row + along.place as usize;
                            let inputs = inputs[pixel..][..channels].as_chunks::<LANES>();
                            let weights =
                                weights[place * channels..][..channels].as_chunks::<LANES>();
                            for (inputs, weights) in inputs.0.iter().zip(weights.0) {
                                for at in 0..LANES {
                                    lanes[at] += inputs[at] * weights[at];
                                }
                            }
                            for (input, weight) in inputs.1.iter().zip(weights.1) {
                                rest += input * weight;
                            }
                        }
                    }
                    *sum = lanes.iter().sum::<f32>() + rest;
                }
            },
        );
    }

    fn many<const N: usize>(
        &self,
        blocks: &Blocks<N>,
        [rows, columns]: [&Part; 2],
        sparse: &Sparse,
        outputs: &mut [f32],
    ) {
        let width = columns.from.len();
        let each = self.outputs / self.groups;
        pixels(
            [rows, columns],
            self.outputs,
            outputs,
            |row, column, sums| {
                let (down, along) = (rows.looks(row), columns.looks(column));
                for (group, sums) in sums.chunks_exact_mut(each).enumerate() {
                    for (block, sums) in sums.chunks_mut(N).enumerate() {
                        let block = (group * blocks.count + block) * self.places;
                        let mut totals = Totals::new();
                        for down in down {
                            let pixels = down.at as usize * width;
                            let places = block + down.place as usize * self.row;
                            for along in along {
                                let pixel = pixels + along.at as usize;
                                let place = places + along.place as usize;
                                let weights =
                                    &blocks.values[place * blocks.inputs..][..blocks.inputs];
                                sparse.add(pixel * self.groups + group, weights, &mut totals);
                            }
                        }
                        totals.finish(sums);
                    }
                }
            },
        );
    }
}

/// Goes through the outputs of a part, pixel by pixel.
#[inline(always)]
pub(super) fn pixels(
    [rows, columns]: [&Part; 2],
    channels: usize,
    outputs: &mut [f32],
    mut each: impl FnMut(usize, usize, &mut [f32]),
) {
    let mut pixels = outputs.chunks_exact_mut(channels);
    for row in 0..rows.to.len() {
        for column in 0..columns.to.len() {
            if let Some(pixel) = pixels.next() {
                each(row, column, pixel);
            }
        }
    }
}

/// Weights of a dense layer, for changes of some of its inputs.
pub(super) enum Dense {
    Eight(Blocks<8>),
    Sixteen(Blocks<16>),
}

impl Dense {
    /// Of a matrix (inputs × outputs).
    pub fn new(inputs: usize, outputs: usize, of: &dyn Fn(usize, usize) -> f32) -> Self {
        let weight = |_: usize, output: usize, place: usize, _: usize| of(place, output);
        if outputs <= 8 {
            Self::Eight(Blocks::new(1, (1, outputs), inputs, &weight))
        } else {
            Self::Sixteen(Blocks::new(1, (1, outputs), inputs, &weight))
        }
    }

    /// Sets the outputs to what some inputs come to: those at each of the places, of which `run` lie side
    /// by side from each of `starts` on.
    pub fn set(
        &self,
        inputs: &[f32],
        run: usize,
        starts: impl Iterator<Item = usize>,
        sparse: &mut Sparse,
        outputs: &mut [f32],
    ) {
        sparse.take_from(inputs, run, starts);
        match self {
            Self::Eight(blocks) => dense(blocks, sparse, outputs),
            Self::Sixteen(blocks) => dense(blocks, sparse, outputs),
        }
    }
}

fn dense<const N: usize>(blocks: &Blocks<N>, sparse: &Sparse, outputs: &mut [f32]) {
    let inputs = blocks.values.len() / blocks.count;
    let weights = blocks.values.chunks_exact(inputs);
    for (outputs, weights) in outputs.chunks_mut(N).zip(weights) {
        let mut totals = Totals::new();
        sparse.add(0, weights, &mut totals);
        totals.finish(outputs);
    }
}

/// Numbers that are not 0, some after the other, with the place of each.
#[derive(Default)]
pub(super) struct Sparse {
    /// Before the first of each row, and all.
    starts: Vec<u32>,
    values: Vec<f32>,
    places: Vec<u32>,
}

impl Sparse {
    /// Rows of so many numbers each, with their places in the row.
    fn take(&mut self, numbers: &[f32], width: usize) {
        self.start(numbers.len());
        let mut used = 0;
        for row in numbers.chunks_exact(width) {
            used = self.put(used, row, 0);
            self.starts.push(used as u32);
        }
    }

    /// One row, of which `run` numbers at a time lie side by side from each of `starts` on.
    fn take_from(&mut self, numbers: &[f32], run: usize, starts: impl Iterator<Item = usize>) {
        self.start(numbers.len());
        let mut used = 0;
        for (numbers, start) in numbers.chunks_exact(run.max(1)).zip(starts) {
            used = self.put(used, numbers, start);
        }
        self.starts.push(used as u32);
    }

    fn start(&mut self, most: usize) {
        self.starts.clear();
        self.starts.push(0);
        if self.values.len() < most {
            self.values.resize(most, 0.0);
            self.places.resize(most, 0);
        }
    }

    /// Without a branch for a number that is 0: the next is put over it.
    #[inline(always)]
    fn put(&mut self, used: usize, numbers: &[f32], first: usize) -> usize {
        let (values, places) = (
            &mut self.values[used..][..numbers.len()],
            &mut self.places[used..][..numbers.len()],
        );
        let mut more = 0;
        for (at, &number) in numbers.iter().enumerate() {
            values[more] = number;
            places[more] = (first + at) as u32;
            more += usize::from(number != 0.0);
        }
        used + more
    }

    /// Adds to `totals` the numbers of a row, each times the weights of its place.
    #[inline(always)]
    fn add<const N: usize>(&self, row: usize, weights: &[[f32; N]], totals: &mut Totals<N>) {
        let row = self.starts[row] as usize..self.starts[row + 1] as usize;
        let (values, value) = self.values[row.clone()].as_chunks::<2>();
        let (places, place) = self.places[row].as_chunks::<2>();
        let Totals(totals, others) = totals;
        for (values, places) in values.iter().zip(places) {
            let [weights, other_weights] = places.map(|place| &weights[place as usize]);
            for at in 0..N {
                totals[at] += values[0] * weights[at];
                others[at] += values[1] * other_weights[at];
            }
        }
        for (value, &place) in value.iter().zip(place) {
            let weights = &weights[place as usize];
            for at in 0..N {
                totals[at] += value * weights[at];
            }
        }
    }
}

/// Sums of outputs side by side, in two parts, so that one can be added to while the other is on its way.
struct Totals<const N: usize>([f32; N], [f32; N]);

impl<const N: usize> Totals<N> {
    #[inline(always)]
    fn new() -> Self {
        Self([0.0; N], [0.0; N])
    }

    #[inline(always)]
    fn finish(self, sums: &mut [f32]) {
        let totals: [f32; N] = std::array::from_fn(|at| self.0[at] + self.1[at]);
        if let Some(sums) = sums.first_chunk_mut::<N>() {
            *sums = totals;
        } else {
            sums.copy_from_slice(&totals[..sums.len()]);
        }
    }
}
