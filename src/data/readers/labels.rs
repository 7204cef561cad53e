//! Labels as people write them: names in natural order, numbers for the engine.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use crate::data::array::Number;

use super::paths::letters;

/// The most classes; their labels are bytes.
pub(super) const MAX_CLASSES: usize = 256;

/// The class of images of which no label is known.
pub(super) const ALL: &str = "all";

/// Longer names are cut where that leaves them apart: they are shown in charts.
const MAX_NAME: usize = 80;

/// The class of every image by name, in the order of the images.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Labels {
    names: Vec<String>,
    places: HashMap<String, u8>,
    of: Vec<u8>,
}

/// More than [`MAX_CLASSES`] names.
#[derive(Debug)]
pub(super) struct TooManyClasses;

impl TooManyClasses {
    pub const MESSAGE: &str = "There are more than 256 different labels. Choose what holds the \
                               labels, or leave some classes out.";
}

impl Labels {
    /// The same class for `count` images.
    pub fn all(name: &str, count: usize) -> Self {
        let mut labels = Self::default();
        if count > 0 {
            labels.push(name).expect("one class is not too many");
            labels.of.resize(count, 0);
        }
        labels
    }

    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether they tell anything: all images of one class that is called `all` are of no class.
    pub fn tell(&self) -> bool {
        self.names != [ALL]
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.names.len()
    }

    pub fn push(&mut self, name: &str) -> Result<(), TooManyClasses> {
        let place = self.place(name)?;
        self.of.push(place);
        Ok(())
    }

    /// The place of a name among the classes, which it is added to.
    fn place(&mut self, name: &str) -> Result<u8, TooManyClasses> {
        let name = composed(name.trim());
        if let Some(&place) = self.places.get(&*name) {
            return Ok(place);
        }
        let place = u8::try_from(self.names.len()).map_err(|_| TooManyClasses)?;
        self.names.push(name.to_string());
        self.places.insert(name.into_owned(), place);
        Ok(place)
    }

    /// A label that was stored as a number.
    pub fn push_number(&mut self, number: Number) -> Result<(), TooManyClasses> {
        // Display writes whole numbers without a point.
        match number {
            Number::Whole(number) => self.push(&number.to_string()),
            Number::Single(number) => self.push(&(number + 0.0).to_string()),
            Number::Double(number) => self.push(&(number + 0.0).to_string()),
        }
    }

    /// Renames the classes, if every one has another name; those that come to have the same are one.
    pub fn rename(&mut self, name: impl Fn(&str) -> Option<String>) {
        let names: Option<Vec<String>> = self.names.iter().map(|old| name(old)).collect();
        let Some(names) = names else { return };
        let mut renamed = Self::default();
        let places = names.iter().map(|name| renamed.place(name));
        // They are no more than there were.
        let Ok(places) = places.collect::<Result<Vec<u8>, _>>() else {
            return;
        };
        renamed.of = self
            .of
            .iter()
            .map(|&place| places[usize::from(place)])
            .collect();
        *self = renamed;
    }

    /// Leaves out the labels at these places, which are in order, and classes that have no others.
    pub fn leave_out(&mut self, places: &[u32]) {
        let all = std::mem::take(self);
        for (place, of) in (0..).zip(all.of) {
            if places.binary_search(&place).is_err() {
                let known = self.push(&all.names[usize::from(of)]);
                known.expect("there are no more classes than there were");
            }
        }
    }

    pub fn append(&mut self, more: &Self) -> Result<(), TooManyClasses> {
        more.of
            .iter()
            .try_for_each(|&place| self.push(&more.names[usize::from(place)]))
    }

    /// Number and name of every class, in natural order, and the number of every image's class.
    /// Classes that are called by different numbers below 256 keep these numbers, others are
    /// counted from 0.
    pub fn finish(self) -> (Vec<(u8, String)>, Vec<u8>) {
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        order.sort_by(|&a, &b| natural(&self.names[a], &self.names[b]));

        let numbers: Option<Vec<u8>> = order
            .iter()
            .map(|&place| self.names[place].parse::<u8>().ok())
            .collect();
        let numbers = numbers
            .filter(|numbers| numbers.is_sorted_by(|a, b| a < b))
            .unwrap_or_else(|| (0..=u8::MAX).take(order.len()).collect());

        let mut number_of = vec![0; order.len()];
        for (&place, &number) in order.iter().zip(&numbers) {
            number_of[place] = number;
        }
        let images = self
            .of
            .iter()
            .map(|&place| number_of[usize::from(place)])
            .collect();
        let mut names = self.names;
        cut(&mut names);
        let classes = order
            .iter()
            .zip(numbers)
            .map(|(&place, number)| (number, std::mem::take(&mut names[place])))
            .collect();
        (classes, images)
    }
}

/// Cuts long names, unless two would be the same then.
fn cut(names: &mut [String]) {
    let short = |name: &String| -> String { name.chars().take(MAX_NAME).collect() };
    let distinct: HashSet<String> = names.iter().map(short).collect();
    if distinct.len() == names.len() {
        for name in names {
            *name = short(name);
        }
    }
}

/// A name in the composed form of Unicode, in which ä is one character whoever wrote it.
pub(super) fn composed(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return name.into();
    }
    // A browser has the tables for that, which take 50 kB.
    #[cfg(target_arch = "wasm32")]
    return String::from(js_sys::JsString::from(name).normalize("NFC")).into();
    #[cfg(not(target_arch = "wasm32"))]
    return unicode_normalization::UnicodeNormalization::nfc(name).collect();
}

/// Compares names as people sort them: numbers in them by their value, so that `10` follows `9`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    if let (Ok(a), Ok(b)) = (a.parse::<f64>(), b.parse::<f64>())
        && let Some(order @ (Ordering::Less | Ordering::Greater)) = a.partial_cmp(&b)
    {
        return order;
    }
    let (mut rest_a, mut rest_b) = (a, b);
    while !rest_a.is_empty() && !rest_b.is_empty() {
        let (run_a, run_b) = (run(&mut rest_a), run(&mut rest_b));
        let digits = |run: &str| run.starts_with(|c: char| c.is_ascii_digit());
        let order = if digits(run_a) && digits(run_b) {
            let (a, b) = (run_a.trim_start_matches('0'), run_b.trim_start_matches('0'));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        } else {
            letters(run_a).cmp(&letters(run_b))
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    rest_a.len().cmp(&rest_b.len()).then_with(|| a.cmp(b))
}

/// Takes the longest start of `rest` that has only digits or none.
fn run<'a>(rest: &mut &'a str) -> &'a str {
    let digits = rest.starts_with(|c: char| c.is_ascii_digit());
    let end = rest
        .find(|c: char| c.is_ascii_digit() != digits)
        .unwrap_or(rest.len());
    let (run, after) = rest.split_at(end);
    *rest = after;
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finish(names: &[&str]) -> (Vec<(u8, String)>, Vec<u8>) {
        let mut labels = Labels::default();
        for name in names {
            labels.push(name).unwrap();
        }
        labels.finish()
    }

    fn classes(expected: &[(u8, &str)]) -> Vec<(u8, String)> {
        expected
            .iter()
            .map(|&(label, name)| (label, name.into()))
            .collect()
    }

    #[test]
    fn numbers_keep_their_number_and_other_names_are_counted_in_natural_order() {
        assert_eq!(
            finish(&["7", "10", "7", "0"]),
            (
                classes(&[(0, "0"), (7, "7"), (10, "10")]),
                vec![7, 10, 7, 0]
            )
        );
        assert_eq!(
            finish(&["dog10", "dog9", "Cat"]),
            (
                classes(&[(0, "Cat"), (1, "dog9"), (2, "dog10")]),
                vec![2, 1, 0]
            )
        );
        assert_eq!(
            finish(&["Birne", "Äpfel", "Azur"]).0,
            classes(&[(0, "Äpfel"), (1, "Azur"), (2, "Birne")])
        );
        assert_eq!(
            finish(&["256", "3"]).0,
            classes(&[(0, "3"), (1, "256")]),
            "no byte holds 256"
        );
        assert_eq!(finish(&["1", "01"]).0.len(), 2);
        assert_eq!(
            finish(&["-1", "1"]).0,
            classes(&[(0, "-1"), (1, "1")]),
            "labels of -1 and 1"
        );
    }

    #[test]
    fn at_most_256_classes_fit() {
        let mut labels = Labels::default();
        for number in 0..256 {
            labels.push(&number.to_string()).unwrap();
        }
        assert!(labels.push("3").is_ok());
        assert!(labels.push("256").is_err());
    }
}
