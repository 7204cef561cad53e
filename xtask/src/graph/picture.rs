//! The picture of who uses whom: modules in columns, each to the right of all that it uses.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::uses::Uses;

const COLUMN: f64 = 106.0;
const ROW: f64 = 32.0;
const BOX: (f64, f64) = (90.0, 24.0);
const MARGIN: f64 = 8.0;
/// Of bringing what is connected beside each other, column by column.
const SWEEPS: usize = 24;

/// A module, or the place in a column at which an arrow crosses it.
struct Place<'a> {
    module: Option<&'a str>,
    /// Places of the column before that lead here.
    from: Vec<usize>,
}

/// An SVG. Whoever uses what another one uses is joined to that one alone.
pub fn draw(order: &[String], uses: &Uses) -> String {
    let columns = arranged(columns(order, uses));
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0) as f64;
    let (width, height) = (
        columns.len() as f64 * COLUMN - COLUMN + BOX.0 + 2.0 * MARGIN,
        rows * ROW - ROW + BOX.1 + 2.0 * MARGIN,
    );
    let centre = |column: usize, place: usize| {
        let count = columns[column].len() as f64;
        let middle = (place as f64 - (count - 1.0) / 2.0) * ROW;
        (
            MARGIN + BOX.0 / 2.0 + column as f64 * COLUMN,
            height / 2.0 + middle,
        )
    };

    let (mut arrows, mut boxes) = (String::new(), String::new());
    for (column, places) in columns.iter().enumerate() {
        for (at, place) in places.iter().enumerate() {
            let (x, y) = centre(column, at);
            let (left, right) = (x - BOX.0 / 2.0, x + BOX.0 / 2.0);
            for &from in &place.from {
                let (before, start) = centre(column - 1, from);
                let begin = before + BOX.0 / 2.0;
                let bend = f64::midpoint(begin, left);
                let _ = write!(
                    arrows,
                    "<path d=\"M{begin} {start}C{bend} {start} {bend} {y} "
                );
                let _ = match place.module {
                    Some(_) => writeln!(arrows, "{left} {y}\" marker-end=\"url(#tip)\"/>"),
                    None => writeln!(arrows, "{left} {y}H{right}\"/>"),
                };
            }
            if let Some(module) = place.module {
                let (top, line) = (y - BOX.1 / 2.0, y + 5.0);
                let (wide, high) = BOX;
                let _ = writeln!(
                    boxes,
                    "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\" rx=\"4\"/>\
                     <text x=\"{x}\" y=\"{line}\">{module}</text>"
                );
            }
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"14\" fill=\"#7a818c\" text-anchor=\"middle\">\n\
         <title>{}</title>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 6 6\" refX=\"6\" refY=\"3\" markerWidth=\"6\" \
         markerHeight=\"6\" orient=\"auto\"><path d=\"M0 0L6 3L0 6z\"/></marker></defs>\n\
         <g fill=\"none\" stroke=\"#7a818c\" stroke-opacity=\".6\">\n{arrows}</g>\n\
         <g stroke=\"#0072b2\">\n{}</g>\n</svg>\n",
        "The modules of src/, each to the right of those that it uses",
        boxes
            .replace("<rect", "<rect fill=\"#0072b2\" fill-opacity=\".12\"")
            .replace("<text", "<text stroke=\"none\""),
    )
}

/// Columns from left to right; arrows lead from one to the next alone, through places of their own.
fn columns<'a>(order: &'a [String], uses: &'a Uses) -> Vec<Vec<Place<'a>>> {
    let direct = direct(order, uses);
    // Of each module, its column and its place there. All that it uses stands before it in the order.
    let mut at: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut passes: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    let mut columns: Vec<Vec<Place<'a>>> = Vec::new();
    for module in order {
        let used = &direct[module.as_str()];
        let column = used.iter().map(|name| at[name].0 + 1).max().unwrap_or(0);
        if column == columns.len() {
            columns.push(Vec::new());
        }
        let mut from = Vec::new();
        for name in used {
            let (first, mut place) = at[name];
            let between = columns.iter_mut().enumerate().take(column).skip(first + 1);
            for (at, places) in between {
                // Arrows of one module keep together until they part.
                place = *passes.entry((name, at)).or_insert_with(|| {
                    places.push(Place {
                        module: None,
                        from: vec![place],
                    });
                    places.len() - 1
                });
            }
            from.push(place);
        }
        columns[column].push(Place {
            module: Some(module),
            from,
        });
        at.insert(module, (column, columns[column].len() - 1));
    }
    columns
}

/// Of each module, what it uses and uses by no other.
fn direct<'a>(order: &'a [String], uses: &'a Uses) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut reached: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut direct = BTreeMap::new();
    for module in order {
        let used: Vec<&str> = uses[module].iter().map(String::as_str).collect();
        let beyond: Vec<&str> = used.iter().flat_map(|name| reached[name].clone()).collect();
        let alone = used.iter().filter(|name| !beyond.contains(*name));
        direct.insert(module.as_str(), alone.copied().collect());
        reached.insert(module, [used, beyond].concat());
    }
    direct
}

/// Brings what is connected to like heights: each column is ordered by where the places beside it
/// stand that it is joined to, forwards and backwards; of all tries that with the fewest crossings.
fn arranged(mut columns: Vec<Vec<Place<'_>>>) -> Vec<Vec<Place<'_>>> {
    let mut best = orders(&columns);
    let mut fewest = usize::MAX;
    let mut heights = best.clone();
    for sweep in 0..SWEEPS {
        let crossings = crossings(&columns, &heights);
        if crossings < fewest {
            (fewest, best) = (crossings, heights.clone());
        }
        let count = columns.len();
        for step in 1..count {
            let column = if sweep % 2 == 0 {
                step
            } else {
                count - 1 - step
            };
            let neighbours: Vec<Vec<f64>> = if sweep % 2 == 0 {
                let before = &heights[column - 1];
                let joined = |place: &Place<'_>| place.from.iter().map(|&at| before[at]).collect();
                columns[column].iter().map(joined).collect()
            } else {
                let mut joined = vec![Vec::new(); columns[column].len()];
                for (place, height) in columns[column + 1].iter().zip(&heights[column + 1]) {
                    place.from.iter().for_each(|&at| joined[at].push(*height));
                }
                joined
            };
            let wanted: Vec<f64> = neighbours
                .iter()
                .zip(&heights[column])
                .map(|(joined, own)| match joined.len() {
                    0 => *own,
                    count => joined.iter().sum::<f64>() / count as f64,
                })
                .collect();
            heights[column] = ranks(&wanted);
        }
    }
    for column in 0..columns.len() {
        let places: Vec<usize> = best[column]
            .iter()
            .map(|height| best[column].iter().filter(|other| *other < height).count())
            .collect();
        if let Some(next) = columns.get_mut(column + 1) {
            for place in next {
                place.from.iter_mut().for_each(|at| *at = places[*at]);
                place.from.sort_unstable();
            }
        }
        let mut moved: Vec<_> = std::mem::take(&mut columns[column])
            .into_iter()
            .zip(places)
            .collect();
        moved.sort_by_key(|(_, place)| *place);
        columns[column] = moved.into_iter().map(|(place, _)| place).collect();
    }
    columns
}

fn orders(columns: &[Vec<Place<'_>>]) -> Vec<Vec<f64>> {
    let order = |column: &Vec<Place<'_>>| ranks(&vec![0.0; column.len()]);
    columns.iter().map(order).collect()
}

/// Heights in rows, about 0, in the order of `wanted`; equals keep theirs.
fn ranks(wanted: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    let mut heights = vec![0.0; wanted.len()];
    for (rank, place) in order.into_iter().enumerate() {
        heights[place] = rank as f64 - (wanted.len() as f64 - 1.0) / 2.0;
    }
    heights
}

fn crossings(columns: &[Vec<Place<'_>>], heights: &[Vec<f64>]) -> usize {
    let mut count = 0;
    for column in 1..columns.len() {
        let places = columns[column].iter().zip(&heights[column]);
        let lines: Vec<(f64, f64)> = places
            .flat_map(|(place, to)| place.from.iter().map(move |&at| (at, *to)))
            .map(|(at, to)| (heights[column - 1][at], to))
            .collect();
        for (index, one) in lines.iter().enumerate() {
            let crosses = |other: &&(f64, f64)| (one.0 - other.0) * (one.1 - other.1) < 0.0;
            count += lines[..index].iter().filter(crosses).count();
        }
    }
    count
}
