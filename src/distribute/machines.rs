//! A run divided among machines: parts that never hear of each other, and their join.
//!
//! Every pixel, and every pair of class and latent dimension, is measured by itself: its
//! permutations are keyed by its own number, its closed form needs no other. So any part of them
//! can be measured anywhere; on the CPU engine the joined numbers are those of one run, bit for
//! bit. Groups of pixels are divided as pixels are. What is not found feature by feature (clusters and
//! what predicts pixels from their neighbours) every part finds for itself, and the same; and what is
//! asked beyond importance (how plausible donors are, what other methods say) the first part alone.

#[cfg(feature = "general")]
use std::collections::BTreeSet;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

#[cfg(feature = "general")]
use crate::attribution::agreement;
#[cfg(feature = "general")]
use crate::data::Grouping;
use crate::fingerprint::Fingerprint;
#[cfg(feature = "general")]
use crate::importance::Measured;
use crate::importance::{Estimate, Shard};
use crate::math::kernel::Kernel;
use crate::model::{Layer, Network};
use crate::report::Report;
use crate::run::Run;
#[cfg(feature = "general")]
use crate::settings::Donors;

/// What one part of a run found: a report whose stages 1, of pixels and of groups, and 3 hold the part's own
/// features and 0 elsewhere. What other methods say is in the first part, without how far they agree, since
/// that takes all of V.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PartialReport {
    /// Which part.
    pub shard: Shard,
    /// What was measured, as [`fingerprint`] tells it.
    pub fingerprint: String,
    /// The report; everything but stages 1 and 3 is whole.
    pub report: Report,
}

impl PartialReport {
    /// Everything that `run` has found so far; `None` until its network is trained.
    #[must_use]
    pub fn of(run: &Run) -> Option<Self> {
        let explained = run.explained();
        let network = run.network()?;
        #[cfg_attr(not(feature = "general"), expect(unused_mut))]
        let mut report = run.report().clone();
        #[cfg(feature = "general")]
        if let Some(opinions) = &mut report.opinions {
            // Held against a part of V.
            opinions.agreement.clear();
        }
        Some(Self {
            shard: run.shard(),
            fingerprint: fingerprint(&explained.pixels, &explained.classes, network),
            report,
        })
    }
}

/// A text that differs, but for one chance in 2^64, where the held-out images, their classes or
/// the weights differ by a bit.
#[must_use]
pub fn fingerprint(
    images: &Array2<f32>,
    classes: &[(u8, Range<usize>)],
    network: &Network,
) -> String {
    let mut print = Fingerprint::default();
    print.add_matrix(images.dim(), images.iter().copied());
    for matrix in network.layers().flat_map(Layer::weights) {
        print.add_matrix(matrix.dim(), matrix.iter().copied());
    }
    for layer in network.layers() {
        let (kind, parameters) = layer.activation().key();
        print.add(kind);
        for parameter in parameters {
            print.add(parameter.to_bits().into());
        }
    }
    for (label, rows) in classes {
        print.add(u64::from(*label));
        print.add(rows.len() as u64);
    }
    print.to_string()
}

/// Joins the finished parts of one run, in any order, into the report of the whole run.
///
/// # Errors
/// If a part is missing, given twice, unfinished, damaged, of another run, or computed by another kernel.
pub fn merge(parts: &[PartialReport]) -> Result<Report, MergeError> {
    let report = merge_mixed(parts)?;
    let first = parts.first().ok_or(MergeError::Nothing)?;
    match parts.iter().find(|part| kernel(part) != kernel(first)) {
        Some(part) => Err(MergeError::AnotherKernel {
            part: part.shard,
            first: first.shard,
            kernels: [part, first].map(|part| kernel(part).to_owned()),
        }),
        None => Ok(report),
    }
}

/// As [`merge`], whatever the kernels that the parts were computed by: the report names all of them, and its numbers
/// are those of one run but for their last digits.
///
/// # Errors
/// As there, but for the kernel.
pub fn merge_mixed(parts: &[PartialReport]) -> Result<Report, MergeError> {
    let first = parts.first().ok_or(MergeError::Nothing)?;
    for part in parts {
        if let Err(what) = part.report.check() {
            return Err(MergeError::Damaged(part.shard, what));
        }
        if let Some(what) = difference(first, part) {
            return Err(MergeError::AnotherRun {
                part: part.shard,
                first: first.shard,
                what,
            });
        }
        if let Some(stage) = unfinished(part) {
            return Err(MergeError::Unfinished(part.shard, stage));
        }
    }
    let mut given = HashSet::new();
    for part in parts {
        if !given.insert(part.shard) {
            return Err(MergeError::Twice(part.shard));
        }
    }
    let all = Shard::all(first.shard.count());
    let missing: Vec<Shard> = all.filter(|shard| !given.contains(shard)).collect();
    if !missing.is_empty() {
        return Err(MergeError::Missing(missing));
    }
    #[cfg(feature = "general")]
    let lead = parts.iter().find(|part| part.shard.number() == 1);
    let joined = |stage: fn(&Report) -> Option<&Estimate>, features| {
        let found: Option<Vec<_>> = parts
            .iter()
            .map(|part| Some((part.shard, stage(&part.report)?)))
            .collect();
        found.map(|found| join(&found, features))
    };
    #[cfg_attr(not(feature = "general"), expect(unused_mut))]
    let mut report = Report {
        pixel_importance: joined(|report| report.pixel_importance.as_ref(), Features::Rows),
        latent_importance: joined(|report| report.latent_importance.as_ref(), Features::Cells),
        latent_importance_rmse: joined(
            |report| report.latent_importance_rmse.as_ref(),
            Features::Cells,
        ),
        ..first.report.clone()
    };
    #[cfg(feature = "general")]
    if parts.iter().any(|part| kernel(part) != kernel(first)) {
        let kernels: BTreeSet<&str> = parts.iter().map(kernel).collect();
        report.kernel = Some(Vec::from_iter(kernels).join(", "));
    }
    #[cfg(feature = "general")]
    if let Some(PartialReport { report: lead, .. }) = lead {
        let groups = joined(
            |report| Some(&report.groups.as_ref()?.importance),
            Features::Rows,
        );
        if let (Some(groups), Some(importance)) = (&mut report.groups, groups) {
            groups.importance = importance;
        }
        report
            .reconstruction_errors
            .clone_from(&lead.reconstruction_errors);
        report.divergence.clone_from(&lead.divergence);
        report.donor_checks.clone_from(&lead.donor_checks);
        report.opinions.clone_from(&lead.opinions);
        report.image_errors.clone_from(&lead.image_errors);
        if let (Some(opinions), Some(found)) = (&mut report.opinions, &report.pixel_importance) {
            opinions.agreement = agreement(&opinions.methods, &found.mean);
        }
    }
    Ok(report)
}

/// What the features of an estimate are, and so which of its cells a part holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Features {
    /// Rows: stage 1, pixels × dimensions.
    Rows,
    /// Cells: stage 3, classes × dimensions.
    Cells,
}

/// Puts together what the parts of one run have found so far, finished or not. Parts that are
/// not given count as not begun.
///
/// # Panics
/// If there is no part, or their shapes or numbers of parts differ.
#[must_use]
pub fn join(parts: &[(Shard, &Estimate)], features: Features) -> Estimate {
    let (shard, first) = parts.first().expect("there is a part to join");
    let (rows, columns) = first.mean.dim();
    let owner = |row: usize, column: usize| {
        let feature = match features {
            Features::Rows => row,
            Features::Cells => row * columns + column,
        };
        parts.iter().find(|(part, _)| part.holds(feature))
    };
    let joined = |value: &dyn Fn(&Estimate, (usize, usize)) -> f32| {
        Array2::from_shape_fn((rows, columns), |cell| {
            owner(cell.0, cell.1).map_or(0.0, |(_, part)| value(part, cell))
        })
    };
    let all = shard.count() as usize;
    let complete = parts.len() == all;
    for (part, found) in parts {
        assert_eq!(part.count(), shard.count(), "parts of the same division");
        assert_eq!(found.mean.dim(), (rows, columns), "parts of the same shape");
    }
    let known = complete && parts.iter().all(|(_, part)| part.std_error.is_some());
    let repeats = parts.iter().map(|(_, part)| part.repeats).min();
    Estimate {
        method: first.method,
        engine: first.engine.clone(),
        mean: joined(&|part, cell| part.mean[cell]),
        std_error: known.then(|| {
            joined(&|part, cell| part.std_error.as_ref().map_or(0.0, |error| error[cell]))
        }),
        repeats: repeats.filter(|_| complete).unwrap_or(0),
        fraction: parts.iter().map(|(_, part)| part.fraction).sum::<f32>() / all as f32,
    }
}

/// What computed a part on the CPU.
fn kernel(part: &PartialReport) -> &str {
    #[cfg(feature = "general")]
    if let Some(kernel) = &part.report.kernel {
        return kernel;
    }
    #[cfg(not(feature = "general"))]
    let _ = part;
    Kernel::Baseline.name()
}

/// In what two parts differ that are to be of one run.
fn difference(one: &PartialReport, other: &PartialReport) -> Option<&'static str> {
    let method = |found: &Option<Estimate>| found.as_ref().map(|found| found.method);
    if one.report.version != other.report.version {
        Some("the versions of latent-lens differ")
    } else if one.report.engine != other.report.engine {
        Some("the engines differ")
    } else if one.report.settings != other.report.settings {
        Some("the settings differ")
    } else if one.report.image != other.report.image || one.report.classes != other.report.classes {
        Some("the images' size or classes differ")
    } else if one.fingerprint != other.fingerprint && kernel(one) != kernel(other) {
        Some(
            "the images or the network's weights differ, as weights do where each part trains by another kernel",
        )
    } else if one.fingerprint != other.fingerprint {
        Some("the images or the network's weights differ")
    } else if one.shard.count() != other.shard.count() {
        Some("the numbers of parts differ")
    } else if method(&one.report.pixel_importance) != method(&other.report.pixel_importance)
        || method(&one.report.latent_importance) != method(&other.report.latent_importance)
    {
        Some("the methods differ")
    } else {
        #[cfg(feature = "general")]
        if groups(one) != groups(other) {
            return Some("the groups differ");
        }
        None
    }
}

/// Which groups were measured, and how.
#[cfg(feature = "general")]
fn groups(part: &PartialReport) -> Option<(&Grouping, Measured)> {
    let groups = part.report.groups.as_ref();
    groups.map(|groups| (&groups.grouping, groups.importance.method))
}

/// The first stage that a part has not finished.
fn unfinished(part: &PartialReport) -> Option<&'static str> {
    let report = &part.report;
    let open = |found: &Option<Estimate>| found.as_ref().is_none_or(|found| found.fraction < 1.0);
    #[cfg(feature = "general")]
    {
        let (measure, leads) = (&report.settings.measure, part.shard.number() == 1);
        let groups = report
            .groups
            .as_ref()
            .map(|groups| groups.importance.clone());
        if measure.has_groups() && open(&groups) {
            return Some("group importance");
        }
        if leads && measure.donors != Donors::All && report.donor_checks.is_none() {
            return Some("donor checks");
        }
        if leads && measure.opinions && report.opinions.is_none() {
            return Some("other methods");
        }
        if leads && measure.image_errors && report.image_errors.is_none() {
            return Some("errors over images");
        }
        if leads && report.is_variational() && report.divergence.is_none() {
            return Some("divergence");
        }
    }
    if open(&report.pixel_importance) {
        Some("pixel importance")
    } else if open(&report.latent_importance) || open(&report.latent_importance_rmse) {
        Some("latent importance")
    } else {
        None
    }
}

/// As many missing parts are named; the others are counted.
const NAMED: usize = 10;

/// Why parts cannot be joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// No part was given.
    Nothing,
    /// Parts nobody has given.
    Missing(Vec<Shard>),
    /// A part was given twice.
    Twice(Shard),
    /// A part is not what a run writes.
    Damaged(Shard, String),
    /// A part has not finished a stage.
    Unfinished(Shard, &'static str),
    /// Two parts differ where parts of one run cannot.
    AnotherRun {
        /// The part that differs.
        part: Shard,
        /// The part it was held against.
        first: Shard,
        /// In what they differ.
        what: &'static str,
    },
    /// Two parts were computed by different kernels.
    AnotherKernel {
        /// The part that differs.
        part: Shard,
        /// The part it was held against.
        first: Shard,
        /// The kernels of the two.
        kernels: [String; 2],
    },
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => write!(f, "There are no parts to merge; name every part's report."),
            Self::Missing(shards) => {
                let named = shards.iter().take(NAMED);
                let names: Vec<String> = named.map(Shard::to_string).collect();
                let more = match shards.len().saturating_sub(NAMED) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                let (are, them) = match shards.len() {
                    1 => ("Part", "is missing; compute it"),
                    _ => ("Parts", "are missing; compute them"),
                };
                let names = names.join(", ");
                write!(f, "{are} {names}{more} {them} and merge again.")
            }
            Self::Twice(shard) => write!(f, "Part {shard} is given twice; leave one out."),
            Self::Damaged(shard, what) => write!(
                f,
                "The report of part {shard} is damaged: {what}. Compute the part again."
            ),
            Self::Unfinished(shard, stage) => write!(
                f,
                "Part {shard} has not finished {stage}; let it run to its end and merge again."
            ),
            Self::AnotherRun { part, first, what } => write!(
                f,
                "Part {part} is of another run than part {first}: {what}. Compute both \
                 with the same version, settings, images and model."
            ),
            Self::AnotherKernel {
                part,
                first,
                kernels: [one, other],
            } => write!(
                f,
                "Part {part} was computed by the kernel {one}, part {first} by {other}: their numbers differ in the \
                 last digits. Compute both with --kernel baseline, which every processor has, or say --mixed to join \
                 them as they are."
            ),
        }
    }
}

impl std::error::Error for MergeError {}
