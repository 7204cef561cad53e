//! Which loss, and which output of a decoder, fit the numbers of a data set.

use serde::Serialize;

use super::options::Normalise;
use super::part::in_words;
use super::scale::Range;
use crate::data::DataForm;

/// A loss and an output of the decoder that fit numbers better than cross-entropy and a sigmoid, by what settings
/// call them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fit {
    /// The loss.
    pub loss: &'static str,
    /// What follows the decoder's last layer.
    pub output: &'static str,
    /// Another scale that fits better, if one does.
    pub normalise: Option<Normalise>,
    /// Why, and what, in a sentence or two.
    pub said: String,
}

/// What fits numbers of this form that a network is given in this range; `quite_different`: the columns were
/// scaled together, and their ranges are far apart. `binary` says whether there are two numbers alone.
pub(super) fn of(
    form: DataForm,
    (least, most): Range,
    quite_different: bool,
    binary: impl FnOnce() -> bool,
) -> Option<Fit> {
    let what = in_words(form);
    let why = match (least < 0.0, most > 1.0) {
        (true, true) => "have numbers below 0 and above 1, which a sigmoid never gives",
        (true, false) => "have numbers below 0, which a sigmoid never gives",
        (false, true) => "have numbers above 1, which a sigmoid never gives",
        (false, false) if form == DataForm::Image || binary() => return None,
        (false, false) => "hold quantities, which cross-entropy would take for probabilities",
    };
    let scale = if quite_different {
        " The columns have quite different ranges: bring each to mean 0 and standard deviation 1."
    } else {
        ""
    };
    Some(Fit {
        loss: "mse",
        output: "linear",
        normalise: quite_different.then_some(Normalise::Standard),
        said: format!(
            "These {what} {why}: the mean squared error and a linear output fit them.{scale}"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(form: DataForm, range: Range) -> Option<String> {
        of(form, range, false, || false).map(|fit| fit.said)
    }

    #[test]
    fn what_fits_is_proposed_with_its_reason() {
        assert_eq!(said(DataForm::Image, (0.0, 1.0)), None);
        for (form, range, parts) in [
            (
                DataForm::Table,
                (-2.0, 3.0),
                ["rows of a table", "below 0 and above 1"],
            ),
            (DataForm::Signal, (-0.5, 1.0), ["signals", "below 0, which"]),
            (DataForm::Image, (0.0, 7.0), ["images", "above 1"]),
            (
                DataForm::Table,
                (0.0, 1.0),
                ["rows of a table", "quantities"],
            ),
        ] {
            let said = said(form, range).unwrap();
            for part in parts.into_iter().chain(["mean squared error", "linear"]) {
                assert!(said.contains(part), "{said}");
            }
        }
    }

    #[test]
    fn answers_of_yes_and_no_stay_with_cross_entropy() {
        assert_eq!(of(DataForm::Table, (0.0, 1.0), false, || true), None);
        assert!(of(DataForm::Table, (-1.0, 1.0), false, || true).is_some());
    }

    #[test]
    fn columns_of_quite_different_ranges_are_to_be_scaled_each_by_itself() {
        let fit = of(DataForm::Table, (0.0, 1.0), true, || false).unwrap();
        assert_eq!(fit.normalise, Some(Normalise::Standard));
        assert!(fit.said.contains("different ranges"), "{}", fit.said);
        assert_eq!((fit.loss, fit.output), ("mse", "linear"));
    }
}
