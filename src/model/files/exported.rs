//! The way out for models whose layers are not known here: code that writes them as ONNX.

/// What writes a model as ONNX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exporter {
    /// Keras, which loads the file.
    Keras,
    /// Keras, in the program that made the model, since the file alone does not say what it is.
    KerasProgram,
    /// Keras, once the file is converted back to it.
    TensorFlowJs,
    /// PyTorch, in the program that made the model.
    Torch,
}

impl Exporter {
    /// Of weights in a file of such a format.
    pub(super) fn of_weights(format: &str) -> Self {
        if format.starts_with("Keras") {
            Self::KerasProgram
        } else {
            Self::Torch
        }
    }

    /// Two lines that write the model in a file as `model.onnx`, in Python but for [`Self::TensorFlowJs`].
    pub(super) fn code(self, file: &str) -> String {
        match self {
            Self::Keras => format!("{}\n{EXPORT}", load(&in_python(file))),
            Self::KerasProgram => {
                "# model: as your program makes it, with its weights, after it was called once\n\
                 model.export(\"model.onnx\", format=\"onnx\")"
                    .into()
            }
            Self::TensorFlowJs => format!(
                "tensorflowjs_converter --input_format=tfjs_layers_model --output_format=keras {} model.h5\n\
                 python -c '{}; {EXPORT}'",
                in_shell(file),
                load("\"model.h5\"")
            ),
            // So many images at once are quicker than one, and every version keeps the number.
            Self::Torch => "example = torch.zeros(64, 1, 28, 28)  # 64 images of yours: channels, height, width\n\
                            torch.onnx.export(model.eval(), example, \"model.onnx\", external_data=False)  \
                            # pip install onnxscript; before PyTorch 2.5 without it and external_data"
                .into(),
        }
    }

    /// A remedy with this one beside it.
    pub(super) fn added_to(self, remedy: &str) -> String {
        let writer = match self {
            Self::Torch => "torch.onnx.export",
            Self::Keras | Self::KerasProgram => "Keras's model.export",
            Self::TensorFlowJs => "Keras's model.export, once it is converted to Keras,",
        };
        if remedy.contains("ONNX") {
            format!("{remedy}: {writer} writes it")
        } else {
            format!("{remedy}, or bring the model as ONNX: {writer} writes it")
        }
    }
}

/// Writes a model that was loaded and never called, of which Keras asks to be told what it takes.
const EXPORT: &str = "model.export(\"model.onnx\", format=\"onnx\", \
                      input_signature=[keras.InputSpec(dtype=\"float32\", shape=model.input_shape)])";

fn load(path: &str) -> String {
    format!("import keras; model = keras.saving.load_model({path}, compile=False)")
}

/// A text as Python has it.
fn in_python(text: &str) -> String {
    // JSON's quotes and escapes are Python's as well.
    serde_json::Value::from(text).to_string()
}

/// A text as one word of a shell.
fn in_shell(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._/".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.into()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A graph that these lines wrote is among the fixtures (`tests/models/record_exported.py`).
    #[test]
    fn the_lines_for_pytorch_are_those_of_the_documentation() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/own-data.md");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(&format!("```python\n{}\n```", Exporter::Torch.code(""))));
    }

    #[test]
    fn names_of_files_stay_names() {
        let code = Exporter::Keras.code("my \"model\"\n.keras");
        assert!(
            code.contains(r#"load_model("my \"model\"\n.keras","#),
            "{code}"
        );
        assert_eq!(code.lines().count(), 2);
        assert_eq!(in_shell("a/model.json"), "a/model.json");
        assert_eq!(in_shell("it's $(x).json"), r"'it'\''s $(x).json'");
    }
}
