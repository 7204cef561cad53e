//! Files that are no models: each gives one sentence with file, place and remedy.

use std::fs;

use latent_lens::model::files::{File, Hints, MAX_BYTES, ModelError, open};

use crate::recorded::{all, fixture, folder};

fn sentence(files: &[File]) -> String {
    match open(files, &Hints::default()) {
        Err(error @ ModelError::Refused { .. }) => {
            let sentence = error.to_string();
            assert!(
                !sentence.contains('\n') && sentence.ends_with('.'),
                "{sentence}"
            );
            sentence
        }
        Err(ModelError::Question(question)) => panic!("it asks: {}", question.text),
        Ok(_) => panic!("it opens"),
    }
}

fn file(name: &str, bytes: impl Into<Vec<u8>>) -> File {
    File {
        name: name.into(),
        bytes: bytes.into(),
    }
}

#[test]
fn nothing_and_strangers_are_refused() {
    assert!(sentence(&[]).contains("no file was given"));
    assert!(sentence(&[file("a.keras", [])]).starts_with("a.keras: the file is empty"));
    assert!(sentence(&[file("a.onnx", *b"hello, world")]).contains("no model in a format"));
    assert!(sentence(&[file("a.pt", [0x1f, 0x8b, 8, 0])]).contains("unpack it first"));
    assert!(sentence(&[file("m.json", *b"{\"a\": 1}")]).contains("not a model of TensorFlow.js"));
    let huge = file("big.h5", vec![1; MAX_BYTES + 1]);
    assert!(sentence(&[huge]).contains("at most 536 MB"));
}

#[test]
fn truncated_files_are_refused_at_every_length() {
    for answers in all() {
        for recorded in &answers.models {
            let files = recorded.files();
            let step = (files[0].bytes.len() / 64).max(1);
            for length in (1..files[0].bytes.len()).step_by(step) {
                let mut cut = files.clone();
                cut[0].bytes.truncate(length);
                // A cut may fall behind everything that is read; it must not give other numbers.
                if let Ok(model) = open(&cut, &recorded.hints()) {
                    let whole = open(&files, &recorded.hints()).expect("it opens");
                    assert_eq!(
                        model.network, whole.network,
                        "{} cut at {length}",
                        recorded.name
                    );
                }
            }
        }
    }
}

#[test]
fn numbers_that_are_not_finite_are_named() {
    let mut found = fixture("torch/mixed.safetensors");
    let end = found.bytes.len();
    found.bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    let sentence = sentence(&[found]);
    assert!(sentence.contains("encoder.2.weight"), "{sentence}");
    assert!(sentence.contains("not finite (NaN"), "{sentence}");
}

#[test]
fn pickles_execute_nothing() {
    // As PyTorch wrote before version 1.6: a mark, a version, facts, the object, and its numbers.
    let saved = |object: &[u8]| {
        let mut bytes =
            b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.".to_vec();
        bytes.extend(object);
        bytes.extend(b"\x80\x02].");
        sentence(&[file("evil.pt", bytes)])
    };
    let executed = "\"os.system\", of which nothing is executed here, and no weights";
    let call = b"\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R.";
    let refused = saved(call);
    assert!(refused.contains(executed), "{refused}");
    let instance = b"\x80\x02(X\x02\x00\x00\x00lsios\nsystem\n.";
    let refused = saved(instance);
    assert!(refused.contains(executed), "{refused}");
    let refused = sentence(&[file("evil.pt", *call)]);
    assert!(refused.contains("not one of PyTorch"), "{refused}");
    let extension = sentence(&[file("evil.pt", *b"\x80\x02\x82\x01.")]);
    assert!(
        extension.contains("operation 0x82 at byte 2"),
        "{extension}"
    );
}

#[test]
fn layers_that_do_not_follow_each_other_are_named_before_their_columns_are_scaled() {
    let name = "scaled.safetensors";
    let mut bytes = fs::read(folder().join("written").join(name)).unwrap();
    let height = br#"\"height\":1"#;
    let at = bytes.windows(height.len()).position(|part| part == height);
    bytes[at.unwrap() + height.len() - 1] = b'0';
    let sentence = sentence(&[file(name, bytes)]);
    assert!(
        sentence.contains("its layer 1 of the encoder has no weights"),
        "{sentence}"
    );
}

#[test]
fn headers_that_promise_too_much_ask_for_no_memory() {
    // 2^60 weights in a header of a few bytes.
    let header =
        br#"{"a.weight":{"dtype":"F32","shape":[1073741824,1073741824],"data_offsets":[0,8]}}"#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    bytes.extend([0; 8]);
    assert!(sentence(&[file("a.safetensors", bytes)]).contains("header does not fit"));

    let json = br#"{"modelTopology":{"class_name":"Sequential","config":{"layers":[{"class_name":"Dense","config":{"name":"d","units":3}}]}},"weightsManifest":[{"paths":["w.bin"],"weights":[{"name":"d/kernel","shape":[4294967296,4294967296],"dtype":"float32"}]}]}"#;
    let files = [file("model.json", *json), file("w.bin", [0; 64])];
    assert!(sentence(&files).contains("end before \"d/kernel\" does"));
}

#[test]
fn a_zip_bomb_is_not_unpacked() {
    use std::io::Write;
    // A gigabyte of zeros deflates to a megabyte; announced as it is, and announced as little.
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0u8; 1 << 20];
    for _ in 0..600 {
        packer.write_all(&zeros).expect("memory");
    }
    let packed = packer.finish().expect("memory");
    for announced in [600u32 << 20, 1000] {
        let refused = sentence(&[file("bomb.keras", zip("config.json", &packed, announced))]);
        assert!(
            refused.starts_with("bomb.keras: its \"config.json\""),
            "{refused}"
        );
    }
}

/// A zip archive of one deflated file that says it unpacks to `announced` bytes.
fn zip(path: &str, packed: &[u8], announced: u32) -> Vec<u8> {
    let common = |bytes: &mut Vec<u8>| {
        bytes.extend([20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend((packed.len() as u32).to_le_bytes());
        bytes.extend(announced.to_le_bytes());
        bytes.extend((path.len() as u16).to_le_bytes());
        bytes.extend([0, 0]);
    };
    let mut bytes = b"PK\x03\x04".to_vec();
    common(&mut bytes);
    bytes.extend(path.bytes());
    bytes.extend(packed);
    let directory = bytes.len() as u32;
    bytes.extend(b"PK\x01\x02\x14\x00");
    common(&mut bytes);
    bytes.extend([0; 14]);
    bytes.extend(path.bytes());
    let size = bytes.len() as u32 - directory;
    bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    bytes.extend(size.to_le_bytes());
    bytes.extend(directory.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}
