//! `analyse`: what it writes is what the library finds.

use std::fs;
use std::path::Path;
use std::time::Duration;

use latent_lens::engine::Engine;
use latent_lens::model::Network;
use latent_lens::report::{Metric, Report};
use latent_lens::run::{Run, Stage};
use latent_lens::settings::{HiddenActivation, Loss, Method, Settings};

use super::files::{COUNT, SIZE, classes, folder, latent_lens, said, without_sources, write};

const SETTINGS: &str = "--dims 3 --hidden 6 --epochs 4 --method sampled --permutations 2 --seed 5";

fn report(folder: &Path) -> Report {
    serde_json::from_slice(&fs::read(folder.join("report.json")).unwrap()).unwrap()
}

/// The report of the library's own run.
fn expected(labels: &[u8]) -> Report {
    expected_of(Settings {
        classes: labels.to_vec(),
        dims: 3,
        hidden: vec![6],
        epochs: 4,
        method: Method::Sampled,
        permutations: 2,
        seed: 5,
        ..Settings::default()
    })
}

fn expected_of(settings: Settings) -> Report {
    let mut run = Run::new(&Engine::cpu(), settings, &classes()).unwrap();
    let second = Duration::from_secs(1);
    while pollster::block_on(run.advance(second)).unwrap().stage != Stage::Done {}
    run.report().clone()
}

/// The numbers of a CSV file from column `first` on, row by row, and its header.
fn numbers(file: &Path, first: usize) -> (String, Vec<Vec<f32>>) {
    let text = fs::read_to_string(file).unwrap();
    let mut lines = text.lines();
    let header = lines.next().unwrap().to_owned();
    let rows = lines.map(|line| {
        let cells = line.split(',').skip(first);
        cells.map(|cell| cell.parse().unwrap()).collect()
    });
    (header, rows.collect())
}

#[test]
fn every_number_is_the_librarys() {
    let folder = folder("every_number_is_the_librarys");
    write(&folder);
    let command = format!("analyse --images images.idx --labels labels.idx {SETTINGS} --out out");
    let output = latent_lens(&folder, &command);
    assert!(output.status.success(), "{}", said(&output));

    let (found, expected) = (report(&folder.join("out")), expected(&[2, 4, 7]));
    assert_eq!(without_sources(&found), without_sources(&expected));
    assert_eq!((found.image.height, found.image.width), SIZE);
    let images = |class: &latent_lens::data::ClassSummary| class.training + class.held_out;
    assert_eq!(found.classes.iter().map(images).sum::<usize>(), COUNT);

    let importance = expected.pixel_importance.unwrap().mean;
    let (header, rows) = numbers(&folder.join("out/pixel_importance.csv"), 3);
    assert_eq!(header, "pixel,row,col,dim_1,dim_2,dim_3");
    assert_eq!(
        rows,
        importance
            .outer_iter()
            .map(|row| row.to_vec())
            .collect::<Vec<_>>()
    );
    assert!(
        importance.iter().any(|&value| value > 0.0),
        "a network that looks at something"
    );
    assert_eq!(
        rows.last().unwrap(),
        &[0.0; 3],
        "the pixel that is always black"
    );

    let (_, rows) = numbers(&folder.join("out/direction.csv"), 3);
    let sign = expected.direction.unwrap().sign;
    assert_eq!(
        rows,
        sign.outer_iter()
            .map(|row| row.to_vec())
            .collect::<Vec<_>>()
    );

    let (header, rows) = numbers(&folder.join("out/latent_importance.csv"), 0);
    assert_eq!(header, "class,dimension,importance,std_error");
    let latent = expected.latent_importance.unwrap();
    let errors = latent.std_error.unwrap();
    for (((class, dim), &mean), row) in latent.mean.indexed_iter().zip(&rows) {
        let label = f32::from([2_u8, 4, 7][class]);
        let error = errors[(class, dim)];
        assert_eq!(row, &[label, (dim + 1) as f32, mean, error]);
    }
    assert_eq!(rows.len(), 9);
}

#[test]
fn what_a_network_is_trained_as_can_be_set() {
    let folder = folder("what_a_network_is_trained_as_can_be_set");
    write(&folder);
    let settings = Settings {
        classes: vec![2, 4, 7],
        dims: 3,
        hidden: vec![6],
        activation: HiddenActivation::Tanh,
        loss: Loss::Mse,
        learning_rate: 0.01,
        batch_size: 16,
        epochs: 2,
        permutations: 1,
        ..Settings::default()
    };
    let command = "analyse --images images.idx --labels labels.idx --dims 3 --hidden 6 --epochs 2 \
                   --permutations 1 --activation tanh --loss mse --learning-rate 0.01 --batch-size 16 \
                   --out out";
    let output = latent_lens(&folder, command);
    assert!(output.status.success(), "{}", said(&output));
    let (found, expected) = (report(&folder.join("out")), expected_of(settings));
    assert_eq!(found.settings, expected.settings);
    assert_eq!(without_sources(&found), without_sources(&expected));
}

#[test]
fn the_decoder_is_shown_over_places_of_the_latent_space() {
    let folder = folder("the_decoder_is_shown_over_places_of_the_latent_space");
    write(&folder);
    let run = |more: &str, out: &str| {
        let images = "analyse --images images.idx --labels labels.idx --classes 7,2";
        let command = format!("{images} {SETTINGS} --decoded --projection 3,1 {more} --out {out}");
        let output = latent_lens(&folder, &command);
        assert!(output.status.success(), "{}", said(&output));
    };
    let chart = |out: &str, name: &str| fs::read_to_string(folder.join(out).join(name));
    run("--variational", "variational");
    let plane = chart("variational", "decoded_plane.svg").unwrap();
    assert!(
        plane.contains(
            "15 × 15 places: dimension 3 from −3.0 to 3.0 from left to right, dimension 1"
        )
    );
    assert!(plane.contains("the others at 0."));
    let prior = chart("variational", "decoded_prior.svg").unwrap();
    assert!(prior.contains("225 draws from the standard normal distribution of 3 dimensions."));
    let space = chart("variational", "encoded_space.svg").unwrap();
    assert!(
        space.contains("dimension 3") && !space.contains("dimension 2"),
        "{space}"
    );
    assert!(folder.join("variational/decoded_plane.png").exists());

    // Of any other network a plane reaches as far as images do, and there is nothing to draw samples from.
    run("", "plain");
    let plane = chart("plain", "decoded_plane.svg").unwrap();
    assert!(plane.contains("the others at their means."), "{plane}");
    assert!(chart("plain", "decoded_prior.svg").is_err());

    for (dims, words) in [
        ("3,4", "The network has 3 latent dimensions"),
        ("2,2", "give two different dimensions, counted from 1"),
        ("0,1", "give two different dimensions, counted from 1"),
    ] {
        let images = "analyse --images images.idx --labels labels.idx";
        let output = latent_lens(
            &folder,
            &format!("{images} {SETTINGS} --projection {dims} --out no"),
        );
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(words), "{}", said(&output));
    }
}

#[test]
fn charts_are_drawn_with_words_in_them() {
    let folder = folder("charts_are_drawn_with_words_in_them");
    write(&folder);
    let command = format!(
        "analyse --images images.idx --labels labels.idx --classes 7,2 {SETTINGS} --out out"
    );
    let output = latent_lens(&folder, &command);
    assert!(output.status.success(), "{}", said(&output));
    let mut names: Vec<String> = fs::read_dir(folder.join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "direction.csv",
            "encoded_space.csv",
            "encoded_space.png",
            "encoded_space.svg",
            "encoded_space_tsne.png",
            "encoded_space_tsne.svg",
            "figure_class_2.png",
            "figure_class_2.svg",
            "figure_class_7.png",
            "figure_class_7.svg",
            "latent_importance.csv",
            "latent_importance.png",
            "latent_importance.svg",
            "loss.png",
            "loss.svg",
            "pixel_importance.csv",
            "pixel_importance.png",
            "pixel_importance.svg",
            "reconstruction_errors.csv",
            "reconstruction_errors.png",
            "reconstruction_errors.svg",
            "reconstructions.png",
            "reconstructions.svg",
            "report.json",
            "similarity.csv",
            "similarity.png",
            "similarity.svg",
        ]
    );
    assert_eq!(report(&folder.join("out")).settings.classes, [7, 2]);

    for chart in [
        "figure_class_2",
        "latent_importance",
        "pixel_importance",
        "loss",
        "encoded_space",
        "encoded_space_tsne",
        "reconstruction_errors",
        "reconstructions",
        "similarity",
    ] {
        let svg = fs::read_to_string(folder.join(format!("out/{chart}.svg"))).unwrap();
        let size = |name: &str| -> u32 {
            let at = svg.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
            svg[at..].split('"').next().unwrap().parse().unwrap()
        };
        let image = pixels(&folder.join(format!("out/{chart}.png")));
        assert_eq!(
            (image.width(), image.height()),
            (2 * size("width"), 2 * size("height"))
        );
        // Letters are the text's colour, which nothing else in a chart has.
        let letters = image
            .pixels()
            .iter()
            .filter(|pixel| (pixel.red(), pixel.green(), pixel.blue()) == (0x1b, 0x1e, 0x23));
        assert!(letters.count() > 200, "{chart} has no text");
    }
}

#[test]
fn images_are_drawn_as_light_unless_they_are_called_ink() {
    let folder = folder("images_are_drawn_as_light_unless_they_are_called_ink");
    write(&folder);
    let chart = |colours: &str| {
        let out = folder.join("out");
        let command = format!(
            "analyse --images images.idx --labels labels.idx {SETTINGS} {colours} --out out"
        );
        let output = latent_lens(&folder, &command);
        assert!(output.status.success(), "{}", said(&output));
        fs::read_to_string(out.join("reconstructions.svg")).unwrap()
    };
    let bright = chart("");
    assert_eq!(chart("--image-colours bright"), bright);
    assert_ne!(chart("--image-colours ink"), bright);
}

fn pixels(png: &Path) -> resvg::tiny_skia::Pixmap {
    resvg::tiny_skia::Pixmap::decode_png(&fs::read(png).unwrap()).unwrap()
}

#[test]
fn the_same_request_gives_the_same_files() {
    let folder = folder("the_same_request_gives_the_same_files");
    write(&folder);
    for out in ["first", "second"] {
        let command = format!(
            "analyse --images images.idx --labels labels.idx {SETTINGS} --metric rmse --out {out}"
        );
        assert!(latent_lens(&folder, &command).status.success());
    }
    let mut files = 0;
    for entry in fs::read_dir(folder.join("first")).unwrap() {
        let name = entry.unwrap().file_name();
        let read = |out: &str| fs::read(folder.join(out).join(&name)).unwrap();
        assert!(read("first") == read("second"), "{name:?} differs");
        files += 1;
    }
    assert_eq!(files, 29);

    let expected = expected(&[2, 4, 7]);
    let roots = expected.latent_importance_by(Metric::Rmse).unwrap();
    let (_, rows) = numbers(&folder.join("first/latent_importance.csv"), 2);
    let found: Vec<f32> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(found, roots.mean.iter().copied().collect::<Vec<_>>());
    assert_ne!(
        roots.mean,
        expected.latent_importance.as_ref().unwrap().mean
    );
}

#[test]
fn without_labels_all_images_are_one_class() {
    let folder = folder("without_labels_all_images_are_one_class");
    write(&folder);
    let command = "analyse --images images.idx --epochs 1 --dims 2 --permutations 1 --out out";
    let output = latent_lens(&folder, command);
    assert!(output.status.success(), "{}", said(&output));
    let report = report(&folder.join("out"));
    let [class] = report.classes.as_slice() else {
        panic!("{} classes", report.classes.len());
    };
    assert_eq!(
        (class.name.as_str(), class.training, class.held_out),
        ("all", 102, 18)
    );
}

/// Among many files one that is no image is skipped and told; labels that were asked for by name are not.
#[test]
fn labels_that_cannot_be_read_are_refused() {
    let folder = folder("labels_that_cannot_be_read_are_refused");
    write(&folder);
    for content in [&b""[..], b"\0\0"] {
        fs::write(folder.join("cut.idx"), content).unwrap();
        let command = "analyse --images images.idx --labels cut.idx --epochs 1 --dims 2 --out out";
        let output = latent_lens(&folder, command);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        let words = "cut.idx: This is no file of labels.";
        assert!(said(&output).contains(words), "{}", said(&output));
        assert!(!folder.join("out").exists());
    }
}

/// In closed form, by trying every value, and by drawing permutations.
#[test]
fn any_number_of_cores_gives_the_same_numbers_to_the_last_bit() {
    let folder = folder("any_number_of_cores_gives_the_same_numbers_to_the_last_bit");
    write(&folder);
    for settings in [
        "--method exact",
        "--method exact --hidden 6",
        "--method sampled --hidden 6 --permutations 3",
        "--method sampled --permutations 3",
    ] {
        let report = |jobs: &str| {
            let command = format!(
                "analyse --images images.idx --labels labels.idx --dims 3 --epochs 3 {settings} \
                 {jobs} --out out"
            );
            let output = latent_lens(&folder, &command);
            assert!(output.status.success(), "{}", said(&output));
            fs::read(folder.join("out/report.json")).unwrap()
        };
        let one = report("--jobs 1");
        for jobs in ["--jobs 2", "--jobs 7", ""] {
            assert!(one == report(jobs), "{settings} {jobs}");
        }
    }
}

#[test]
fn without_epochs_the_untrained_network_is_explained() {
    let settings = Settings {
        classes: vec![2, 4, 7],
        dims: 3,
        epochs: 0,
        ..Settings::default()
    };
    let mut run = Run::new(&Engine::cpu(), settings.clone(), &classes()).unwrap();
    let second = Duration::from_secs(1);
    while pollster::block_on(run.advance(second)).unwrap().stage != Stage::Done {}
    let untrained = Network::untrained(SIZE.0 * SIZE.1, &[], 3, settings.seed);
    assert_eq!(run.network(), Some(&untrained));
    assert!(run.report().training.is_none() && run.report().latent_importance.is_some());

    let folder = folder("without_epochs_the_untrained_network_is_explained");
    write(&folder);
    let command = "analyse --images images.idx --labels labels.idx --dims 3 --epochs 0 --out out";
    let output = latent_lens(&folder, command);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(
        without_sources(&report(&folder.join("out"))),
        without_sources(run.report())
    );
    assert!(
        !folder.join("out/loss.svg").exists(),
        "there is no loss to draw"
    );
}

#[test]
fn a_log_hears_of_every_stage() {
    let folder = folder("a_log_hears_of_every_stage");
    write(&folder);
    let command = format!("analyse --images images.idx {SETTINGS} --out out");
    let log = said(&latent_lens(&folder, &command));
    for stage in [
        "Training: 100 %",
        "Pixel importance: 100 %",
        "Latent importance: 100 %",
        "t-SNE: 100 %",
    ] {
        assert!(log.contains(stage), "{log}");
    }
    assert!(
        log.ends_with("s.\n") && log.contains("Wrote 22 files to out in "),
        "{log}"
    );
    assert!(!log.contains('\x1b'), "a log holds no cursor movements");
}
