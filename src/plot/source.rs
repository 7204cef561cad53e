//! What maps show where that is not V of single pixels in the paper's units: V of groups, the map of
//! another method, or a share of what the whole image does.

use ndarray::Array2;

use crate::attribution::Attribution;
use crate::data::Grouping;
use crate::numerals::{counted, grouped};
use crate::report::{ErrorsOf, Report, Unit};
use crate::settings::{Donors, Recipients};

use super::figure::{FigureSpec, Scale};
use super::heatmap::{Heatmap, Mark};
use super::number::significant;
use super::over_images::pixel_errors;
use super::palette::Kind;
use super::shown::Shown;
use super::style::{Style, Type};

/// Where maps have their numbers from.
pub(super) struct Source<'a> {
    pub method: Attribution,
    /// What the method's numbers are.
    what: &'static str,
    unit: Unit,
    /// Which pixels have the number of which group, where groups are shown.
    grouping: Option<&'a Grouping>,
    /// Whether groups are shown, known or not.
    pub is_grouped: bool,
    /// Numbers of features, or of groups (× dimensions).
    values: Option<&'a Array2<f32>>,
    std_error: Option<&'a Array2<f32>>,
    /// The method's own signs (features × dimensions); those of the report's direction where absent.
    pub sign: Option<&'a Array2<f32>>,
    /// How many recipients there are, and how many of them another method's map is a mean over.
    recipients: Option<usize>,
    images: Option<usize>,
    /// What the numbers of each dimension are divided by; by nothing where absent.
    wholes: Option<Vec<f64>>,
    /// Whether all that has to be known to draw is known.
    pub is_known: bool,
    /// Whether every number has been measured.
    pub is_measured: bool,
}

impl<'a> Source<'a> {
    /// `None` where maps show V of single pixels in the paper's units; `maps` is how many features and
    /// dimensions those of other methods are of.
    pub fn of(report: Option<&'a Report>, spec: &FigureSpec, maps: (usize, usize)) -> Option<Self> {
        let (method, unit) = (spec.maps, spec.unit);
        let is_own = method == Attribution::Permutation;
        let is_grouped = is_own && !spec.single && report.is_some_and(Report::is_grouped);
        if is_own && !is_grouped && unit == Unit::Paper {
            return None;
        }
        let mut grouping = None;
        let estimate = if is_grouped {
            let groups = report.and_then(|report| report.groups.as_ref());
            let groups = groups.filter(|groups| {
                let shape = (groups.grouping.names.len(), spec.dims);
                groups.importance.mean.dim() == shape && groups.grouping.of.len() == maps.0
            });
            grouping = groups.map(|groups| &groups.grouping);
            groups.map(|groups| &groups.importance)
        } else {
            let alone = report.and_then(|report| report.pixel_importance.as_ref());
            alone.filter(|found| is_own && found.mean.dim() == maps)
        };
        let opinions = report.and_then(|report| report.opinions.as_ref());
        let opinion = opinions
            .and_then(|found| {
                found
                    .methods
                    .iter()
                    .find(|opinion| opinion.method == method)
            })
            .filter(|found| found.map.dim() == maps && found.sign.dim() == maps);
        let values = estimate
            .map(|found| &found.mean)
            .or(opinion.map(|found| &found.map));
        let is_share = unit == Unit::Share && method != Attribution::Variance;
        let wholes = report.filter(|_| is_share);
        let wholes = wholes
            .and_then(|report| report.wholes(method))
            .filter(|wholes| wholes.len() == spec.dims);
        let is_known = values.is_some() && (wholes.is_some() || !is_share);
        let some = report.and_then(Report::recipients_in_words);
        Some(Self {
            method,
            what: match method {
                Attribution::Variance if some.is_some() => "mean squared difference from any image",
                method => method.quantity(),
            },
            unit,
            grouping,
            is_grouped,
            values,
            std_error: estimate.and_then(|found| {
                let repeats = found.std_error.as_ref();
                match spec.errors {
                    // Of groups, those over images are not measured.
                    ErrorsOf::Images if is_grouped => None,
                    _ => pixel_errors(report, spec, repeats),
                }
            }),
            sign: opinion.map(|found| &found.sign),
            recipients: report.map(Report::recipients),
            images: opinion.map(|found| found.images),
            is_known,
            is_measured: is_known && estimate.is_none_or(|found| found.repeats > 0),
            wholes,
        })
    }

    /// The number of a feature; absent where there is none: its pixel is in no group, or the dimension is
    /// the same in all images, of which there is no share.
    pub fn value(&self, dim: usize, feature: usize) -> Option<f64> {
        self.read(self.values, dim, feature)
    }

    /// The standard error of [`Source::value`], where it is known.
    pub fn error(&self, dim: usize, feature: usize) -> Option<f64> {
        self.read(self.std_error, dim, feature)
    }

    fn read(&self, from: Option<&Array2<f32>>, dim: usize, feature: usize) -> Option<f64> {
        let row = match self.grouping {
            Some(_) => self.group(feature)?,
            None => feature,
        };
        self.scaled(dim, *from?.get((row, dim))?)
    }

    fn scaled(&self, dim: usize, value: f32) -> Option<f64> {
        let whole = match &self.wholes {
            Some(wholes) => *wholes.get(dim)?,
            None if self.is_known => 1.0,
            None => return None,
        };
        (whole > 0.0).then(|| f64::from(value) / whole)
    }

    /// The numbers of a dimension, each once.
    pub fn values_of(&self, dim: usize) -> impl Iterator<Item = f64> {
        let column = self.values.filter(|_| self.is_known);
        let column = column.filter(|values| dim < values.ncols());
        let values = column
            .into_iter()
            .flat_map(move |values| values.column(dim));
        values.filter_map(move |&value| self.scaled(dim, value))
    }

    /// The group of a pixel, counted from 0.
    pub fn group(&self, pixel: usize) -> Option<usize> {
        let group = self.grouping?.of.get(pixel)?.checked_sub(1)?;
        Some(group as usize)
    }

    /// What the group of a pixel is called.
    pub fn group_name(&self, pixel: usize) -> Option<&'a str> {
        let name = self.grouping?.names.get(self.group(pixel)?);
        name.map(String::as_str)
    }

    /// How many pixels are in no group.
    pub fn apart(&self) -> usize {
        let groups = self.grouping.map_or(&[][..], |grouping| &grouping.of);
        groups.iter().filter(|&&group| group == 0).count()
    }

    /// The group of every pixel that is not the only one of its group, counted from 1; 0 of those in none;
    /// and, of the only ones, a number that is no group's.
    pub fn outlined(&self) -> Option<Vec<u32>> {
        let grouping = self.grouping?;
        let mut sizes = vec![0_usize; grouping.names.len() + 1];
        for &group in &grouping.of {
            sizes[(group as usize).min(grouping.names.len())] += 1;
        }
        let outlined = |&group: &u32| match sizes.get(group as usize) {
            Some(1) if group > 0 => u32::MAX,
            _ => group,
        };
        Some(grouping.of.iter().map(outlined).collect())
    }

    /// Whether a dimension is the same in all images, so that there is no share of it.
    pub fn is_shareless(&self, dim: usize) -> bool {
        let whole = self.wholes.as_ref().and_then(|wholes| wholes.get(dim));
        whole.is_some_and(|&whole| whole <= 0.0)
    }

    /// What the maps are of, for a heading: with room and without.
    pub fn titles(&self) -> [&'static str; 2] {
        match self.method {
            Attribution::Permutation if self.is_grouped => ["Importance of groups", "Groups"],
            Attribution::Permutation => ["Pixel importance", "Importance"],
            Attribution::Gradient => ["Gradients"; 2],
            Attribution::Smoothgrad => ["SmoothGrad"; 2],
            Attribution::IntegratedZero => ["Integrated gradients from 0", "Integrated, 0"],
            Attribution::IntegratedMean => {
                ["Integrated gradients from the mean", "Integrated, mean"]
            }
            Attribution::OcclusionZero => ["Occlusion by 0", "Occlusion, 0"],
            Attribution::OcclusionMean => ["Occlusion by the mean", "Occlusion, mean"],
            Attribution::Variance => ["Variance of pixels", "Variance"],
        }
    }

    /// What the numbers are and what they are measured in: `V of the group in squared latent units`.
    pub fn quantity(&self) -> String {
        let of = if self.is_grouped { " of the group" } else { "" };
        format!("{}{of} {}", self.what, self.measured_in())
    }

    pub fn measured_in(&self) -> &'static str {
        self.method.measured_in(self.unit)
    }

    /// The same, as what qualifies `pixel importance` in a sentence.
    pub fn in_words(&self) -> String {
        match self.method {
            Attribution::Permutation if self.is_grouped => {
                format!(", of groups, {}", self.measured_in())
            }
            Attribution::Permutation => format!(", {}", self.measured_in()),
            method => format!(", by {} ({})", method.name(), self.quantity()),
        }
    }
}

/// What is known of the group of a pixel.
#[derive(Default)]
pub(super) struct GroupFacts {
    /// What it is called; absent where the pixel is in none.
    pub name: Option<String>,
    /// V of the group over the sum of V of its pixels.
    pub shared: Option<f64>,
    /// The standard error of that, where it is known.
    pub shared_error: Option<f64>,
    /// The number of the pixel alone.
    pub single: Option<f64>,
}

impl Shown<'_> {
    /// Whether the maps are those of another method than the run's own.
    pub fn is_of_another_method(&self) -> bool {
        let source = self.source.as_ref();
        source.is_some_and(|source| source.method != Attribution::Permutation)
    }

    /// Whether the maps are known to show nothing of some pixels.
    pub(super) fn is_known_nothing(&self, dim: usize) -> bool {
        let source = self.source.as_ref().filter(|_| dim < self.spec.dims);
        source.is_some_and(|source| source.is_known)
    }

    /// What is known of a pixel's group, where groups are shown.
    pub(super) fn group_facts(&self, dim: usize, pixel: usize) -> Option<GroupFacts> {
        let source = self.source.as_ref().filter(|source| source.is_grouped)?;
        let credit = self.report.and_then(Report::shared_credit);
        let shared = source.group(pixel).zip(credit);
        let alone = self
            .report
            .and_then(|report| report.pixel_importance.as_ref());
        let alone = alone.and_then(|found| found.mean.get((pixel, dim)));
        Some(GroupFacts {
            name: source.group_name(pixel).map(String::from),
            shared: shared
                .as_ref()
                .and_then(|(group, credit)| *credit.ratio.get((*group, dim))?),
            shared_error: shared.and_then(|(group, credit)| *credit.std_error.get((group, dim))?),
            single: alone.and_then(|&value| source.scaled(dim, value)),
        })
    }

    /// Whether a dimension that nothing depends on is 0 in all images. Where only some images receive
    /// values, or only some are given, that nothing moved it says less.
    pub(super) fn is_zero(&self, dim: usize) -> bool {
        let Some(report) = self.report else {
            return true;
        };
        let measure = &report.settings.measure;
        if (measure.recipients, measure.donors) == (Recipients::All, Donors::All) {
            return true;
        }
        report.encoded.as_ref().is_some_and(|encoded| {
            let inside = dim < encoded.latents.ncols();
            inside && encoded.latents.column(dim).iter().all(|&z| z == 0.0)
        })
    }

    /// Who receives values and whose they are, where that is not as in the paper.
    fn exchange(&self) -> Option<String> {
        let method = self.source.as_ref().map(|source| source.method);
        self.report?.exchange_in_words(method.unwrap_or_default())
    }

    /// `heading`, which begins with `Pixel importance` or what else is said of features, of what is shown, as far
    /// as there is room.
    pub(super) fn titled(&self, heading: String, room: i32, style: &Style) -> String {
        let to = match (self.exchange(), self.cut()) {
            (Some(to), Some(cut)) => Some(format!("{cut}, {to}")),
            (to, cut) => to.or(cut),
        };
        if self.source.is_none() && to.is_none() {
            return heading;
        }
        let of_features = format!("{} importance", self.heading());
        let titles = self.source.as_ref().map(Source::titles);
        let [long, short] = titles.unwrap_or(["Pixel importance", "Importance"]);
        let long = &self.spec.say(long);
        let named = |title: &str| heading.replacen(&of_features, title, 1);
        let wordings = match &to {
            Some(to) => [
                format!("{}, {to}", named(long)),
                format!("{}, {to}", named(short)),
                to.clone(),
            ],
            None => [named(long), named(short), short.into()],
        };
        let wordings: Vec<&str> = wordings.iter().map(String::as_str).collect();
        style.shortened(&wordings, Type::Heading, room)
    }

    /// What the colours measure, of which `paper` is said in the paper's maps.
    pub(super) fn measuring(&self, paper: &str, kind: Kind, room: i32, style: &Style) -> String {
        let Some(source) = &self.source else {
            return paper.into();
        };
        let times = match kind {
            Kind::Diverging => " × direction",
            Kind::Sequential => "",
        };
        let quantity = self.quantity() + times;
        let mut wordings = match self.scale() {
            Scale::Shared => vec![quantity, source.measured_in().into()],
            Scale::Each => vec![
                format!("each map to its own limit ({quantity})"),
                format!("own limits, {}", source.measured_in()),
            ],
        };
        if let Some(hatched) = self.hatched() {
            let with = |words: &String| {
                [hatched.as_str(), "none"].map(|what| format!("{words}; hatched: {what}"))
            };
            let with = wordings.iter().flat_map(with);
            wordings = with.collect();
        }
        let wordings: Vec<&str> = wordings.iter().map(String::as_str).collect();
        style.shortened(&wordings, Type::Label, room)
    }

    /// What is drawn hatched, if anything.
    fn hatched(&self) -> Option<String> {
        let source = self.source.as_ref().filter(|source| source.is_known)?;
        let shareless = || self.order.iter().any(|&dim| source.is_shareless(dim));
        match (source.apart(), shareless()) {
            (0, false) => None,
            (0, true) => Some(self.spec.say("the same in all images")),
            (_, false) => Some("in no group".into()),
            (_, true) => Some(self.spec.say("in no group, or the same in all images")),
        }
    }

    /// A dimension's map with its groups outlined, and hatched where there is no number.
    pub(super) fn marked(
        &self,
        map: Heatmap,
        cells: (usize, usize),
        pixel: &dyn Fn(usize, usize) -> usize,
        dim: usize,
        style: &Style,
    ) -> Heatmap {
        let Some(source) = &self.source else {
            return map;
        };
        let outlined = source.outlined();
        if outlined.is_none() && !source.is_shareless(dim) {
            return map;
        }
        let mark = |row: usize, column: usize| {
            let pixel = pixel(row, column);
            let outline = outlined.as_ref().and_then(|groups| groups.get(pixel));
            Mark {
                outline: outline.copied().unwrap_or(0),
                hatched: source.value(dim, self.feature(pixel)).is_none(),
            }
        };
        map.marked(cells, &mark, style)
    }

    /// What the maps' numbers are and what they are measured in.
    pub(super) fn quantity(&self) -> String {
        let source = self.source.as_ref();
        let quantity = source.map_or("V in squared latent units".into(), Source::quantity);
        self.spec.say(quantity)
    }

    /// What qualifies `pixel importance` in a sentence; empty in the paper's maps.
    pub(super) fn qualified(&self) -> String {
        let source = self.source.as_ref();
        let source = source.map_or(String::new(), Source::in_words);
        let source = self.spec.say(source);
        let to = self.exchange();
        let to = to.map_or(String::new(), |to| format!(" ({to})"));
        source + &to
    }

    /// Sentences that the paper's maps do not need.
    pub(super) fn beyond_the_paper(&self) -> Option<String> {
        let source = self.source.as_ref().filter(|source| source.is_known)?;
        let mut said = Vec::new();
        match source.apart() {
            0 => (),
            1 => said.push("One pixel is in no group: hatched.".into()),
            many => said.push(format!(
                "{} pixels are in no group: hatched.",
                grouped(many)
            )),
        }
        if let (Some(images), Some(all)) = (source.images, source.recipients)
            && images < all
        {
            said.push(format!(
                "These maps are means over {} of {}.",
                grouped(images),
                counted(all, "image", "images")
            ));
        }
        if source.wholes.is_some() && source.method.is_squared() {
            said.push(
                "A share of 1 is what replacing whole images by others does on average, over all explained \
                 images."
                    .into(),
            );
        }
        let shareless = (0..self.spec.dims).filter(|&dim| source.is_shareless(dim));
        let shareless: Vec<String> = shareless.map(|dim| (dim + 1).to_string()).collect();
        if !shareless.is_empty() {
            let (dimensions, are) = match shareless.len() {
                1 => ("Dimension", "is"),
                _ => ("Dimensions", "are"),
            };
            said.push(format!(
                "{dimensions} {} {are} the same in all images, so that there is no share of it: hatched.",
                shareless.join(", ")
            ));
        }
        if let Some(credit) = self
            .report
            .filter(|_| source.is_grouped)
            .and_then(Report::shared_credit)
        {
            let sampled = if credit.is_sampled {
                " It rests on random permutations."
            } else {
                ""
            };
            let mut found: Vec<f64> = credit.ratio.iter().copied().flatten().collect();
            found.sort_unstable_by(f64::total_cmp);
            if let (Some(&least), Some(&most)) = (found.first(), found.last()) {
                said.push(format!(
                    "Shared credit, V of a group over the sum of V of its pixels alone, is from {} to {}, {} in the \
                     middle: above 1 where they share what they say.{sampled}",
                    ratio(least),
                    ratio(most),
                    ratio(f64::midpoint(found[(found.len() - 1) / 2], found[found.len() / 2]))
                ));
            }
        }
        (!said.is_empty()).then(|| self.spec.say(said.join(" ")))
    }
}

/// A ratio as people read it.
pub(super) fn ratio(value: f64) -> String {
    if value.is_infinite() {
        "∞".into()
    } else {
        significant(value, 3)
    }
}
