//! How pixels are joined to clusters: a tree whose branches meet at the distance of what they join, and
//! the distance up to which they belong together.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;
use serde::{Deserialize, Serialize};

use crate::data::{DataForm, Nouns};
use crate::importance::Merge;
use crate::numerals::{counted, grouped};
use crate::report::Report;

use super::draw::{DrawError, Pen};
use super::layout::Rect;
use super::maps::unknown;
use super::number::{ceil_to_two_digits, sort_largest_first, ticks};
use super::palette::category;
use super::style::{Colour, Style, Type};
use super::table::NumberTable;

/// Where the tree was drawn, in CSS pixels from the area's top left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TreePlace {
    /// Left edge.
    pub x: f64,
    /// Upper edge, at the distance [`TreePlace::most`].
    pub y: f64,
    /// From left to right.
    pub width: f64,
    /// From top to bottom, where the distance is 0.
    pub height: f64,
    /// The largest distance of the axis.
    pub most: f64,
    /// Pixels, counted from 0, as they stand from left to right, evenly spaced.
    pub leaves: Vec<u32>,
}

/// The merges of a report as a tree, or as several.
struct Tree<'a> {
    merges: &'a [Merge],
    pixels: usize,
    /// What they are called.
    nouns: Nouns,
    /// Pixels by position.
    leaves: Vec<u32>,
    /// Of every pixel and merge: the middle of what it joins, counted in leaves.
    middle: Vec<f64>,
}

impl<'a> Tree<'a> {
    fn of(report: Option<&'a Report>) -> Option<Self> {
        let report = report?;
        let merges = &report.groups.as_ref()?.merges;
        let pixels = report.image.pixels();
        let is_here = |(at, merge): (usize, &Merge)| merge.a.max(merge.b) < (pixels + at) as u32;
        if merges.is_empty() || !merges.iter().enumerate().all(is_here) {
            return None;
        }
        let mut is_joined = vec![false; pixels + merges.len()];
        for merge in merges {
            is_joined[merge.a as usize] = true;
            is_joined[merge.b as usize] = true;
        }
        let mut leaves = Vec::new();
        let mut middle = vec![f64::NAN; is_joined.len()];
        // From the last merge of each tree down to its pixels, the first of two first.
        let roots = (pixels..is_joined.len()).filter(|&cluster| !is_joined[cluster]);
        let mut waiting: Vec<usize> = roots.rev().collect();
        while let Some(cluster) = waiting.pop() {
            if let Some(at) = cluster.checked_sub(pixels) {
                waiting.extend([merges[at].b as usize, merges[at].a as usize]);
            } else {
                middle[cluster] = leaves.len() as f64 + 0.5;
                leaves.push(cluster as u32);
            }
        }
        for (at, merge) in merges.iter().enumerate() {
            middle[pixels + at] = f64::midpoint(middle[merge.a as usize], middle[merge.b as usize]);
        }
        Some(Self {
            merges,
            pixels,
            nouns: report.nouns(),
            leaves,
            middle,
        })
    }

    /// The distance at which a cluster was joined; 0 of a pixel.
    fn distance(&self, cluster: u32) -> f64 {
        let merge = (cluster as usize).checked_sub(self.pixels);
        merge.map_or(0.0, |merge| f64::from(self.merges[merge].distance))
    }

    /// For every merge up to `cut`, the last one of its cluster.
    fn clusters(&self, cut: f64) -> Vec<Option<usize>> {
        let mut clusters = vec![None; self.merges.len()];
        for at in (0..self.merges.len()).rev() {
            let merge = &self.merges[at];
            if f64::from(merge.distance) > cut {
                continue;
            }
            let own = *clusters[at].get_or_insert(at);
            for part in [merge.a, merge.b] {
                if let Some(part) = (part as usize).checked_sub(self.pixels) {
                    clusters[part] = Some(own);
                }
            }
        }
        clusters
    }

    /// Pixels of every cluster of several pixels up to `cut`, by its last merge, from left to right.
    fn members(&self, cut: f64) -> Vec<(usize, Vec<u32>)> {
        let clusters = self.clusters(cut);
        let mut of = vec![None; self.pixels];
        for (merge, cluster) in self.merges.iter().zip(&clusters) {
            for part in [merge.a, merge.b] {
                if let (Some(of), true) = (of.get_mut(part as usize), cluster.is_some()) {
                    *of = *cluster;
                }
            }
        }
        let mut members: Vec<(usize, Vec<u32>)> = Vec::new();
        for &leaf in &self.leaves {
            match (of[leaf as usize], members.last_mut()) {
                (Some(cluster), Some((last, pixels))) if *last == cluster => pixels.push(leaf),
                (Some(cluster), _) => members.push((cluster, vec![leaf])),
                (None, _) => (),
            }
        }
        members
    }

    /// How many clusters there are up to `cut`, single pixels among them.
    fn count(&self, cut: f64) -> usize {
        let joined = |merge: &&Merge| f64::from(merge.distance) <= cut;
        self.leaves.len() - self.merges.iter().filter(joined).count()
    }

    /// Where the axis of distances ends.
    fn most(&self) -> f64 {
        let distances = self.merges.iter().map(|merge| f64::from(merge.distance));
        let most = distances.fold(0.0, f64::max);
        if most > 0.0 {
            ceil_to_two_digits(most).min(1.0)
        } else {
            1.0
        }
    }
}

/// The distance up to which pixels belong together, where nothing else is asked for.
fn cut_of(report: Option<&Report>, cut: Option<f64>) -> f64 {
    let of_run = report.map(|report| report.settings.measure.threshold);
    cut.or(of_run).unwrap_or(0.0)
}

/// Height where it is free, in ems.
const HEIGHT: f64 = 24.0;
/// Above the tree, its heading and the axis' title; below it, what stands there.
const ABOVE: f64 = 3.4;
const BELOW: f64 = 1.9;
/// Room to the right of the tree for the number of the cut.
const RIGHT: f64 = 3.0;

/// Draws the tree over the whole of `area`, with the clusters up to the distance `cut` in colours of their
/// own; without one, up to that of the run.
///
/// # Errors
/// If the backend cannot draw.
pub fn dendrogram<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    cut: Option<f64>,
    style: &Style,
) -> Result<(String, Option<TreePlace>), DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let (width, height) = area.dim_in_pixel();
    let (width, height) = (width as i32, height as i32);
    let left = style.label_width(4) + style.em(0.5);
    let plot = Rect {
        x: left,
        y: style.em(ABOVE),
        width: (width - left - style.em(RIGHT)).max(1),
        height: (height - style.em(ABOVE) - style.em(BELOW)).max(1),
    };
    let tree = Tree::of(report);
    let cut = cut_of(report, cut);
    let heading = style.shortened(
        &["How clusters are joined", "Clusters"],
        Type::Heading,
        width,
    );
    pen.heading(&heading, (style.hairline(), style.em(0.7)))?;
    let axis = [
        "distance: mean of 1 − |Spearman's ρ| over the pairs of two clusters",
        "distance: mean of 1 − |Spearman's ρ|",
        "distance",
    ];
    let axis = style.shortened(&axis, Type::Label, width);
    pen.note(&axis, HPos::Left, (style.hairline(), style.em(2.2)))?;
    let Some(tree) = tree else {
        pen.fill(plot, unknown(style))?;
        let nouns = report.map_or(DataForm::Image.nouns(), Report::nouns);
        return Ok((nouns.say(format!("{UNKNOWN}.")), None));
    };
    let most = tree.most();
    let x =
        |at: f64| plot.x + (at / tree.leaves.len() as f64 * f64::from(plot.width)).round() as i32;
    let y =
        |distance: f64| plot.bottom() - (distance / most * f64::from(plot.height)).round() as i32;
    let count = (plot.height / style.em(1.5).max(1)).clamp(2, 6) as usize;
    for tick in ticks(0.0..=most, count, 0.0) {
        let at = y(tick.value);
        pen.level(at, (plot.x, plot.right()), style.grid)?;
        pen.note(&tick.label, HPos::Right, (plot.x - style.em(0.5), at))?;
    }
    branches(&pen, &tree, cut, &x, &y)?;
    if cut <= most {
        let at = y(cut);
        pen.level(at, (plot.x, plot.right()), style.text)?;
        let label = (plot.right() + style.em(0.4), at);
        let written = format!("{cut:.2}");
        pen.text(&written, Type::Label, style.text, HPos::Left, label)?;
    }
    let clusters = counted(tree.count(cut), "cluster", "clusters");
    let pixels = counted(tree.leaves.len(), "pixel", "pixels");
    let full = tree.nouns.say(format!(
        "{clusters} of {pixels} up to a distance of {cut:.2}"
    ));
    let below = style.shortened(&[&full, &clusters], Type::Label, plot.width);
    let at = (plot.x, plot.bottom() + style.em(1.0));
    pen.note(&below, HPos::Left, at)?;

    let css = |length: i32| f64::from(length) / style.scale;
    let summary = tree.nouns.say(summary(&tree, cut));
    Ok((
        summary,
        Some(TreePlace {
            x: css(plot.x),
            y: css(plot.y),
            width: css(plot.width),
            height: css(plot.height),
            most,
            leaves: tree.leaves,
        }),
    ))
}

/// Every merge: a level line at its distance, and from its ends down to what it joins.
fn branches<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    tree: &Tree<'_>,
    cut: f64,
    x: &impl Fn(f64) -> i32,
    y: &impl Fn(f64) -> i32,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let line = style.hairline();
    let clusters = tree.clusters(cut);
    // Neighbours have different colours.
    let mut ranks = vec![0; tree.merges.len()];
    for (rank, (cluster, _)) in tree.members(cut).iter().enumerate() {
        ranks[*cluster] = rank;
    }
    for (merge, cluster) in tree.merges.iter().zip(&clusters) {
        let colour: Colour = cluster.map_or(style.muted, |cluster| {
            category(ranks[cluster], style.background)
        });
        let top = y(f64::from(merge.distance));
        let [from, to] = [merge.a, merge.b].map(|part| x(tree.middle[part as usize]));
        let (from, to) = (from.min(to), from.max(to));
        pen.level(top, (from, to + line), colour)?;
        for part in [merge.a, merge.b] {
            let foot = y(tree.distance(part));
            pen.upright(x(tree.middle[part as usize]), (top, foot), colour)?;
        }
    }
    Ok(())
}

/// The height, in CSS pixels, at which an area shows the tree best, however wide it is.
#[must_use]
pub fn dendrogram_height(style: &Style) -> f64 {
    (HEIGHT * style.font_size).ceil()
}

/// How many clusters the table has, and pixels of a cluster.
const MOST: usize = 40;
const NAMED: usize = 12;

/// The largest clusters up to the distance `cut`, or that of the run.
#[must_use]
pub fn dendrogram_numbers(report: Option<&Report>, cut: Option<f64>) -> NumberTable {
    let cut = cut_of(report, cut);
    let nouns = report.map_or(DataForm::Image.nouns(), Report::nouns);
    let pixels = if report.is_some_and(|report| report.form() != DataForm::Image) {
        nouns.say("Pixels")
    } else {
        "Pixels (row, column)".into()
    };
    let columns = ["Cluster", "Size", "Joined at", &pixels];
    let (Some(tree), Some(report)) = (Tree::of(report), report) else {
        return NumberTable::new(nouns.say(UNKNOWN), columns);
    };
    let members = tree.members(cut);
    let mut order: Vec<usize> = (0..members.len()).collect();
    sort_largest_first(&mut order, &|cluster| members[cluster].1.len() as f64);
    order.truncate(MOST);
    let which = match order.len() {
        few if few < members.len() => format!("The {few} largest clusters"),
        _ => nouns.say("Clusters of several pixels"),
    };
    let mut table = NumberTable::new(format!("{which} up to a distance of {cut:.2}"), columns);
    let row = |(place, &cluster): (usize, &usize)| {
        let (last, pixels) = &members[cluster];
        let named = |&pixel: &u32| report.pixel_in_words(pixel as usize);
        let mut said: Vec<String> = pixels.iter().take(NAMED).map(named).collect();
        if pixels.len() > NAMED {
            said.push("…".into());
        }
        vec![
            (place + 1).to_string(),
            grouped(pixels.len()),
            format!("{:.3}", tree.merges[*last].distance),
            said.join("; "),
        ]
    };
    table.rows = order.iter().enumerate().map(row).collect();
    table
}

const UNKNOWN: &str = "How pixels are joined to clusters is not known";

fn summary(tree: &Tree<'_>, cut: f64) -> String {
    let [one, many] = tree.nouns.feature;
    let members = tree.members(cut);
    let in_clusters: usize = members.iter().map(|(_, pixels)| pixels.len()).sum();
    let alone = tree.leaves.len() - in_clusters;
    let largest = members.iter().map(|(_, pixels)| pixels.len()).max();
    let largest = largest.map_or(String::new(), |largest| {
        format!(" The largest has {}.", counted(largest, one, many))
    });
    let apart = tree.pixels - tree.leaves.len();
    let apart = match apart {
        0 => String::new(),
        1 => format!(" One {one} is the same in all images and joined with none."),
        apart => format!(
            " {} are the same in all images and joined with none.",
            counted(apart, one, many)
        ),
    };
    let distances = tree.merges.iter().map(|merge| f64::from(merge.distance));
    let (least, most) = distances.fold((1.0, 0.0), |(least, most): (f64, f64), distance| {
        (least.min(distance), most.max(distance))
    });
    format!(
        "{} are joined two clusters at a time, at distances from {least:.2} to {most:.2} (mean of 1 − \
         |Spearman's ρ| over their pairs of {many}). Up to {cut:.2} there are {}, {} of them of one \
         {one}.{largest}{apart}",
        counted(tree.leaves.len(), one, many),
        counted(tree.count(cut), "cluster", "clusters"),
        grouped(alone),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::tests::joined;

    #[test]
    fn what_is_joined_stands_side_by_side() {
        let report = joined();
        let tree = Tree::of(Some(&report)).unwrap();
        assert_eq!(tree.leaves, [1, 2, 4, 0, 3]);
        assert_eq!(tree.middle[6..], [4.0, 1.0, 3.25, 2.125]);
        assert_eq!(tree.most(), 0.75);
    }

    #[test]
    fn clusters_are_those_whose_distance_is_within_the_cut() {
        let report = joined();
        let tree = Tree::of(Some(&report)).unwrap();
        let members = |cut| -> Vec<Vec<u32>> {
            let members = tree.members(cut).into_iter();
            members.map(|(_, pixels)| pixels).collect()
        };
        for (cut, count, expected) in [
            (0.0, 5, vec![]),
            (0.15, 4, vec![vec![0, 3]]),
            (0.25, 3, vec![vec![1, 2], vec![0, 3]]),
            (0.5, 2, vec![vec![1, 2], vec![4, 0, 3]]),
            (1.0, 1, vec![vec![1, 2, 4, 0, 3]]),
        ] {
            assert_eq!(tree.count(cut), count, "{cut}");
            assert_eq!(members(cut), expected, "{cut}");
        }
        assert_eq!(
            summary(&tree, 0.25),
            "5 pixels are joined two clusters at a time, at distances from 0.10 to 0.75 (mean of 1 − \
             |Spearman's ρ| over their pairs of pixels). Up to 0.25 there are 3 clusters, 1 of them of one \
             pixel. The largest has 2 pixels. One pixel is the same in all images and joined with none."
        );
    }

    #[test]
    fn the_table_names_the_pixels_of_the_largest_clusters() {
        let report = joined();
        let table = dendrogram_numbers(Some(&report), Some(0.5));
        assert_eq!(
            table.caption,
            "Clusters of several pixels up to a distance of 0.50"
        );
        assert_eq!(
            table.rows,
            [
                ["1", "3", "0.300", "2, 2; 1, 1; 2, 1"],
                ["2", "2", "0.200", "1, 2; 1, 3"]
            ]
        );
        assert!(dendrogram_numbers(None, None).rows.is_empty());
    }
}
