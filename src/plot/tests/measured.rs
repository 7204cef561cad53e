//! Maps of groups, of other methods and as shares, and the charts of several methods, of made-up reports.

use ndarray::{Array2, array};

use super::record::{Bitmap, bitmaps, record};
use super::scene::{direction, draw, estimate, heading, says, spec, style, texts, three};
use crate::attribution::{Agreement, Attribution, FairTest, Filler, Opinion, Opinions, Score};
use crate::data::Grouping;
use crate::importance::{GroupImportance, Merge};
use crate::plot::{
    Asked, Chart, Colour, ColourScale, Extra, FigureSpec, Kind, Known, Palette, Scale, Style,
    agreement, agreement_numbers, dendrogram, fair_test, fair_test_numbers, figure_numbers,
    opinions, opinions_numbers, pair, pixel, svg,
};
use crate::report::{Encoded, Report, Unit};
use crate::settings::{Donors, FeatureKind, LatentDonors, Recipients};

const WIDE: (u32, u32) = (900, 320);

/// [`three`] with the first column of its 2 × 3 images a group, the second column another, and the third
/// in none.
pub(super) fn grouped() -> (FigureSpec, Report) {
    let (spec, mut report) = three();
    report.settings.measure.features = FeatureKind::Groups;
    report.groups = Some(GroupImportance {
        grouping: Grouping {
            names: vec!["left".into(), "middle".into()],
            of: vec![1, 2, 0, 1, 2, 0],
        },
        importance: estimate(
            array![[0.0, 1.2, 0.0], [0.05, 0.0, 0.0]],
            Some(array![[0.0, 0.06, 0.0], [0.01, 0.0, 0.0]]),
        ),
        merges: Vec::new(),
        clustered_on: None,
    });
    (spec, report)
}

/// Latents of [`three`] whose population variances are 2, 0.5 and 0.
fn encoded() -> Encoded {
    Encoded {
        labels: vec![0, 7],
        positions: vec![0, 0],
        latents: array![[0.0, 1.0, 3.0], [8f32.sqrt(), 1.0 + 2f32.sqrt(), 3.0]],
        ..Encoded::default()
    }
}

fn opinion(method: Attribution, map: Array2<f32>, sign: Array2<f32>) -> Opinion {
    Opinion {
        method,
        images: 15,
        map,
        sign,
    }
}

/// [`three`] with two opinions, their agreement and a fair test of three methods.
pub(super) fn asked() -> (FigureSpec, Report) {
    let (spec, mut report) = three();
    let signs = report.direction.as_ref().unwrap().sign.clone();
    let map = array![
        [0.5, 0.1, 0.0],
        [0.4, 0.2, 0.0],
        [0.3, 0.3, 0.0],
        [0.2, 0.4, 0.0],
        [0.1, 0.5, 0.0],
        [0.0, 0.6, 0.0],
    ];
    report.opinions = Some(Opinions {
        methods: vec![
            opinion(Attribution::Gradient, map, -signs),
            opinion(
                Attribution::Variance,
                Array2::from_shape_fn((6, 3), |(pixel, _)| 0.1 * pixel as f32),
                Array2::from_elem((6, 3), -1.0),
            ),
        ],
        agreement: vec![
            pair_of(Attribution::Permutation, Attribution::Gradient, [0.9, 0.5]),
            pair_of(
                Attribution::Permutation,
                Attribution::Variance,
                [-0.25, -0.75],
            ),
            pair_of(Attribution::Gradient, Attribution::Variance, [0.1, 0.2]),
        ],
        without_gradients: None,
        test: Some(test()),
    });
    report.encoded = Some(encoded());
    (spec, report)
}

fn pair_of(a: Attribution, b: Attribution, [first, second]: [f32; 2]) -> Agreement {
    Agreement {
        a,
        b,
        spearman: vec![Some(first), Some(second), None],
        overlap: vec![Some(1.0), Some(0.5), None],
    }
}

fn test() -> FairTest {
    let methods = [
        (Some(Attribution::Permutation), 0.7),
        (Some(Attribution::Gradient), 0.6),
        (Some(Attribution::Variance), 0.4),
        (None, 0.3),
    ];
    let fillers = [
        (Filler::Mean, 1.0),
        (Filler::Zero, 1.2),
        (Filler::Donor, 0.8),
    ];
    let scores = methods.iter().flat_map(|&(method, area)| {
        fillers.map(|(filler, times)| Score {
            method,
            filler,
            curves: Array2::from_shape_fn((3, 5), |(dim, at)| {
                let soon = (at as f32 / 4.0).powf(1.0 - area);
                if dim < 2 { times * soon } else { 0.0 }
            }),
            area: vec![Some(area * times), Some(area * times), None],
            std_error: vec![Some(0.02), Some(0.2), None],
        })
    });
    FairTest {
        ordered_by: 15,
        measured_on: 15,
        shares: vec![0.0, 0.25, 0.5, 0.75, 1.0],
        scores: scores.collect(),
        winners: vec![Some(Attribution::Permutation), None, None],
    }
}

fn scale(kind: Kind, limit: f64) -> ColourScale {
    ColourScale::new(kind, limit, Palette::Paper, style().background)
}

/// The middle of a pixel of a 2 × 3 map.
fn middle(map: &Bitmap, row: u32, column: u32) -> Colour {
    map.cell((2, 3), row, column)
}

#[test]
fn every_pixel_of_a_group_has_its_number_and_a_sign_of_its_own() {
    let (spec, report) = grouped();
    let (maps, layout) = bitmaps(WIDE, Some(&report), &spec, &style());
    assert_eq!(layout.order, [1, 0, 2]);
    let scale = scale(Kind::Diverging, 1.2);
    // The second dimension: V_G = 1.2 of the left group, whose upper pixel raises it and so does the
    // lower; the middle group is 0.
    assert_eq!(middle(&maps[0], 0, 0), scale.colour(1.2));
    assert_eq!(middle(&maps[0], 1, 0), scale.colour(1.2));
    assert_eq!(middle(&maps[0], 0, 1), scale.colour(0.0));
    // The first: 0.05 of the middle group, whose upper pixel lowers it and whose lower one has no
    // direction.
    assert_eq!(middle(&maps[1], 0, 1), scale.colour(-0.05));
    assert_eq!(middle(&maps[1], 1, 1), scale.colour(0.0));
}

#[test]
fn groups_are_outlined_and_pixels_in_none_are_hatched_and_said() {
    let (spec, report) = grouped();
    for background in [Colour::WHITE, Colour(0x14, 0x18, 0x20)] {
        let style = Style {
            background,
            ..style()
        };
        let (maps, _) = bitmaps(WIDE, Some(&report), &spec, &style);
        let map = &maps[0];
        let (width, _) = map.size;
        let row = |y| -> Vec<Colour> { (0..width).map(|x| map.pixel(x, y)).collect() };
        let upper = row(3);
        let own = |column: u32| upper[((2 * column + 1) * width / 6) as usize];
        // A line where the left group ends: as dark or light as its own colour and the text.
        let line = upper[(width / 3 - 1) as usize];
        assert_eq!(line, own(0).mixed(style.text, 0.3));
        // The third column is of two colours, neither of which is that of 0.
        let third: Vec<Colour> = upper[(2 * width / 3 + 1) as usize..].to_vec();
        let zero = scale(Kind::Diverging, 1.2).up_to(1.2).zero;
        let mut kinds = third.clone();
        kinds.sort_unstable_by_key(|colour| (colour.0, colour.1, colour.2));
        kinds.dedup();
        assert_eq!(kinds.len(), 2);
        assert!(background != Colour::WHITE || !kinds.contains(&zero));
        // Stripes are diagonal: another row has them elsewhere.
        assert_ne!(third, row(5)[(2 * width / 3 + 1) as usize..]);
    }
    let (svg, layout) = draw((1400, 420), Some(&report), &spec);
    assert!(says(&svg, "Importance of groups × direction"));
    assert!(says(
        &svg,
        "V of the group in squared latent units × direction; hatched: in no group"
    ));
    assert!(layout.summary.contains(
        "Maps of pixel importance times direction, of groups, in squared latent units on one scale, from \
         −1.2 (blue) over 0 to 1.2 (red)."
    ));
    assert!(
        layout
            .summary
            .contains("2 pixels are in no group: hatched.")
    );
    // By hand: 1.2 / (0.4 + 0.2) of the left group in dimension 2, 0.05 / (0.1 + 0.0) of the middle one in
    // dimension 1; all others are 0 / 0.
    let credit = "V of its pixels alone, is from 0.500 to 2.00, 1.25 in the middle: above 1 where they share \
                  what they say. It rests on random permutations.";
    assert!(layout.summary.contains(credit), "{}", layout.summary);
}

#[test]
fn maps_of_groups_are_not_known_before_groups_are_measured() {
    let (spec, mut report) = grouped();
    report.groups = None;
    let (svg, layout) = draw(WIDE, Some(&report), &spec);
    assert!(!svg.contains("<image"));
    assert!(
        layout
            .summary
            .contains("Pixel importance is not known yet.")
    );
    assert_eq!(pixel(Some(&report), &spec, 1, (0.1, 0.1)), None);
    // Single pixels next to each other are no groups to outline.
    let (spec, mut report) = grouped();
    let groups = report.groups.as_mut().unwrap();
    groups.grouping = Grouping {
        names: vec![String::new(); 6],
        of: vec![1, 2, 3, 4, 5, 6],
    };
    groups.importance = report.pixel_importance.clone().unwrap();
    let (alone, _) = bitmaps(WIDE, Some(&report), &spec, &style());
    let (spec, report) = three();
    let (paper, _) = bitmaps(WIDE, Some(&report), &spec, &style());
    for (a, b) in alone.iter().zip(&paper) {
        for (x, y) in [(0, 0), (a.size.0 / 3 - 1, 2), (a.size.0 - 1, a.size.1 - 1)] {
            assert_eq!(a.pixel(x, y), b.pixel(x, y));
        }
    }
}

#[test]
fn shares_are_numbers_over_twice_the_variance() {
    let (mut spec, mut report) = three();
    spec.unit = Unit::Share;
    spec.sort = false;
    // Not before the latents are known.
    let (_, layout) = draw(WIDE, Some(&report), &spec);
    assert!(
        layout
            .summary
            .contains("Pixel importance is not known yet.")
    );
    report.encoded = Some(encoded());
    let (maps, layout) = bitmaps(WIDE, Some(&report), &spec, &style());
    // 2 · Var is 4, 1 and 0: the largest share is 0.4 / 1.
    let scale = scale(Kind::Diverging, 0.4);
    assert_eq!(middle(&maps[0], 0, 2), scale.colour(0.2 / 4.0));
    assert_eq!(middle(&maps[0], 0, 1), scale.colour(-0.1 / 4.0));
    assert_eq!(middle(&maps[1], 0, 0), scale.colour(0.4));
    assert!(layout.summary.contains(
        "Maps of pixel importance times direction, as a share of 2·Var(z) on one scale, from −0.40"
    ));
    assert!(
        layout
            .summary
            .contains("A share of 1 is what replacing whole images by others does")
    );
    assert!(layout.summary.contains(
        "Dimension 3 is the same in all images, so that there is no share of it: hatched."
    ));
    let (svg, _) = draw((1400, 420), Some(&report), &spec);
    assert!(says(
        &svg,
        "V as a share of 2·Var(z) × direction; hatched: the same in all images"
    ));
    let found = pixel(Some(&report), &spec, 0, (0.9, 0.1)).unwrap();
    assert!((found.importance - 0.05).abs() < 1e-7);
    assert_eq!(found.quantity.as_deref(), Some("V as a share of 2·Var(z)"));
    let found = pixel(Some(&report), &spec, 2, (0.9, 0.1)).unwrap();
    assert!(found.importance.is_nan());
    assert!(
        figure_numbers(Some(&report), &spec)
            .caption
            .ends_with("the pixels that move each dimension most, as a share of 2·Var(z)")
    );
    spec.scale = Scale::Each;
    let (maps, _) = bitmaps(WIDE, Some(&report), &spec, &style());
    let own = scale.up_to(0.05);
    assert_eq!(middle(&maps[0], 0, 2), own.colour(0.05));
}

#[test]
fn another_method_has_numbers_and_signs_of_its_own() {
    let (mut spec, report) = asked();
    (spec.maps, spec.sort) = (Attribution::Gradient, false);
    spec.threshold = 9.0;
    let (maps, layout) = bitmaps(WIDE, Some(&report), &spec, &style());
    let own = scale(Kind::Diverging, 0.6);
    assert_eq!(middle(&maps[0], 0, 1), own.colour(0.4));
    assert_eq!(middle(&maps[0], 0, 2), own.colour(-0.3));
    assert_eq!(middle(&maps[1], 1, 2), own.colour(-0.6));
    assert!(layout.summary.contains(
        "times direction, by gradients (mean |∂z/∂x| in latent units a unit of intensity) on one scale"
    ));
    // The threshold is of the run's slopes.
    assert!(!layout.summary.contains("count as no direction"));
    let (svg, _) = draw((1400, 420), Some(&report), &spec);
    assert!(says(&svg, "Gradients × direction"));
    let found = pixel(Some(&report), &spec, 0, (0.5, 0.1)).unwrap();
    assert_eq!(
        (found.importance, found.sign, found.slope),
        (0.4, Some(1.0), None)
    );
    // Over √(2 · Var), which is 2 and 1.
    spec.unit = Unit::Share;
    let (maps, _) = bitmaps(WIDE, Some(&report), &spec, &style());
    assert_eq!(middle(&maps[0], 0, 1), own.colour(0.2));
    let found = pixel(Some(&report), &spec, 0, (0.5, 0.1)).unwrap();
    assert!((found.importance - 0.2).abs() < 1e-7);

    // The variance of pixels is no share of a latent's.
    spec.maps = Attribution::Variance;
    let (maps, layout) = bitmaps(WIDE, Some(&report), &spec, &style());
    let plain = scale(Kind::Diverging, 0.5);
    assert_eq!(middle(&maps[2], 1, 2), plain.colour(-0.5));
    assert!(
        layout
            .summary
            .contains("2·Var(pixel) in squared units of intensity")
    );
    assert!(!layout.summary.contains("not known yet"));

    // Fewer images than receive values are said.
    let mut few = report.clone();
    few.opinions.as_mut().unwrap().methods[0].images = 20;
    spec.maps = Attribution::Gradient;
    let (_, layout) = draw(WIDE, Some(&few), &spec);
    assert!(
        layout
            .summary
            .contains("These maps are means over 20 of 30 images.")
    );

    // Nor are maps of a method shown that was not asked.
    spec.maps = Attribution::Smoothgrad;
    let (_, layout) = draw(WIDE, Some(&report), &spec);
    assert!(
        layout
            .summary
            .contains("Pixel importance is not known yet.")
    );
}

#[test]
fn recipients_stand_in_the_title() {
    let (spec, mut report) = three();
    report.settings.measure.recipients = Recipients::Class(7);
    let (svg, layout) = draw((1400, 420), Some(&report), &spec);
    assert!(says(
        &svg,
        "Pixel importance × direction, recipients: class 7"
    ));
    assert!(
        layout
            .summary
            .contains("times direction (recipients: class 7) on one scale")
    );
    report.settings.measure.donors = Donors::Neighbours;
    let (svg, _) = draw((1400, 420), Some(&report), &spec);
    assert!(says(
        &svg,
        "Pixel importance × direction, recipients: class 7, donors: like neighbours"
    ));
    report.settings.measure.donors = Donors::All;
    report.settings.measure.latent_donors = LatentDonors::All;
    let (svg, layout) = draw((1400, 420), Some(&report), &spec);
    assert!(says(
        &svg,
        "importance (mean squared error), latents of any class"
    ));
    let bars = "Latent importance of class 0, latents of any class as mean squared error";
    assert!(layout.summary.starts_with(bars), "{}", layout.summary);
    report.settings.measure.recipients = Recipients::Image(16);
    let (svg, _) = draw((320, 700), Some(&report), &spec);
    assert!(
        texts(&svg)
            .iter()
            .any(|(text, ..)| text.contains("image 17"))
    );
    // That one image does not move a dimension does not make it empty.
    let empty = |report: &Report| {
        draw(WIDE, Some(report), &spec)
            .1
            .summary
            .contains("is empty")
    };
    assert!(!empty(&report));
    let mut latents = encoded();
    latents.latents.column_mut(2).fill(0.0);
    report.encoded = Some(latents);
    assert!(empty(&report));
}

#[test]
fn what_is_pointed_at_is_told_with_its_group() {
    let (spec, report) = grouped();
    let at = |dim, x, y| pixel(Some(&report), &spec, dim, (x, y)).unwrap();
    let left = at(1, 0.1, 0.1);
    assert_eq!(left.group, Some(Some("left".into())));
    assert_eq!((left.importance, left.std_error), (1.2, Some(0.06)));
    assert!((left.single.unwrap() - 0.4).abs() < 1e-7);
    assert!((left.shared.unwrap() - 2.0).abs() < 1e-6);
    // The pixels' errors are not known.
    assert_eq!(left.shared_error, None);
    let third = at(1, 0.9, 0.1);
    assert_eq!((third.group, third.shared), (Some(None), None));
    assert!(third.importance.is_nan());
    assert!((third.single.unwrap() - 0.1).abs() < 1e-7);
    let json = serde_json::to_value(at(2, 0.1, 0.1)).unwrap();
    assert_eq!(json["group"], "left");
    assert_eq!(json.get("shared"), None);
    let (spec, report) = three();
    let plain = pixel(Some(&report), &spec, 1, (0.1, 0.1)).unwrap();
    let json = serde_json::to_value(plain).unwrap();
    for absent in ["group", "shared", "single", "quantity"] {
        assert_eq!(json.get(absent), None);
    }
    let table = figure_numbers(Some(&grouped().1), &spec);
    assert_eq!(table.rows[0][3], "1, 1 in left");
}

#[test]
fn opinions_are_a_map_each_on_scales_of_their_own() {
    let (spec, report) = asked();
    let (maps, layout) = record((700, 300), |area| {
        opinions(area, Some(&report), &spec, Some(1), &style())
    });
    let methods: Vec<_> = layout
        .maps
        .iter()
        .map(|place| place.method.unwrap())
        .collect();
    let expected = [
        Attribution::Permutation,
        Attribution::Gradient,
        Attribution::Variance,
    ];
    assert_eq!(methods, expected);
    assert_eq!(
        middle(&maps[0], 0, 0),
        scale(Kind::Diverging, 0.4).colour(0.4)
    );
    assert_eq!(
        middle(&maps[1], 1, 2),
        scale(Kind::Diverging, 0.6).colour(-0.6)
    );
    assert_eq!(
        middle(&maps[2], 1, 2),
        scale(Kind::Diverging, 0.5).colour(-0.5)
    );
    assert!(layout.summary.contains("gradients (mean |∂z/∂x| in latent units a unit of intensity) up to 0.600, most at pixel 2, 3"));
    let table = opinions_numbers(Some(&report), &spec, Some(1));
    assert_eq!(
        table.rows[1],
        [
            "gradients",
            "0.6000",
            "mean |∂z/∂x| in latent units a unit of intensity",
            "2, 3",
            "0.500"
        ]
    );
    assert_eq!(table.rows.len(), 3);
}

#[test]
fn agreement_is_of_a_dimension_or_the_mean_of_those_that_have_it() {
    let (spec, report) = asked();
    let cells = |dim| {
        let (svg, layout) = svg((500, 400), |area| {
            agreement(area, Some(&report), &spec, dim, &style())
        })
        .unwrap();
        let value = |row, column| {
            let mut cells = layout.cells.iter();
            let cell = cells.find(|cell| (cell.row, cell.column) == (row, column));
            cell.unwrap()
                .value
                .map(|value| (1000.0 * value).round() / 1000.0)
        };
        let found = [value(0, 1), value(2, 0), value(1, 1)];
        (svg, layout.summary.clone(), found)
    };
    let (drawn, summary, values) = cells(None);
    assert_eq!(values, [Some(0.7), Some(-0.5), Some(1.0)]);
    assert!(says(&drawn, "−0.50"));
    assert!(says(&drawn, "Agreement of methods, mean over dimensions"));
    assert!(summary.contains("Most alike: permutation and gradients (0.70)."));
    assert!(summary.contains("Least alike: permutation and the variance of pixels (−0.50)."));
    assert_eq!(cells(Some(0)).2, [Some(0.9), Some(-0.25), Some(1.0)]);
    assert_eq!(cells(Some(2)).2, [None, None, Some(1.0)]);
    let table = agreement_numbers(Some(&report), &spec, Some(1));
    assert_eq!(table.rows[0], ["permutation and gradients", "0.50", "50 %"]);
}

#[test]
fn a_winner_is_named_only_where_there_is_one() {
    let (spec, report) = asked();
    let drawn = |dim, filler| {
        let asked = Asked {
            dim: Some(dim),
            filler,
        };
        svg(WIDE, |area| {
            fair_test(area, Some(&report), &spec, asked, &style())
        })
        .unwrap()
    };
    let (one, layout) = drawn(0, None);
    assert!(says(
        &one,
        "the order by permutation wins, whatever the pixels are replaced by"
    ));
    let methods: Vec<_> = layout.scores.iter().map(|score| score.method).collect();
    assert_eq!(
        methods,
        [
            Some(Attribution::Permutation),
            Some(Attribution::Gradient),
            Some(Attribution::Variance),
            None
        ]
    );
    assert_eq!(layout.curves.unwrap().most, 1.0);
    assert!(layout.summary.contains(
        "Areas with values replaced by their mean, ± 2 standard errors: permutation 0.700 ± 0.040"
    ));
    let (two, layout) = drawn(1, Some(Filler::Zero));
    assert!(says(&two, "they cannot be told apart here"));
    assert!(
        layout
            .summary
            .contains("replaced by 0, ± 2 standard errors: permutation 0.840 ± 0.40")
    );
    let (three, _) = drawn(2, None);
    assert!(says(
        &three,
        "the latent is the same in all images: nothing to test"
    ));
    let table = fair_test_numbers(
        Some(&report),
        &spec,
        Asked {
            dim: Some(0),
            filler: None,
        },
    );
    assert_eq!(
        table.rows[3],
        [
            "a random order",
            "0.3000",
            "0.040",
            "0.3600",
            "0.040",
            "0.2400",
            "0.040"
        ]
    );
}

/// Six pixels, the last of which is joined with none: (0, 3), (1, 2), and 4 with the first pair.
pub(in crate::plot) fn joined() -> Report {
    let merge = |a, b, distance| Merge { a, b, distance };
    let mut report = heading(&spec(2, 2, 3));
    report.groups = Some(GroupImportance {
        grouping: Grouping {
            names: vec!["a".into()],
            of: vec![1; 6],
        },
        importance: estimate(Array2::zeros((1, 2)), None),
        merges: vec![
            merge(0, 3, 0.1),
            merge(1, 2, 0.2),
            merge(4, 6, 0.3),
            merge(7, 8, 0.75),
        ],
        clustered_on: None,
    });
    report
}

/// 784 pixels that are joined one neighbour after the other.
pub(super) fn chained() -> Report {
    let spec = spec(2, 28, 28);
    let mut report = heading(&spec);
    report.settings.measure.threshold = 0.3;
    // Pairs, then pairs of pairs, and so on, and the odd one over.
    let mut merges = Vec::new();
    let mut level: Vec<u32> = (0..784).collect();
    let mut next = 784;
    let mut height = 0.03;
    while level.len() > 1 {
        let mut above = Vec::new();
        for (at, parts) in level.chunks(2).enumerate() {
            let [a, b] = *parts else {
                above.push(parts[0]);
                continue;
            };
            let wobble = 0.02 * ((at * 7919) % 13) as f32 / 13.0;
            merges.push(Merge {
                a: a.min(b),
                b: a.max(b),
                distance: (height + wobble).min(1.0),
            });
            above.push(next);
            next += 1;
        }
        level = above;
        height *= 1.4;
    }
    report.groups = Some(GroupImportance {
        grouping: Grouping {
            names: vec!["all".into()],
            of: vec![1; 784],
        },
        importance: estimate(Array2::ones((1, 2)), None),
        merges,
        clustered_on: None,
    });
    report
}

#[test]
fn a_place_in_the_tree_is_a_distance() {
    let report = chained();
    let draw = |cut| {
        svg((620, 312), |area| {
            dendrogram(area, Some(&report), cut, &style())
        })
        .unwrap()
    };
    let (drawn, (summary, tree)) = draw(None);
    let tree = tree.unwrap();
    assert_eq!(tree.leaves.len(), 784);
    assert!(tree.y >= 0.0 && tree.x + tree.width <= 620.0 && tree.y + tree.height <= 312.0);
    assert!(says(&drawn, "0.30"));
    assert!(summary.starts_with("784 pixels are joined two clusters at a time"));
    // The line of the cut is where its distance is.
    let level = |text: &str| {
        let places = texts(&draw(text.parse().ok()).0);
        places
            .into_iter()
            .find(|(found, ..)| found == text)
            .unwrap()
            .2
    };
    for text in ["0.10", "0.25"] {
        let cut: f64 = text.parse().unwrap();
        let at = tree.y + tree.height * (1.0 - cut / tree.most);
        assert!((f64::from(level(text)) - at).abs() < 8.0, "{text}");
    }
}

#[test]
fn charts_of_several_methods_fit_every_width_and_are_quiet_while_nothing_is_known() {
    let (spec, report) = asked();
    let mut all = chained();
    let full = |report: &Report| Known {
        report: Some(report.clone()),
        ..Known::default()
    };
    all.settings = report.settings.clone();
    let charts = vec![
        ("opinions", full(&report), spec.clone()),
        ("agreement", full(&report), spec.clone()),
        ("fair-test", full(&report), spec),
        ("dendrogram", full(&all), super::scene::spec(2, 28, 28)),
    ];
    for (name, known, spec) in charts {
        let chart: Chart = serde_json::from_value(name.into()).unwrap();
        assert!(chart.is_of(known.report.as_ref().unwrap()));
        assert!(!chart.is_of(&heading(&spec)));
        for known in [Box::new(known), Box::default()] {
            for width in [320.0, 700.0, 2560.0] {
                for scale in [1.0, 2.0] {
                    let style = Style { scale, ..style() };
                    let height = chart.height(width, &known, &spec, &style);
                    assert!((100.0..2000.0).contains(&height), "{name} {width} {height}");
                    let size = (style.px(width) as u32, style.px(height) as u32);
                    let options = (&spec, &Extra::default());
                    let (svg, layout) =
                        svg(size, |area| chart.draw(area, &known, options, &style)).unwrap();
                    assert!(layout.summary.ends_with('.'), "{name}: {}", layout.summary);
                    for (text, x, y) in texts(&svg) {
                        let inside = (0..=size.0 as i32).contains(&x);
                        assert!(
                            inside && (0..=size.1 as i32).contains(&y),
                            "{name}: {text} {x} {y}"
                        );
                    }
                }
            }
            let table = chart.numbers(&known, (&spec, &Extra::default()));
            assert_eq!(table.rows.is_empty(), known.report.is_none(), "{name}");
        }
    }
}

#[test]
fn the_pair_is_of_the_method_that_is_asked_for() {
    let (mut spec, report) = asked();
    spec.maps = Attribution::Gradient;
    let (drawn, layout) = svg((900, 420), |area| {
        pair(area, Some(&report), &spec, Some(0), &style())
    })
    .unwrap();
    assert!(says(&drawn, "Gradients"));
    assert!(
        layout
            .summary
            .starts_with("Dimension 1: pixel importance, by gradients")
    );
}

#[test]
fn directions_of_other_methods_need_no_direction_of_the_run() {
    let (mut spec, mut report) = asked();
    report.direction = None;
    spec.maps = Attribution::Gradient;
    let (svg, _) = draw((1400, 420), Some(&report), &spec);
    assert!(says(&svg, "Gradients × direction"));
    report.direction = Some(direction(Array2::ones((6, 3))));
    report.opinions = None;
    let (_, layout) = draw(WIDE, Some(&report), &spec);
    assert!(layout.summary.contains("not known yet"));
}
