//! Models whose files do not say everything: what is asked, and which arguments answer.

use std::fs;
use std::path::Path;

use latent_lens::report::Report;

use super::files::{folder, idx, latent_lens, said};

/// Layers of 16, 4, 4, 4 and 16 units that have neither order nor activations.
fn write(folder: &Path) {
    let layers = [("a", 16, 4), ("b", 4, 4), ("c", 4, 4), ("d", 4, 16)];
    let mut header = Vec::new();
    let mut data = Vec::<u8>::new();
    for (name, outputs, inputs) in layers {
        let start = data.len();
        for place in 0..outputs * inputs {
            let weight = (place * 7919 % 13) as f32 / 13.0 - 0.3;
            data.extend(weight.to_le_bytes());
        }
        header.push(format!(
            "\"{name}.weight\":{{\"dtype\":\"F32\",\"shape\":[{outputs},{inputs}],\
             \"data_offsets\":[{start},{}]}}",
            data.len()
        ));
    }
    let header = format!("{{{}}}", header.join(","));
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.bytes());
    file.extend(data);
    fs::write(folder.join("model.safetensors"), file).unwrap();
    let pixels: Vec<u8> = (0..40 * 16)
        .map(|place| (place * 7919 % 256) as u8)
        .collect();
    fs::write(folder.join("images.idx"), idx(&[40, 4, 4], &pixels)).unwrap();
}

#[test]
fn every_question_about_a_model_names_the_argument_that_answers_it() {
    let folder = folder("every_question_about_a_model_names_the_argument_that_answers_it");
    write(&folder);
    let analyse = "analyse --images images.idx --model model.safetensors --out out";
    let order = "--order d,b,c,a";
    let activations = "--activations relu,tanh,leaky-relu:0.1,sigmoid";
    let cases: [(&str, i32, &[&str]); 6] = [
        ("", 2, &["--order", "b (4 to 4)", "d (16 to 4)"]),
        (order, 2, &["--activations relu,relu,relu,sigmoid"]),
        (
            "--order d,b,c,a --activations relu",
            1,
            &["4 dense layers", "activations were given for 1"],
        ),
        (
            "--order d,b,c,a --activations relu,tanh,leaky-relu:0.1,sigmoid",
            2,
            &["--bottleneck 1", "narrowest (4)"],
        ),
        (
            "--order d,b,c,a --activations relu,tanh,leaky-relu:0.1,sigmoid --bottleneck 4",
            1,
            &["4 of its 4 layers", "from 1 to 3"],
        ),
        (
            "--order d,b,c,a --activations relu,tanh,leaky-relu,sigmoid",
            2,
            &["leaky-relu:0.3", "--activations"],
        ),
    ];
    for (said_of_it, code, words) in cases {
        let output = latent_lens(&folder, &format!("{analyse} {said_of_it}"));
        let message = said(&output);
        assert_eq!(output.status.code(), Some(code), "{said_of_it}: {message}");
        for word in words {
            assert!(message.contains(word), "{said_of_it}: {message}");
        }
    }
    let output = latent_lens(
        &folder,
        &format!("{analyse} {order} {activations} --bottleneck 2"),
    );
    assert!(output.status.success(), "{}", said(&output));
    let report = fs::read(folder.join("out/report.json")).unwrap();
    let report: Report = serde_json::from_slice(&report).unwrap();
    assert_eq!((report.settings.dims, report.settings.hidden), (4, vec![4]));
}

#[test]
fn what_is_said_of_a_model_needs_one() {
    let folder = folder("what_is_said_of_a_model_needs_one");
    write(&folder);
    let command = "analyse --images images.idx --bottleneck 1 --out out";
    let output = latent_lens(&folder, command);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--model"), "{}", said(&output));
}

#[test]
fn steps_between_convolutions_are_proposed_as_they_are_typed() {
    let folder = folder("steps_between_convolutions_are_proposed_as_they_are_typed");
    let fixture = "tests/models/fixtures/torch-layers/strides.pt";
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join(fixture);
    fs::copy(fixture, folder.join("strides.pt")).unwrap();
    fs::write(folder.join("images.idx"), idx(&[4, 8, 8], &[7; 256])).unwrap();
    let analyse = "analyse --images images.idx --model strides.pt --out out";
    let output = latent_lens(&folder, analyse);
    let message = said(&output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    for word in [
        "guessed from their sizes",
        "--layers \"images 1x8x8, encoder.0 stride 2 padding 1, relu, ",
        "encoder.0 (Conv2d 3 × 3, 1 to 3)",
    ] {
        assert!(message.contains(word), "{message}");
    }
}

#[test]
fn an_onnx_graph_of_any_operations_is_run_as_it_is() {
    let folder = folder("an_onnx_graph_of_any_operations_is_run_as_it_is");
    let fixture = "tests/models/fixtures/graphs/flat.onnx";
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join(fixture);
    fs::copy(fixture, folder.join("flat.onnx")).unwrap();
    let pixels: Vec<u8> = (0..12 * 72)
        .map(|place| (place * 7919 % 256) as u8)
        .collect();
    fs::write(folder.join("images.idx"), idx(&[12, 9, 8], &pixels)).unwrap();
    let analyse = "analyse --images images.idx --model flat.onnx --out out";
    for (said_of_it, words) in [
        ("--divide-at list", "z (3)"),
        ("--divide-at images", "cannot be divided at \"images\""),
        (
            "--graph-part encoder --graph-output nowhere",
            "no tensor \"nowhere\"",
        ),
        ("--latents-of channel", "choose latents by cell"),
    ] {
        let output = latent_lens(&folder, &format!("{analyse} {said_of_it}"));
        let message = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said_of_it}: {message}");
        assert!(message.contains(words), "{said_of_it}: {message}");
    }
    let output = latent_lens(&folder, analyse);
    let message = said(&output);
    assert!(output.status.success(), "{message}");
    assert!(message.contains("flat.onnx is run as it is"), "{message}");
    assert!(message.contains("divided at \"z\""), "{message}");
    let report = fs::read(folder.join("out/report.json")).unwrap();
    let report: Report = serde_json::from_slice(&report).unwrap();
    assert_eq!(report.settings.dims, 3);
    assert_eq!(report.model.unwrap().format, "ONNX, opset 14");
}

/// The lines stand under the sentence, to be copied as they are.
#[test]
fn a_refused_model_is_followed_by_the_code_that_makes_it_onnx() {
    let folder = folder("a_refused_model_is_followed_by_the_code");
    write(&folder);
    let fixture = "tests/models/fixtures/refused/memory.keras";
    let fixture = format!("{}/{fixture}", env!("CARGO_MANIFEST_DIR"));
    fs::copy(fixture, folder.join("memory.keras")).unwrap();
    let output = latent_lens(
        &folder,
        "analyse --images images.idx --model memory.keras --out out",
    );
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    let code = "Keras's model.export writes it.\n\nimport keras; model = \
                keras.saving.load_model(\"memory.keras\", compile=False)\nmodel.export(";
    assert!(said.contains(code), "{said}");
}
