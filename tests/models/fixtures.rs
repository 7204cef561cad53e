//! Models of the real libraries, read and run.

use std::fs;

use latent_lens::data::{ImageShape, Shape};
use latent_lens::model::Activation;
use latent_lens::model::files::{
    Alone, Asks, File, Hints, Model, ModelError, Question, fits, open,
};

use crate::recorded::{all, assert_agrees, fixture, folder};

#[test]
fn every_model_gives_what_its_library_gave() {
    let mut count = 0;
    let mut furthest = 0f32;
    for answers in all() {
        for recorded in &answers.models {
            let model = open(&recorded.files(), &recorded.hints())
                .unwrap_or_else(|error| panic!("{}: {error}", recorded.name));
            let off = assert_agrees(
                &recorded.name,
                &model.network,
                recorded.images.as_ref().unwrap_or(&answers.images),
                &recorded.latents,
                &recorded.reconstructions,
            );
            let stored = model.description.takes_stored_values;
            assert_eq!(stored, recorded.stored, "{}", recorded.name);
            furthest = furthest.max(off);
            count += 1;
        }
    }
    assert_eq!(count, 107, "models were added or lost");
    println!("{count} models, at most {furthest:e} off");
}

#[test]
fn the_files_tell_their_formats() {
    for (name, format) in [
        ("keras-2/nested.keras", "Keras 2 (HDF5)"),
        ("keras-3-hdf5/nested.keras", "Keras 3 (HDF5)"),
        ("keras-3/mixed.h5", "Keras 3"),
        ("keras-3/sequential", "Keras 3"),
        ("onnx/handmade.onnx", "ONNX"),
    ] {
        let model = open(&[fixture(name)], &Hints::default()).expect("it opens");
        assert_eq!(model.description.format, format, "{name}");
    }
}

#[test]
fn layers_are_described_and_what_was_left_out_is_said() {
    let model = open(&[fixture("keras-3/mixed.h5")], &Hints::default()).expect("it opens");
    let found = &model.description;
    let sizes: Vec<_> = found
        .layers
        .iter()
        .map(|layer| (layer.inputs, layer.outputs))
        .collect();
    assert_eq!(sizes[..3], [(16, 8), (8, 6), (6, 3)]);
    assert_eq!(
        found.layers[0].activation,
        Activation::LeakyRelu { slope: 0.15 }
    );
    assert!(
        found
            .notes
            .iter()
            .any(|note| note.starts_with("Dropout \"dropout"))
    );
    assert!(
        found
            .notes
            .iter()
            .any(|note| note.starts_with("Batch normalisation"))
    );
    assert_eq!(found.encoder_layers, model.network.encoder().layers().len());
}

#[test]
fn weights_alone_ask_for_their_activations_and_open_with_the_proposal() {
    for name in [
        "torch/state.pt",
        "torch/legacy.pt",
        "torch/half.safetensors",
        "keras-2/weights.h5",
        "keras-3/nested.weights.h5",
    ] {
        let files = [fixture(name)];
        let Err(ModelError::Question(question)) = open(&files, &Hints::default()) else {
            panic!("{name} does not say its activations");
        };
        assert_eq!(question.asks, Asks::Activations, "{name}");
        let sizes: Vec<_> = question
            .layers
            .iter()
            .map(|l| (l.inputs, l.outputs))
            .collect();
        assert_eq!(sizes, [(16, 6), (6, 3), (3, 6), (6, 16)], "{name}");
        let model = open(&files, &question.proposal).expect("a proposal is an answer");
        let activations: Vec<_> = model
            .description
            .layers
            .iter()
            .map(|l| l.activation)
            .collect();
        let relu = Activation::Relu;
        assert_eq!(
            activations,
            [relu, relu, relu, Activation::Sigmoid],
            "{name}"
        );
    }
}

#[test]
fn a_whole_module_is_read_by_the_names_of_its_weights() {
    let hints = Hints {
        activations: Some([[Activation::Relu; 3].as_slice(), &[Activation::Sigmoid]].concat()),
        ..Hints::default()
    };
    let whole = open(&[fixture("torch/whole.pt")], &hints).expect("it opens");
    let weights = open(&[fixture("torch/checkpoint.tar")], &hints).expect("it opens");
    assert_eq!(whole.network, weights.network);
    let notes = whole.description.notes.join(" ");
    assert!(
        notes.contains("\"__main__.TorchModel\" was not executed"),
        "{notes}"
    );
}

fn question(names: &[&str]) -> (Vec<File>, Question) {
    let files: Vec<File> = names.iter().map(|name| fixture(name)).collect();
    match open(&files, &Hints::default()) {
        Err(ModelError::Question(question)) => (files, *question),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("{names:?} open without a question"),
    }
}

#[test]
fn which_head_gives_the_means_is_asked_where_nothing_tells() {
    for (names, sizes) in [
        (
            &["torch-more/vae.pt"][..],
            [(16, 5), (5, 2), (2, 5), (5, 16), (5, 2)].as_slice(),
        ),
        (
            &["keras-more/unnamed.keras", "keras-more/decoder.keras"],
            &[(16, 5), (5, 2), (5, 2)],
        ),
    ] {
        let (files, question) = question(names);
        assert_eq!(question.asks, Asks::Order);
        let found: Vec<_> = question
            .layers
            .iter()
            .map(|l| (l.inputs, l.outputs))
            .collect();
        assert_eq!(found, sizes, "{}", question.text);
        match open(&files, &question.proposal) {
            Ok(model) => assert_eq!(model.network.dims(), 2),
            Err(ModelError::Question(next)) => assert_eq!(next.asks, Asks::Activations),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn weights_of_convolutions_ask_for_the_steps_between_them() {
    let recorded = |name: &str| {
        let models = all().into_iter().flat_map(|answers| answers.models);
        models
            .into_iter()
            .find(|of| of.name == name)
            .expect("a fixture")
    };
    // The usual strides and paddings are what they are.
    let strides = recorded("torch-layers strides");
    let (_, question) = question(&["torch-layers/strides.pt"]);
    assert_eq!(question.asks, Asks::Layers);
    assert_eq!(question.proposal.layers, strides.layers);
    let text = &question.text;
    assert!(
        text.contains("guessed from their sizes, images 1x8x8"),
        "{text}"
    );
    assert_eq!(question.layers[0].class, "Conv2d 3 × 3");
    assert_eq!(question.layers[4].class, "ConvTranspose2d 3 × 3");
    // The size of the images, told alone, is kept.
    for (name, images) in [
        ("strides", "images 1x8x8"),
        ("pooling", "images 3x8x12"),
        ("colours", "images 3x4x4"),
        ("named", "images 1x8x8"),
        ("halves", "images 1x8x8"),
    ] {
        let files = recorded(&format!("torch-layers {name}")).files();
        let hints = Hints {
            layers: Some(images.into()),
            ..Hints::default()
        };
        let Err(ModelError::Question(question)) = open(&files, &hints) else {
            panic!("{name} asks");
        };
        let proposal = question
            .proposal
            .layers
            .clone()
            .expect("steps are proposed");
        println!("{name}: {proposal}");
        assert!(proposal.starts_with(images), "{name}: {proposal}");
        let opened = open(&files, &question.proposal);
        let model = opened.unwrap_or_else(|error| panic!("{name}: {proposal}: {error}"));
        let notes = model.description.notes.join(" ");
        assert!(
            notes.contains("its layers were said to be"),
            "{name}: {notes}"
        );
    }
    // What is not usual is not said to be.
    let hints = Hints {
        layers: Some("images 2x16".into()),
        ..Hints::default()
    };
    for (name, hints) in [
        ("refused/convolution.pt", Hints::default()),
        ("torch-layers/signals.pt", hints),
    ] {
        let files = [fixture(name)];
        let Err(ModelError::Question(question)) = open(&files, &hints) else {
            panic!("{name} asks");
        };
        let text = &question.text;
        assert!(text.contains("No usual strides"), "{text}");
        assert!(open(&files, &question.proposal).is_err());
    }
}

#[test]
fn steps_that_do_not_fit_are_named_with_what_to_do() {
    let right = "images 1x8x8, encoder.0 stride 2 padding 1, relu, encoder.2 stride 2 padding 1, relu, flatten, \
                 encoder.5, latents, decoder.0, relu, unflatten 4x2x2, decoder.3 stride 2 padding 1 \
                 output-padding 1, relu, decoder.5 stride 2 padding 1 output-padding 1, sigmoid";
    let files = [fixture("torch-layers/strides.pt")];
    let with = |text: &str| {
        let hints = Hints {
            layers: Some(text.into()),
            ..Hints::default()
        };
        open(&files, &hints)
    };
    assert!(with(right).is_ok());
    for (from, to, said) in [
        (
            "flatten, ",
            "",
            "\"encoder.5\" takes plain numbers, but feature maps of 4 × 2 × 2 reach it: put flatten",
        ),
        (
            "unflatten 4x2x2, ",
            "",
            "takes feature maps, but 16 plain numbers reach it: put unflatten",
        ),
        (
            "encoder.0 stride 2",
            "encoder.0 stride 1",
            "\"encoder.5\" takes 16 numbers, but 64 reach it",
        ),
        ("latents, ", "", "put latents after the step"),
        ("images 1x8x8, ", "", "do not say how large images are"),
        (
            "images 1x8x8",
            "images 2x8x8",
            "takes 1 channels, but 2 reach it",
        ),
        (
            " output-padding 1, sigmoid",
            ", sigmoid",
            "make 1 × 7 × 7 of images of 1 × 8 × 8",
        ),
        (
            "decoder.5",
            "decoder.7",
            "names no layer of the file; they are encoder.0, encoder.2",
        ),
        ("sigmoid", "sigmoid 2", "step 15 (\"sigmoid 2\")"),
    ] {
        let text = right.replacen(from, to, 1);
        let Err(error @ ModelError::Refused { .. }) = with(&text) else {
            panic!("{text} opens or asks");
        };
        let sentence = error.to_string();
        assert!(sentence.contains(said), "{sentence}");
    }
}

#[test]
fn of_several_networks_in_a_checkpoint_one_is_asked_for() {
    let (files, question) = question(&["torch-more/two.pt"]);
    assert_eq!(question.asks, Asks::Order);
    assert!(
        question.text.contains("(\"model\", \"ema\")"),
        "{}",
        question.text
    );
    let order = question
        .proposal
        .order
        .clone()
        .expect("an order is proposed");
    assert_eq!(order[0], "model.encoder.0");
    let Err(ModelError::Question(next)) = open(&files, &question.proposal) else {
        panic!("activations are not in the file");
    };
    let model = open(&files, &next.proposal).expect("both answers together open it");
    assert!(
        model
            .description
            .notes
            .iter()
            .any(|note| note.contains("\"ema\""))
    );
}

#[test]
fn what_was_decided_is_said() {
    for (names, said) in [
        (
            &["keras-more/vae.keras"][..],
            "means, which layer \"z_mean\" gives; \"z_log_var\" gives their log-variances. Nothing",
        ),
        (
            &["keras-more/arithmetic.keras"],
            "means, which layer \"second\" gives",
        ),
        (
            &["onnx-more/sampled.onnx"],
            "means, which layer \"one\" gives; \"other\" gives their log-variances. Nothing",
        ),
        (
            &["onnx-more/evaluated.onnx"],
            "\"fc_logvar\" gives their log-variances",
        ),
        (
            &["keras-more/rescaling.keras"],
            "it takes the values of images as they are stored",
        ),
        (
            &["onnx-more/standardised.onnx"],
            "it takes intensities from 0 to 1",
        ),
        (
            &["keras-more/activations.keras"],
            "has a slope for every unit",
        ),
        (
            &["torch-more/everything.pt"],
            "\"mean\" and \"std\": if images were standardised",
        ),
        (
            &["torch-more/normed.pt"],
            "epsilon of 1e-5, which the file does not hold",
        ),
        (
            &["keras-conv/pooling.keras"],
            "taken where they are first so few, after layer \"max_pooling2d_1\"",
        ),
        (
            &["keras-conv/standardised.keras"],
            "it takes the values of images as they are stored",
        ),
        (
            &["keras-conv/windows.keras"],
            "(\"rescaling\") is its first layer",
        ),
        (&["torch-more/functional.pt"], "share the weights"),
        (
            &["torch-more/vae-named.pt"],
            "\"fc_logvar\" gives their log-variances",
        ),
        (&["torch-more/named.pt"], "with its slope of 0.4"),
    ] {
        let files: Vec<File> = names.iter().map(|name| fixture(name)).collect();
        let model = match open(&files, &Hints::default()) {
            Err(ModelError::Question(question)) => open(&files, &question.proposal),
            opened => opened,
        };
        let notes = model.expect("it opens").description.notes;
        assert!(
            notes.iter().any(|note| note.contains(said)),
            "{names:?}: {notes:?}"
        );
    }
}

#[test]
fn a_description_of_layers_needs_its_weights() {
    let Err(error) = open(&[fixture("keras-more/apart.json")], &Hints::default()) else {
        panic!("it has no weights");
    };
    assert!(error.to_string().contains("without its weights"), "{error}");
}

#[test]
fn a_person_can_move_the_bottleneck() {
    let hints = Hints {
        bottleneck: Some(1),
        ..Hints::default()
    };
    let model = open(&[fixture("keras-2/nested.keras")], &hints).expect("it opens");
    assert_eq!(model.network.dims(), 6);
}

#[test]
fn all_files_that_an_author_saved_can_come_together() {
    let files = ["encoder.keras", "nested.keras", "decoder.keras"]
        .map(|name| fixture(&format!("keras-2/{name}")));
    let model = open(&files, &Hints::default()).expect("the whole one is taken");
    assert_eq!(model.network.dims(), 3);
    assert_eq!(
        model.description.notes.len(),
        2,
        "{:?}",
        model.description.notes
    );
}

#[test]
fn hard_sigmoids_are_those_of_the_keras_that_wrote_them() {
    let [json, weights] = ["apart.json", "apart.weights.h5"].map(|name| {
        let name = format!("keras-hard/{name}");
        fixture(&name)
    });
    // As `to_json` of Keras 2 says it, and as nobody does.
    let described = |head: &str| {
        let text = String::from_utf8(json.bytes.clone()).expect("text");
        let start = r#"{"module": "keras.src.models.functional", "#;
        assert!(text.starts_with(start), "{}", &text[..80]);
        let bytes = text.replacen(start, head, 1).into();
        let name = json.name.clone();
        open(&[File { name, bytes }, weights.clone()], &Hints::default())
    };
    let slope = |model: Model| match model.description.layers[0].activation {
        Activation::HardSigmoid { slope } => slope,
        other => panic!("{other:?} is no hard sigmoid"),
    };
    let as_it_is = open(&[json.clone(), weights.clone()], &Hints::default());
    assert_eq!(slope(as_it_is.expect("it opens")), 1.0 / 6.0);
    let of_keras_2 = described(r#"{"keras_version": "2.15.0", "#);
    assert_eq!(slope(of_keras_2.expect("it opens")), 0.2);
    let refusal = described("{").expect_err("two of them are called so");
    assert!(refusal.to_string().contains("hard_sigmoid"), "{refusal}");
}

#[test]
fn latents_that_are_feature_maps_are_channel_by_channel() {
    let maps = |height, width, channels| {
        Shape::Planes(ImageShape {
            height,
            width,
            channels,
        })
    };
    for (name, latent) in [
        ("keras-conv/pooling.keras", maps(2, 2, 3)),
        ("keras-conv/maps.keras", maps(1, 3, 3)),
        ("keras-conv/signals-first.keras", maps(1, 3, 3)),
        ("onnx-torch/maps.onnx", maps(1, 2, 3)),
        ("keras-conv/blocks.keras", Shape::Numbers(3)),
    ] {
        let model = open(&[fixture(name)], &Hints::default()).expect("it opens");
        let network = model.network;
        assert_eq!(*network.decoder().input(), latent, "{name}");
        assert!(network.encoder().output().agrees(&latent), "{name}");
        let count = network.encoder().layers().len() + network.decoder().layers().len();
        assert!(model.description.layers.len() <= count, "{name}");
    }
    let halves = ["encoder", "decoder"].map(|half| fixture(&format!("keras-conv/{half}.keras")));
    let whole = open(&halves, &Hints::default()).expect("it opens");
    assert_eq!(*whole.network.decoder().input(), maps(3, 3, 3));
    // Feature maps that one half gives are what the other takes.
    let hints = Hints {
        bottleneck: Some(2),
        ..Hints::default()
    };
    assert!(open(&halves, &hints).is_ok());
}

#[test]
fn a_half_alone_is_that_of_the_whole() {
    let of_half = |half| Hints {
        half: Some(half),
        ..Hints::default()
    };
    for (encoder, decoder) in [
        ("keras-3/encoder.keras", "keras-3/decoder.keras"),
        ("keras-conv/encoder.keras", "keras-conv/decoder.keras"),
        (
            "keras-conv/vae-encoder.keras",
            "keras-conv/vae-decoder.keras",
        ),
    ] {
        let both = [encoder, decoder].map(fixture);
        let whole = open(&both, &Hints::default()).expect("it opens").network;
        let open = |name, half| match open(&[fixture(name)], &of_half(half)) {
            Ok(model) => model.network,
            Err(refused) => panic!("{name}: {refused}"),
        };
        let first = open(encoder, Alone::Encoder);
        assert_eq!(first.encoder(), whole.encoder(), "{encoder}");
        assert!(!first.decoder().is_there());
        let last = open(decoder, Alone::Decoder);
        assert_eq!(last.decoder(), whole.decoder(), "{decoder}");
        assert!(!last.encoder().is_there());
        assert!(last.encoder().input().agrees(whole.encoder().input()));
    }
    for (name, half, words) in [
        (
            "keras-3/encoder.keras",
            Alone::Decoder,
            "gives more than it takes",
        ),
        (
            "keras-3/decoder.keras",
            Alone::Encoder,
            "gives fewer than it takes",
        ),
        (
            "torch-layers/strides.pt",
            Alone::Encoder,
            "export this half as ONNX",
        ),
    ] {
        let refused = open(&[fixture(name)], &of_half(half)).unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
    }
    // Of a whole one, one half is taken.
    let model =
        open(&[fixture("keras-3/nested.keras")], &of_half(Alone::Decoder)).expect("it opens");
    assert!(!model.network.encoder().is_there() && model.network.decoder().is_there());
    assert_eq!(model.description.encoder_layers, 0);
}

#[test]
fn layers_of_images_are_described() {
    let model = open(&[fixture("keras-conv/windows.keras")], &Hints::default()).expect("it opens");
    let kinds: Vec<&str> = model
        .description
        .layers
        .iter()
        .map(|layer| layer.kind.as_str())
        .collect();
    assert_eq!(
        kinds[..7],
        [
            "scaling",
            "zeros around it",
            "convolution 3 × 2, stride 2 × 3",
            "scaling",
            "convolution 2 × 2",
            "mean of 2 × 1",
            "transposed convolution 3 × 3, stride 2",
        ]
    );
    let first = &model.description.layers[2];
    let image = |height, width, channels| {
        Shape::Image(ImageShape {
            height,
            width,
            channels,
        })
    };
    assert_eq!(
        (&first.input, &first.output),
        (&image(7, 7, 2), &image(3, 2, 4))
    );
}

#[test]
fn dense_networks_of_images_in_colour_stay_dense() {
    let model = open(&[fixture("onnx-torch/dense.onnx")], &Hints::default()).expect("it opens");
    assert!(model.network.encoder().dense().is_some());
    assert!(model.network.decoder().dense().is_some());
}

#[test]
fn images_of_another_size_are_named() {
    let model = open(&[fixture("keras-3/nested.keras")], &Hints::default()).expect("it opens");
    assert_eq!(fits(&model.network, 16), Ok(()));
    let sentence = fits(&model.network, 784).expect_err("784 are not 16");
    assert!(
        sentence.contains("16 pixels") && sentence.contains("784"),
        "{sentence}"
    );
}

/// Code that writes a refused model as ONNX, where the library of the file does.
#[test]
fn models_of_unknown_layers_are_refused_with_code_that_makes_them_onnx() {
    let refused = |name: &str| match open(&[fixture(name)], &Hints::default()) {
        Err(ModelError::Refused { remedy, code, .. }) => (remedy, code),
        other => panic!("{name}: {other:?}"),
    };
    for name in [
        "refused/memory.keras",
        "refused/skip.keras",
        "refused/rows.keras",
    ] {
        let (remedy, code) = refused(name);
        assert!(
            remedy.ends_with("or bring the model as ONNX: Keras's model.export writes it"),
            "{remedy}"
        );
        let load =
            format!("import keras; model = keras.saving.load_model(\"{name}\", compile=False)\n");
        let code = code.expect("there is a way out");
        assert!(code.starts_with(&load), "{code}");
        assert!(
            code[load.len()..].starts_with("model.export(\"model.onnx\", format=\"onnx\", "),
            "{code}"
        );
    }
    let (remedy, code) = refused("torch/script.pt");
    assert!(remedy.ends_with("torch.onnx.export writes it"), "{remedy}");
    assert!(code.is_some_and(|code| code.contains("torch.onnx.export(model.eval(), example, ")));
    // What is damaged or not there is no better as ONNX.
    for name in ["tfjs/nested/model.json", "onnx/torch.onnx"] {
        assert_eq!(refused(name).1, None, "{name}");
    }
}

#[test]
fn models_that_cannot_be_run_are_refused_by_layer_and_with_a_remedy() {
    for (name, place) in [
        ("refused/memory.keras", "\"memory\" is of the class LSTM"),
        (
            "refused/skip.keras",
            "\"skip\" (Add) joins several branches",
        ),
        ("refused/rows.keras", "\"rows\" works on each row"),
        ("torch/script.pt", "TorchScript"),
        ("keras-2/encoder.keras", "3 numbers of 16"),
        (
            "tfjs/nested/model.json",
            "\"group1-shard1of2.bin\", which is not among the files",
        ),
        (
            "onnx/torch.onnx",
            "\"torch.onnx.data\", which is not among the files",
        ),
    ] {
        let sentence = match open(&[fixture(name)], &Hints::default()) {
            Err(error @ ModelError::Refused { .. }) => error.to_string(),
            Err(error) => panic!("{name} asks: {error}"),
            Ok(_) => panic!("{name} opens"),
        };
        assert!(sentence.starts_with(name), "{sentence}");
        assert!(sentence.contains(place), "{sentence}");
        assert!(
            sentence.contains("; ") && sentence.ends_with('.'),
            "{sentence}"
        );
        println!("{sentence}");
    }
}

#[test]
fn no_fixture_is_left_out() {
    let mut answered: Vec<String> = all()
        .iter()
        .flat_map(|answers| &answers.models)
        .flat_map(|recorded| recorded.files.clone())
        .collect();
    answered.extend(["torch/whole.pt", "torch/script.pt"].map(String::from));
    // Answered for in `graphs.rs`; the decoders by the whole graphs, in the page and in Node.
    let others = [
        "exported",
        "convolutions",
        "transformer",
        "slow",
        "attention-decoder",
        "resnet-decoder",
    ];
    answered.extend(others.map(|name| format!("graphs/{name}.onnx")));
    let graphs = fixture("graphs.json").bytes;
    let graphs: serde_json::Value = serde_json::from_slice(&graphs).expect("JSON");
    let graphs = graphs["graphs"].as_array().expect("graphs");
    let names = graphs.iter().filter_map(|graph| graph["name"].as_str());
    answered.extend(names.map(|name| format!("graphs/{name}.onnx")));
    let mut folders = vec![String::new()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(folder().join("fixtures").join(&inner)).expect("fixtures") {
            let entry = entry.expect("fixtures");
            let name = entry.file_name().into_string().expect("plain names");
            let path = if inner.is_empty() {
                name
            } else {
                format!("{inner}/{name}")
            };
            if entry.file_type().expect("fixtures").is_dir() {
                folders.push(path);
            } else if path.contains('/') && !path.starts_with("refused/") {
                assert!(answered.contains(&path), "{path} has no answer");
            }
        }
    }
}
