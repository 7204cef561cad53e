//! Why a model cannot be opened, in words for the person who brought it.

use std::fmt;

use serde::Serialize;

use super::Hints;
use super::exported::Exporter;
use crate::model::protobuf::Broken;

/// Why files are not yet, or not at all, an autoencoder.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelError {
    /// They cannot be used as they are.
    Refused {
        /// Name of the file.
        file: String,
        /// What is wrong, and where in the file.
        problem: String,
        /// What to do about it.
        remedy: String,
        /// Lines of code that write the model as ONNX, to be copied, where that is a way out.
        code: Option<String>,
    },
    /// They hold weights but do not say all of what is done with them.
    Question(Box<Question>),
}

/// What a file does not say. Opening it again with answers goes on from there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    /// One sentence for the person who is asked.
    pub text: String,
    /// The field of [`Hints`] that is asked for.
    pub asks: Asks,
    /// The layers as far as they are known, in the order of the answer.
    pub layers: Vec<WeightShape>,
    /// A whole answer that is usual for such layers; with it the files open, unless the text says that it
    /// has to be changed first.
    pub proposal: Hints,
}

/// A field of [`Hints`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asks {
    /// [`Hints::activations`].
    Activations,
    /// [`Hints::bottleneck`].
    Bottleneck,
    /// [`Hints::order`].
    Order,
    /// [`Hints::layers`].
    Layers,
}

/// A layer of which only the weights are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WeightShape {
    /// Its name in the file.
    pub name: String,
    /// Number of inputs, or of channels that it takes.
    pub inputs: usize,
    /// Number of outputs, or of channels that it gives.
    pub outputs: usize,
    /// What it is, such as `Conv2d 3 × 3`, where not all layers are dense; else empty.
    pub class: String,
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused {
                file,
                problem,
                remedy,
                ..
            } => write!(f, "{file}: {problem}; {remedy}."),
            Self::Question(question) => f.write_str(&question.text),
        }
    }
}

impl std::error::Error for ModelError {}

/// What is wrong inside a file, by a reader that does not know the file's name.
#[derive(Debug)]
pub(crate) struct Fault {
    problem: String,
    remedy: String,
    /// Whether the file may be in order and only its layers are not known here, so that ONNX is a way out.
    is_beyond: bool,
}

impl Fault {
    pub(crate) fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            remedy: remedy.into(),
            is_beyond: false,
        }
    }

    /// Layers or operations that are not known here, but may be in a file of ONNX.
    pub(crate) fn beyond(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            is_beyond: true,
            ..Self::new(problem, remedy)
        }
    }

    /// The file's own structure does not hold together.
    pub(crate) fn damaged(problem: impl Into<String>) -> Self {
        Self::new(
            problem,
            "the file is cut short or damaged, so save or fetch it again",
        )
    }

    /// What is wrong, without a remedy.
    pub(super) fn problem(&self) -> &str {
        &self.problem
    }

    pub(crate) fn of(self, file: &str) -> ModelError {
        self.exported(file, None)
    }

    /// With what writes the model as ONNX, where that is a way out.
    fn exported(self, file: &str, exporter: Option<Exporter>) -> ModelError {
        let exporter = exporter.filter(|_| self.is_beyond);
        ModelError::Refused {
            file: shortened(file),
            problem: self.problem,
            remedy: match exporter {
                Some(exporter) => exporter.added_to(&self.remedy),
                None => self.remedy,
            },
            code: exporter.map(|exporter| exporter.code(file)),
        }
    }
}

/// Why a reader stops.
#[derive(Debug)]
pub(super) enum Stop {
    Fault(Fault),
    Question(Box<Question>),
}

impl Stop {
    /// As it is told of a file, whose library writes ONNX with `exporter`.
    pub(super) fn of(self, file: &str, exporter: Option<Exporter>) -> ModelError {
        match self {
            Self::Fault(fault) => fault.exported(file, exporter),
            Self::Question(question) => ModelError::Question(question),
        }
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Broken> for Fault {
    fn from(_: Broken) -> Self {
        Self::damaged("its ONNX structure cannot be read")
    }
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self::Fault(broken.into())
    }
}

impl From<Question> for Stop {
    fn from(question: Question) -> Self {
        Self::Question(Box::new(question))
    }
}

/// What a person says of a model, and the file that sentences and questions are about.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub hints: &'a Hints,
    pub file: &'a str,
    /// Whether weights are asked for as modules, since those of another file are.
    pub modules: bool,
}

/// A name from a file as it may stand in a sentence: on one line and of a sensible length.
pub(crate) fn shortened(name: &str) -> String {
    const LONGEST: usize = 80;
    let mut plain = name.chars().filter(|letter| !letter.is_control());
    let mut short: String = plain.by_ref().take(LONGEST).collect();
    if plain.next().is_some() {
        short.push('…');
    }
    short
}
