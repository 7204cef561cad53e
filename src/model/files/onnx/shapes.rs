//! Shapes that a graph computes: lengths of axes, of which that of images is not known.

use std::cell::RefCell;
use std::collections::HashMap;

use super::super::chain::Chain;
use super::super::error::Fault;
use super::super::tensor::Budget;
use super::{MAX_SIDES, Node, Reader};
use crate::model::protobuf::{Fields, ints};

/// Operations on shapes that are followed.
const MAX_STEPS: usize = 20_000;
/// And one upon the other.
const MAX_LEVELS: usize = 48;

/// Lengths of the axes of values on the way from the images, but for that of images.
#[derive(Default)]
pub(super) struct Lengths(RefCell<HashMap<String, Vec<usize>>>);

impl Lengths {
    pub(super) fn keep(&self, value: &str, axes: Option<&[usize]>) {
        if let Some(axes) = axes {
            self.0.borrow_mut().insert(value.into(), axes.to_vec());
        }
    }

    /// All of them, that of images first.
    fn of(&self, value: &str) -> Option<Vec<Option<i64>>> {
        let axes = self.0.borrow().get(value)?.clone();
        let known = axes.into_iter().map(|axis| i64::try_from(axis).ok());
        Some(std::iter::once(None).chain(known).collect())
    }
}

/// Whole numbers, of which that of images is not known, in rows of so many.
struct Table {
    values: Vec<Option<i64>>,
    columns: usize,
}

impl Table {
    fn line(values: Vec<Option<i64>>) -> Self {
        Self { values, columns: 1 }
    }
}

/// The whole numbers of a stored tensor, if they are few.
fn stored(message: &[u8]) -> Option<Vec<i64>> {
    let (mut count, mut kind, mut raw, mut typed) = (1usize, 0, None, Vec::new());
    for field in Fields::new(message) {
        match field.ok()? {
            (1, dims) => {
                for axis in ints(dims).ok()? {
                    count = count.checked_mul(usize::try_from(axis).ok()?)?;
                }
            }
            (2, code) => kind = code.int().ok()?,
            (5 | 7, numbers) => typed.extend(ints(numbers).ok()?),
            (9, bytes) => raw = Some(bytes.bytes().ok()?),
            _ => {}
        }
        if typed.len() > MAX_SIDES || count > MAX_SIDES {
            return None;
        }
    }
    let values = match (kind, raw) {
        (7, Some(raw)) => {
            let (numbers, _) = raw.as_chunks();
            numbers.iter().copied().map(i64::from_le_bytes).collect()
        }
        (6, Some(raw)) => {
            let (numbers, _) = raw.as_chunks();
            let numbers = numbers.iter().copied().map(i32::from_le_bytes);
            numbers.map(i64::from).collect()
        }
        (6 | 7, None) => typed,
        _ => return None,
    };
    (values.len() == count).then_some(values)
}

impl<'a> Reader<'a> {
    /// The numbers of a constant, if they are few.
    pub(super) fn numbers(&self, value: &str) -> Option<Vec<f64>> {
        let tensor = self.constant(value, 0, &mut Budget::new()).ok()?;
        let count: usize = tensor.shape().iter().product();
        let numbers = (count <= MAX_SIDES)
            .then(|| tensor.reshaped(vec![count]).vector(value, count).ok())
            .flatten()?;
        Some(numbers.iter().map(|&number| f64::from(number)).collect())
    }

    /// Whole numbers that are stored, or computed from shapes.
    pub(super) fn whole(&self, value: &str) -> Option<Vec<i64>> {
        self.shape(value)?.into_iter().collect()
    }

    /// As [`Reader::whole`], where the number of images may be among them.
    pub(super) fn shape(&self, value: &str) -> Option<Vec<Option<i64>>> {
        let mut left = MAX_STEPS;
        Some(self.computed(value, 0, &mut left)?.values)
    }

    #[expect(clippy::too_many_lines, reason = "a table of operations")]
    fn computed(&self, value: &str, depth: usize, left: &mut usize) -> Option<Table> {
        *left = left.checked_sub(1).filter(|_| depth < MAX_LEVELS)?;
        let known = |values: Vec<i64>| Table::line(values.into_iter().map(Some).collect());
        if let Some(tensor) = self.graph.constants.get(value) {
            return stored(tensor).map(known);
        }
        let node = &self.graph.nodes[*self.graph.makers.get(value)?];
        let mut table = |at: usize| self.computed(node.inputs.get(at)?, depth + 1, left);
        let made = match node.operation {
            "Constant" => {
                if let Some(tensor) = node.attribute("value", 5).ok()? {
                    return stored(tensor.bytes().ok()?).map(known);
                }
                if let Some(number) = node.attribute("value_int", 3).ok()? {
                    return Some(known(vec![number.int().ok()?]));
                }
                let values = node.ints("value_ints").ok()?;
                return (!values.is_empty()).then(|| known(values));
            }
            "Shape" if node.attributes.is_empty() => self.lengths.of(node.inputs.first()?)?,
            "Identity" | "Cast" => return table(0),
            "Unsqueeze" | "Squeeze" => table(0)?.values,
            "Reshape" => {
                let (values, shape) = (table(0)?.values, table(1)?.values);
                let columns = match shape[..] {
                    [_] => 1,
                    [_, Some(columns)] => usize::try_from(columns).ok()?,
                    _ => return None,
                };
                let fits = columns > 0 && values.len().is_multiple_of(columns);
                return fits.then_some(Table { values, columns });
            }
            "Transpose" => {
                let Table { values, columns } = table(0)?;
                let rows = values.len() / columns;
                let places = (0..columns)
                    .flat_map(|column| (0..rows).map(move |row| row * columns + column));
                return Some(Table {
                    values: places.map(|place| values[place]).collect(),
                    columns: rows.max(1),
                });
            }
            "ConstantOfShape" => {
                let counts = table(0)?.values;
                let [Some(count)] = counts[..] else {
                    return None;
                };
                let filled = match node.attribute("value", 5).ok()? {
                    Some(tensor) => *stored(tensor.bytes().ok()?)?.first()?,
                    None => 0,
                };
                let count = usize::try_from(count).ok()?;
                let few = count <= MAX_SIDES;
                few.then(|| vec![Some(filled); count])?
            }
            "Gather" => {
                let (data, places) = (table(0)?.values, table(1)?.values);
                let at = |place: Option<i64>| {
                    let place = place?;
                    let length = data.len() as i64;
                    let place = if place < 0 {
                        place.checked_add(length)?
                    } else {
                        place
                    };
                    data.get(usize::try_from(place).ok()?).copied()
                };
                places.into_iter().map(at).collect::<Option<_>>()?
            }
            "Slice" => {
                let Table { values, columns } = table(0)?;
                let mut bound = |key: &str, at: usize| -> Option<i64> {
                    let listed = node.ints(key).ok()?;
                    let own = listed.first().copied();
                    own.or_else(|| table(at)?.values.first().copied()?)
                };
                let rows: Vec<&[Option<i64>]> = values.chunks(columns).collect();
                let length = rows.len() as i64;
                let within = |place: i64| {
                    let place = if place < 0 {
                        place.saturating_add(length)
                    } else {
                        place
                    };
                    place.clamp(0, length) as usize
                };
                let (start, end) = (bound("starts", 1)?, bound("ends", 2)?);
                if bound("axes", 3).is_some_and(|axis| axis != 0) {
                    return None;
                }
                let taken: Vec<&[Option<i64>]> = match bound("steps", 4) {
                    None | Some(1) => rows.get(within(start)..within(end))?.to_vec(),
                    // From the last to the first.
                    Some(-1) if start == -1 && end < -length => rows.into_iter().rev().collect(),
                    Some(_) => return None,
                };
                let values = taken.concat();
                return Some(Table { values, columns });
            }
            "Concat" => {
                let mut all = Vec::new();
                for at in 0..node.inputs.len() {
                    all.extend(table(at)?.values);
                    if all.len() > MAX_SIDES {
                        return None;
                    }
                }
                all
            }
            "Neg" => {
                let values = table(0)?.values.into_iter();
                values
                    .map(|value| value.and_then(i64::checked_neg))
                    .collect()
            }
            // Into as many pieces as there are results.
            "Split" => {
                let values = table(0)?.values;
                let place = node.outputs.iter().position(|&output| output == value)?;
                let each = values.len() / node.outputs.len();
                if each * node.outputs.len() != values.len() || each == 0 {
                    return None;
                }
                values.chunks(each).nth(place)?.to_vec()
            }
            "Mul" | "Add" | "Sub" | "Div" | "Max" | "Min" => {
                let (a, b) = (table(0)?.values, table(1)?.values);
                if a.is_empty() || b.is_empty() {
                    return None;
                }
                let each = (0..a.len().max(b.len())).map(|at| {
                    let (a, b) = (a[at % a.len()]?, b[at % b.len()]?);
                    match node.operation {
                        "Mul" => a.checked_mul(b),
                        "Add" => a.checked_add(b),
                        "Sub" => a.checked_sub(b),
                        "Max" => Some(a.max(b)),
                        "Min" => Some(a.min(b)),
                        _ => a.checked_div(b),
                    }
                });
                each.collect()
            }
            _ => return None,
        };
        Some(Table::line(made))
    }

    /// The axes that an operation makes of those that there are; nothing where none are known.
    pub(super) fn reshaped(
        &self,
        node: &Node<'a>,
        chain: &Chain,
    ) -> Result<Option<Vec<usize>>, Fault> {
        let Some(axes) = chain.axes() else {
            return Ok(None);
        };
        let size: usize = axes.iter().product();
        let rank = axes.len() as i64 + 1;
        let from_end = |axis: i64, rank: i64| if axis < 0 { axis + rank } else { axis };
        let listed = || -> Result<Vec<i64>, Fault> {
            let own = node.ints("axes")?;
            let given = node.inputs.get(1).and_then(|value| self.whole(value));
            Ok(given.unwrap_or(own))
        };
        let made = match node.operation {
            "Flatten" if from_end(node.int("axis", 1)?, rank) == 1 => Some(vec![size]),
            "Squeeze" => {
                let removed = listed()?;
                let removed: Vec<i64> = removed.iter().map(|&axis| from_end(axis, rank)).collect();
                let all = axes.iter().enumerate();
                let kept = all.filter(|&(at, &axis)| {
                    axis != 1 || !removed.is_empty() && !removed.contains(&(at as i64 + 1))
                });
                Some(kept.map(|(_, &axis)| axis).collect())
            }
            "Unsqueeze" => {
                let mut added = listed()?;
                let rank = rank + added.len() as i64;
                for axis in &mut added {
                    *axis = from_end(*axis, rank);
                }
                added.sort_unstable();
                let mut made = axes.to_vec();
                for axis in added {
                    let place = usize::try_from(axis - 1).ok();
                    let Some(place) = place.filter(|place| *place <= made.len()) else {
                        return Err(Self::unknown(node));
                    };
                    made.insert(place, 1);
                }
                Some(made)
            }
            "Reshape" => {
                let stored = node.ints("shape")?;
                let own = (!stored.is_empty()).then(|| stored.into_iter().map(Some).collect());
                let shape = node.inputs.get(1).and_then(|value| self.shape(value));
                match shape.or(own) {
                    Some(shape) => wanted(&shape, axes, size),
                    // One that cannot be told is one line of numbers, as a rule.
                    None => Some(vec![size]),
                }
            }
            _ => None,
        };
        made.map(Some).ok_or_else(|| Self::unknown(node))
    }
}

/// Axes of so many numbers as a shape asks for: 0 keeps an axis, -1 takes what is left.
fn wanted(shape: &[Option<i64>], axes: &[usize], size: usize) -> Option<Vec<usize>> {
    let (_, rest) = shape.split_first()?;
    let mut made = Vec::new();
    let mut open = None;
    for (at, &length) in rest.iter().enumerate() {
        match length {
            Some(0) => made.push(*axes.get(at)?),
            None | Some(-1) if open.is_none() => {
                open = Some(at);
                made.push(1);
            }
            Some(length) => made.push(usize::try_from(length).ok()?),
            None => return None,
        }
    }
    let known = made
        .iter()
        .try_fold(1usize, |count, &axis| count.checked_mul(axis))?;
    if let Some(open) = open {
        made[open] = size.checked_div(known)?;
        return (known * made[open] == size).then_some(made);
    }
    (known == size && !made.is_empty()).then_some(made)
}
