//! ONNX graphs of any operations, run by rten, against what ONNX Runtime makes of the same images.

use std::collections::BTreeMap;
use std::fs;
use std::panic::catch_unwind;
use std::time::Duration;

use latent_lens::data::{Class, ImageSet, ImageShape, Pixels, Shape};
use latent_lens::engine::Engine;
use latent_lens::model::Network;
use latent_lens::model::graph::{Choice, Graph, GraphHalf, GraphPart, Planes};
use latent_lens::report::Report;
use latent_lens::run::{Run, Stage};
use latent_lens::settings::{Method, Settings};
use ndarray::{Array2, s};
use pollster::block_on;
use serde::Deserialize;

use crate::fuzz::{Draws, damage};
use crate::recorded::{fixture, folder, matrix};

const IMAGE: ImageShape = ImageShape {
    height: 6,
    width: 6,
    channels: 2,
};

/// The images, and what ONNX Runtime makes of the first of them.
#[derive(Deserialize)]
struct Answers {
    images: Vec<Vec<f32>>,
    graphs: Vec<Recorded>,
}

#[derive(Deserialize)]
struct Recorded {
    name: String,
    opset: i64,
    /// The tensor that holds the latents.
    bottleneck: String,
    part: Option<GraphPart>,
    tolerance: Option<f32>,
    latents: Vec<Vec<f32>>,
    reconstructions: Option<Vec<Vec<f32>>>,
    /// A dimension that every image takes from the one before it, and the reconstructions after that.
    changed: Option<usize>,
    after: Option<Vec<Vec<f32>>>,
}

#[derive(Deserialize)]
struct Measured {
    graphs: Vec<Literal>,
}

#[derive(Deserialize)]
struct Literal {
    name: String,
    v: Vec<Vec<f32>>,
    slope: Vec<Vec<f32>>,
    ie: Vec<Vec<f32>>,
}

fn answers() -> Answers {
    let text = fs::read_to_string(folder().join("fixtures/graphs.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn graph(name: &str) -> Graph {
    let file = fixture(&format!("graphs/{name}.onnx"));
    Graph::open(&file.bytes).unwrap_or_else(|why| panic!("{name}: {why}"))
}

fn network(name: &str, choice: &Choice) -> Result<Network, String> {
    graph(name).halves(Some(IMAGE), choice)?.network(IMAGE)
}

fn is_near(found: &Array2<f32>, expected: &[Vec<f32>], tolerance: f32, what: &str) {
    let expected = matrix(expected);
    assert_eq!(found.dim(), expected.dim(), "{what}");
    let off = (found - &expected).fold(0f32, |most, off| most.max(off.abs()));
    assert!(off <= tolerance, "{what} are off by {off}");
}

/// Two grey images of 28 × 28 pixels.
fn two_of_28() -> Array2<f32> {
    Array2::from_shape_fn((2, 784), |(row, pixel)| {
        let at = row * 784 + pixel;
        (at * at % 101) as f32 / 100.0
    })
}

#[test]
fn graphs_give_what_onnx_runtime_gives() {
    let Answers { images, graphs } = answers();
    let images = matrix(&images);
    assert!(graphs.len() >= 20, "{} graphs", graphs.len());
    let opsets = graphs.iter().map(|graph| graph.opset);
    assert_eq!((opsets.clone().min(), opsets.max()), (Some(9), Some(22)));
    for recorded in &graphs {
        let name = &recorded.name;
        let opened = graph(name);
        let halves = opened
            .halves(Some(IMAGE), &Choice::default())
            .unwrap_or_else(|why| panic!("{name}: {why}"));
        let encoder = halves.encoder.as_ref().unwrap();
        let shown = images.slice(s![..recorded.latents.len(), ..]);
        let tolerance = recorded.tolerance.unwrap_or(1e-4);
        let latents = encoder.outputs(shown).unwrap();
        is_near(
            &latents,
            &recorded.latents,
            tolerance,
            &format!("latents of {name}"),
        );
        match (&halves.decoder, &recorded.reconstructions) {
            (Some(decoder), Some(expected)) if recorded.part != Some(GraphPart::Encoder) => {
                let made = decoder.outputs(latents.view()).unwrap();
                is_near(
                    &made,
                    expected,
                    tolerance,
                    &format!("reconstructions of {name}"),
                );
            }
            (decoder, _) => {
                assert!(
                    decoder.is_none() && recorded.part == Some(GraphPart::Encoder),
                    "{name}"
                );
            }
        }
        // The file tells its shapes but for one, which tells none.
        let proposal = &opened.description().proposal;
        if name != "dynamic" {
            assert_eq!(
                proposal.latents.as_ref(),
                Some(&recorded.bottleneck),
                "{name}"
            );
        }
        halves
            .network(IMAGE)
            .unwrap_or_else(|why| panic!("{name}: {why}"));
    }
}

/// What a row takes, by the sizes that the script of the graph says: a multiply-add of a product as five of ours, and
/// each number of another operation as ten of these.
#[test]
fn what_a_graph_computes_is_counted_from_its_shapes() {
    let grey = Some(ImageShape::grey(28, 28));
    let halves = graph("convolutions").halves(grey, &Choice::default());
    let convolutions = 14 * 14 * 8 * 9 + 7 * 7 * 16 * (8 * 9);
    let relus = 10 * (14 * 14 * 8 + 7 * 7 * 16);
    let dense = 7 * 7 * 16 * 12;
    let expected = 5 * (convolutions + relus + dense);
    assert_eq!(halves.unwrap().encoder.unwrap().work(), Some(expected));

    let work = |name: &str| {
        let halves = graph(name).halves(Some(IMAGE), &Choice::default()).unwrap();
        let guessed = halves
            .notes
            .iter()
            .any(|note| note.contains("a million multiply-adds"));
        let of = |half: Option<GraphHalf>| half.and_then(|half| half.work());
        (of(halves.encoder), of(halves.decoder), guessed)
    };
    // Of hardly anything.
    assert_eq!(work("softplus"), (Some(100_000), Some(100_000), false));
    // By Einsum.
    assert_eq!(work("flat"), (None, Some(100_000), true));
    // Every graph whose operations are known, however often its tensors are turned around.
    for Recorded { name, part, .. } in answers().graphs {
        let (encoder, decoder, guessed) = work(&name);
        let has_decoder = part != Some(GraphPart::Encoder);
        assert_eq!(guessed, name == "flat", "{name}");
        assert!(
            encoder.is_some() != guessed && decoder.is_some() == has_decoder,
            "{name}"
        );
    }
}

#[test]
fn encoders_of_common_sizes_give_what_onnx_runtime_gives() {
    let text = fs::read_to_string(folder().join("fixtures/encoders.json")).unwrap();
    let encoders: BTreeMap<String, Vec<Vec<f32>>> = serde_json::from_str(&text).unwrap();
    assert_eq!(encoders.len(), 2);
    for (name, latents) in encoders {
        let halves = graph(&name).halves(Some(ImageShape::grey(28, 28)), &Choice::default());
        let ours = halves.unwrap().encoder.unwrap().outputs(two_of_28().view());
        is_near(&ours.unwrap(), &latents, 1e-4, &name);
    }
}

/// By the lines that stand under a refusal.
#[test]
fn what_pytorch_exports_by_our_lines_gives_what_pytorch_gives() {
    #[derive(Deserialize)]
    struct Exported {
        latents: Vec<Vec<f32>>,
        reconstructions: Vec<Vec<f32>>,
    }
    let text = fs::read_to_string(folder().join("fixtures/exported.json")).unwrap();
    let exported: Exported = serde_json::from_str(&text).unwrap();
    let halves = graph("exported").halves(Some(ImageShape::grey(28, 28)), &Choice::default());
    let halves = halves.unwrap();
    let latents = halves.encoder.unwrap().outputs(two_of_28().view()).unwrap();
    is_near(&latents, &exported.latents, 1e-4, "latents");
    let made = halves.decoder.unwrap().outputs(latents.view()).unwrap();
    is_near(&made, &exported.reconstructions, 1e-4, "reconstructions");
}

#[test]
fn what_is_measured_is_what_the_definitions_say() {
    let text = fs::read_to_string(folder().join("fixtures/graphs-literal.json")).unwrap();
    let Measured { graphs } = serde_json::from_str(&text).unwrap();
    let images = answers().images;
    assert_eq!(graphs.len(), 2);
    for literal in graphs {
        let name = &literal.name;
        let report = explained(network(name, &Choice::default()).unwrap(), &images);
        let close = |found: &Array2<f32>, expected: &[Vec<f32>], what: &str| {
            let largest = expected
                .iter()
                .flatten()
                .fold(0f32, |most, of| most.max(of.abs()));
            is_near(
                found,
                expected,
                1e-3 * largest,
                &format!("{what} of {name}"),
            );
        };
        close(&report.pixel_importance.unwrap().mean, &literal.v, "V");
        close(&report.latent_importance.unwrap().mean, &literal.ie, "IE");
        let sign = report.direction.unwrap().sign;
        let slope = matrix(&literal.slope);
        let largest = slope.fold(0f32, |most, of| most.max(of.abs()));
        for (sign, slope) in sign.iter().zip(&slope) {
            assert!(
                slope.abs() < 1e-4 * largest || *sign == slope.signum(),
                "S of {name}"
            );
        }
    }
}

/// A run over all shuffles, on two classes of four images.
fn explained(network: Network, images: &[Vec<f32>]) -> Report {
    let classes: Vec<Class> = images
        .chunks(4)
        .enumerate()
        .map(|(label, images)| {
            let pixels = Pixels::Floats(images.concat());
            Class::new(
                label as u8,
                ImageSet {
                    image: IMAGE,
                    pixels,
                },
            )
        })
        .collect();
    let settings = Settings {
        classes: vec![0, 1],
        method: Method::Exact,
        ..Settings::default()
    };
    let mut run = Run::explain(&Engine::cpu(), settings, &classes, network).unwrap();
    while block_on(run.advance(Duration::from_millis(50)))
        .unwrap()
        .stage
        != Stage::Done
    {}
    run.report().clone()
}

#[test]
fn ends_are_chosen_and_what_was_decided_is_said() {
    let outputs = graph("outputs");
    let description = outputs.description();
    let names: Vec<&str> = description
        .outputs
        .iter()
        .map(|output| output.name.as_str())
        .collect();
    assert_eq!(names[1..], ["mean", "log_variance"]);
    assert!(
        description.notes[0].contains("is used"),
        "{:?}",
        description.notes
    );
    let latents = |choice: &Choice| {
        let halves = outputs.halves(Some(IMAGE), choice).unwrap();
        halves.encoder.unwrap().output().clone()
    };
    assert_eq!(latents(&Choice::default()), Shape::Numbers(3));
    let variances = Choice {
        part: Some(GraphPart::Encoder),
        output: Some("log_variance".into()),
        ..Choice::default()
    };
    assert_eq!(latents(&variances), Shape::Numbers(3));
    let other = Choice {
        input: Some("pictures".into()),
        ..Choice::default()
    };
    let refused = outputs.halves(Some(IMAGE), &other).unwrap_err();
    assert_eq!(
        refused,
        "The ONNX graph has no input \"pictures\": choose from images."
    );
}

#[test]
fn feature_maps_are_dimensions_by_cell_or_of_an_encoder_by_channel() {
    let spatial = graph("spatial");
    let maps = ImageShape {
        height: 3,
        width: 3,
        channels: 2,
    };
    let by_cell = spatial.halves(Some(IMAGE), &Choice::default()).unwrap();
    assert_eq!(by_cell.encoder.unwrap().output(), &Shape::Planes(maps));
    let mut choice = Choice {
        planes: Some(Planes::Channel),
        ..Choice::default()
    };
    let refused = spatial.halves(Some(IMAGE), &choice).unwrap_err();
    assert!(refused.contains("choose latents by cell"), "{refused}");
    choice.part = Some(GraphPart::Encoder);
    let by_channel = spatial
        .halves(Some(IMAGE), &choice)
        .unwrap()
        .encoder
        .unwrap();
    assert_eq!(by_channel.output(), &Shape::Numbers(2));
    let images = matrix(&answers().images);
    choice.planes = Some(Planes::Cell);
    let cells = spatial
        .halves(Some(IMAGE), &choice)
        .unwrap()
        .encoder
        .unwrap();
    let cells = cells.outputs(images.view()).unwrap();
    let means = by_channel.outputs(images.view()).unwrap();
    for (cells, means) in cells.rows().into_iter().zip(means.rows()) {
        let first = cells.iter().take(9).sum::<f32>() / 9.0;
        assert!((first - means[0]).abs() < 1e-5);
    }
}

#[test]
fn a_graph_with_connections_round_its_bottleneck_is_an_encoder() {
    let unet = graph("unet");
    let halves = unet.halves(Some(IMAGE), &Choice::default()).unwrap();
    assert!(halves.decoder.is_none());
    assert!(
        halves.notes.iter().any(|note| note.contains("U-Net")),
        "{:?}",
        halves.notes
    );
}

#[test]
fn chosen_as_a_whole_it_keeps_what_goes_round_from_the_image_as_it_was() {
    let Answers { images, graphs } = answers();
    let images = matrix(&images);
    let recorded = graphs.iter().find(|graph| graph.changed.is_some()).unwrap();
    for latents in [None, Some(recorded.bottleneck.clone())] {
        let whole = Choice {
            latents,
            part: Some(GraphPart::Whole),
            ..Choice::default()
        };
        let halves = graph(&recorded.name).halves(Some(IMAGE), &whole).unwrap();
        assert!(halves.wait_for_images());
        assert!(
            halves.notes.iter().any(|note| note.contains("as it was")),
            "{:?}",
            halves.notes
        );
        let halves = halves.with_images(images.view()).unwrap();
        let (encoder, decoder) = (halves.encoder.unwrap(), halves.decoder.unwrap());
        let mut latents = encoder.outputs(images.slice(s![..3, ..])).unwrap();
        let made = decoder.outputs(latents.view()).unwrap();
        is_near(
            &made,
            recorded.reconstructions.as_ref().unwrap(),
            1e-4,
            "reconstructions",
        );
        let dim = recorded.changed.unwrap();
        let before = latents.column(dim).to_vec();
        for image in 0..3 {
            latents[[image, dim]] = before[(image + 2) % 3];
        }
        let made = decoder.outputs(latents.view()).unwrap();
        is_near(
            &made,
            recorded.after.as_ref().unwrap(),
            1e-4,
            "changed reconstructions",
        );
        latents.fill(0.5);
        let refused = decoder.outputs(latents.view()).unwrap_err();
        assert!(refused.contains("of none of its images"), "{refused}");
    }
    let whole = Choice {
        part: Some(GraphPart::Whole),
        ..Choice::default()
    };
    let halves = graph(&recorded.name).halves(Some(IMAGE), &whole).unwrap();
    assert!(
        halves
            .network(IMAGE)
            .unwrap_err()
            .contains("needs the images")
    );
    let halves = graph(&recorded.name).halves(Some(IMAGE), &whole).unwrap();
    // Two images that hardly differ.
    let mut alike = images.clone();
    let mut first = images.row(0).to_owned();
    first[0] += 1e-6;
    alike.row_mut(1).assign(&first);
    assert!(
        halves
            .with_images(alike.view())
            .unwrap_err()
            .contains("fewer than 3 dimensions")
    );
}

#[test]
fn images_of_another_size_are_refused() {
    for name in ["resnet", "flat"] {
        let refused = graph(name)
            .halves(Some(ImageShape::grey(5, 5)), &Choice::default())
            .unwrap_err();
        assert!(
            refused.starts_with("The ONNX graph takes images of "),
            "{refused}"
        );
    }
}

#[test]
fn latents_that_are_not_one_row_of_so_many_numbers_for_each_image_are_refused() {
    let refused = |name: &str| {
        let file = fixture(&format!("refused/{name}.onnx"));
        let halves = Graph::open(&file.bytes)?.halves(Some(IMAGE), &Choice::default())?;
        let encoder = halves.encoder.unwrap();
        let images = matrix(&answers().images);
        let one = encoder.outputs(images.slice(s![..1, ..]))?;
        assert_eq!(one.ncols(), 2, "{name}");
        encoder.outputs(images.view())
    };
    for (name, expected) in [
        (
            "one-row",
            "\"z\" of the ONNX graph does not hold floating-point numbers for each image",
        ),
        (
            "as-long-as-the-batch",
            "gave a tensor of 1 × 1 for 1 image, where it should be 1 × 2: ",
        ),
        (
            "as-long-as-it-is-bright",
            "gave a tensor of 8 × 3 for 8 images, where it should be 8 × 2: ",
        ),
    ] {
        let why = refused(name).unwrap_err();
        assert!(why.contains(expected), "{name}: {why}");
    }
}

#[test]
fn one_thousand_damaged_files_are_refused_or_run() {
    let graphs = answers().graphs;
    let files = graphs
        .iter()
        .map(|graph| fixture(&format!("graphs/{}.onnx", graph.name)).bytes);
    let files: Vec<Vec<u8>> = files.collect();
    let mut draws = Draws(27);
    let mut opened = 0;
    for at in 0..1000 {
        let mut bytes = files[at % files.len()].clone();
        damage(&mut bytes, &mut draws);
        let outcome = catch_unwind(|| {
            let graph = Graph::open(&bytes)?;
            let halves = graph.halves(Some(IMAGE), &Choice::default())?;
            let rows = Array2::from_elem((2, IMAGE.size()), 0.5);
            halves
                .encoder
                .map(|encoder| encoder.outputs(rows.view()))
                .transpose()
        });
        match outcome.unwrap_or_else(|_| panic!("damaged file {at} panicked")) {
            Err(why) => assert!(why.ends_with('.') && why.lines().count() == 1, "{why}"),
            Ok(_) => opened += 1,
        }
    }
    // Most damage is of weights, and only changes numbers.
    println!("{opened} of 1000 could be run");
}
