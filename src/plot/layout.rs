//! Where everything in the figure stands: a pure function of the area, the number of
//! dimensions shown and the shape in which images are drawn, never of the numbers shown. So the figure is in its final
//! place before the first number is known.
//!
//! Wide areas set the bars beside the maps, narrow ones set them above. Both panels have the
//! same anatomy: a heading, a line of titles, the marks, and below them a scale (the bars' axis,
//! the maps' colours) with its labels and its title.

use crate::report::ImageShape;

use super::style::{LABEL, Style};

/// A rectangle of whole device pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Rect {
    pub fn right(self) -> i32 {
        self.x + self.width
    }

    pub fn bottom(self) -> i32 {
        self.y + self.height
    }

    pub fn middle(self) -> (i32, i32) {
        (self.x + self.width / 2, self.y + self.height / 2)
    }
}

/// Where the bars stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bars {
    /// Left end of the heading and the middle of its line.
    pub heading: (i32, i32),
    /// Middle of the line of titles.
    pub titles: i32,
    /// One band for each position from the top, label and bar together.
    pub rows: Vec<Rect>,
    /// Every how many rows a label fits.
    pub label_every: usize,
    /// Bars grow in this rectangle, from its left edge (zero) to its right edge.
    pub plot: Rect,
}

/// Where the maps stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Maps {
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

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    pub bars: Bars,
    pub maps: Maps,
}

/// What the layout depends on besides the area.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content {
    /// How many dimensions are shown.
    pub dims: usize,
    /// The largest number that a dimension is labelled with.
    pub largest: usize,
    /// Shape of an image as it is drawn.
    pub image: ImageShape,
    /// Columns of maps, where they are asked for.
    pub columns: Option<usize>,
}

/// Lengths in multiples of the main text's size.
mod em {
    /// Narrower areas set the bars above the maps.
    pub const STACKED: f64 = 44.0;
    pub const HEADING: f64 = 1.75;
    /// The line of titles between heading and marks.
    pub const TITLES: f64 = 1.3;
    /// What stands below the marks: a scale's labels and its title.
    pub const SCALE: f64 = 2.75;
    pub const LEGEND: f64 = 0.7;
    pub const BETWEEN_PANELS: f64 = 2.6;
    pub const BETWEEN_MAPS: f64 = 0.65;
    pub const BARS_WIDTH: [f64; 2] = [15.0, 30.0];
    pub const WIDEST_ROW: f64 = 2.8;
    pub const WIDEST_MAP: f64 = 15.0;
    /// Between the lowest maps and the legend.
    pub const ABOVE_LEGEND: f64 = 0.9;
    /// Width of a map where the height is free: at most, and at least.
    pub const GOOD_MAP: [f64; 2] = [8.6, 5.0];
    /// Height of a row where the height is free: at most, and at least.
    pub const GOOD_ROW: [f64; 2] = [1.55, 1.2];
    /// Marks of this height are still seen at one glance.
    pub const GLANCE: f64 = 46.0;
    /// The marks never ask for more height than this.
    pub const TALLEST_MARKS: f64 = 72.0;
    pub const WIDEST_LEGEND: f64 = 15.0;
}

/// From the marks up to the middle of the line of titles, in ems.
pub(super) const MIDDLE_OF_TITLES: f64 = 0.65;
/// Share of a wide area's width that the bars get.
const BARS_SHARE: f64 = 0.32;
/// Share of a narrow area's marks that the bars get at most where the maps need the rest.
const STACKED_BARS_SHARE: f64 = 0.45;

impl Layout {
    /// The layout of an area of so many device pixels.
    pub fn new(size: (i32, i32), content: Content, style: &Style) -> Self {
        let area = Rect {
            x: style.hairline(),
            y: 0,
            width: inner_width(size.0, style),
            height: size.1.max(0),
        };
        let head = style.em(em::HEADING) + style.em(em::TITLES);
        let scale = style.em(em::SCALE);
        if is_stacked(size.0, style) {
            let marks = (area.height - 2 * (head + scale) - style.em(em::BETWEEN_PANELS)).max(0);
            let share = (f64::from(marks) * STACKED_BARS_SHARE) as i32;
            let spare = marks - good_maps_height(area.width, content, style);
            let bars = good_bars_height(content.dims, style).min(share.max(spare));
            let upper = Rect {
                height: (head + bars + scale).min(area.height),
                ..area
            };
            let top = (upper.bottom() + style.em(em::BETWEEN_PANELS)).min(area.bottom());
            let lower = Rect {
                y: top,
                height: area.bottom() - top,
                ..area
            };
            Self {
                bars: bars_in(upper, content, style),
                maps: maps_in(lower, lower.y, content, style),
            }
        } else {
            let left = Rect {
                width: bars_width(area.width, style),
                ..area
            };
            let x = left.right() + style.em(em::BETWEEN_PANELS);
            let right = Rect {
                x,
                width: area.right() - x,
                ..area
            };
            let bars = bars_in(left, content, style);
            let maps = maps_in(right, bars.plot.bottom(), content, style);
            Self { bars, maps }
        }
    }
}

/// The height, in device pixels, at which an area of this width shows the figure best.
pub(super) fn good_height(width: i32, content: Content, style: &Style) -> i32 {
    let stacked = is_stacked(width, style);
    let width = inner_width(width, style);
    let available = if stacked {
        width
    } else {
        width - bars_width(width, style) - style.em(em::BETWEEN_PANELS)
    };
    let bars = good_bars_height(content.dims, style);
    let maps = good_maps_height(available, content, style);
    let panel = style.em(em::HEADING) + style.em(em::TITLES) + style.em(em::SCALE);
    if stacked {
        2 * panel + bars + maps + style.em(em::BETWEEN_PANELS)
    } else {
        panel + bars.max(maps)
    }
}

/// Rows close up when there are many of them.
fn good_bars_height(dims: usize, style: &Style) -> i32 {
    let dims = dims as i32;
    let [good, least] = em::GOOD_ROW.map(|height| dims * style.em(height));
    good.min(style.em(em::GLANCE).max(least))
        .min(style.em(em::TALLEST_MARKS))
}

/// Maps are made smaller, and their columns more, until all are seen at one glance.
fn good_maps_height(width: i32, content: Content, style: &Style) -> i32 {
    let dims = content.dims.max(1) as i32;
    let gap = style.em(em::BETWEEN_MAPS);
    let title = style.em(em::TITLES);
    let below = style.em(em::ABOVE_LEGEND) + style.em(em::LEGEND);
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
    let [most, least] = em::GOOD_MAP.map(|width| style.em(width));
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
    height(columns).min(style.em(em::TALLEST_MARKS))
}

/// The area's width without its edges, where the maps' frames reach beyond them.
fn inner_width(width: i32, style: &Style) -> i32 {
    (width - 2 * style.hairline()).max(0)
}

/// Device pixels of a cell where there is room for so many: a whole number, so that all cells
/// look alike, unless that would give away more than a fifth of the room.
fn cell_in(room: f64, content: Content, style: &Style) -> f64 {
    let longest = content.image.width.max(content.image.height).max(1);
    let most = (f64::from(style.em(em::WIDEST_MAP)) / longest as f64).max(1.0);
    let cell = room.min(most).max(0.0);
    if cell.floor() < 0.8 * cell {
        cell
    } else {
        cell.floor()
    }
}

fn is_stacked(width: i32, style: &Style) -> bool {
    width < style.em(em::STACKED)
}

fn bars_width(width: i32, style: &Style) -> i32 {
    let [narrowest, widest] = em::BARS_WIDTH.map(|length| style.em(length));
    ((f64::from(width) * BARS_SHARE) as i32).clamp(narrowest, widest)
}

/// Splits a panel into the middle of its heading's line, the middle of its line of titles, and
/// the marks between them and the scale.
fn anatomy(panel: Rect, style: &Style) -> ((i32, i32), i32, Rect) {
    let heading = style.em(em::HEADING).min(panel.height);
    let titles = style.em(em::TITLES).min(panel.height - heading);
    let top = panel.y + heading + titles;
    let marks = Rect {
        y: top,
        height: (panel.bottom() - top - style.em(em::SCALE)).max(0),
        ..panel
    };
    (
        (panel.x, panel.y + style.em(0.6)),
        top - style.em(MIDDLE_OF_TITLES),
        marks,
    )
}

fn bars_in(panel: Rect, content: Content, style: &Style) -> Bars {
    let dims = content.dims;
    let (heading, titles, marks) = anatomy(panel, style);
    let pitch = f64::from(marks.height) / dims.max(1) as f64;
    let pitch = pitch.min(f64::from(style.em(em::WIDEST_ROW)));
    // Rows that differ by a pixel look uneven only where they are small.
    let pitch = if (2.0..8.0).contains(&pitch) {
        pitch.floor()
    } else {
        pitch
    };
    let edge = |position: usize| marks.y + (pitch * position as f64).round() as i32;
    let rows: Vec<Rect> = (0..dims)
        .map(|position| Rect {
            y: edge(position),
            height: edge(position + 1) - edge(position),
            ..panel
        })
        .collect();

    let digits = content.largest.to_string().len();
    let labels = (style.label_width(digits) + style.em(0.45)).min(panel.width);
    // The last tick's label reaches half its width beyond the plot.
    let beyond = style.label_width(5) / 2;
    let plot = Rect {
        x: panel.x + labels,
        y: marks.y,
        width: (panel.width - labels - beyond).max(0),
        height: edge(dims) - marks.y,
    };
    let line = style.em(LABEL * 1.05);
    Bars {
        heading,
        titles,
        rows,
        label_every: (f64::from(line) / pitch.max(0.01)).ceil().max(1.0) as usize,
        plot,
    }
}

/// The legend stands below the maps, and ends level with `axis` if that is lower.
fn maps_in(panel: Rect, axis: i32, content: Content, style: &Style) -> Maps {
    let (heading, _, marks) = anatomy(panel, style);
    let marks = Rect {
        height: (marks.height - style.em(em::ABOVE_LEGEND) - style.em(em::LEGEND)).max(0),
        ..marks
    };
    let title = style.em(em::TITLES);
    let label = style.label_width(content.largest.to_string().len());
    let roomy = Spacing {
        title,
        gap: style.em(em::BETWEEN_MAPS),
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
    let width = style.em(em::WIDEST_LEGEND).min(panel.width);
    let height = style.em(em::LEGEND);
    let legend = Rect {
        x: panel.x,
        y: (axis - height).max(lowest + style.em(em::ABOVE_LEGEND)),
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
            (cell(*columns), std::cmp::Reverse(ragged), *columns)
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
