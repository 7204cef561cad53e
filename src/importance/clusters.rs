//! Clusters of pixels that go with each other in the images.
//!
//! The distance of two pixels is 1 − |Spearman's ρ| of their values over the images, where equal values share
//! the mean of their ranks; that of two clusters is the mean over their pairs of pixels (average linkage). The
//! two that are nearest to each other are joined, again and again: by the nearest-neighbour chain (Müllner,
//! 2011), which finds the same merges in time of the square of the number of pixels.

use std::time::Duration;

use ndarray::Array2;
use web_time::Instant;

use super::correlation::{MOST_IMAGES, Pixels, Room, sampled};
use super::grouping::pixel_name;
use super::results::{FoundOn, Merge};
use crate::data::{Grouping, ImageShape};
use crate::numerals::grouped;

/// The most pixels that can be told apart: the distances of so many take 34 MB.
const MOST_PIXELS: usize = 4_096;

/// Finds clusters of pixels, slice by slice.
pub struct Clusters {
    image: ImageShape,
    pixels: Pixels,
    /// Images that were taken, and that there are.
    images: (usize, usize),
    work: Work,
    room: Room,
    /// Of every pair of pixels.
    distances: Distances,
    chain: Chain,
}

/// What is to be done next.
enum Work {
    /// This pixel's values become ranks.
    Rank(usize),
    /// Two blocks of pixels are correlated.
    Correlate(usize, usize),
    Join,
}

impl Clusters {
    /// Prepares to find clusters of the pixels of `images` (images × numbers), which are those that the network
    /// is trained on, or where there are none, those that are explained. A pixel is as bright as its channels
    /// are on average. Of more than 4,000 images, so many are taken, evenly.
    ///
    /// # Errors
    /// One sentence or two: more pixels vary than can be told apart.
    pub fn new(images: &Array2<f32>, image: ImageShape) -> Result<Self, String> {
        let rows = sampled(images.nrows(), MOST_IMAGES);
        let pixels = Pixels::of(images, image, &rows, MOST_PIXELS).map_err(|varying| {
            format!(
                "Clusters can be found among {} pixels, and {} of these images vary. Choose patches, or make the \
                 images smaller.",
                grouped(MOST_PIXELS),
                grouped(varying)
            )
        })?;
        Ok(Self {
            image,
            images: (rows.len(), images.nrows()),
            work: Work::Rank(0),
            room: Room::default(),
            distances: Distances::new(pixels.len()),
            chain: Chain::new(pixels.len()),
            pixels,
        })
    }

    /// Works for about `budget`; true once all are found.
    pub fn advance(&mut self, budget: Duration) -> bool {
        let start = Instant::now();
        while self.done() < self.total() {
            self.step();
            if start.elapsed() >= budget {
                break;
            }
        }
        self.done() >= self.total()
    }

    fn step(&mut self) {
        let (count, blocks) = (self.pixels.len(), self.pixels.blocks());
        self.work = match self.work {
            Work::Rank(pixel) => {
                self.pixels.rank(pixel);
                self.pixels.standardise(pixel);
                match pixel + 1 {
                    next if next < count => Work::Rank(next),
                    _ => Work::Correlate(0, 0),
                }
            }
            Work::Correlate(a, b) => {
                let distances = &mut self.distances;
                self.pixels
                    .correlate((a, b), &mut self.room, |left, right, found| {
                        if left < right {
                            // Rounding may lead a little beyond 1.
                            distances.set(left, right, (1.0 - found.abs()).max(0.0));
                        }
                    });
                match (a + 1 < blocks, b + 1 < blocks) {
                    (_, true) => Work::Correlate(a, b + 1),
                    (true, false) => Work::Correlate(a + 1, a + 1),
                    (false, false) => Work::Join,
                }
            }
            Work::Join => {
                self.chain.join(&mut self.distances);
                Work::Join
            }
        };
    }

    /// Steps that are done: of ranks, correlations and merges, each counted as one a pixel.
    #[must_use]
    pub fn done(&self) -> usize {
        let count = self.pixels.len();
        match self.work {
            Work::Rank(pixel) => pixel,
            // Of a triangle of blocks, row by row.
            Work::Correlate(a, b) => {
                let blocks = self.pixels.blocks();
                let before = a * blocks - a * a.saturating_sub(1) / 2 + b - a;
                count + count * before / (blocks * (blocks + 1) / 2)
            }
            Work::Join => 2 * count + self.chain.merges.len() + 1,
        }
    }

    /// Steps in all.
    #[must_use]
    pub fn total(&self) -> usize {
        3 * self.pixels.len()
    }

    /// On which images they are found; `training` says whether these are those that are trained on.
    #[must_use]
    pub fn found_on(&self, training: bool) -> FoundOn {
        let (images, of) = self.images;
        FoundOn {
            images,
            of,
            training,
        }
    }

    /// How pixels and clusters are joined, the nearest first, as SciPy's `linkage` tells it. Pixels that are the
    /// same in every image are in no cluster.
    #[must_use]
    pub fn merges(&self) -> Vec<Merge> {
        let (leaves, pixels) = (self.pixels.len(), self.image.pixels());
        let mut merges: Vec<(usize, &Merge)> = self.chain.merges.iter().enumerate().collect();
        merges.sort_unstable_by(|(a, left), (b, right)| {
            left.distance.total_cmp(&right.distance).then(a.cmp(b))
        });
        // The chain names a cluster by one of its pixels.
        let mut clusters = Forest::new(2 * leaves);
        let merge = |(at, merge): (usize, (usize, &Merge))| {
            let [a, b] = [merge.1.a, merge.1.b].map(|of| clusters.root(of as usize));
            clusters.join(a, leaves + at);
            clusters.join(b, leaves + at);
            let number = |of: usize| match of.checked_sub(leaves) {
                None => self.pixels.numbers[of] as u32,
                Some(merge) => (pixels + merge) as u32,
            };
            Merge {
                a: number(a.min(b)),
                b: number(a.max(b)),
                distance: merge.1.distance,
            }
        };
        merges.into_iter().enumerate().map(merge).collect()
    }

    /// The clusters that are no further apart than `threshold`, the largest first; then the pixels that are in
    /// none of these, each by itself, called by their places or as the `columns` of a table. Pixels that are
    /// the same in every image are in no group.
    ///
    /// # Errors
    /// One sentence or two: no pixel varies.
    pub fn grouping(&self, threshold: f64, columns: Option<&[String]>) -> Result<Grouping, String> {
        if self.pixels.len() == 0 {
            return Err(
                "No pixel varies over the images, so that there are no clusters. Choose other images.".into(),
            );
        }
        let leaves = self.pixels.len();
        let mut clusters = Forest::new(leaves);
        for merge in &self.chain.merges {
            if f64::from(merge.distance) <= threshold {
                let [a, b] = [merge.a, merge.b].map(|of| clusters.root(of as usize));
                clusters.join(a.max(b), a.min(b));
            }
        }
        let mut members = vec![Vec::new(); leaves];
        for leaf in 0..leaves {
            members[clusters.root(leaf)].push(self.pixels.numbers[leaf]);
        }
        members.retain(|members| !members.is_empty());
        members.sort_unstable_by_key(|members| (usize::MAX - members.len(), members[0]));
        let mut grouping = Grouping {
            names: Vec::with_capacity(members.len()),
            of: vec![0; self.image.pixels()],
        };
        for (at, members) in members.iter().enumerate() {
            grouping.names.push(match members[..] {
                [pixel] => pixel_name(self.image, columns, pixel),
                _ => format!("cluster {}", at + 1),
            });
            for &pixel in members {
                grouping.of[pixel] = at as u32 + 1;
            }
        }
        Ok(grouping)
    }
}

/// The distance of every two of so many.
struct Distances {
    count: usize,
    /// Of the first to all after it, of the second to all after it, …
    values: Vec<f32>,
}

impl Distances {
    fn new(count: usize) -> Self {
        Self {
            count,
            values: vec![0.0; count * count.saturating_sub(1) / 2],
        }
    }

    fn place(&self, a: usize, b: usize) -> usize {
        let (a, b) = (a.min(b), a.max(b));
        a * (2 * self.count - a - 1) / 2 + b - a - 1
    }

    fn get(&self, a: usize, b: usize) -> f32 {
        self.values[self.place(a, b)]
    }

    fn set(&mut self, a: usize, b: usize, distance: f32) {
        let place = self.place(a, b);
        self.values[place] = distance;
    }
}

/// Clusters, each of which is the nearest neighbour of the one before it.
struct Chain {
    /// Pixels of each cluster, which is called by one of them; 0 where that is in another.
    sizes: Vec<u32>,
    links: Vec<usize>,
    merges: Vec<Merge>,
}

impl Chain {
    fn new(count: usize) -> Self {
        Self {
            sizes: vec![1; count],
            links: Vec::new(),
            merges: Vec::new(),
        }
    }

    /// Joins two clusters that are each other's nearest neighbours.
    fn join(&mut self, distances: &mut Distances) {
        let (a, b, distance) = loop {
            let Some(&last) = self.links.last() else {
                let any = self.sizes.iter().position(|&size| size > 0);
                self.links.push(any.expect("there are two to join"));
                continue;
            };
            let before = self.links.len().checked_sub(2).map(|at| self.links[at]);
            // Of several that are as near, the one that leads back.
            let mut nearest = before.map(|before| (before, distances.get(last, before)));
            for (other, &size) in self.sizes.iter().enumerate() {
                if size > 0 && other != last {
                    let distance = distances.get(last, other);
                    if nearest.is_none_or(|(_, least)| distance < least) {
                        nearest = Some((other, distance));
                    }
                }
            }
            let (nearest, distance) = nearest.expect("there are two to join");
            if Some(nearest) == before {
                break (last.min(nearest), last.max(nearest), distance);
            }
            self.links.push(nearest);
        };
        self.links.truncate(self.links.len() - 2);
        let [of_a, of_b] = [a, b].map(|of| f64::from(self.sizes[of]));
        self.sizes[b] += self.sizes[a];
        self.sizes[a] = 0;
        for (other, &size) in self.sizes.iter().enumerate() {
            if size > 0 && other != b {
                let [to_a, to_b] = [a, b].map(|of| f64::from(distances.get(of, other)));
                let mean = (of_a * to_a + of_b * to_b) / (of_a + of_b);
                distances.set(b, other, mean as f32);
            }
        }
        self.merges.push(Merge {
            a: a as u32,
            b: b as u32,
            distance,
        });
    }
}

/// Which cluster each of some things is in.
struct Forest(Vec<usize>);

impl Forest {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut of: usize) -> usize {
        while self.0[of] != of {
            // Half the way next time.
            self.0[of] = self.0[self.0[of]];
            of = self.0[of];
        }
        of
    }

    fn join(&mut self, root: usize, to: usize) {
        self.0[root] = to;
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::serial::matrix;

    /// What SciPy says of some images: `tests/oracle/clusters.py`.
    #[derive(Deserialize)]
    struct Recorded {
        height: usize,
        width: usize,
        #[serde(with = "matrix")]
        images: Array2<f32>,
        /// a, b and distance of every merge.
        merges: Vec<(u32, u32, f64)>,
        cuts: Vec<Cut>,
    }

    #[derive(Deserialize)]
    struct Cut {
        threshold: f64,
        /// Pixels that are together have the same number; 0 where they are constant.
        of: Vec<u32>,
    }

    fn found(images: &Array2<f32>, image: ImageShape) -> Clusters {
        let mut clusters = Clusters::new(images, image).unwrap();
        let mut before = 0;
        while !clusters.advance(Duration::ZERO) {
            assert!(clusters.done() > before);
            before = clusters.done();
        }
        assert_eq!(clusters.done(), clusters.total());
        clusters
    }

    #[test]
    fn merges_and_groups_are_those_of_scipy() {
        let text = include_str!("../../tests/oracle/clusters.json");
        let recorded: Recorded = serde_json::from_str(text).unwrap();
        let image = ImageShape::grey(recorded.height, recorded.width);
        let clusters = found(&recorded.images, image);
        let merges = clusters.merges();
        assert_eq!(merges.len(), recorded.merges.len());
        for (merge, &(a, b, distance)) in merges.iter().zip(&recorded.merges) {
            assert_eq!((merge.a, merge.b), (a, b), "{merge:?} {distance}");
            assert!((f64::from(merge.distance) - distance).abs() < 1e-5);
        }
        for cut in &recorded.cuts {
            let grouping = clusters.grouping(cut.threshold, None).unwrap();
            assert_eq!(grouping.check(image), Ok(()));
            for a in 0..image.pixels() {
                assert_eq!(grouping.of[a] == 0, cut.of[a] == 0);
                for b in 0..a {
                    let (ours, theirs) = (&grouping.of, &cut.of);
                    assert_eq!(ours[a] == ours[b], theirs[a] == theirs[b], "{a} {b}");
                }
            }
            let sizes: Vec<usize> = grouping.members().iter().map(Vec::len).collect();
            assert!(sizes.is_sorted_by(|a, b| a >= b));
            for (at, (name, &size)) in grouping.names.iter().zip(&sizes).enumerate() {
                assert_eq!(*name == format!("cluster {}", at + 1), size > 1, "{name}");
            }
        }
    }

    #[test]
    fn copies_are_at_no_distance_and_constant_pixels_in_no_group() {
        // Pixel 1 falls where pixel 0 rises; pixel 2 is constant; pixel 3 knows of neither.
        let images = Array2::from_shape_fn((8, 4), |(row, pixel)| match pixel {
            0 => (row * row) as f32,
            1 => -(row as f32),
            2 => 0.3,
            _ => [1.0, 4.0, 4.0, 1.0][row % 4],
        });
        let clusters = found(&images, ImageShape::grey(2, 2));
        let merges = clusters.merges();
        assert_eq!((merges.len(), merges[0].a, merges[0].b), (2, 0, 1));
        assert!(merges[0].distance < 1e-6);
        assert_eq!((merges[1].a, merges[1].b), (3, 4));
        let grouping = clusters.grouping(0.5, None).unwrap();
        assert_eq!(grouping.of, [1, 1, 0, 2]);
        assert_eq!(grouping.names, ["cluster 1", "row 2, column 2"]);
        let all = clusters.grouping(1.0, None).unwrap();
        assert_eq!(all.of, [1, 1, 0, 1]);

        let blank = found(&Array2::zeros((3, 4)), ImageShape::grey(2, 2));
        assert!(blank.merges().is_empty());
        assert!(
            blank
                .grouping(0.5, None)
                .unwrap_err()
                .contains("No pixel varies")
        );
        let alone = found(
            &images.slice(ndarray::s![.., 2..4]).to_owned(),
            ImageShape::grey(1, 2),
        );
        let names = ["a".into(), "b".into()];
        let grouping = alone.grouping(0.5, Some(&names)).unwrap();
        assert_eq!(
            (grouping.names, grouping.of),
            (vec!["b".into()], vec![0, 1])
        );
    }

    #[test]
    fn more_pixels_than_can_be_told_apart_are_refused() {
        let images = Array2::from_shape_fn((2, MOST_PIXELS + 1), |(row, _)| row as f32);
        let refused = Clusters::new(&images, ImageShape::grey(1, MOST_PIXELS + 1)).err();
        assert!(refused.unwrap().contains("4,096 pixels, and 4,097"));
    }
}
