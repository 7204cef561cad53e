//! What charts show of a variational network's divergence, and of what its decoder makes of places.

use super::scene::{says, style, texts};
use crate::data::{DataForm, ImageShape};
use crate::importance::{Estimate, Measured};
use crate::latents::{Decoded, Divergence, Plane};
use crate::model::{Architecture, Network};
use crate::plot::{Chart, Extra, FigureSpec, Known, figure, figure_numbers, svg};
use crate::report::Report;
use crate::settings::{Settings, Variant};
use ndarray::array;

const IMAGE: ImageShape = ImageShape {
    height: 2,
    width: 2,
    channels: 1,
};

fn report() -> Report {
    let mut report = Report::blank(IMAGE, 3, &[0, 1]);
    let importance = array![[0.4, 0.001, 0.2], [0.1, 0.002, 0.3]];
    report.latent_importance = Some(Estimate {
        method: Measured::Exact,
        engine: "cpu".into(),
        mean: importance,
        std_error: None,
        repeats: 1,
        fraction: 1.0,
    });
    report.divergence = Some(Divergence {
        mean: vec![2.0, 0.0, 4.0],
        by_class: vec![vec![1.0, 0.0, 3.0], vec![3.0, 0.0, 5.0]],
        variance_of_means: vec![0.8, 0.004, 0.9],
        mean_variance: vec![0.2, 1.0, 0.1],
    });
    report
}

fn circles(svg: &str, radius: u32) -> Vec<(f64, f64)> {
    let wanted = format!("r=\"{radius}\"");
    let of = |circle: &str, name: &str| {
        let (_, after) = circle.split_once(&format!("{name}=\"")).unwrap();
        after.split_once('"').unwrap().0.parse().unwrap()
    };
    svg.split("<circle ")
        .skip(1)
        .filter(|circle| circle.split_once("/>").unwrap().0.contains(&wanted))
        .map(|circle| (of(circle, "cx"), of(circle, "cy")))
        .collect()
}

#[test]
fn a_point_beside_each_bar_is_its_divergence_on_a_scale_of_its_own() {
    let report = report();
    let spec = FigureSpec::new(0, 3, IMAGE);
    let (drawn, layout) = svg((800, 400), |area| {
        figure(area, Some(&report), &spec, &style())
    })
    .unwrap();
    assert!(says(&drawn, "KL, 0 to 4.0 nats") || says(&drawn, "divergence, 0 to 4.0 nats"));
    assert!(says(&drawn, "inactive"));
    assert_eq!(
        texts(&drawn)
            .iter()
            .filter(|text| text.0 == "inactive")
            .count(),
        1
    );
    // The key's, and one for each dimension: 1, 3 and 2 by importance.
    let points = circles(&drawn, 3);
    assert_eq!((points.len(), &layout.order[..]), (4, &[0, 2, 1][..]));
    let [first, second, third] = [1, 2, 3].map(|at| points[at].0);
    assert!((first - third - (second - third) / 2.0).abs() <= 1.0);
    assert!(
        layout.summary.contains(
            "Divergence from the standard normal distribution over all explained images in nats: \
             dimension 1 2.00, dimension 3 4.00, dimension 2 0. 2 of 3 dimensions are active; inactive: 2."
        ),
        "{}",
        layout.summary
    );
    let table = figure_numbers(Some(&report), &spec);
    assert_eq!(
        table.columns[5..],
        ["Divergence (nats)", "Divergence, class 0", "Active"]
    );
    assert_eq!(table.rows[1][5..], ["4.000", "3.000", "yes"]);
    assert_eq!(table.rows[2][7], "no");

    // Of a plain network nothing is drawn, and one of another number of dimensions is of another run.
    let mut plain = report.clone();
    plain.divergence = None;
    let (drawn, _) = svg((800, 400), |area| {
        figure(area, Some(&plain), &spec, &style())
    })
    .unwrap();
    assert!(circles(&drawn, 3).is_empty() && !says(&drawn, "inactive"));
    let spec = FigureSpec::new(0, 4, IMAGE);
    let (drawn, _) = svg((800, 400), |area| {
        figure(area, Some(&report), &spec, &style())
    })
    .unwrap();
    assert!(circles(&drawn, 3).is_empty());
}

#[test]
fn a_decoded_plane_has_its_axes_and_says_what_is_held() {
    let settings = Settings {
        dims: 3,
        hidden: vec![4],
        variant: Variant {
            variational: true,
            ..Variant::default()
        },
        ..Settings::default()
    };
    let network = Network::of(&Architecture::new(IMAGE, &settings), 3);
    let plane = Plane {
        dims: [2, 0],
        window: [[-3.0, 3.0]; 2],
        held: vec![0.0; 3],
        of_prior: true,
    };
    let mut decoded = Decoded::of_plane(plane, (5, 5));
    decoded.advance(&network, 10);
    let mut known = Known {
        report: Some(report()),
        decoded: Some(decoded),
        ..Known::default()
    };
    let spec = FigureSpec::new(0, 3, IMAGE);
    let draw = |known: &Known| {
        let height = Chart::Decoded.height(500.0, known, &spec, &style());
        svg((500, height as u32), |area| {
            Chart::Decoded.draw(area, known, (&spec, &Extra::default()), &style())
        })
        .unwrap()
    };
    let (drawn, layout) = draw(&known);
    for words in [
        "dimension 3, from left to right",
        "dimension 1, upwards",
        "−3.0",
        "0",
        "3.0",
    ] {
        assert!(says(&drawn, words), "{words}");
    }
    assert_eq!(
        layout.summary,
        "What the decoder makes of 5 × 5 places: dimension 3 from −3.0 to 3.0 from left to right, dimension 1 \
         from −3.0 to 3.0 upwards, the others at 0. 10 of them are decoded so far."
    );
    let (cells, place) = (layout.cells.unwrap(), layout.plane.unwrap());
    assert_eq!((cells.len(), place.dims), (25, Some([2, 0])));
    assert!(cells.iter().all(|cell| cell.x + cell.width <= 500.0));
    assert!((cells[24].x + cells[24].width - place.x - place.width).abs() < 0.01);
    assert_eq!(drawn.matches("<image").count(), 10);
    let table = Chart::Decoded.numbers(&known, (&spec, &Extra::default()));
    assert_eq!(table.rows.len(), 25);
    assert_eq!(table.rows[0][..3], ["1, 1", "−3.00", "3.00"]);
    assert!(!table.rows[9][3].is_empty() && table.rows[10][3].is_empty());

    // What is decoded of signals is drawn as lines.
    let signal = FigureSpec {
        form: DataForm::Signal,
        ..spec.clone()
    };
    let (lines, _) = svg((500, 500), |area| {
        Chart::Decoded.draw(area, &known, (&signal, &Extra::default()), &style())
    })
    .unwrap();
    assert_eq!(lines.matches("<image").count(), 0);
    assert!(lines.matches("<polyline").count() >= 10);

    known.decoded = Some(Decoded::of_prior(1, 0, (2, 3), 3));
    let (_, layout) = draw(&known);
    assert!(layout.plane.is_none());
    assert!(layout.summary.starts_with(
        "What the decoder makes of 6 draws from the standard normal distribution of 3 dimensions."
    ));
    known.decoded = None;
    let (_, layout) = draw(&known);
    assert!(layout.summary.ends_with("is not known yet.") && layout.cells.is_none());
}
