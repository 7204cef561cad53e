//! Whether these parts are consistent with the rest of a report.

use crate::report::Report;
use crate::train::LossParts;

impl Report {
    /// As [`Report::check`], of divergences and the parts of a loss.
    pub(in crate::report) fn check_kind(&self) -> Result<(), String> {
        if let Some(found) = &self.divergence
            && !found.fits(self.settings.dims, self.classes.len())
        {
            return Err(
                "the divergence is not of its dimensions and classes, or beyond what it can be"
                    .into(),
            );
        }
        if let Some(training) = &self.training
            && let Some(parts) = &training.parts
        {
            check_parts(parts, training.held_out_loss.len())?;
        }
        if let Some(samples) = &self.samples
            && let Some(noisy) = &samples.noisy
        {
            let shape = samples.images.dim();
            super::super::check::fits("noisy sample images", noisy, shape)?;
        }
        Ok(())
    }
}

fn check_parts(parts: &LossParts, epochs: usize) -> Result<(), String> {
    let lists = [
        &parts.training_reconstruction,
        &parts.held_out_reconstruction,
        &parts.training_penalty,
        &parts.held_out_penalty,
    ];
    let is_share = |share: &f32| (0.0..=1.0).contains(share);
    let shares = &parts.active_share;
    if lists.iter().any(|list| list.len() != epochs) || ![0, epochs].contains(&shares.len()) {
        return Err("the parts of the loss are not of its epochs".into());
    }
    let finite = lists.into_iter().flatten().all(|loss| loss.is_finite());
    if !finite || !shares.iter().all(is_share) || !parts.weight.is_finite() || parts.numbers == 0 {
        return Err("a part of the loss is beyond what it can be".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;
    use crate::latents::Divergence;
    use crate::train::TrainingHistory;

    fn report() -> Report {
        let mut report = Report::blank(ImageShape::grey(2, 2), 2, &[0, 1]);
        report.divergence = Some(Divergence {
            mean: vec![1.0, 0.0],
            by_class: vec![vec![1.0, 0.0]; 2],
            variance_of_means: vec![0.5, 0.0],
            mean_variance: vec![0.25, 1.0],
        });
        report.training = Some(TrainingHistory {
            training_loss: vec![0.5],
            held_out_loss: vec![0.5],
            parts: Some(LossParts {
                weight: 1.0,
                numbers: 4,
                training_reconstruction: vec![0.25],
                held_out_reconstruction: vec![0.25],
                training_penalty: vec![1.0],
                held_out_penalty: vec![1.0],
                ..LossParts::default()
            }),
            ..TrainingHistory::default()
        });
        report
    }

    fn divergence(report: &mut Report) -> &mut Divergence {
        report.divergence.as_mut().unwrap()
    }

    fn parts(report: &mut Report) -> &mut LossParts {
        report.training.as_mut().unwrap().parts.as_mut().unwrap()
    }

    type Spoil = fn(&mut Report);

    #[test]
    fn what_does_not_fit_is_refused() {
        report().check().unwrap();
        let spoils: [(Spoil, &str); 9] = [
            (|of| divergence(of).mean[0] = f32::NAN, "the divergence is"),
            (|of| divergence(of).mean[0] = -1.0, "the divergence is"),
            (
                |of| divergence(of).by_class.truncate(1),
                "the divergence is",
            ),
            (
                |of| divergence(of).by_class[1].truncate(1),
                "the divergence is",
            ),
            (
                |of| divergence(of).mean_variance.push(1.0),
                "the divergence is",
            ),
            (
                |of| parts(of).held_out_penalty.push(1.0),
                "not of its epochs",
            ),
            (
                |of| parts(of).active_share = vec![0.5; 2],
                "not of its epochs",
            ),
            (
                |of| parts(of).active_share = vec![1.5],
                "beyond what it can",
            ),
            (
                |of| parts(of).training_penalty[0] = f32::INFINITY,
                "beyond what it can",
            ),
        ];
        for (spoil, words) in spoils {
            let mut report = report();
            spoil(&mut report);
            let refusal = report.check().unwrap_err();
            assert!(refusal.contains(words), "{refusal}");
        }
    }
}
