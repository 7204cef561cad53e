//! What a chart shows of a report: which parts are known, which dimensions are shown and in
//! which order, and what their maps show.

#[cfg(feature = "general")]
use crate::attribution::Attribution;
use crate::data::ClassSummary;
use crate::importance::{DirectionMap, Estimate};
#[cfg(feature = "general")]
use crate::report::DataForm;
use crate::report::{ModelPart, Report};

use super::figure::{FigureSpec, Scale};
use super::number::{ceil_to_two_digits, sort_largest_first};
#[cfg(feature = "general")]
use super::over_images::pixel_errors;
use super::palette::Kind;
#[cfg(feature = "general")]
use super::source::Source;

/// The report, read for one class. Parts whose shape is not the figure's belong to a run with
/// other settings and count as unknown.
pub(super) struct Shown<'a> {
    pub spec: &'a FigureSpec,
    pub report: Option<&'a Report>,
    /// Features of a pixel: its channels, where each is one, else 1.
    features: usize,
    /// What the class is called.
    pub class: Option<&'a str>,
    /// Whether latent importance can be measured.
    pub measured: bool,
    importance: Option<&'a Estimate>,
    pixels: Option<&'a Estimate>,
    direction: Option<&'a DirectionMap>,
    /// Where maps have other numbers from than V of single pixels in the paper's units.
    #[cfg(feature = "general")]
    pub source: Option<Source<'a>>,
    /// The columns of a table that all maps show, where these are not each map's own most important ones.
    #[cfg(feature = "general")]
    pub lead: Option<Vec<usize>>,
    /// Whether maps show direction as well, once it is known.
    pub directional: bool,
    /// The one dimension whose maps are shown, where it is one.
    alone: Option<usize>,
    /// The dimensions that are shown, top first.
    pub order: Vec<usize>,
    /// Dimensions that nothing depends on and that no pixel moves.
    pub empty: Vec<bool>,
}

/// Whether latent importance is, or will be, known of any class: not without a decoder, or results that have it.
pub(super) fn has_bars(report: Option<&Report>, spec: &FigureSpec) -> bool {
    report.is_none_or(|report| match part(report) {
        ModelPart::Encoder | ModelPart::Latents => false,
        ModelPart::Results => report.latent_importance_by(spec.metric).is_some(),
        ModelPart::Whole | ModelPart::Decoder => true,
    })
}

/// Which part of an autoencoder a report is of. What draws the first figure alone is given whole ones.
fn part(report: &Report) -> ModelPart {
    let model = report.model.as_ref().filter(|_| cfg!(feature = "general"));
    model.map_or(ModelPart::Whole, |model| model.part)
}

impl<'a> Shown<'a> {
    /// The figure: the most important dimension first.
    ///
    /// Sorts once every dimension has been measured, as the others do: sorting earlier would only
    /// shuffle those that have not had their turn. What is left out is left out after that.
    pub fn new(report: Option<&'a Report>, spec: &'a FigureSpec) -> Self {
        let mut shown = Self::unsorted(report, spec);
        let measured = shown.measured;
        if let Some(importance) = shown
            .importance
            .filter(|found| measured && found.repeats > 0)
        {
            let means = importance.mean.row(spec.class);
            shown.sort_by(&|dim| f64::from(means[dim]));
        }
        shown.choose();
        shown
    }

    /// Pixel importance alone: the dimension of the widest range first.
    pub fn pixels(report: Option<&'a Report>, spec: &'a FigureSpec) -> Self {
        let mut shown = Self {
            directional: false,
            ..Self::unsorted(report, spec)
        };
        if shown.is_measured() {
            let range = |dim| shown.range(dim).map_or(0.0, |(least, most)| most - least);
            let ranges: Vec<f32> = (0..spec.dims).map(range).collect();
            shown.sort_by(&|dim| f64::from(ranges[dim]));
        }
        shown.choose();
        shown
    }

    /// Pixel importance of one dimension on a scale of its own, with its direction or without.
    pub fn one(
        report: Option<&'a Report>,
        spec: &'a FigureSpec,
        dim: usize,
        directional: bool,
    ) -> Self {
        Self {
            directional,
            alone: Some(dim),
            order: (dim < spec.dims).then_some(dim).into_iter().collect(),
            ..Self::unsorted(report, spec)
        }
    }

    fn unsorted(report: Option<&'a Report>, spec: &'a FigureSpec) -> Self {
        let features = match report {
            Some(report) if report.is_by_channel() => spec.image.channels,
            _ => 1,
        };
        let maps = (spec.image.pixels() * features, spec.dims);
        let importance = report
            .and_then(|report| report.latent_importance_by(spec.metric))
            .filter(|found| found.mean.nrows() > spec.class && found.mean.ncols() == spec.dims);
        let pixels = report
            .and_then(|report| report.pixel_importance.as_ref())
            .filter(|found| found.mean.dim() == maps);
        let direction = report
            .and_then(|report| report.direction.as_ref())
            .filter(|found| {
                found.sign.dim() == maps && (found.slope.is_empty() || found.slope.dim() == maps)
            });
        let class = report.and_then(|report| report.classes.get(spec.class));
        let mut shown = Self {
            spec,
            report,
            features,
            class: class.map(|class| class.name.as_str()),
            measured: has_bars(report, spec)
                && (report.is_some_and(|report| part(report) == ModelPart::Results)
                    || class.is_none_or(ClassSummary::is_measured)),
            importance,
            pixels,
            direction,
            #[cfg(feature = "general")]
            source: Source::of(report, spec, maps),
            #[cfg(feature = "general")]
            lead: None,
            directional: true,
            alone: None,
            order: (0..spec.dims).collect(),
            empty: vec![false; spec.dims],
        };
        shown.find_empty();
        shown
    }

    /// The dimension of the largest number first, if an order is wanted.
    fn sort_by(&mut self, number: &dyn Fn(usize) -> f64) {
        if self.spec.sort {
            sort_largest_first(&mut self.order, number);
        }
    }

    fn choose(&mut self) {
        if let Some(order) = &self.spec.order {
            self.order = (order.iter().copied().filter(|&dim| dim < self.spec.dims)).collect();
            return;
        }
        if self.spec.filter_empty {
            self.order.retain(|&dim| !self.empty[dim]);
        }
        self.order.truncate(self.spec.most_shown());
    }

    /// A column of zeros is an answer only once every pixel has been measured.
    fn find_empty(&mut self) {
        let Some(pixels) = self.pixels.filter(|found| found.repeats > 0) else {
            return;
        };
        // A single image has nothing to exchange, whatever the network makes of it.
        if self.report.is_some_and(|report| report.explained() < 2) {
            return;
        }
        for dim in 0..self.spec.dims {
            let unused = self
                .importance
                .is_none_or(|found| found.mean.column(dim).iter().all(|&value| value == 0.0));
            let unmoved = pixels.mean.column(dim).iter().all(|&value| value == 0.0);
            #[cfg(feature = "general")]
            let unmoved = unmoved && self.is_zero(dim);
            self.empty[dim] = unused && unmoved;
        }
    }

    /// Latent importance of a dimension and its standard error; `None` where it is not known, or
    /// cannot be.
    pub fn bar(&self, dim: usize) -> Option<(f64, Option<f64>)> {
        let found = self.importance.filter(|_| self.measured)?;
        let cell = (self.spec.class, dim);
        let errors = found.std_error.as_ref();
        #[cfg(feature = "general")]
        let errors = self.bar_errors(errors);
        let error = errors.and_then(|error| error.get(cell));
        Some((
            f64::from(found.mean[cell]),
            error.map(|&error| f64::from(error)),
        ))
    }

    /// Where the longest bar of the class ends, its standard error included; `None` while there
    /// is nothing to show. Dimensions that are left out count, here and in [`Self::map_scale`], so
    /// that a bar's length and a colour mean the same whatever else is shown.
    pub fn longest_bar(&self) -> Option<f64> {
        let reach = (0..self.spec.dims)
            .filter_map(|dim| self.bar(dim))
            .map(|(mean, error)| mean + error.unwrap_or(0.0));
        largest(reach)
    }

    /// Whether there are bars at all, of whatever class.
    pub fn has_bars(&self) -> bool {
        has_bars(self.report, self.spec)
    }

    /// Whether maps show the direction by itself: without an encoder, or results that have it, there is no importance.
    pub fn shows_signs(&self) -> bool {
        use ModelPart::{Decoder, Latents, Results};
        #[cfg(feature = "general")]
        if self.source.is_some() {
            return false;
        }
        let is_all = |report| matches!(part(report), Decoder | Latents | Results);
        let is_known = self.pixels.is_none() && self.direction.is_some();
        self.directional && is_known && self.report.is_some_and(is_all)
    }

    /// As [`Self::map_scale`], or that of signs.
    pub fn drawn_scale(&self) -> Option<(Kind, f64)> {
        if self.shows_signs() {
            Some((Kind::Diverging, 1.0))
        } else {
            self.map_scale()
        }
    }

    /// What all maps together show: their kind and their limit, rounded up to two digits; `None`
    /// while there is nothing to show. Maps of all channels have one scale, and so has a map of its
    /// own limit: channels can be compared.
    pub fn map_scale(&self) -> Option<(Kind, f64)> {
        #[cfg(feature = "general")]
        if let Some(source) = &self.source {
            let dims = self.alone.map_or(0..self.spec.dims, |dim| dim..dim + 1);
            let values = dims.flat_map(|dim| source.values_of(dim));
            return Some((self.kind(), ceil_to_two_digits(largest(values)?)));
        }
        let means = &self.pixels?.mean;
        let limit = match self.alone {
            Some(dim) if dim < self.spec.dims => limit(means.column(dim)),
            Some(_) => None,
            None => limit(means),
        };
        Some((self.kind(), limit?))
    }

    /// The limit of a map that has a scale of its own; `None` where the map shows nothing, or
    /// shares its scale with the others.
    pub fn own_limit(&self, dim: usize) -> Option<f64> {
        #[cfg(feature = "general")]
        if let (Some(source), Scale::Each) = (&self.source, self.scale()) {
            return largest(source.values_of(dim)).map(ceil_to_two_digits);
        }
        match self.scale() {
            Scale::Shared => None,
            Scale::Each => limit(self.pixels?.mean.column(dim)),
        }
    }

    /// Which maps share a scale. One map alone has the only one, and signs are the same everywhere.
    pub fn scale(&self) -> Scale {
        if self.alone.is_some() || self.shows_signs() {
            Scale::Shared
        } else {
            self.spec.scale
        }
    }

    fn kind(&self) -> Kind {
        if self.directional && self.has_signs() {
            Kind::Diverging
        } else {
            Kind::Sequential
        }
    }

    /// Whether every pixel has been measured.
    pub fn is_measured(&self) -> bool {
        #[cfg(feature = "general")]
        if let Some(source) = &self.source {
            return source.is_measured;
        }
        self.pixels.is_some_and(|found| found.repeats > 0)
    }

    /// Whether there is anything to show in the maps, if only zeros so far.
    pub fn has_maps(&self) -> bool {
        #[cfg(feature = "general")]
        if let Some(source) = &self.source {
            return source.is_known;
        }
        self.pixels.is_some()
    }

    pub fn has_directions(&self) -> bool {
        self.has_maps() && self.has_signs()
    }

    /// Whether the signs of what is shown are known.
    fn has_signs(&self) -> bool {
        #[cfg(feature = "general")]
        if let Some(source) = &self.source
            && source.method != Attribution::Permutation
        {
            return source.sign.is_some();
        }
        self.direction.is_some()
    }

    /// Slopes nearer to 0 than this count as no direction; other methods have signs of their own.
    pub fn threshold(&self) -> f32 {
        #[cfg(feature = "general")]
        if self.is_of_another_method() {
            return 0.0;
        }
        self.spec.threshold
    }

    /// The channel whose maps are shown, counted from 0; `None` where a pixel is permuted with all of
    /// its channels.
    pub fn channel(&self) -> Option<usize> {
        (self.features > 1).then(|| self.spec.channel.min(self.features - 1))
    }

    /// The row, in the report's matrices, of what is shown of a pixel.
    pub fn feature(&self, pixel: usize) -> usize {
        pixel * self.features + self.channel().unwrap_or(0)
    }

    /// The channel whose maps are shown, as the end of a phrase: `, red channel`; nothing where a pixel
    /// is permuted with all of its channels.
    pub fn of_channel(&self) -> String {
        self.channel().map_or(String::new(), |channel| {
            match self.spec.image.channel_name(channel).as_str() {
                name if self.spec.image.channels == 3 => format!(", {name} channel"),
                number => format!(", channel {number}"),
            }
        })
    }

    /// As [`Self::of_channel`], with what else qualifies `pixel importance`.
    pub fn of(&self) -> String {
        let of = self.of_channel();
        #[cfg(feature = "general")]
        let of = of + &self.qualified();
        of
    }

    /// A dimension as people count it, and where it stands in latents that are feature maps.
    pub fn named(&self, dim: usize) -> String {
        let place = self
            .report
            .and_then(|report| report.dimension_in_words(dim));
        let place = place.map_or(String::new(), |place| format!(" ({place})"));
        format!("{}{place}", dim + 1)
    }

    /// What one number of a row is called, and what several are.
    #[cfg_attr(
        not(feature = "general"),
        expect(clippy::unused_self, reason = "images are all there is then")
    )]
    pub fn feature_names(&self) -> [&'static str; 2] {
        #[cfg(feature = "general")]
        return self.spec.form().nouns().feature;
        #[cfg(not(feature = "general"))]
        ["pixel", "pixels"]
    }

    /// The same as the first word of a heading.
    #[cfg_attr(
        not(feature = "general"),
        expect(clippy::unused_self, reason = "images are all there is then")
    )]
    pub fn heading(&self) -> &'static str {
        #[cfg(feature = "general")]
        return self.spec.form().heading();
        #[cfg(not(feature = "general"))]
        "Pixel"
    }

    /// What is said of a place after the name of what is there.
    #[cfg_attr(
        not(feature = "general"),
        expect(clippy::unused_self, reason = "images are all there is then")
    )]
    pub fn place_names(&self) -> &'static str {
        #[cfg(feature = "general")]
        if self.spec.form() != DataForm::Image {
            return "";
        }
        " (row, column)"
    }

    /// A pixel's row and column, counted from 1 in the image as it is stored; the names of what is no image.
    pub fn place(&self, pixel: usize) -> String {
        let width = self.spec.image.width;
        let place = format!("{}, {}", pixel / width + 1, pixel % width + 1);
        #[cfg(feature = "general")]
        let place = self.named_place(pixel).unwrap_or(place);
        #[cfg(feature = "general")]
        if let Some(group) = self
            .source
            .as_ref()
            .and_then(|source| source.group_name(pixel))
        {
            return format!("{place} in {group}");
        }
        place
    }

    /// Pixel importance of a dimension, signed by direction where that is shown and known; the direction where it
    /// alone is.
    pub fn map(&self, dim: usize, pixel: usize) -> f64 {
        #[cfg(feature = "general")]
        if let Some(source) = &self.source {
            let value = source.value(dim, self.feature(pixel));
            let sign = self.sign(dim, pixel).filter(|_| self.directional);
            return value.unwrap_or(f64::NAN) * f64::from(sign.unwrap_or(1.0));
        }
        let cell = (self.feature(pixel), dim);
        let unknown = if self.shows_signs() { 1.0 } else { 0.0 };
        let value = self.pixels.map_or(unknown, |found| found.mean[cell]);
        let sign = self.sign(dim, pixel).filter(|_| self.directional);
        f64::from(value * sign.unwrap_or(1.0))
    }

    /// The least and the greatest pixel importance of a dimension.
    pub fn range(&self, dim: usize) -> Option<(f32, f32)> {
        #[cfg(feature = "general")]
        if let Some(source) = &self.source {
            let values = source.values_of(dim).map(|value| value as f32);
            let all = values.map(|value| (value, value));
            return all.reduce(|(least, most), (value, _)| (least.min(value), most.max(value)));
        }
        let values = self.pixels?.mean.column(dim);
        let mut values = values.iter().skip(self.feature(0)).step_by(self.features);
        let first = *values.next()?;
        let widen = |(least, most): (f32, f32), &value: &f32| (least.min(value), most.max(value));
        Some(values.fold((first, first), widen))
    }

    /// Pixel importance and its standard error.
    pub fn pixel_importance(&self, dim: usize, pixel: usize) -> Option<(f32, Option<f32>)> {
        #[cfg(feature = "general")]
        if let Some(source) = self.source.as_ref() {
            let feature = self.feature(pixel);
            let found = source.value(dim, feature).filter(|_| source.is_known)? as f32;
            return Some((found, source.error(dim, feature).map(|error| error as f32)));
        }
        let found = self.pixels?;
        let cell = (self.feature(pixel), dim);
        let errors = found.std_error.as_ref();
        #[cfg(feature = "general")]
        let errors = pixel_errors(self.report, self.spec, errors);
        let error = errors.and_then(|error| error.get(cell));
        Some((*found.mean.get(cell)?, error.copied()))
    }

    pub fn slope(&self, dim: usize, pixel: usize) -> Option<f32> {
        #[cfg(feature = "general")]
        if self.is_of_another_method() {
            return None;
        }
        let cell = (self.feature(pixel), dim);
        self.direction?.slope.get(cell).copied()
    }

    /// Direction: the sign of the slope, or 0 where the slope is below the threshold.
    pub fn sign(&self, dim: usize, pixel: usize) -> Option<f32> {
        let cell = (self.feature(pixel), dim);
        #[cfg(feature = "general")]
        if let Some(source) = &self.source
            && source.method != Attribution::Permutation
        {
            return source.sign?.get(cell).copied();
        }
        let found = self.direction?;
        // Where the signs alone are known, none is below a threshold.
        let slope = found.slope.get(cell);
        if slope.is_some_and(|slope| slope.abs() < self.spec.threshold) {
            return Some(0.0);
        }
        found.sign.get(cell).copied()
    }
}

/// The limit of a scale that shows all of `values`.
fn limit<'v>(values: impl IntoIterator<Item = &'v f32>) -> Option<f64> {
    largest(values.into_iter().map(|&value| f64::from(value))).map(ceil_to_two_digits)
}

/// The largest number above zero.
fn largest(values: impl Iterator<Item = f64>) -> Option<f64> {
    let largest = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    (largest > 0.0).then_some(largest)
}
