//! Tables of groups, donors and other methods.

use ndarray::Array2;

use super::{Features, field, measured, number, put};
use crate::attribution::Attribution;
use crate::report::{Report, Unit};

/// What the numbers of a method are shown in.
struct Scale(Option<Vec<f64>>);

impl Scale {
    /// `None` while it is not known.
    fn of(report: &Report, method: Attribution, unit: Unit) -> Option<Self> {
        match unit {
            Unit::Paper => Some(Self(None)),
            // It is no share of a latent's.
            Unit::Share if method == Attribution::Variance => {
                Some(Self(Some(vec![0.0; report.settings.dims])))
            }
            Unit::Share => Some(Self(Some(report.wholes(method)?))),
        }
    }

    /// A number as a cell: divided where it is a share, empty where there is none.
    fn cell(&self, value: f32, dim: usize) -> String {
        match self.0.as_ref().map(|wholes| wholes[dim]) {
            None => number(value),
            Some(whole) if whole > 0.0 => number((f64::from(value) / whole) as f32),
            Some(_) => String::new(),
        }
    }
}

/// A number that may be absent, after a comma.
pub(super) fn put_cell(text: &mut String, value: Option<f64>) {
    let value = value.map_or(String::new(), |value| number(value as f32));
    put(text, format_args!(",{value}"));
}

fn put_heads(text: &mut String, prefix: &str, dims: usize) {
    for dim in 1..=dims {
        put(text, format_args!(",{prefix}dim_{dim}"));
    }
}

/// V of every pixel, with the group that it is in and what the group has.
pub(super) fn pixel_importance(report: &Report, unit: Unit) -> Option<String> {
    let alone = measured(report.pixel_importance.as_ref())?;
    let scale = Scale::of(report, Attribution::Permutation, unit)?;
    let groups = report.groups.as_ref();
    let groups = groups.filter(|groups| groups.importance.repeats > 0);
    let credit = report.shared_credit();
    let features = Features::of(report, alone.mean.nrows());
    let dims = alone.mean.ncols();
    let share = match unit {
        Unit::Paper => "",
        Unit::Share => "share_",
    };
    let mut text = String::from(features.head());
    if groups.is_some() {
        text.push_str(",group");
    }
    put_heads(&mut text, share, dims);
    if groups.is_some() {
        put_heads(&mut text, &format!("group_{share}"), dims);
        put_heads(&mut text, "shared_credit_", dims);
    }
    text.push('\n');
    for (feature, values) in alone.mean.rows().into_iter().enumerate() {
        features.put(&mut text, feature);
        let group = groups.and_then(|groups| groups.grouping.of.get(feature)?.checked_sub(1));
        let group = group.map(|group| group as usize);
        if let Some(groups) = groups {
            let name = group.map_or(String::new(), |group| field(&groups.grouping.names[group]));
            put(&mut text, format_args!(",{name}"));
        }
        for (dim, &value) in values.iter().enumerate() {
            put(&mut text, format_args!(",{}", scale.cell(value, dim)));
        }
        if let Some(groups) = groups {
            for dim in 0..dims {
                let of_group = group.map_or(String::new(), |group| {
                    scale.cell(groups.importance.mean[(group, dim)], dim)
                });
                put(&mut text, format_args!(",{of_group}"));
            }
            for dim in 0..dims {
                let ratio = group.zip(credit.as_ref());
                put_cell(
                    &mut text,
                    ratio.and_then(|(group, credit)| credit.ratio[(group, dim)]),
                );
            }
        }
        text.push('\n');
    }
    Some(text)
}

/// V of every group.
pub(super) fn groups(report: &Report, unit: Unit) -> Option<String> {
    let groups = report.groups.as_ref()?;
    let found = measured(Some(&groups.importance))?;
    let scale = Scale::of(report, Attribution::Permutation, unit)?;
    let credit = report.shared_credit();
    let members = groups.grouping.members();
    let share = match unit {
        Unit::Paper => "",
        Unit::Share => "_share",
    };
    let mut text = format!(
        "group,pixels,dimension,importance{share},std_error{share},shared_credit,shared_credit_error\n"
    );
    for ((group, dim), &mean) in found.mean.indexed_iter() {
        let error = found.std_error.as_ref();
        let error = error.map_or(String::new(), |error| scale.cell(error[(group, dim)], dim));
        put(
            &mut text,
            format_args!(
                "{},{},{},{},{error}",
                field(&groups.grouping.names[group]),
                members[group].len(),
                dim + 1,
                scale.cell(mean, dim)
            ),
        );
        let of = |matrix: &Array2<Option<f64>>| matrix[(group, dim)];
        put_cell(
            &mut text,
            credit.as_ref().and_then(|credit| of(&credit.ratio)),
        );
        put_cell(
            &mut text,
            credit.as_ref().and_then(|credit| of(&credit.std_error)),
        );
        text.push('\n');
    }
    Some(text)
}

/// What is known of each choice of donors.
pub(super) fn donor_checks(report: &Report) -> Option<String> {
    let mut text = String::from("donors,r2,plausibility,features,images,fitted_on,fitted_images\n");
    for check in report.donor_checks.as_ref()? {
        text.push_str(check.donors.key());
        put_cell(&mut text, check.r2.map(f64::from));
        put_cell(&mut text, check.plausibility.map(f64::from));
        let fitted = if check.fitted_on.training {
            "training"
        } else {
            "explained"
        };
        put(
            &mut text,
            format_args!(
                ",{},{},{fitted},{}\n",
                check.features, check.images, check.fitted_on.images
            ),
        );
    }
    Some(text)
}

/// The map of every method, permutation among them.
pub(super) fn opinions(report: &Report, unit: Unit) -> Option<String> {
    let opinions = report.opinions.as_ref()?;
    let own = measured(report.pixel_importance.as_ref()).zip(report.direction.as_ref());
    let own =
        own.map(|(found, direction)| (Attribution::Permutation, &found.mean, &direction.sign));
    let others = opinions.methods.iter();
    let others = others.map(|found| (found.method, &found.map, &found.sign));
    let features = Features::of(report, report.features());
    let share = match unit {
        Unit::Paper => "",
        Unit::Share => "_share",
    };
    let mut text = format!(
        "{},method,dimension,importance{share},sign\n",
        features.head()
    );
    for (method, map, sign) in own.into_iter().chain(others) {
        let scale = Scale::of(report, method, unit)?;
        for ((feature, dim), &value) in map.indexed_iter() {
            features.put(&mut text, feature);
            let value = scale.cell(value, dim);
            let sign = number(sign[(feature, dim)]);
            let (method, dim) = (method.key(), dim + 1);
            put(&mut text, format_args!(",{method},{dim},{value},{sign}\n"));
        }
    }
    Some(text)
}

/// How far each two methods agree.
pub(super) fn agreement(report: &Report) -> Option<String> {
    let mut text = String::from("a,b,dimension,spearman,overlap\n");
    for found in &report.opinions.as_ref()?.agreement {
        for (dim, (rho, overlap)) in found.spearman.iter().zip(&found.overlap).enumerate() {
            let (a, b) = (found.a.key(), found.b.key());
            put(&mut text, format_args!("{a},{b},{}", dim + 1));
            put_cell(&mut text, rho.map(f64::from));
            put_cell(&mut text, overlap.map(f64::from));
            text.push('\n');
        }
    }
    Some(text)
}

/// The areas and the curves of the fair test.
pub(super) fn fair_test(report: &Report) -> Option<String> {
    let test = report.opinions.as_ref()?.test.as_ref()?;
    let mut text = String::from("method,filler,dimension,area,std_error,winner");
    for &share in &test.shares {
        put(&mut text, format_args!(",change_at_{}", number(share)));
    }
    text.push('\n');
    for score in &test.scores {
        for (dim, curve) in score.curves.rows().into_iter().enumerate() {
            let method = score.method.map_or("random", Attribution::key);
            let filler = score.filler.key();
            put(&mut text, format_args!("{method},{filler},{}", dim + 1));
            put_cell(&mut text, score.area[dim].map(f64::from));
            put_cell(&mut text, score.std_error[dim].map(f64::from));
            let winner = test.winners[dim].map_or("", Attribution::key);
            put(&mut text, format_args!(",{winner}"));
            for &value in curve {
                put(&mut text, format_args!(",{}", number(value)));
            }
            text.push('\n');
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::attribution::{Agreement, FairTest, Filler, Opinion, Opinions, Score};
    use crate::data::{Grouping, ImageShape};
    use crate::export::{Table, csv, csv_in};
    use crate::importance::{
        DirectionMap, DonorCheck, Estimate, FoundOn, GroupImportance, Measured,
    };
    use crate::report::{Encoded, Metric};
    use crate::settings::Donors;

    fn estimate(mean: Array2<f32>) -> Estimate {
        Estimate {
            method: Measured::Exact,
            engine: "cpu".into(),
            std_error: Some(Array2::zeros(mean.dim())),
            mean,
            repeats: 1,
            fraction: 1.0,
        }
    }

    /// Three pixels, the first two a group; latents of variance 2 and 0.
    fn report() -> Report {
        let mut report = Report::blank(ImageShape::grey(1, 3), 2, &[3]);
        report.encoded = Some(Encoded {
            labels: vec![3, 3],
            positions: vec![0, 1],
            latents: array![[0.0, 5.0], [8f32.sqrt(), 5.0]],
            ..Encoded::default()
        });
        report.pixel_importance = Some(estimate(array![[1.0, 0.0], [1.0, 0.0], [0.5, 0.0]]));
        report.direction = Some(DirectionMap {
            slope: array![[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0]],
            sign: array![[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0]],
        });
        report.groups = Some(GroupImportance {
            grouping: Grouping {
                names: vec!["left, both".into()],
                of: vec![1, 1, 0],
            },
            importance: estimate(array![[4.0, 0.0]]),
            merges: Vec::new(),
            clustered_on: None,
        });
        report
    }

    fn paper(report: &Report, table: Table) -> String {
        csv(report, None, table, Metric::Mse).unwrap()
    }

    fn share(report: &Report, table: Table) -> String {
        csv_in(report, None, table, Metric::Mse, Unit::Share).unwrap()
    }

    #[test]
    fn pixels_stand_beside_their_group_and_shares_are_named() {
        let report = report();
        assert_eq!(
            paper(&report, Table::PixelImportance),
            "pixel,row,col,group,dim_1,dim_2,group_dim_1,group_dim_2,shared_credit_dim_1,shared_credit_dim_2\n\
             1,1,1,\"left, both\",1,0,4,0,2,\n2,1,2,\"left, both\",1,0,4,0,2,\n3,1,3,,0.5,0,,,,\n"
        );
        // 2 · Var is 4, and 0, of which there is no share.
        assert!(share(&report, Table::PixelImportance).starts_with(
            "pixel,row,col,group,share_dim_1,share_dim_2,group_share_dim_1,group_share_dim_2,"
        ));
        assert!(share(&report, Table::PixelImportance).contains("\n3,1,3,,0.125,,,,,\n"));
        assert_eq!(
            paper(&report, Table::Groups),
            "group,pixels,dimension,importance,std_error,shared_credit,shared_credit_error\n\
             \"left, both\",2,1,4,0,2,0\n\"left, both\",2,2,0,0,,\n"
        );
        assert_eq!(
            share(&report, Table::Groups),
            "group,pixels,dimension,importance_share,std_error_share,shared_credit,shared_credit_error\n\
             \"left, both\",2,1,1,0,2,0\n\"left, both\",2,2,,,,\n"
        );
        let mut plain = report;
        plain.groups = None;
        assert_eq!(
            share(&plain, Table::PixelImportance),
            "pixel,row,col,share_dim_1,share_dim_2\n1,1,1,0.25,\n2,1,2,0.25,\n3,1,3,0.125,\n"
        );
        assert!(paper(&plain, Table::PixelImportance).starts_with("pixel,row,col,dim_1,dim_2\n"));
        assert_eq!(csv(&plain, None, Table::Groups, Metric::Mse), None);
    }

    #[test]
    fn donors_are_a_row_each() {
        let mut report = report();
        assert_eq!(csv(&report, None, Table::DonorChecks, Metric::Mse), None);
        let fitted_on = FoundOn {
            images: 40,
            of: 50,
            training: true,
        };
        report.donor_checks = Some(vec![
            DonorCheck {
                donors: Donors::All,
                r2: Some(0.75),
                plausibility: Some(2.5),
                features: 3,
                images: 2,
                fitted_on,
            },
            DonorCheck {
                donors: Donors::Neighbours,
                r2: None,
                plausibility: None,
                features: 3,
                images: 2,
                fitted_on,
            },
        ]);
        assert_eq!(
            paper(&report, Table::DonorChecks),
            "donors,r2,plausibility,features,images,fitted_on,fitted_images\nall,0.75,2.5,3,2,training,40\n\
             neighbours,,,3,2,training,40\n"
        );
    }

    #[test]
    fn opinions_agreement_and_the_test_are_written_out() {
        let mut report = report();
        report.opinions = Some(Opinions {
            methods: vec![
                Opinion {
                    method: Attribution::Gradient,
                    images: 15,
                    map: array![[2.0, 0.0], [1.0, 0.0], [0.0, 0.0]],
                    sign: array![[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0]],
                },
                Opinion {
                    method: Attribution::Variance,
                    images: 15,
                    map: Array2::ones((3, 2)),
                    sign: Array2::zeros((3, 2)),
                },
            ],
            agreement: vec![Agreement {
                a: Attribution::Permutation,
                b: Attribution::Gradient,
                spearman: vec![Some(0.5), None],
                overlap: vec![Some(1.0), None],
            }],
            without_gradients: None,
            test: Some(FairTest {
                ordered_by: 5,
                measured_on: 5,
                shares: vec![0.0, 0.5, 1.0],
                scores: vec![Score {
                    method: None,
                    filler: Filler::Zero,
                    curves: array![[0.0, 0.25, 0.5], [0.0, 0.0, 0.0]],
                    area: vec![Some(0.25), None],
                    std_error: vec![Some(0.125), None],
                }],
                winners: vec![Some(Attribution::Gradient), None],
            }),
        });
        let table = paper(&report, Table::Opinions);
        assert!(table.starts_with(
            "pixel,row,col,method,dimension,importance,sign\n1,1,1,permutation,1,1,1\n\
             1,1,1,permutation,2,0,0\n2,1,2,permutation,1,1,-1\n"
        ));
        assert!(table.contains("\n1,1,1,gradient,1,2,1\n"));
        assert_eq!(table.lines().count(), 1 + 3 * 3 * 2);
        // Over the root of 4; no share of what is constant, and none for the variance of pixels.
        let table = share(&report, Table::Opinions);
        assert!(table.starts_with("pixel,row,col,method,dimension,importance_share,sign\n"));
        assert!(table.contains("\n1,1,1,gradient,1,1,1\n1,1,1,gradient,2,,0\n"));
        assert!(table.contains("\n1,1,1,variance,1,,0\n"));
        assert_eq!(
            paper(&report, Table::Agreement),
            "a,b,dimension,spearman,overlap\npermutation,gradient,1,0.5,1\npermutation,gradient,2,,\n"
        );
        assert_eq!(
            paper(&report, Table::FairTest),
            "method,filler,dimension,area,std_error,winner,change_at_0,change_at_0.5,change_at_1\n\
             random,zero,1,0.25,0.125,gradient,0,0.25,0.5\nrandom,zero,2,,,,0,0,0\n"
        );
    }
}
