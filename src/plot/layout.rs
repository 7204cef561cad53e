//! Where everything in the figure stands: a pure function of the area, the number of
//! dimensions and the image's shape, never of the numbers shown. So the figure is in its final
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
    pub dims: usize,
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
    pub const SCALE: f64 = 3.1;
    pub const LEGEND: f64 = 0.7;
    pub const BETWEEN_PANELS: f64 = 2.6;
    pub const BETWEEN_MAPS: f64 = 0.75;
    pub const BARS_WIDTH: [f64; 2] = [15.0, 30.0];
    pub const WIDEST_ROW: f64 = 2.3;
    pub const WIDEST_MAP: f64 = 15.0;
    /// Width of a map where the height is free.
    pub const GOOD_MAP: [f64; 2] = [6.0, 8.6];
    /// Height of a row where the height is free.
    pub const GOOD_ROW: f64 = 1.55;
    /// The marks never ask for more height than this.
    pub const TALLEST_MARKS: f64 = 72.0;
    pub const WIDEST_LEGEND: f64 = 15.0;
}

/// Share of a wide area's width that the bars get.
const BARS_SHARE: f64 = 0.32;
/// Share of a narrow area's marks that the bars get at most.
const STACKED_BARS_SHARE: f64 = 0.45;

impl Layout {
    /// The layout of an area of so many device pixels.
    pub fn new(size: (i32, i32), content: Content, style: &Style) -> Self {
        let edge = style.hairline();
        let area = Rect {
            x: edge,
            y: 0,
            width: (size.0 - 2 * edge).max(0),
            height: size.1.max(0),
        };
        let head = style.em(em::HEADING) + style.em(em::TITLES);
        let scale = style.em(em::SCALE);
        if is_stacked(size.0, style) {
            let marks = (area.height - 2 * (head + scale) - style.em(em::BETWEEN_PANELS)).max(0);
            let bars = content.dims as i32 * style.em(em::GOOD_ROW);
            let bars = bars.min((f64::from(marks) * STACKED_BARS_SHARE) as i32);
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
                bars: bars_in(upper, content.dims, style),
                maps: maps_in(lower, content, style),
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
            Self {
                bars: bars_in(left, content.dims, style),
                maps: maps_in(right, content, style),
            }
        }
    }
}

/// The height, in device pixels, at which an area of this width shows the figure best.
pub(super) fn good_height(width: i32, content: Content, style: &Style) -> i32 {
    let dims = content.dims as i32;
    let stacked = is_stacked(width, style);
    let available = if stacked {
        width
    } else {
        width - bars_width(width, style) - style.em(em::BETWEEN_PANELS)
    };
    let gap = style.em(em::BETWEEN_MAPS);
    let good = style.em(em::GOOD_MAP[usize::from(!stacked)]);
    let columns = content.columns.map_or_else(
        || ((available + gap) / (good + gap)).clamp(1, dims.max(1)),
        |columns| columns.max(1) as i32,
    );
    let rows = (dims + columns - 1) / columns;
    let map = ((available - (columns - 1) * gap) / columns).min(style.em(em::WIDEST_MAP));
    let map = f64::from(map) * content.image.height as f64 / content.image.width.max(1) as f64;
    let maps = rows * (map as i32 + style.em(em::TITLES) + gap) - gap - style.em(em::TITLES);

    let tallest = style.em(em::TALLEST_MARKS);
    let bars = (dims * style.em(em::GOOD_ROW)).min(tallest);
    let maps = maps.min(tallest);
    let panel = style.em(em::HEADING) + style.em(em::TITLES) + style.em(em::SCALE);
    if stacked {
        // The bars never get more than their share, so a few dimensions ask for some more.
        let marks = (bars + maps).max((f64::from(bars) / STACKED_BARS_SHARE).ceil() as i32);
        2 * panel + marks + style.em(em::BETWEEN_PANELS)
    } else {
        panel + bars.max(maps)
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
        top - titles / 2 - style.em(0.1),
        marks,
    )
}

fn bars_in(panel: Rect, dims: usize, style: &Style) -> Bars {
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

    let digits = dims.to_string().len();
    let labels = (style.label_width(digits) + style.em(0.45)).min(panel.width);
    // The last tick's label reaches half its width beyond the plot.
    let beyond = style.label_width(5) / 2;
    let plot = Rect {
        x: panel.x + labels,
        y: marks.y,
        width: (panel.width - labels - beyond).max(0),
        height: edge(dims) - marks.y,
    };
    let line = style.em(LABEL * 1.15);
    Bars {
        heading,
        titles,
        rows,
        label_every: (f64::from(line) / pitch.max(0.01)).ceil().max(1.0) as usize,
        plot,
    }
}

fn maps_in(panel: Rect, content: Content, style: &Style) -> Maps {
    let (heading, _, marks) = anatomy(panel, style);
    let title = style.em(em::TITLES);
    let label = style.label_width(content.dims.to_string().len());
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
    let images = grid.places(marks, spacing, content.dims, style);

    // The legend is level with the bars' axis, unless the maps end far above it.
    let close = images.last().map_or(0, |image| image.bottom()) + style.em(1.0);
    let level = marks.bottom();
    let width = style.em(em::WIDEST_LEGEND).min(panel.width);
    let legend = Rect {
        x: panel.x,
        y: if level - close > style.em(5.0) {
            close
        } else {
            level
        },
        width,
        height: style.em(em::LEGEND),
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
    /// The columns that make the maps largest. A cell is a whole number of device pixels, so
    /// that all cells look alike; only where the image is larger than the map it is less.
    fn fit(marks: Rect, spacing: Spacing, content: Content, style: &Style) -> Self {
        let dims = content.dims.max(1);
        let height = content.image.height.max(1) as f64;
        let width = content.image.width.max(1) as f64;
        let widest = f64::from(style.em(em::WIDEST_MAP)) / width.max(height);
        let cell = |columns: usize| {
            let rows = dims.div_ceil(columns);
            let free = |length: i32, count: usize, title: i32| {
                let count = count as i32;
                f64::from(length - (count - 1) * spacing.gap - count * title) / f64::from(count)
            };
            // The first row's titles stand on the line of titles above the marks.
            let across = free(marks.width, columns, 0) / width;
            let down = free(marks.height + spacing.title, rows, spacing.title) / height;
            let cell = across.min(down).min(widest.max(1.0)).max(0.0);
            if cell < 1.0 { cell } else { cell.floor() }
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
    fn places(self, marks: Rect, spacing: Spacing, dims: usize, style: &Style) -> Vec<Rect> {
        let rows = dims.div_ceil(self.columns);
        let (width, height) = self.map;
        let gap = |length: i32, size: i32, count: usize, widest: i32| {
            let between = count as i32 - 1;
            if between == 0 {
                return 0;
            }
            ((length - size * (between + 1)) / between).clamp(spacing.gap, widest.max(spacing.gap))
        };
        let across = gap(
            marks.width,
            width,
            self.columns,
            spacing.gap + style.em(0.9),
        );
        let down = gap(
            marks.height + spacing.title,
            height + spacing.title,
            rows,
            spacing.gap + style.em(0.6),
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
