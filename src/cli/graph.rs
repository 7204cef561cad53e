//! ONNX graphs that are run as they are: when, and where they are divided.

use std::sync::Arc;

use latent_lens::data::{Class, File, ImageShape};
use latent_lens::model::files::{Alone, ModelError};
use latent_lens::model::graph::{Choice, Graph, GraphHalf, GraphPart, Tensor};
use latent_lens::model::{Called, Function, Network};

use ndarray::{Array2, ArrayView2};

use super::arguments::Model;
use super::failure::Failure;
use super::stop;

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
    let half = model.half.map(|half| match half {
        Alone::Encoder => GraphPart::Encoder,
        Alone::Decoder => GraphPart::Decoder,
    });
    let choice = Choice {
        latents: choice.latents.filter(|_| !lists),
        part: choice.part.or(half),
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

    /// The network for these images, and what was decided.
    pub fn network(&self, classes: &[Class]) -> Result<(Network, Vec<String>), Failure> {
        let image = classes.first().map(|class| class.images.image);
        let image = image.unwrap_or(ImageShape::grey(1, 1));
        if self.lists {
            let cuts = self.graph.cuts(Some(image), &self.choice);
            return Err(Failure::Usage(listed(&cuts.map_err(Failure::Usage)?)));
        }
        let halves = self.graph.halves(Some(image), &self.choice);
        let mut halves = halves.map_err(Failure::Usage)?;
        if halves.wait_for_images() {
            let images = matrix(image, classes);
            halves = halves.with_images(images.view()).map_err(Failure::Usage)?;
        }
        let notes = std::mem::take(&mut halves.notes);
        let network = halves.network_of(image, |half| Arc::new(Left(Arc::new(half))));
        let network = network.map_err(Failure::Usage)?;
        Ok((network, notes))
    }
}

/// Half a graph that is left in the midst of a batch where the program is asked to end.
#[derive(Debug)]
struct Left(Arc<GraphHalf>);

impl Function for Left {
    fn call<'a>(&'a self, rows: ArrayView2<'a, f32>) -> Called<'a> {
        let (half, rows) = (Arc::clone(&self.0), rows.to_owned());
        let made = stop::unless_asked(move || half.outputs(rows.view()));
        Box::pin(async { made.unwrap_or_else(|| Err("The program was asked to end.".into())) })
    }
}

/// All images (images × numbers).
fn matrix(image: ImageShape, classes: &[Class]) -> Array2<f32> {
    let sets = classes.iter().map(|class| &class.images);
    let sets = sets.filter(|set| set.image == image);
    let each = sets.flat_map(|set| (0..set.count()).flat_map(|at| set.intensities(at)));
    let numbers: Vec<f32> = each.collect();
    let count = numbers.len() / image.size().max(1);
    Array2::from_shape_vec((count, image.size()), numbers).expect("images of one size")
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
