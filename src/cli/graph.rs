//! ONNX graphs that are run as they are: when, and where they are divided.

use latent_lens::data::{File, ImageShape};
use latent_lens::model::Network;
use latent_lens::model::files::ModelError;
use latent_lens::model::graph::{Choice, Graph, Tensor};

use super::arguments::Model;
use super::failure::Failure;

/// What asks for a list of the places where a graph can be divided.
const LIST: &str = "list";

/// A graph and what was said of it.
pub struct Brought {
    graph: Graph,
    choice: Choice,
    lists: bool,
}

/// Whether the files are a graph that is run as it is: where that is asked for, or where our own layers do not cover
/// it, as `refused` says.
///
/// # Errors
/// One sentence: why it cannot be run either.
pub fn open(
    model: &Model,
    files: &[File],
    refused: Option<&ModelError>,
) -> Result<Option<(Brought, String)>, Failure> {
    let [file] = files else {
        return Ok(None);
    };
    let choice = model.choice();
    let is_asked = choice != Choice::default();
    let is_onnx = file.name.to_lowercase().ends_with(".onnx");
    let note = match refused {
        Some(ModelError::Refused { problem, .. }) if is_onnx => format!(
            "{} is run as it is, which takes longer than layers of our own do: {problem}.",
            file.name
        ),
        None if is_asked => format!("{} is run as it is.", file.name),
        _ => return Ok(None),
    };
    let named = |why: String| Failure::Failed(format!("{}: {why}", file.name));
    let graph = Graph::open(&file.bytes).map_err(named)?;
    let lists = choice.latents.as_deref() == Some(LIST);
    let choice = Choice {
        latents: choice.latents.filter(|_| !lists),
        ..choice
    };
    let brought = Brought {
        graph,
        choice,
        lists,
    };
    Ok(Some((brought, note)))
}

impl Brought {
    /// What sentences call its format.
    pub fn format(&self) -> String {
        self.graph.description().format.clone()
    }

    /// The network for images of this shape, and what was decided.
    pub fn network(&self, image: ImageShape) -> Result<(Network, Vec<String>), Failure> {
        if self.lists {
            let cuts = self.graph.cuts(Some(image), &self.choice);
            return Err(Failure::Usage(listed(&cuts.map_err(Failure::Usage)?)));
        }
        let halves = self.graph.halves(Some(image), &self.choice);
        let mut halves = halves.map_err(Failure::Usage)?;
        let notes = std::mem::take(&mut halves.notes);
        let network = halves.network(image).map_err(Failure::Usage)?;
        Ok((network, notes))
    }
}

/// The places where a graph can be divided.
fn listed(cuts: &[Tensor]) -> String {
    let places = cuts.iter().map(|cut| {
        let axes = cut.shape.iter().skip(1).flatten();
        let axes: Vec<String> = axes.map(ToString::to_string).collect();
        format!("{} ({})", cut.name, axes.join(" × "))
    });
    let places: Vec<String> = places.collect();
    format!(
        "The ONNX graph can be divided at: {}. Name one with --divide-at.",
        places.join(", ")
    )
}
