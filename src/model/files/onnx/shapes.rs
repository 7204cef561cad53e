//! Shapes that a graph computes: lengths of axes, of which that of images is not known.

use std::cell::RefCell;
use std::collections::HashMap;

use super::super::chain::Chain;
use super::super::error::Fault;
use super::super::protobuf::{Fields, ints};
use super::super::tensor::Budget;
use super::{MAX_SIDES, Node, Reader};

/// Operations on shapes that are followed.
const MAX_STEPS: usize = 500;

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
        self.computed(value, &mut MAX_STEPS.clone())
    }

    fn computed(&self, value: &str, left: &mut usize) -> Option<Vec<Option<i64>>> {
        *left = left.checked_sub(1)?;
        let known = |values: Vec<i64>| values.into_iter().map(Some).collect();
        if let Some(tensor) = self.graph.constants.get(value) {
            return stored(tensor).map(known);
        }
        let node = &self.graph.nodes[*self.graph.makers.get(value)?];
        let mut input = |at: usize| self.computed(node.inputs.get(at)?, left);
        match node.operation {
            "Constant" => {
                if let Some(tensor) = node.attribute("value", 5).ok()? {
                    return stored(tensor.bytes().ok()?).map(known);
                }
                if let Some(number) = node.attribute("value_int", 3).ok()? {
                    return Some(vec![Some(number.int().ok()?)]);
                }
                let values = node.ints("value_ints").ok()?;
                (!values.is_empty()).then(|| known(values))
            }
            "Shape" if node.attributes.is_empty() => self.lengths.of(node.inputs.first()?),
            "Identity" | "Cast" | "Unsqueeze" | "Squeeze" | "Reshape" => input(0),
            "Gather" => {
                let (data, places) = (input(0)?, input(1)?);
                let at = |place: Option<i64>| {
                    let place = place?;
                    let place = if place < 0 {
                        place + data.len() as i64
                    } else {
                        place
                    };
                    data.get(usize::try_from(place).ok()?).copied()
                };
                places.into_iter().map(at).collect()
            }
            "Slice" => {
                let data = input(0)?;
                let mut bound = |key: &str, at: usize| -> Option<i64> {
                    let listed = node.ints(key).ok()?;
                    listed
                        .first()
                        .copied()
                        .or_else(|| input(at)?.first().copied()?)
                };
                let length = data.len() as i64;
                let within = |place: i64| {
                    let place = if place < 0 {
                        place.saturating_add(length)
                    } else {
                        place
                    };
                    place.clamp(0, length) as usize
                };
                let (start, end) = (within(bound("starts", 1)?), within(bound("ends", 2)?));
                data.get(start..end).map(<[_]>::to_vec)
            }
            "Concat" => {
                let mut all = Vec::new();
                for at in 0..node.inputs.len() {
                    all.extend(input(at)?);
                    if all.len() > MAX_SIDES {
                        return None;
                    }
                }
                Some(all)
            }
            "Mul" | "Add" | "Sub" | "Div" => {
                let (a, b) = (input(0)?, input(1)?);
                if a.is_empty() || b.is_empty() {
                    return None;
                }
                let each = (0..a.len().max(b.len())).map(|at| {
                    let (a, b) = (a[at % a.len()]?, b[at % b.len()]?);
                    match node.operation {
                        "Mul" => a.checked_mul(b),
                        "Add" => a.checked_add(b),
                        "Sub" => a.checked_sub(b),
                        _ => a.checked_div(b),
                    }
                });
                Some(each.collect())
            }
            _ => None,
        }
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
