//! The errors over images of one stage: feature by feature, each exchange of two images by itself.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array1, Array2, Axis, s};

use super::influence::Influence;
use crate::engine::{Engine, EngineError};
use crate::importance::closed::{ClosedForm, OverImages};
use crate::importance::design::{Design, Target};
use crate::importance::exactness::Choice;
use crate::importance::levels::{Level, varies};
use crate::importance::plan::Plan;
use crate::importance::pools::Pools;
use crate::importance::probe::{self, ByImage, ImageProbe, Intervention, Outcome, Values};
use crate::importance::results::Measured;
use crate::keyed::Keyed;
use crate::model::Half;
use crate::settings::Method;

/// Two permutations at least, as errors are of products of different ones.
const REPEATS: usize = 2;

/// What is known of a feature moved among certain images.
pub(super) struct Found {
    /// Which of the targets.
    pub at: usize,
    /// Standard errors over images, one for each number that is reported.
    pub errors: Array1<f64>,
    /// The importances.
    pub means: Array1<f64>,
    /// Of what is reported in one number, for differences between features.
    pub influence: Option<Influence>,
}

/// A stage whose errors are wanted.
pub(super) struct Stage {
    design: Design,
    /// Those that vary.
    pub targets: Vec<Target>,
    by: By,
    choice: Choice,
    /// Of every target, the values that its feature takes, where these are tried.
    levels: Vec<Vec<Level>>,
    repeats: usize,
    seed: u32,
    /// Numbers that are reported of a target.
    pub width: usize,
}

/// By what means: for each set of donors, by one that knows them.
enum By {
    Form(Vec<OverImages>),
    Probes(Vec<Box<dyn ImageProbe>>),
}

/// A feature that is being measured.
pub(super) struct Pending {
    at: usize,
    /// Interventions made.
    next: usize,
    pools: Option<Arc<Pools>>,
    /// Of every image, the mean over the images that it receives values of (images × numbers).
    received: Array2<f64>,
    /// Of every value that is tried, the sum over recipients of what they receive (values × numbers).
    of_values: Array2<f64>,
    /// Of permutations, what each of them tells.
    repeats: Vec<Array2<f64>>,
    means: Array1<f64>,
}

impl Stage {
    /// Of what `design` moves in `inputs` (images × inputs of the half), as `plan` says. What the `engine` would
    /// measure exactly is.
    ///
    /// # Errors
    /// If inputs are so large that their differences may not be finite.
    pub async fn new(
        engine: &Engine,
        half: &Half,
        inputs: &Array2<f32>,
        design: Design,
        plan: &Plan,
    ) -> Result<Self, EngineError> {
        let choice = Choice::of(engine, half, inputs, &design, plan);
        let by = if let (Choice::Closed, Some(layer)) = (choice, ClosedForm::layer(half)) {
            let form = |rows: Range<usize>| {
                let form = ClosedForm::new(layer, inputs.slice(s![rows, ..]));
                OverImages::new(layer, form)
            };
            By::Form(design.sources().into_iter().map(form).collect())
        } else {
            let make = async |inputs| probe::image_probe(half, inputs, &design).await;
            By::Probes(probes(inputs, &design, plan, choice, make).await?)
        };
        Ok(Self::begin(by, choice, design, plan))
    }

    /// As [`Stage::new`], of any function of a batch of images: by all values of each feature if `plan` asks for
    /// exactness, by permutations else.
    ///
    /// # Errors
    /// As the function, and if its outputs are not finite.
    pub async fn of_function<F>(
        function: &F,
        inputs: &Array2<f32>,
        design: Design,
        plan: &Plan,
    ) -> Result<Self, EngineError>
    where
        F: AsyncFn(&Array2<f32>) -> Result<Array2<f32>, EngineError> + Clone + Sync + 'static,
    {
        let choice = match plan.method {
            Method::Exact => Choice::Values,
            Method::Auto | Method::Sampled => Choice::Sampled,
        };
        let make = async |inputs| {
            probe::image_probe_of_function(function.clone(), inputs, design.outcome).await
        };
        let by = By::Probes(probes(inputs, &design, plan, choice, make).await?);
        Ok(Self::begin(by, choice, design, plan))
    }

    fn begin(by: By, choice: Choice, design: Design, plan: &Plan) -> Self {
        let mut targets = design.targets();
        targets.retain(|target| by.varies(target, design.columns(target)));
        let levels = match (&by, choice) {
            (By::Probes(probes), Choice::Values) => {
                let levels = |target: &Target| {
                    let inputs = probes[target.source].inputs();
                    let (columns, exchange) = (design.columns(target), &target.exchange);
                    match design.pools.of(target.feature, inputs.view()) {
                        Some(pools) => {
                            Level::in_pools(inputs, columns, &pools, &exchange.recipients())
                        }
                        None => Level::all(inputs, columns, exchange.donors()),
                    }
                };
                targets.iter().map(levels).collect()
            }
            _ => Vec::new(),
        };
        let width = match &by {
            By::Form(forms) => forms.first().map_or(0, OverImages::units),
            By::Probes(probes) => probes.first().map_or(0, |probe| probe.width()),
        };
        Self {
            targets,
            by,
            choice,
            levels,
            repeats: plan.permutations.max(REPEATS),
            seed: plan.seed,
            width,
            design,
        }
    }

    /// Outputs (images × outputs) for the unmoved inputs of the first set of donors.
    pub fn outputs(&self) -> Array2<f32> {
        let outputs = match &self.by {
            By::Form(forms) => forms.first().map(OverImages::latents),
            By::Probes(probes) => probes.first().map(|probe| probe.outputs()),
        };
        outputs.cloned().unwrap_or_default()
    }

    /// Rows of the results.
    pub fn rows(&self) -> usize {
        self.design.rows()
    }

    /// Whether all exchanges of two images are looked at, or those of random permutations.
    pub fn measured(&self) -> Measured {
        match self.choice {
            Choice::Closed | Choice::Values => Measured::Exact,
            Choice::Sampled => Measured::Sampled,
        }
    }

    /// Steps that a target takes.
    pub fn steps(&self, at: usize) -> usize {
        match self.choice {
            Choice::Closed => 1,
            Choice::Values => self.levels[at].len(),
            Choice::Sampled => self.repeats,
        }
    }

    /// Begins with a target.
    pub fn start(&self, at: usize) -> Pending {
        let target = &self.targets[at];
        let inputs = self.by.inputs(target.source);
        let of_probes = matches!(self.by, By::Probes(_));
        let images = if of_probes { inputs.nrows() } else { 0 };
        let values = self.levels.get(at).map_or(0, Vec::len);
        Pending {
            at,
            next: 0,
            pools: self.design.pools.of(target.feature, inputs),
            received: Array2::zeros((images, self.width)),
            of_values: Array2::zeros((values, self.width)),
            repeats: Vec::new(),
            means: Array1::zeros(self.width),
        }
    }

    /// Takes one step; what is known of the target after the last one.
    ///
    /// # Errors
    /// If the probe fails.
    pub async fn step(&self, pending: &mut Pending) -> Result<Option<Found>, EngineError> {
        let target = &self.targets[pending.at];
        let columns = self.design.columns(target);
        let recipients = target.exchange.recipients();
        let probes = match &self.by {
            By::Form(forms) => {
                let pools = pending.pools.as_deref();
                let form = &forms[target.source];
                let (errors, means) = form.measure(columns, &recipients, pools);
                return Ok(Some(Found {
                    at: pending.at,
                    errors,
                    means,
                    influence: None,
                }));
            }
            By::Probes(probes) => probes,
        };
        let probe = &probes[target.source];
        let intervention = Intervention {
            columns,
            exchange: &target.exchange,
            values: self.values(target, pending),
        };
        let found = probe.by_image(&intervention).await?;
        let is_last = pending.next + 1 == self.steps(pending.at);
        if self.choice == Choice::Values {
            pending.add_value(&self.levels[pending.at][pending.next], &found);
            if is_last {
                let inputs = probe.inputs();
                pending.end_values(&self.levels[pending.at], inputs, columns, target);
            }
        } else {
            pending.add_permutation(&found, target);
        }
        pending.next += 1;
        Ok(is_last.then(|| {
            let influence = Influence::new(std::mem::take(&mut pending.repeats));
            Found {
                at: pending.at,
                errors: influence.errors(),
                means: &pending.means / self.given_means(),
                influence: (self.design.outcome == Outcome::Overall).then_some(influence),
            }
        }))
    }

    /// How many means a target's are added up from.
    fn given_means(&self) -> f64 {
        match self.choice {
            Choice::Closed | Choice::Values => 1.0,
            Choice::Sampled => self.repeats as f64,
        }
    }

    /// Whose values are given next: the same as where importance itself is measured.
    fn values(&self, target: &Target, pending: &Pending) -> Values {
        let recipients = target.exchange.recipients();
        let pools = pending.pools.as_deref();
        if self.choice == Choice::Values {
            let donor = self.levels[pending.at][pending.next].donor;
            return match pools {
                Some(pools) => Values::Given(pools.given(recipients, donor)),
                None => Values::Of(donor),
            };
        }
        let key = [&target.key[..], &[pending.next as u64]].concat();
        let keyed = |key: &[u64]| Keyed::new(self.seed, self.design.purpose, key);
        match pools {
            Some(pools) => {
                let of_pool = |pool| keyed(&[&key[..], &[pool]].concat());
                Values::Given(pools.permuted(recipients, of_pool))
            }
            None => Values::Permuted(keyed(&key)),
        }
    }
}

/// A probe that `make` makes of the inputs of each set of donors.
async fn probes(
    inputs: &Array2<f32>,
    design: &Design,
    plan: &Plan,
    choice: Choice,
    make: impl AsyncFn(Array2<f32>) -> Result<Box<dyn ImageProbe>, EngineError>,
) -> Result<Vec<Box<dyn ImageProbe>>, EngineError> {
    let mut probes = Vec::new();
    for rows in design.sources() {
        let mut probe = make(inputs.slice(s![rows, ..]).to_owned()).await?;
        let interventions = match choice {
            Choice::Sampled => plan.permutations.max(REPEATS),
            // About as many values as images.
            Choice::Closed | Choice::Values => probe.inputs().nrows(),
        };
        probe.prepare(interventions);
        probes.push(probe);
    }
    Ok(probes)
}

impl By {
    fn inputs(&self, source: usize) -> ndarray::ArrayView2<'_, f32> {
        match self {
            Self::Form(forms) => forms[source].images(),
            Self::Probes(probes) => probes[source].inputs().view(),
        }
    }

    /// Whether moving `columns` among a target's images can change anything.
    fn varies(&self, target: &Target, columns: &[usize]) -> bool {
        match self {
            Self::Form(forms) => forms[target.source].varies(columns),
            Self::Probes(probes) => {
                let inputs = probes[target.source].inputs();
                columns.iter().any(|&column| varies(inputs.column(column)))
            }
        }
    }
}

impl Pending {
    /// Adds what comes of giving a value to all recipients that may have it.
    fn add_value(&mut self, level: &Level, found: &ByImage) {
        let share = f64::from(level.count) / f64::from(level.of);
        let mut of_value = self.of_values.row_mut(self.next);
        for (&row, squares) in found.rows.iter().zip(found.squares.rows()) {
            self.received
                .row_mut(row as usize)
                .scaled_add(share, &squares);
            of_value += &squares;
        }
    }

    /// Takes all values together.
    fn end_values(
        &mut self,
        levels: &[Level],
        inputs: &Array2<f32>,
        columns: &[usize],
        target: &Target,
    ) {
        let recipients = target.exchange.recipients();
        let donors = target.exchange.donors();
        let mut influence = Array2::zeros(self.received.dim());
        self.means = mean(&self.received, &recipients);
        let whole: Vec<u32>;
        let pools: Vec<&[u32]> = if let Some(pools) = &self.pools {
            let pools = pools.members().iter();
            pools
                .filter(|members| Pools::has(members, &recipients))
                .map(Vec::as_slice)
                .collect()
        } else {
            whole = (donors.start as u32..donors.end as u32).collect();
            vec![&whole]
        };
        let mut first = 0;
        for members in pools {
            let rows = members.iter().map(|&row| row as usize);
            let ranks = Level::ranks(inputs, columns, rows);
            let count = ranks.iter().max().map_or(0, |&last| last as usize + 1);
            if count < 2 {
                // Nothing changes, and nothing was tried.
                continue;
            }
            debug_assert!(first + count <= levels.len());
            let received = self.received_by(members, &recipients);
            for (&row, &rank) in members.iter().zip(&ranks) {
                let mut given = influence.row_mut(row as usize);
                given += &self.of_values.row(first + rank as usize);
                given -= &received;
                given /= members.len() as f64;
            }
            first += count;
        }
        self.centre(&mut influence, &recipients);
        self.repeats.push(influence);
    }

    /// Adds what comes of one permutation.
    fn add_permutation(&mut self, found: &ByImage, target: &Target) {
        let recipients = target.exchange.recipients();
        let mut influence = Array2::<f64>::zeros(self.received.dim());
        self.received.fill(0.0);
        let pairs = found.rows.iter().zip(&found.donors);
        for ((&row, &donor), squares) in pairs.zip(found.squares.rows()) {
            self.received.row_mut(row as usize).assign(&squares);
            let mut given = influence.row_mut(donor as usize);
            given += &squares;
        }
        let subtract = |influence: &mut Array2<f64>,
                        members: &mut dyn Iterator<Item = usize>,
                        of: &Array1<f64>| {
            for row in members {
                let mut given = influence.row_mut(row);
                given -= of;
            }
        };
        if let Some(pools) = &self.pools {
            for members in pools.members() {
                let received = self.received_by(members, &recipients) / members.len() as f64;
                let mut rows = members.iter().map(|&row| row as usize);
                subtract(&mut influence, &mut rows, &received);
            }
        } else {
            let mut donors = target.exchange.donors();
            let of_all = self.received.sum_axis(Axis(0)) / donors.len() as f64;
            subtract(&mut influence, &mut donors, &of_all);
        }
        self.means += &mean(&self.received, &recipients);
        self.centre(&mut influence, &recipients);
        self.repeats.push(influence);
    }

    /// What the recipients among these images receive in all.
    fn received_by(&self, members: &[u32], recipients: &Range<usize>) -> Array1<f64> {
        let mut sum = Array1::zeros(self.received.ncols());
        for &row in members {
            if recipients.contains(&(row as usize)) {
                sum += &self.received.row(row as usize);
            }
        }
        sum
    }

    /// Adds to what images give what recipients receive, less their mean, and takes both for shares of all
    /// recipients.
    fn centre(&self, influence: &mut Array2<f64>, recipients: &Range<usize>) {
        let mean = mean(&self.received, recipients);
        for row in recipients.clone() {
            let mut influence = influence.row_mut(row);
            influence += &self.received.row(row);
            influence -= &mean;
        }
        *influence /= recipients.len() as f64;
    }
}

/// The mean over recipients.
fn mean(received: &Array2<f64>, recipients: &Range<usize>) -> Array1<f64> {
    let rows = received.slice(s![recipients.clone(), ..]);
    rows.sum_axis(Axis(0)) / recipients.len() as f64
}
