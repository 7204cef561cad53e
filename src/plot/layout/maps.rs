//! Maps in a grid, and the scale of their colours.

use std::cmp::Reverse;

use super::super::style::Style;
use super::{Content, Rect, anatomy, em, inner, inner_width};
#[cfg(feature = "general")]
use crate::report::DataForm;

/// Where the maps stand.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::plot) struct Maps {
    /// Left end of the heading and the middle of its line.
    pub heading: (i32, i32),
    /// One image for each position, row by row.
    pub images: Vec<Rect>,
    /// Height of the line of the map's title, just above its image; 0 if titles do not fit.
    pub title: i32,
    /// The bar of colours.
    pub legend: Rect,
    /// Room for notes to the right of the legend.
    pub notes: i32,
}

impl Maps {
    /// Maps alone in an area of so many device pixels.
    pub fn new(size: (i32, i32), content: Content, style: &Style) -> Self {
        let area = inner(size, style);
        maps_in(area, area.y, content, style)
    }

    /// The height, in device pixels, at which an area of this width shows maps alone best.
    pub fn good_height(width: i32, content: Content, style: &Style) -> i32 {
        let panel = style.em(em::HEADING) + style.em(em::TITLES) + style.em(em::SCALE);
        panel + good_maps_height(inner_width(width, style), content, style)
    }
}

pub(super) const LEGEND: f64 = 0.7;
pub(super) const WIDEST_LEGEND: f64 = 15.0;
/// Between the lowest maps and the legend.
pub(super) const ABOVE_LEGEND: f64 = 0.9;
const BETWEEN_MAPS: f64 = 0.65;
const WIDEST_MAP: f64 = 15.0;
/// Width of a map where the height is free: at most, and at least.
const GOOD_MAP: [f64; 2] = [8.6, 5.0];

impl Content {
    /// The same of a map of this form.
    #[cfg_attr(
        not(feature = "general"),
        expect(clippy::unused_self, reason = "images are all there is then")
    )]
    fn good_map(&self) -> [f64; 2] {
        #[cfg(feature = "general")]
        match self.form {
            DataForm::Image => (),
            DataForm::Signal => return [17.0, 9.0],
            DataForm::Table => return [16.2, 11.5],
        }
        GOOD_MAP
    }

    /// The longest side of a map that may be `image` ems long where it is an image: lines of text are no larger
    /// for there being more room.
    #[cfg_attr(
        not(feature = "general"),
        expect(clippy::unused_self, reason = "images are all there is then")
    )]
    fn longest_map(&self, image: f64) -> f64 {
        #[cfg(feature = "general")]
        match self.form {
            DataForm::Image => (),
            DataForm::Signal => return image.max(20.0),
            DataForm::Table => {
                return 1.5 * self.image.width.max(self.image.height) as f64;
            }
        }
        image
    }

    /// What maps ask for at most: of rows that are read, as much as it takes.
    #[cfg_attr(
        not(feature = "general"),
        expect(clippy::unused_self, reason = "images are all there is then")
    )]
    fn tallest(&self) -> f64 {
        #[cfg(feature = "general")]
        if self.form == DataForm::Table {
            return f64::from(i16::MAX);
        }
        em::TALLEST_MARKS
    }
}

/// Maps are made smaller, and their columns more, until all are seen at one glance.
pub(super) fn good_maps_height(width: i32, content: Content, style: &Style) -> i32 {
    let dims = content.dims.max(1) as i32;
    let gap = style.em(BETWEEN_MAPS);
    let title = style.em(em::TITLES);
    let below = style.em(ABOVE_LEGEND) + style.em(LEGEND);
    let (image_width, image_height) = (content.image.width as f64, content.image.height as f64);
    let cell = |columns: i32| {
        let free = f64::from(width - (columns - 1) * gap) / f64::from(columns);
        cell_in(free / image_width.max(1.0), content, style)
    };
    let size = |columns: i32| (cell(columns) * image_width) as i32;
    let height = |columns: i32| {
        let rows = (dims + columns - 1) / columns;
        let map = (cell(columns) * image_height) as i32;
        rows * (map + title + gap) - gap - title + below
    };
    let [most, least] = content.good_map().map(|width| style.em(width));
    let columns = content.columns.map_or_else(
        || {
            let first = ((width + gap) / (most + gap)).clamp(1, dims);
            // More columns are better for as long as they cost nothing.
            let costs = |&columns: &i32| cell(columns + 1) < cell(columns);
            (first..dims)
                .filter(costs)
                .find(|&columns| {
                    height(columns) <= style.em(em::GLANCE) || size(columns + 1) < least
                })
                .unwrap_or(dims)
        },
        |columns| (columns as i32).clamp(1, dims),
    );
    height(columns).min(style.em(content.tallest()))
}

/// Device pixels of a cell of a map in a grid.
fn cell_in(room: f64, content: Content, style: &Style) -> f64 {
    whole_cell(room, WIDEST_MAP, content, style)
}

/// Device pixels of a cell where there is room for so many and a map is at most so many ems long:
/// a whole number, so that all cells look alike, unless that would give away more than a fifth of
/// the room.
pub(super) fn whole_cell(room: f64, longest_map: f64, content: Content, style: &Style) -> f64 {
    let longest = content.image.width.max(content.image.height).max(1);
    let most = f64::from(style.em(content.longest_map(longest_map)));
    let most = (most / longest as f64).max(1.0);
    let cell = room.min(most).max(0.0);
    if cell.floor() < 0.8 * cell {
        cell
    } else {
        cell.floor()
    }
}

/// The legend stands below the maps, and ends level with `axis` if that is lower.
pub(super) fn maps_in(panel: Rect, axis: i32, content: Content, style: &Style) -> Maps {
    let (heading, _, marks) = anatomy(panel, style);
    let marks = Rect {
        height: (marks.height - style.em(ABOVE_LEGEND) - style.em(LEGEND)).max(0),
        ..marks
    };
    let title = style.em(em::TITLES);
    let label = style.label_width(content.largest.to_string().len());
    let roomy = Spacing {
        title,
        gap: style.em(BETWEEN_MAPS),
    };
    let mut spacing = roomy;
    let mut grid = Grid::fit(marks, spacing, content, style);
    if grid.map.0 < label.max(style.em(1.6)) {
        // Maps smaller than their titles: leave the titles out and give their room to the maps.
        spacing = Spacing {
            title: 0,
            gap: style.px(2.0).max(1),
        };
        grid = Grid::fit(marks, spacing, content, style);
    }
    if grid.map.0 < 1 || grid.map.1 < 1 {
        spacing = Spacing { title: 0, gap: 0 };
        grid = Grid::fit(marks, spacing, content, style);
    }
    let images = grid.places(marks, spacing, content.dims);

    let lowest = images.last().map_or(marks.y, |image| image.bottom());
    let width = style.em(WIDEST_LEGEND).min(panel.width);
    let height = style.em(LEGEND);
    let legend = Rect {
        x: panel.x,
        y: (axis - height).max(lowest + style.em(ABOVE_LEGEND)),
        width,
        height,
    };
    Maps {
        heading,
        images,
        title: spacing.title,
        legend,
        notes: panel.width - width,
    }
}

#[derive(Clone, Copy)]
struct Spacing {
    title: i32,
    gap: i32,
}

/// A grid of maps of one size.
#[derive(Clone, Copy)]
struct Grid {
    columns: usize,
    /// Width and height of a map.
    map: (i32, i32),
}

impl Grid {
    /// The columns that make the maps largest.
    fn fit(marks: Rect, spacing: Spacing, content: Content, style: &Style) -> Self {
        let dims = content.dims.max(1);
        let height = content.image.height.max(1) as f64;
        let width = content.image.width.max(1) as f64;
        let cell = |columns: usize| {
            let rows = dims.div_ceil(columns);
            let free = |length: i32, count: usize, title: i32| {
                let count = count as i32;
                f64::from(length - (count - 1) * spacing.gap - count * title) / f64::from(count)
            };
            // The first row's titles stand on the line of titles above the marks.
            let across = free(marks.width, columns, 0) / width;
            let down = free(marks.height + spacing.title, rows, spacing.title) / height;
            cell_in(across.min(down), content, style)
        };
        let best = |columns: &usize| {
            let ragged = (columns - dims % columns) % columns;
            (cell(*columns), Reverse(ragged), *columns)
        };
        let columns = content.columns.map_or_else(
            || {
                (1..=dims)
                    .max_by(|a, b| best(a).partial_cmp(&best(b)).expect("no NaN"))
                    .unwrap_or(1)
            },
            |columns| columns.clamp(1, dims),
        );
        let cell = cell(columns);
        Self {
            columns,
            map: ((width * cell) as i32, (height * cell) as i32),
        }
    }

    /// Every map's image; room that is left over widens the gaps a little.
    fn places(self, marks: Rect, spacing: Spacing, dims: usize) -> Vec<Rect> {
        let rows = dims.div_ceil(self.columns);
        let (width, height) = self.map;
        let gap = |length: i32, size: i32, count: usize, widest: i32| {
            let between = count as i32 - 1;
            if between == 0 {
                return 0;
            }
            ((length - size * (between + 1)) / between).clamp(spacing.gap, widest.max(spacing.gap))
        };
        let across = gap(marks.width, width, self.columns, spacing.gap + width / 3);
        let down = gap(
            marks.height + spacing.title,
            height + spacing.title,
            rows,
            spacing.gap + height / 3,
        );
        (0..dims)
            .map(|position| {
                let (row, column) = (position / self.columns, position % self.columns);
                Rect {
                    x: marks.x + column as i32 * (width + across),
                    y: marks.y + row as i32 * (height + spacing.title + down),
                    width,
                    height,
                }
            })
            .collect()
    }
}
