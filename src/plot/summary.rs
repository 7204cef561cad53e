//! The figure in words, for those who do not see it.

use crate::numerals::counted;
#[cfg(feature = "general")]
use crate::report::{DataForm, Report};

use super::figure::Scale;
use super::number::significant;
use super::orientation::Rotation;
use super::palette::Kind;
use super::shown::Shown;

/// How many dimensions are named with their numbers.
const NAMED: usize = 5;

pub(super) fn summary(shown: &Shown<'_>) -> String {
    let sentences = [
        shown.has_bars().then(|| bars(shown)),
        #[cfg(feature = "general")]
        shown.errors_in_words(),
        #[cfg(feature = "general")]
        shown.divergence_in_words(),
        Some(maps(shown)),
        of_mean(shown),
        threshold(shown),
        orientation(shown),
        #[cfg(feature = "general")]
        shown.beyond_the_paper(),
        empty(shown),
    ];
    let said: Vec<String> = sentences.into_iter().flatten().collect();
    said.join(" ")
}

/// As [`summary`], of pixel importance alone.
pub(super) fn pixels_summary(shown: &Shown<'_>) -> String {
    let sentences = [
        ranges(shown),
        Some(maps(shown)),
        orientation(shown),
        #[cfg(feature = "general")]
        shown.beyond_the_paper(),
        empty(shown),
    ];
    let said: Vec<String> = sentences.into_iter().flatten().collect();
    said.join(" ")
}

/// As [`summary`], of the two maps of a dimension, the second of which is `shown`.
pub(super) fn pair_summary(dim: usize, shown: &Shown<'_>) -> String {
    if shown.order.is_empty() {
        let dims = count(shown.spec.dims);
        return format!("There is no dimension {}: there are {dims}.", dim + 1);
    }
    let limit = shown.map_scale().map(|(_, limit)| significant(limit, 2));
    let what = format!(
        "Dimension {}: {} importance{}",
        shown.named(dim),
        shown.feature_names()[0],
        shown.of()
    );
    let [above, below] = shown.spec.palette.names();
    let first = match limit {
        None if shown.empty[dim] => format!("{what} is 0 everywhere."),
        None => format!("{what} is not known yet."),
        Some(limit) if shown.has_directions() => format!(
            "{what} from 0 to {limit} ({above}), beside the same times direction, from −{limit} \
             ({below}) over 0 to {limit} ({above})."
        ),
        Some(limit) => {
            format!("{what} from 0 to {limit} ({above}); directions are not known yet.")
        }
    };
    let sentences = [
        Some(first),
        of_mean(shown),
        threshold(shown),
        orientation(shown),
        #[cfg(feature = "general")]
        shown.beyond_the_paper(),
    ];
    let said: Vec<String> = sentences.into_iter().flatten().collect();
    said.join(" ")
}

fn ranges(shown: &Shown<'_>) -> Option<String> {
    if shown.order.is_empty() {
        return Some(format!(
            "{} importance: no dimension is shown.",
            shown.heading()
        ));
    }
    shown.map_scale()?;
    let order = in_order(shown, ", widest first");
    let named = named(shown, |dim| {
        let (least, most) = shown.range(dim)?;
        Some(significant(f64::from(most - least), 3))
    });
    let of = shown.of();
    let [feature, _] = shown.feature_names();
    Some(format!("Ranges of {feature} importance{of}{order}{named}."))
}

fn bars(shown: &Shown<'_>) -> String {
    let class = shown
        .class
        .map_or(String::new(), |name| format!(" of class {name}"));
    #[cfg(feature = "general")]
    let class = class + shown.report.map_or("", Report::with_latents);
    if shown.order.is_empty() {
        return format!("Latent importance{class}: no dimension is shown.");
    }
    if !shown.measured {
        let why = shown.spec.say("it has one image");
        return format!("Latent importance{class} cannot be measured: {why}.");
    }
    if shown.longest_bar().is_none() {
        let dims = count(shown.order.len());
        return format!("Latent importance{class} of {dims} is not known yet.");
    }
    let order = in_order(shown, "");
    let named = named(shown, |dim| {
        let (mean, error) = shown.bar(dim)?;
        let error = error.map_or(String::new(), |error| {
            format!(" ± {}", significant(error, 2))
        });
        Some(format!("{}{error}", significant(mean, 3)))
    });
    let metric = shown.spec.metric.name();
    format!("Latent importance{class} as {metric}{order}{named}.")
}

/// In which order the dimensions are; `sorted` is said where they are sorted.
fn in_order(shown: &Shown<'_>, sorted: &'static str) -> &'static str {
    match shown.spec.order {
        Some(_) => ", in the order that was asked for",
        None if shown.spec.sort => sorted,
        None => ", in natural order",
    }
}

/// The first dimensions that are shown, each with what `say` says of it.
pub(super) fn named(shown: &Shown<'_>, say: impl Fn(usize) -> Option<String>) -> String {
    let shown_dims = shown.order.iter().take(NAMED);
    let named: Vec<String> = shown_dims
        .filter_map(|&dim| Some(format!("dimension {} {}", dim + 1, say(dim)?)))
        .collect();
    let (first, all) = (NAMED.min(shown.order.len()), shown.spec.dims);
    let which = if first < all {
        format!(", the first {first} of {all}")
    } else {
        String::new()
    };
    format!("{which}: {}", named.join(", "))
}

fn maps(shown: &Shown<'_>) -> String {
    let [above, below] = shown.spec.palette.names();
    let of = shown.of();
    let [feature, features] = shown.feature_names();
    if shown.shows_signs() {
        return format!(
            "Maps of the direction of {features}{of}: {above} where the latent rises as the value rises, {below} \
             where it falls. How much they matter is not known."
        );
    }
    let Some((kind, limit)) = shown.map_scale() else {
        return format!("{} importance is not known yet.", shown.heading());
    };
    let limit = significant(limit, 2);
    let pending = if shown.directional {
        "; directions are not known yet"
    } else {
        ""
    };
    match (shown.spec.scale, kind) {
        (Scale::Shared, Kind::Diverging) => format!(
            "Maps of {feature} importance times direction{of} on one scale, from −{limit} ({below}) over 0 \
             to {limit} ({above})."
        ),
        (Scale::Shared, Kind::Sequential) => {
            format!(
                "Maps of {feature} importance{of} on one scale from 0 to {limit} ({above}){pending}."
            )
        }
        (Scale::Each, kind) => {
            let what = match kind {
                Kind::Diverging => format!(
                    " times direction{of}, each from minus its limit ({below}) over 0 to its limit \
                     ({above})"
                ),
                Kind::Sequential => {
                    format!("{of}, each from 0 to its limit ({above}){pending}")
                }
            };
            let limits = named(shown, |dim| {
                Some(
                    shown
                        .own_limit(dim)
                        .map_or("0".into(), |limit| significant(limit, 2)),
                )
            });
            format!("Maps of {feature} importance{what}. Limits{limits}.")
        }
    }
}

/// That a pixel with several channels has one direction.
fn of_mean(shown: &Shown<'_>) -> Option<String> {
    let several = shown.spec.image.channels > 1 && shown.channel().is_none();
    #[cfg(feature = "general")]
    let several = several && !shown.is_of_another_method();
    (several && shown.has_directions())
        .then(|| "A pixel's direction is that of the mean of its channels.".into())
}

fn threshold(shown: &Shown<'_>) -> Option<String> {
    let least = shown.threshold();
    (least > 0.0 && shown.has_directions()).then(|| {
        format!("Slopes below {least} latent units per unit of intensity count as no direction.")
    })
}

fn orientation(shown: &Shown<'_>) -> Option<String> {
    let spec = shown.spec;
    let mut done = Vec::new();
    #[cfg(feature = "general")]
    if spec.form() != DataForm::Image {
        return shown.drawn_in_words();
    }
    if spec.rotate != Rotation::None {
        done.push(format!("turned {}° clockwise", u16::from(spec.rotate)));
    }
    if spec.flip_horizontal {
        done.push("mirrored left to right".into());
    }
    if spec.flip_vertical {
        done.push("mirrored top to bottom".into());
    }
    (!done.is_empty()).then(|| format!("Maps are {}.", done.join(" and ")))
}

pub(super) fn empty(shown: &Shown<'_>) -> Option<String> {
    let left_out = if shown.spec.filter_empty {
        " and left out"
    } else {
        ""
    };
    let empty: Vec<String> = (0..shown.empty.len())
        .filter(|&dim| shown.empty[dim])
        .map(|dim| (dim + 1).to_string())
        .collect();
    match empty.as_slice() {
        [] => None,
        [one] => Some(format!(
            "Dimension {one} is empty{left_out}: it is always 0."
        )),
        many => Some(format!(
            "Dimensions {} are empty{left_out}: they are always 0.",
            many.join(", ")
        )),
    }
}

pub(super) fn count(dims: usize) -> String {
    counted(dims, "dimension", "dimensions")
}
