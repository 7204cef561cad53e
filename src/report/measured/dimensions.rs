//! What fewer dimensions cost, and other numbers of them: in words, and whether it is consistent.

use crate::networks::{Sizes, Smaller};
use crate::numerals::{counted, grouped};
use crate::report::Report;

impl Report {
    /// As [`Report::check`], of fewer dimensions and other numbers of them.
    pub(super) fn check_dimensions(&self) -> Result<(), String> {
        if let Some(found) = &self.smaller {
            self.check_smaller(found)?;
        }
        if let Some(found) = &self.sizes {
            check_sizes(found)?;
        }
        Ok(())
    }

    fn check_smaller(&self, found: &Smaller) -> Result<(), String> {
        let dims = self.settings.dims;
        let mut is_there = vec![false; dims];
        for &dim in &found.order {
            match is_there.get_mut(dim as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err("fewer dimensions are not of its dimensions".into()),
            }
        }
        let whole = found.order.len() == dims
            && [&found.importance, &found.means].map(Vec::len) == [dims; 2]
            && found
                .random
                .iter()
                .chain([&found.loss])
                .all(|of| of.len() == dims + 1);
        let mut amounts = found
            .importance
            .iter()
            .chain(&found.loss)
            .chain(found.random.iter().flatten());
        let means = found.means.iter().all(|mean| mean.is_finite());
        let images = found.explained <= self.explained();
        if whole && images && means && amounts.all(|loss| loss.is_finite() && *loss >= 0.0) {
            Ok(())
        } else {
            Err("of fewer dimensions, numbers are missing or beyond what they can be".into())
        }
    }

    /// What has to be known of the chart of fewer dimensions.
    pub(super) fn smaller_in_words(&self) -> Vec<String> {
        let Some(found) = &self.smaller else {
            return Vec::new();
        };
        let dims = self.settings.dims;
        let enough = found.enough();
        let loss = found.loss.first().zip(found.loss.last());
        let enough = if loss.is_none_or(|(none, all)| none <= all) {
            format!(
                "Beside their means, the {} bring nothing to reconstructions of explained images.",
                counted(dims, "dimension", "dimensions")
            )
        } else if enough == dims {
            "All of the dimensions are needed for 99 % of what they bring together.".into()
        } else {
            format!(
                "The {} bring 99 % of what all {} bring to reconstructions of explained images.",
                counted(
                    enough,
                    "most important dimension",
                    "most important dimensions"
                ),
                grouped(dims)
            )
        };
        let on = counted(found.ordered_on, "image", "images");
        let order = if found.of_training {
            format!("Their order and their means are of {on} that were trained on.")
        } else {
            format!(
                "Their order and their means are of {on} that are explained, as it is not known what the model \
                 was trained on: on images that had no say in the order, fewer dimensions may cost more."
            )
        };
        let explained = self.explained();
        let sampled = (found.explained < explained).then(|| {
            format!(
                "The loss with fewer dimensions is of {} of the {} explained images, evenly chosen.",
                grouped(found.explained),
                grouped(explained)
            )
        });
        [Some(enough), Some(order), sampled]
            .into_iter()
            .flatten()
            .collect()
    }

    /// What has to be known of networks of other numbers of dimensions.
    pub(super) fn sizes_in_words(&self) -> Vec<String> {
        let Some(found) = &self.sizes else {
            let asked = !self.settings.measure.sizes.is_empty() && self.model.is_some();
            return asked
                .then(|| {
                    "Networks of other numbers of dimensions are not trained beside a model that was brought: \
                     what it was trained on is not known."
                        .into()
                })
                .into_iter()
                .collect();
        };
        let mut words = Vec::new();
        if let Some(best) = found.best().filter(|_| found.tried.len() > 1) {
            words.push(format!(
                "Of {} the one with {} has the least loss on held-out images; each was trained once, so that a \
                 small difference may be chance.",
                counted(found.tried.len(), "network", "networks"),
                counted(best.dims, "dimension", "dimensions")
            ));
        }
        let diverged = found
            .tried
            .iter()
            .filter(|size| size.diverged_after.is_some());
        let diverged: Vec<String> = diverged.map(|size| grouped(size.dims)).collect();
        if !diverged.is_empty() {
            words.push(format!(
                "Training diverged with {} dimensions: the losses are of the last epoch that went well.",
                diverged.join(", ")
            ));
        }
        words
    }
}

fn check_sizes(found: &Sizes) -> Result<(), String> {
    let rises = found
        .tried
        .windows(2)
        .all(|pair| pair[0].dims < pair[1].dims);
    let good = found.tried.iter().all(|size| {
        let losses = [size.training_loss, size.held_out_loss];
        let amounts = losses
            .iter()
            .flatten()
            .all(|loss| loss.is_finite() && *loss >= 0.0);
        size.dims > 0 && size.inactive <= size.dims && amounts
    });
    if rises && good {
        Ok(())
    } else {
        Err("of other numbers of dimensions, numbers are beyond what they can be".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;
    use crate::networks::Size;
    use crate::settings::Loss;

    fn whole() -> Report {
        let mut report = Report::blank(ImageShape::grey(2, 2), 3, &[4]);
        report.smaller = Some(Smaller {
            order: vec![2, 0, 1],
            importance: vec![0.5, 0.0, 1.0],
            means: vec![0.5, -1.0, 0.25],
            kind: Loss::Bce,
            loss: vec![0.5, 0.2, 0.1005, 0.1],
            random: vec![vec![0.5, 0.4, 0.3, 0.1], vec![0.5, 0.5, 0.2, 0.1]],
            ordered_on: 85,
            of_training: true,
            explained: 10,
        });
        let size = |dims, loss| Size {
            dims,
            is_shown: dims == 3,
            training_loss: Some(loss),
            held_out_loss: Some(loss),
            inactive: 0,
            diverged_after: None,
        };
        report.sizes = Some(Sizes {
            tried: vec![size(2, 0.25), size(3, 0.125), size(8, 0.125)],
            mean_image_loss: Some(0.5),
        });
        report
    }

    #[test]
    fn what_is_sound_is_read_back_and_told() {
        let report = whole();
        report.check().unwrap();
        let json = serde_json::to_string(&report).unwrap();
        let back: Report = serde_json::from_str(&json).unwrap();
        back.check().unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), json);
        let found = report.smaller.as_ref().unwrap();
        assert_eq!(found.enough(), 2);
        assert!((found.at_random(2).unwrap() - 0.25).abs() < 1e-6);
        assert_eq!(report.sizes.as_ref().unwrap().best().unwrap().dims, 3);
        let words = report.smaller_in_words();
        assert_eq!(
            words[0],
            "The 2 most important dimensions bring 99 % of what all 3 bring to reconstructions of explained images."
        );
        assert!(
            words[1].ends_with("85 images that were trained on."),
            "{words:?}"
        );
        assert_eq!(
            words[2],
            "The loss with fewer dimensions is of 10 of the 15 explained images, evenly chosen."
        );
        assert!(report.sizes_in_words()[0].starts_with("Of 3 networks the one with 3 dimensions"));
    }

    #[test]
    fn dimensions_that_bring_nothing_are_all_kept() {
        let mut report = whole();
        let found = report.smaller.as_mut().unwrap();
        found.loss = vec![0.5; 4];
        assert_eq!(found.enough(), 3);
        assert!(report.smaller_in_words()[0].contains("bring nothing"));
    }

    type Spoil = fn(&mut Report);

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        fn smaller(report: &mut Report) -> &mut Smaller {
            report.smaller.as_mut().unwrap()
        }
        fn tried(report: &mut Report) -> &mut Vec<Size> {
            &mut report.sizes.as_mut().unwrap().tried
        }
        let spoils: [(Spoil, &str); 10] = [
            (|of| smaller(of).order[0] = 0, "fewer dimensions are not"),
            (|of| smaller(of).order[0] = 3, "fewer dimensions are not"),
            (|of| smaller(of).order.truncate(2), "of fewer dimensions"),
            (|of| smaller(of).means[1] = f32::NAN, "of fewer dimensions"),
            (|of| smaller(of).loss[1] = -1.0, "of fewer dimensions"),
            (
                |of| smaller(of).random[1].truncate(2),
                "of fewer dimensions",
            ),
            (|of| smaller(of).explained = 16, "of fewer dimensions"),
            (|of| tried(of)[1].dims = 2, "of other numbers"),
            (|of| tried(of)[0].inactive = 3, "of other numbers"),
            (
                |of| tried(of)[0].held_out_loss = Some(f32::INFINITY),
                "of other numbers",
            ),
        ];
        for (spoil, words) in spoils {
            let mut report = whole();
            spoil(&mut report);
            let refusal = report.check().unwrap_err();
            assert!(refusal.starts_with(words), "{refusal}");
        }
    }
}
