//! What has to be found before stage 1: groups, and what predicts pixels from their neighbours.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use ndarray::Array2;

use super::{Prepared, RunError};
use crate::data::{Dataset, Grouping};
use crate::importance::{Clusters, Feature, FoundOn, Merge, NeighbourFit};
use crate::report::Report;
use crate::settings::{Donors, FeatureKind, Measure, SettingError, Settings};

fn refused(field: &str, message: String) -> RunError {
    RunError::Settings(vec![SettingError {
        field: field.into(),
        message,
    }])
}

/// Finds what has to be known before stage 1: clusters, then what predicts pixels and groups.
pub(super) struct Preparation {
    job: Option<Job>,
    /// Jobs that are done, and those there are.
    done: usize,
    total: usize,
    found: Prepared,
    clusters: Option<Clustered>,
}

/// How clusters were found.
pub(super) struct Clustered {
    pub merges: Vec<Merge>,
    pub on: FoundOn,
}

enum Job {
    Clusters(Box<Clusters>),
    Neighbours(Box<NeighbourFit>),
    GroupNeighbours(Box<NeighbourFit>),
}

/// What a preparation is of.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub settings: &'a Settings,
    pub data: &'a Arc<Dataset>,
    /// Names of the columns of a table.
    pub columns: Option<&'a [String]>,
}

impl<'a> Of<'a> {
    /// Of the run whose report and images these are.
    pub fn new(report: &'a Report, data: &'a Arc<Dataset>) -> Self {
        Self {
            settings: &report.settings,
            data,
            columns: report.data.columns.as_deref(),
        }
    }

    /// The groups that the settings ask for; `None` where there are none, or a job has to find them.
    ///
    /// # Errors
    /// If there can be none.
    pub fn grouping(self) -> Result<Option<Grouping>, RunError> {
        let measure = &self.settings.measure;
        if !measure.has_groups() || measure.features == FeatureKind::Clusters {
            return Ok(None);
        }
        Grouping::of(
            measure,
            self.data.image,
            self.columns,
            &self.data.explained.pixels,
        )
        .map(Some)
        .map_err(|message| refused("features", message))
    }
}

impl Preparation {
    /// Begins with what is known; `None` where nothing has to be found.
    pub fn new(of: Of<'_>, known: Prepared) -> Result<Option<Self>, RunError> {
        let mut preparation = Self {
            job: None,
            done: 0,
            total: Self::jobs(of.settings),
            found: known,
            clusters: None,
        };
        preparation.begin(of)?;
        if of.settings.measure.donors != Donors::All {
            // Refused now if it were later.
            fit(of, &[])?;
        }
        Ok((preparation.total > 0).then_some(preparation))
    }

    /// How many jobs there are with these settings.
    fn jobs(settings: &Settings) -> usize {
        let Measure {
            features, donors, ..
        } = settings.measure;
        let jobs = [
            features == FeatureKind::Clusters,
            donors != Donors::All,
            donors == Donors::Neighbours && settings.measure.has_groups(),
        ];
        jobs.into_iter().filter(|is_needed| *is_needed).count()
    }

    /// Whether anything has to be found with these settings.
    pub fn is_needed(settings: &Settings) -> bool {
        Self::jobs(settings) > 0
    }

    /// Begins the next job, if there is one.
    fn begin(&mut self, of: Of<'_>) -> Result<(), RunError> {
        let Of { settings, data, .. } = of;
        let measure = &settings.measure;
        let found = &self.found;
        let groups = found.grouping.as_ref();
        self.job = if measure.features == FeatureKind::Clusters && groups.is_none() {
            let clusters = Clusters::new(&images_of(data), data.image);
            let clusters = clusters.map_err(|message| refused("features", message))?;
            Some(Job::Clusters(Box::new(clusters)))
        } else if measure.donors != Donors::All && found.neighbours.is_none() {
            let features = Feature::of_pixels(data.image, settings.permute);
            Some(Job::Neighbours(fit(of, &features)?))
        } else if let (Donors::Neighbours, Some(grouping), None) =
            (measure.donors, groups, &found.group_neighbours)
        {
            let features = Feature::of_groups(data.image, grouping);
            Some(Job::GroupNeighbours(fit(of, &features)?))
        } else {
            None
        };
        Ok(())
    }

    /// Works for about `budget`; true once everything is found.
    pub fn advance(&mut self, of: Of<'_>, budget: Duration) -> Result<bool, RunError> {
        let is_over = match &mut self.job {
            Some(Job::Clusters(job)) => job.advance(budget),
            Some(Job::Neighbours(job) | Job::GroupNeighbours(job)) => job.advance(budget),
            None => return Ok(true),
        };
        if !is_over {
            return Ok(false);
        }
        let found = &mut self.found;
        match self.job.take() {
            Some(Job::Clusters(job)) => {
                let grouping = job.grouping(of.settings.measure.threshold, of.columns);
                found.grouping = Some(grouping.map_err(|message| refused("features", message))?);
                self.clusters = Some(Clustered {
                    merges: job.merges(),
                    on: job.found_on(of.data.training.count() > 0),
                });
            }
            Some(Job::Neighbours(job)) => found.neighbours = Some(job.finish()),
            Some(Job::GroupNeighbours(job)) => {
                found.group_neighbours = Some(job.finish());
            }
            None => {}
        }
        self.done += 1;
        self.begin(of)?;
        Ok(self.job.is_none())
    }

    /// Jobs that are done, the share of the one in hand among them, and those there are.
    pub fn progress(&self) -> (f64, f64) {
        let (done, total) = match &self.job {
            Some(Job::Clusters(job)) => (job.done() as f64, job.total() as f64),
            Some(Job::Neighbours(job) | Job::GroupNeighbours(job)) => {
                (job.done() as f64, job.total() as f64)
            }
            None => (0.0, 1.0),
        };
        (self.done as f64 + done / total.max(1.0), self.total as f64)
    }

    /// What is known now, all of it.
    pub fn finish(mut self, of: Of<'_>) -> Result<(Prepared, Option<Clustered>), RunError> {
        while !self.advance(of, Duration::MAX)? {}
        Ok((self.found, self.clusters))
    }
}

/// What predicts these features.
fn fit(of: Of<'_>, features: &[Feature]) -> Result<Box<NeighbourFit>, RunError> {
    NeighbourFit::new(Arc::clone(of.data), features)
        .map(Box::new)
        .map_err(|message| refused("donors", message))
}

/// The images that clusters are found in: those that are trained on, as far as there are such.
fn images_of(data: &Dataset) -> Cow<'_, Array2<f32>> {
    match data.training.count() {
        0 => Cow::Borrowed(&data.explained.pixels),
        _ => Cow::Owned(data.training.all()),
    }
}
