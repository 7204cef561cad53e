//! What fewer dimensions cost, and networks of other numbers of them, as tables.

use super::measured::put_cell;
use super::{number, put};
use crate::report::Report;

/// `kept,dimension,importance,mean,loss,random_1,…`: the loss with so many of the most important dimensions, of
/// which the named one is the last; empty cells where there is none.
pub(super) fn smaller(report: &Report) -> Option<String> {
    let found = report.smaller.as_ref()?;
    let mut text = String::from("kept,dimension,importance,mean,loss");
    for order in 1..=found.random.len() {
        put(&mut text, format_args!(",random_{order}"));
    }
    text.push('\n');
    for (kept, &loss) in found.loss.iter().enumerate() {
        put(&mut text, format_args!("{kept},"));
        let last = kept.checked_sub(1).and_then(|at| found.order.get(at));
        let last = last.map(|&dim| dim as usize);
        if let Some(dim) = last {
            put(&mut text, format_args!("{}", dim + 1));
        }
        for numbers in [&found.importance, &found.means] {
            let cell = last.and_then(|dim| numbers.get(dim).copied());
            put_cell(&mut text, cell.map(f64::from));
        }
        put(&mut text, format_args!(",{}", number(loss)));
        for order in &found.random {
            put_cell(&mut text, order.get(kept).copied().map(f64::from));
        }
        text.push('\n');
    }
    Some(text)
}

/// `dims,training_loss,held_out_loss,inactive,diverged_after`, a row for each network.
pub(super) fn sizes(report: &Report) -> Option<String> {
    let found = report.sizes.as_ref()?;
    let mut text = String::from("dims,training_loss,held_out_loss,inactive,diverged_after\n");
    for size in &found.tried {
        put(&mut text, format_args!("{}", size.dims));
        for loss in [size.training_loss, size.held_out_loss] {
            put_cell(&mut text, loss.map(f64::from));
        }
        put(&mut text, format_args!(",{},", size.inactive));
        if let Some(epochs) = size.diverged_after {
            put(&mut text, format_args!("{epochs}"));
        }
        text.push('\n');
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use crate::data::ImageShape;
    use crate::export::{Table, csv};
    use crate::networks::{Size, Sizes, Smaller};
    use crate::report::{Metric, Report};
    use crate::settings::Loss;

    #[test]
    fn what_fewer_dimensions_cost_is_a_row_for_each_number_of_them() {
        let mut report = Report::blank(ImageShape::grey(1, 3), 2, &[3]);
        let of = |report: &Report, table| csv(report, None, table, Metric::Mse);
        assert_eq!(of(&report, Table::Smaller), None);
        assert_eq!(of(&report, Table::Sizes), None);
        report.smaller = Some(Smaller {
            order: vec![1, 0],
            importance: vec![0.25, 0.5],
            means: vec![1.5, 0.0],
            kind: Loss::Bce,
            loss: vec![0.5, 0.25, 0.125],
            random: vec![vec![0.5, 0.375, 0.125]],
            ordered_on: 9,
            of_training: true,
            explained: 4,
        });
        assert_eq!(
            of(&report, Table::Smaller).unwrap(),
            "kept,dimension,importance,mean,loss,random_1\n0,,,,0.5,0.5\n1,2,0.5,0,0.25,0.375\n\
             2,1,0.25,1.5,0.125,0.125\n"
        );
        let size = |dims, held_out_loss, diverged_after| Size {
            dims,
            is_shown: dims == 4,
            training_loss: held_out_loss,
            held_out_loss,
            inactive: 1,
            diverged_after,
        };
        report.sizes = Some(Sizes {
            tried: vec![size(2, None, Some(0)), size(4, Some(0.25), None)],
            mean_image_loss: Some(0.5),
        });
        assert_eq!(
            of(&report, Table::Sizes).unwrap(),
            "dims,training_loss,held_out_loss,inactive,diverged_after\n2,,,1,0\n4,0.25,0.25,1,\n"
        );
    }
}
