//! What layers give for a few rows: plain loops, as the definitions say.

use ndarray::{Array2, ArrayView2};

use super::kind::as_image;
use super::{General, Interpolation, Kind, Over, Pair, Window};
use crate::data::{ImageShape, Shape};

impl General {
    /// Outputs (rows × outputs) from rows of the shape `input`.
    pub(super) fn run(&self, input: &Shape, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        assert_eq!(rows.ncols(), input.size(), "numbers for each input");
        let output = self.kind.output(input).expect("checked when it was made");
        let (from, to) = (Plane::new(input), Plane::new(&output));
        let mut made = Array2::zeros((rows.nrows(), output.size()));
        for (row, mut made) in rows.rows().into_iter().zip(made.rows_mut()) {
            let row = row.to_vec();
            let made = made.as_slice_mut().expect("row by row");
            self.apply(&from, &row, &to, made);
            for number in made {
                *number = self.activation.apply(*number);
            }
        }
        made
    }

    /// One row, before the activation.
    fn apply(&self, from: &Plane, row: &[f32], to: &Plane, made: &mut [f32]) {
        match &self.kind {
            Kind::Convolution { groups, window, .. } => {
                self.convolve(*groups, window, (from, row), (to, made));
            }
            Kind::Transposed { .. } => self.spread((from, row), (to, made)),
            Kind::MaxPooling { window } => to.each(|at, first| {
                let largest = &mut made[first..][..from.0.channels];
                largest.fill(f32::NEG_INFINITY);
                window.looks(from, at, |_, pixel| {
                    for (largest, value) in largest.iter_mut().zip(&row[pixel..]) {
                        *largest = largest.max(*value);
                    }
                });
            }),
            Kind::AveragePooling {
                window,
                counts_padding,
            } => to.each(|at, first| {
                let sums = &mut made[first..][..from.0.channels];
                let mut count = 0;
                window.looks(from, at, |_, pixel| {
                    count += 1;
                    for (sum, value) in sums.iter_mut().zip(&row[pixel..]) {
                        *sum += value;
                    }
                });
                if *counts_padding {
                    count = window.size[0] * window.size[1];
                }
                for sum in sums {
                    *sum /= count.max(1) as f32;
                }
            }),
            Kind::Upsampling {
                factor,
                interpolation,
            } => to.each(|at, first| {
                let sides = [0, 1].map(|of| {
                    let (size, enlarged) = (from.sides()[of], to.sides()[of]);
                    interpolation.between(at[of], factor[of], size, enlarged)
                });
                for (row_at, row_share) in sides[0] {
                    for (column_at, column_share) in sides[1] {
                        let pixel = from.place([row_at, column_at]).expect("within");
                        let values = row[pixel..].iter().take(from.0.channels);
                        for (number, value) in made[first..].iter_mut().zip(values) {
                            *number += row_share * column_share * value;
                        }
                    }
                }
            }),
            Kind::Padding { margins } => to.each(|at, first| {
                let side = |of: usize| at[of].checked_add_signed(-margins[of][0]);
                let place = side(0).zip(side(1)).map(Pair::from);
                if let Some(pixel) = place.and_then(|place| from.place(place)) {
                    let channels = from.0.channels;
                    made[first..][..channels].copy_from_slice(&row[pixel..][..channels]);
                }
            }),
            Kind::Scaling => {
                made.copy_from_slice(row);
                self.scale(made);
            }
            Kind::Normalisation { over, epsilon } => {
                made.copy_from_slice(row);
                let size = match over {
                    Over::Channels => from.0.channels,
                    Over::Row => row.len(),
                };
                made.chunks_exact_mut(size)
                    .for_each(|numbers| normalise(numbers, *epsilon));
                self.scale(made);
            }
            Kind::Softmax => {
                made.copy_from_slice(row);
                made.chunks_exact_mut(from.0.channels).for_each(softmax);
            }
            Kind::Activation | Kind::Reshaping { .. } => made.copy_from_slice(row),
            Kind::Reordering { order, .. } => {
                for (number, &place) in made.iter_mut().zip(order) {
                    *number = row[place as usize];
                }
            }
        }
    }

    fn convolve(
        &self,
        groups: usize,
        window: &Window,
        (from, row): (&Plane, &[f32]),
        (to, made): (&Plane, &mut [f32]),
    ) {
        self.start_with_biases(made);
        let kernel = self.weights[0].as_slice().expect("row by row");
        let (channels, filters) = (from.0.channels, to.0.channels);
        let (seen, each) = (channels / groups, filters / groups);
        to.each(|at, first| {
            window.looks(from, at, |place, pixel| {
                for channel in 0..channels {
                    let group = channel / seen;
                    let start = (place * seen + channel % seen) * filters + group * each;
                    let sums = &mut made[first + group * each..][..each];
                    for (sum, weight) in sums.iter_mut().zip(&kernel[start..]) {
                        *sum += row[pixel + channel] * weight;
                    }
                }
            });
        });
    }

    /// A transposed convolution.
    fn spread(&self, (from, row): (&Plane, &[f32]), (to, made): (&Plane, &mut [f32])) {
        let Kind::Transposed {
            groups,
            kernel: size,
            stride,
            dilation,
            cut,
            ..
        } = &self.kind
        else {
            return;
        };
        self.start_with_biases(made);
        let kernel = self.weights[0].as_slice().expect("row by row");
        let channels = from.0.channels;
        let (seen, each) = (channels / groups, to.0.channels / groups);
        from.each(|at, pixel| {
            for place in 0..size[0] * size[1] {
                let steps = [place / size[1], place % size[1]];
                let side = |of: usize| {
                    let reached = at[of] * stride[of] + steps[of] * dilation[of];
                    reached.checked_add_signed(-cut[of][0])
                };
                let reached = side(0).zip(side(1)).map(Pair::from);
                let Some(first) = reached.and_then(|pixel| to.place(pixel)) else {
                    continue;
                };
                for channel in 0..channels {
                    let group = channel / seen;
                    let weights = &kernel[(place * channels + channel) * each..];
                    let sums = &mut made[first + group * each..][..each];
                    for (sum, weight) in sums.iter_mut().zip(weights) {
                        *sum += row[pixel + channel] * weight;
                    }
                }
            }
        });
    }

    fn start_with_biases(&self, made: &mut [f32]) {
        let biases = self.weights[1].as_slice().expect("row by row");
        for pixel in made.chunks_exact_mut(biases.len()) {
            pixel.copy_from_slice(biases);
        }
    }

    /// Factors and offsets, again and again.
    fn scale(&self, made: &mut [f32]) {
        let [factors, offsets] = &self.weights[..] else {
            unreachable!("checked when it was made")
        };
        for numbers in made.chunks_exact_mut(factors.len()) {
            for ((number, factor), offset) in numbers.iter_mut().zip(factors).zip(offsets) {
                *number = *number * factor + offset;
            }
        }
    }
}

/// To a mean of 0 and a variance of 1, nearly.
fn normalise(numbers: &mut [f32], epsilon: f32) {
    let count = numbers.len() as f32;
    let mean = numbers.iter().sum::<f32>() / count;
    let squares = numbers.iter().map(|number| (number - mean).powi(2));
    let deviation = (squares.sum::<f32>() / count + epsilon).sqrt();
    for number in numbers {
        *number = (*number - mean) / deviation;
    }
}

fn softmax(numbers: &mut [f32]) {
    let largest = numbers.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for number in &mut *numbers {
        *number = (*number - largest).exp();
    }
    let sum: f32 = numbers.iter().sum();
    for number in numbers {
        *number /= sum;
    }
}

/// Where pixels lie in a row.
struct Plane(ImageShape);

impl Plane {
    fn new(shape: &Shape) -> Self {
        Self(as_image(shape))
    }

    fn sides(&self) -> Pair {
        [self.0.height, self.0.width]
    }

    /// Place of a pixel's first channel, if it lies within.
    fn place(&self, [row, column]: Pair) -> Option<usize> {
        let is_within = row < self.0.height && column < self.0.width;
        is_within.then(|| (row * self.0.width + column) * self.0.channels)
    }

    /// Every pixel, and the place of its first channel.
    fn each(&self, mut visit: impl FnMut(Pair, usize)) {
        for at in 0..self.0.pixels() {
            let pixel = [at / self.0.width, at % self.0.width];
            visit(pixel, at * self.0.channels);
        }
    }
}

impl Window {
    /// What it looks at for an output: place within the window, and place of the pixel's first channel.
    fn looks(&self, from: &Plane, at: Pair, mut visit: impl FnMut(usize, usize)) {
        for place in 0..self.size[0] * self.size[1] {
            let steps = [place / self.size[1], place % self.size[1]];
            let side = |of: usize| {
                let reached = at[of] * self.stride[of] + steps[of] * self.dilation[of];
                reached.checked_add_signed(-self.padding[of][0])
            };
            let pixel = side(0).zip(side(1)).map(Pair::from);
            if let Some(pixel) = pixel.and_then(|pixel| from.place(pixel)) {
                visit(place, pixel);
            }
        }
    }
}

impl Interpolation {
    /// The places that a place of an enlarged side of `size` pixels is between, and their shares.
    pub(crate) fn between(
        self,
        at: usize,
        factor: usize,
        size: usize,
        enlarged: usize,
    ) -> [(usize, f32); 2] {
        let last = size - 1;
        let exact = match self {
            Self::Nearest => return [(at / factor, 1.0), (at / factor, 0.0)],
            Self::Bilinear => ((at as f32 + 0.5) / factor as f32 - 0.5).max(0.0),
            Self::BilinearCorners if enlarged == 1 => 0.0,
            Self::BilinearCorners => (at * last) as f32 / (enlarged - 1) as f32,
        };
        let below = (exact as usize).min(last);
        let share = exact - below as f32;
        [(below, 1.0 - share), ((below + 1).min(last), share)]
    }
}
