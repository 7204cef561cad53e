use super::scene::{says, style, texts};
use crate::data::DataForm;
use crate::plot::{LossLayout, LossOf, Style, loss, loss_numbers, svg};
use crate::settings::Loss;
use crate::train::TrainingHistory;

pub(super) const BCE: LossOf = LossOf {
    loss: Loss::Bce,
    channels: 1,
    form: DataForm::Image,
};

fn draw(size: (u32, u32), training: &[f32], held_out: &[f32], epochs: usize) -> (String, String) {
    let history = TrainingHistory {
        training_loss: training.to_vec(),
        held_out_loss: held_out.to_vec(),
        ..TrainingHistory::default()
    };
    let (svg, layout) = svg(size, |area| {
        loss(area, Some(&history), (epochs, BCE), &style())
    })
    .unwrap();
    (svg, layout.summary)
}

/// Points of every line, in the order in which they are drawn.
fn lines(svg: &str) -> Vec<Vec<(i32, i32)>> {
    let point = |text: &str| {
        let (x, y) = text.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    svg.split("<polyline ")
        .skip(1)
        .map(|line| {
            let points = line.split_once("points=\"").unwrap().1;
            let points = points.split_once('"').unwrap().0;
            points.split_whitespace().map(point).collect()
        })
        .collect()
}

#[test]
fn a_loss_is_called_what_it_is() {
    let image = DataForm::Image;
    for (loss_of, channels, form, words) in [
        (Loss::Bce, 1, image, "nats per pixel"),
        (Loss::Bce, 3, image, "nats per value"),
        (Loss::Bce, 1, DataForm::Signal, "nats per time step"),
        (Loss::Bce, 1, DataForm::Table, "nats per column"),
        (Loss::Mse, 3, image, "mean squared error"),
    ] {
        let of = LossOf {
            loss: loss_of,
            channels,
            form,
        };
        let history = TrainingHistory {
            training_loss: vec![0.2],
            held_out_loss: vec![0.2],
            ..TrainingHistory::default()
        };
        let known = Some(&history);
        let (svg, LossLayout { summary, .. }) =
            svg((600, 200), |area| loss(area, known, (1, of), &style())).unwrap();
        assert!(says(&svg, &format!("loss ({words})")));
        assert!(
            summary.contains(&format!("{words} after 1 of 1 epoch")),
            "{summary}"
        );
        assert!(loss_numbers(known, of).caption.contains(words));
    }
}

fn x_of(svg: &str, text: &str) -> i32 {
    let found = texts(svg);
    found.iter().find(|(found, _, _)| found == text).unwrap().1
}

#[test]
fn lines_grow_into_a_fixed_axis() {
    let held_out = [0.4, 0.3, 0.2, 0.1];
    let (early, _) = draw((600, 200), &[0.5, 0.35], &held_out[..2], 4);
    let (done, _) = draw((600, 200), &[0.5, 0.35, 0.25, 0.15], &held_out, 4);
    for label in ["0", "1", "2", "3", "4"] {
        assert_eq!(x_of(&early, label), x_of(&done, label));
    }
    // The held-out line is the first, solid one.
    let (short, long) = (&lines(&early)[0], &lines(&done)[0]);
    assert_eq!(short[..], long[..2]);
    assert_eq!(long.len(), 4);
    assert_eq!(long[3].0, x_of(&done, "4"));
    // Equal steps of the loss are equal steps down.
    let steps: Vec<i32> = long.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    assert!(
        steps
            .iter()
            .all(|step| (step - steps[0]).abs() <= 1 && *step > 0)
    );
}

#[test]
fn lines_are_told_apart_without_colour_and_named_with_their_last_value() {
    for width in [350, 600] {
        let training: Vec<f32> = (1..=20).map(|epoch| 0.5 / epoch as f32).collect();
        let held_out: Vec<f32> = training.iter().map(|loss| loss + 0.001).collect();
        let (svg, summary) = draw((width, 200), &training, &held_out, 20);
        // One solid line and its sample; the other in dashes.
        let lines = lines(&svg);
        assert_eq!(lines[0].len(), 20);
        assert!(lines.len() > 20);
        assert!(says(&svg, "held-out 0.0260") && says(&svg, "training 0.0250"));
        let place = |name: &str| {
            let found = texts(&svg)
                .into_iter()
                .find(|text| text.0.starts_with(name));
            found.map(|(_, x, y)| (x, y)).unwrap()
        };
        let (a, b) = (place("held-out"), place("training"));
        assert!(a.1.abs_diff(b.1) >= 13 || a.0.abs_diff(b.0) >= 110);
        assert_eq!(
            summary,
            "Loss in nats per pixel after 20 of 20 epochs: held-out loss from 0.501 to 0.0260, \
             training loss from 0.500 to 0.0250."
        );
    }
}

#[test]
fn an_empty_chart_has_its_axes() {
    let (svg, LossLayout { summary, .. }) =
        svg((600, 200), |area| loss(area, None, (50, BCE), &style())).unwrap();
    for label in ["loss (nats per pixel)", "epochs", "0", "50", "0.6"] {
        assert!(says(&svg, label), "{label}");
    }
    assert!(lines(&svg).is_empty());
    assert_eq!(summary, "Loss over 50 epochs: no epoch is finished yet.");
}

#[test]
fn an_untrained_network_is_called_so() {
    let (svg, LossLayout { summary, .. }) =
        svg((600, 200), |area| loss(area, None, (0, BCE), &style())).unwrap();
    assert!(says(&svg, "not trained here") && says(&svg, "epochs"));
    assert!(lines(&svg).is_empty());
    assert_eq!(summary, "No loss: the network was not trained here.");
}

#[test]
fn one_epoch_and_bad_numbers_can_be_drawn() {
    let (svg, summary) = draw((600, 200), &[0.3], &[0.2], 1);
    assert!(summary.contains("held-out loss 0.200, training loss 0.300."));
    assert_eq!(svg.matches("<circle").count(), 2);
    let (svg, summary) = draw((600, 200), &[0.3, f32::NAN], &[0.2, f32::INFINITY], 2);
    assert!(says(&svg, "training not a number"));
    assert!(summary.contains("to not a number"));
    for size in [(1, 1), (40, 10), (2000, 1000)] {
        draw(size, &[0.3, 0.2], &[0.2, 0.1], 2000);
    }
}

#[test]
fn the_axes_say_where_an_epoch_is() {
    let style = Style {
        scale: 2.0,
        ..style()
    };
    let history = TrainingHistory {
        training_loss: vec![0.5, 0.4, 0.2],
        held_out_loss: vec![0.5, 0.25, 0.125],
        ..TrainingHistory::default()
    };
    let (svg, LossLayout { plane, .. }) = svg((1200, 400), |area| {
        loss(area, Some(&history), (10, BCE), &style)
    })
    .unwrap();
    assert_eq!(plane.window, [[0.0, 10.0], [0.0, 0.5]]);
    // The line of the held-out images is drawn first.
    for (epoch, &(x, y)) in lines(&svg)[0].iter().enumerate() {
        let across = (epoch as f64 + 1.0) / 10.0;
        let up = f64::from(history.held_out_loss[epoch]) / 0.5;
        assert!((f64::from(x) / 2.0 - plane.x - across * plane.width).abs() <= 0.5);
        assert!((f64::from(y) / 2.0 - plane.y - (1.0 - up) * plane.height).abs() <= 0.5);
    }
}

mod parts {
    use super::*;
    use crate::train::{LossParts, Penalty};

    fn history(penalty: Penalty) -> TrainingHistory {
        TrainingHistory {
            training_loss: vec![0.4, 0.25],
            held_out_loss: vec![0.35, 0.25],
            parts: Some(LossParts {
                penalty,
                weight: 2.0,
                numbers: 100,
                training_reconstruction: vec![0.3, 0.15],
                held_out_reconstruction: vec![0.25, 0.15],
                training_penalty: vec![5.0, 5.0],
                held_out_penalty: vec![5.0, 5.0],
                active_share: match penalty {
                    Penalty::Divergence => Vec::new(),
                    Penalty::Sparsity => vec![0.5, 0.25],
                },
            }),
            ..TrainingHistory::default()
        }
    }

    #[test]
    fn what_a_loss_is_added_up_from_has_lines_that_add_up() {
        for width in [350, 600] {
            let known = history(Penalty::Divergence);
            let (svg, layout) = svg((width, 200), |area| {
                loss(area, Some(&known), (2, BCE), &style())
            })
            .unwrap();
            let names = match width {
                350 => ["reconstr. 0.150", "β · KL 0.100"],
                _ => ["reconstruction 0.150", "β · divergence 0.100"],
            };
            for words in ["held-out 0.250", "training 0.250"]
                .into_iter()
                .chain(names)
            {
                assert!(says(&svg, words), "{words}");
            }
            let title = texts(&svg);
            let title = title.iter().find(|(text, _, _)| text.starts_with("loss ("));
            let whole = title
                .unwrap()
                .0
                .contains("nats per pixel; × 100: nats per image");
            assert_eq!(whole, width > 500);
            assert!(
                layout.summary.ends_with(
                    "Of a held-out image, in the end: 15.0 nats of reconstruction and 5.00 nats of \
                     divergence, which count 2 times."
                ),
                "{}",
                layout.summary
            );
            // From the axis up, reconstruction and divergence reach as high as the loss.
            let bottom = layout.plane.y + layout.plane.height;
            let lines: Vec<Vec<(i32, i32)>> = lines(&svg)
                .into_iter()
                .filter(|line| line.len() == 2 && line[1].0 - line[0].0 > 60)
                .collect();
            let up = |line: &[(i32, i32)], at: usize| bottom - f64::from(line[at].1);
            let (whole, rebuilt) = (&lines[0], &lines[1]);
            let share = up(rebuilt, 1) / up(whole, 1);
            assert!((share - 0.6).abs() < 0.02, "{share}");
        }
    }

    #[test]
    fn a_sparse_network_s_penalty_is_not_divided() {
        let known = history(Penalty::Sparsity);
        let (svg, layout) = svg((600, 200), |area| {
            loss(area, Some(&known), (2, BCE), &style())
        })
        .unwrap();
        assert!(says(&svg, "λ · |latents| 10.0"));
        assert!(layout.summary.contains("which counts 2 times, is 5.00"));
        let table = loss_numbers(Some(&known), BCE);
        assert_eq!(table.columns.len(), 8);
        assert_eq!(table.columns[7], "Share of latents that are not 0");
        assert_eq!(table.rows[1][7], "0.2500");
        assert_eq!(
            loss_numbers(Some(&history(Penalty::Divergence)), BCE)
                .columns
                .len(),
            7
        );
    }
}
