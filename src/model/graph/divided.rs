//! Where a graph is divided: which tensors are the images, the latents and the reconstructions.

use std::sync::Arc;

use ndarray::{Array2, Axis, concatenate};
use rten::Model;

use super::half::GraphHalf;
use super::layout::Layout;
use super::loaded;
use super::parsed::{MAX_NUMBERS, Parsed, Value, shown};
use super::paths::Paths;
use super::skips::Skips;
use super::work::Shapes;
use super::{Choice, GraphDescription, GraphHalves, GraphPart, Planes, Tensor};
use crate::data::{ImageShape, Shape};

/// Tensors among which one chooses, at most.
const MAX_PLACES: usize = 500;
/// Tensors that are looked at together, at most.
const MAX_LOOKED_AT: usize = 2_000;
/// Images that a graph may take at once and no others.
const MAX_BATCH: usize = 4096;
/// What a number may differ by where its image stands among others; of the largest number.
const SAME: f32 = 1e-3;

/// What is said where no tensor between the ends can hold the latents.
const GOES_ROUND: &str = "Connections go round every bottleneck of the ONNX graph, as in a U-Net, so that reconstructions do not come from latents alone: its encoder is explained, without a decoder. Chosen as a whole, it keeps what goes round from each image as it was.";

/// What is said where it is not known how much a graph computes.
const UNCOUNTED: &str = "How much the ONNX graph computes for an image could not be counted: whether importance is exact or sampled is decided as if it were a million multiply-adds.";

const NOWHERE: &str = "The ONNX graph has no tensor between its ends that could hold latents: choose others of its inputs and outputs.";

/// The lengths of the axes of tensors, by name, but for the first axis, which counts images.
type PerImage = Vec<(String, Vec<usize>)>;

/// A graph with what was chosen of it, or is usual.
pub(super) struct Divided {
    /// The tensors where it can be divided, from the input on.
    pub cuts: Vec<Tensor>,
    paths: Paths,
    part: GraphPart,
    input: String,
    output: String,
    latents: String,
    /// What goes in and out, as far as the part has it.
    images: Layout,
    axes_of: PerImage,
    /// Of all tensors between the ends, where they could be looked at.
    shapes: Option<Shapes>,
    reconstructions: Option<Layout>,
    /// Rows that it takes at once, and no others.
    batch: Option<usize>,
    notes: Vec<String>,
}

/// What is in a file, and what is chosen where nothing else is.
pub(super) fn description(parsed: &Parsed<'_>) -> Result<GraphDescription, String> {
    let tensor = |value: &Value<'_>| Tensor {
        name: value.name.into(),
        shape: value.shape.clone(),
        elements: value.elements(),
    };
    let mut description = GraphDescription {
        format: format!("ONNX, opset {}", parsed.opset),
        inputs: parsed.inputs.iter().map(tensor).collect(),
        outputs: parsed.outputs.iter().map(tensor).collect(),
        cuts: Vec::new(),
        proposal: Choice::default(),
        notes: Vec::new(),
    };
    let input = input(parsed, None)?;
    let paths = Paths::of(parsed)?;
    let outputs: Vec<&str> = description
        .outputs
        .iter()
        .map(|output| output.name.as_str())
        .collect();
    let model = loaded::load(parsed, &outputs, false)?;
    drop(model);
    if input.elements().is_none() {
        let output = output(parsed, &paths, input, None, None)?;
        let between = paths.between(input.name, &output).unwrap_or_default();
        description.proposal.input = Some(input.name.into());
        description.cuts = between
            .into_iter()
            .map(|name| Tensor {
                name: name.into(),
                shape: Vec::new(),
                elements: None,
            })
            .collect();
        description.proposal.output = Some(output);
        description.notes.push(
            "The file does not tell how large its images are: bring the images as well.".into(),
        );
        return Ok(description);
    }
    match Divided::of(parsed, None, &Choice::default()) {
        Ok(divided) => {
            description.proposal = Choice {
                input: Some(divided.input),
                output: Some(divided.output),
                latents: Some(divided.latents),
                planes: Some(Planes::Cell),
                part: Some(divided.part),
            };
            description.cuts = divided.cuts;
            description.notes = divided.notes;
        }
        Err(why) => description.notes.push(why),
    }
    Ok(description)
}

fn input<'p, 'a>(parsed: &'p Parsed<'a>, name: Option<&str>) -> Result<&'p Value<'a>, String> {
    let names = || {
        let names: Vec<String> = parsed
            .inputs
            .iter()
            .map(|input| shown(input.name))
            .collect();
        names.join(", ")
    };
    let found = if let Some(name) = name {
        parsed
            .inputs
            .iter()
            .find(|input| input.name == name)
            .ok_or_else(|| {
                format!(
                    "The ONNX graph has no input \"{}\": choose from {}.",
                    shown(name),
                    names()
                )
            })?
    } else {
        let mut images = parsed
            .inputs
            .iter()
            .filter(|input| input.is_float() && input.shape.len() > 1);
        images
            .next()
            .or_else(|| parsed.inputs.first())
            .ok_or("The ONNX graph takes nothing: export the model with its images as input.")?
    };
    if !found.is_float() {
        return Err(format!(
            "The input \"{}\" of the ONNX graph does not take floating-point numbers: export the model with images of them.",
            shown(found.name)
        ));
    }
    if found.shape.len() < 2 {
        return Err(format!(
            "The input \"{}\" of the ONNX graph has {} axes, and the first of at least two should count images: export the model with a batch of images.",
            shown(found.name),
            found.shape.len()
        ));
    }
    if found.shape[0].is_some_and(|batch| batch > MAX_BATCH) {
        return Err(format!(
            "The ONNX graph takes no fewer than {} images at once, and at most {MAX_BATCH} are possible: export it with another size of batches.",
            found.shape[0].unwrap_or_default()
        ));
    }
    Ok(found)
}

fn output(
    parsed: &Parsed<'_>,
    paths: &Paths,
    input: &Value<'_>,
    size: Option<usize>,
    name: Option<&str>,
) -> Result<String, String> {
    if let Some(name) = name {
        return if paths.has(name) {
            Ok(name.into())
        } else {
            let names: Vec<String> = parsed
                .outputs
                .iter()
                .map(|output| shown(output.name))
                .collect();
            Err(format!(
                "The ONNX graph has no tensor \"{}\": choose from {}.",
                shown(name),
                names.join(", ")
            ))
        };
    }
    let depends = |output: &&Value<'_>| paths.between(input.name, output.name).is_some();
    let outputs: Vec<&Value<'_>> = parsed.outputs.iter().filter(depends).collect();
    let size = size.or(input.elements());
    let like = outputs
        .iter()
        .find(|output| size.is_some() && output.elements() == size);
    let found = like.or(outputs.first()).ok_or_else(|| {
        format!(
            "No output of the ONNX graph depends on \"{}\": choose another input.",
            shown(input.name)
        )
    })?;
    Ok(found.name.into())
}

/// What is known of the two ends of a graph before it is run.
struct Ends<'p, 'a> {
    input: &'p Value<'a>,
    output: String,
    images: Layout,
    /// Why it does not take images, where its input may be the latents of a decoder alone.
    misfit: Option<String>,
    image: Option<ImageShape>,
}

impl<'p, 'a> Ends<'p, 'a> {
    fn of(
        parsed: &'p Parsed<'a>,
        paths: &Paths,
        image: Option<ImageShape>,
        choice: &Choice,
    ) -> Result<Self, String> {
        let input = input(parsed, choice.input.as_deref())?;
        let size = image.map(ImageShape::size);
        let output = output(parsed, paths, input, size, choice.output.as_deref())?;
        let others = paths.needs(&output, &[input.name]);
        if let Some(other) = others.numbers.iter().chain(&others.shapes).next() {
            return Err(format!(
                "The output \"{}\" of the ONNX graph also needs \"{}\", which nothing gives: choose another output, or export the model without it.",
                shown(&output),
                shown(other)
            ));
        }
        let last = channels_move(parsed, input.name, true);
        let (images, misfit) = taken(input, image, choice.part, last)?;
        if images.size() == 0 || images.size() > MAX_NUMBERS {
            return Err(
                "The images of the ONNX graph are empty or too large: check its input.".into(),
            );
        }
        Ok(Self {
            input,
            output,
            images,
            misfit,
            image,
        })
    }

    /// Which part of an autoencoder it is, where it gives so many numbers an image.
    fn part(&self, given: usize, is_narrower: bool, choice: &Choice) -> Result<GraphPart, String> {
        let taken = self.images.size();
        // What does not take these images may be a decoder alone that gives them.
        let is_decoder = choice.part == Some(GraphPart::Decoder)
            || self
                .image
                .is_none_or(|image| given == image.size() && given > taken);
        if let (Some(why), false) = (&self.misfit, is_decoder) {
            return Err(why.clone());
        }
        Ok(choice.part.unwrap_or({
            if given < taken {
                GraphPart::Encoder
            } else if given > taken {
                GraphPart::Decoder
            } else if is_narrower || choice.latents.is_some() {
                GraphPart::Whole
            } else {
                GraphPart::Encoder
            }
        }))
    }

    /// How the reconstructions stand in the output, which has these axes.
    fn reconstructions(
        &self,
        parsed: &Parsed<'_>,
        part: GraphPart,
        axes: &[usize],
    ) -> Result<Option<Layout>, String> {
        if part == GraphPart::Encoder {
            return Ok(None);
        }
        let image = self.image.or(match self.images.row {
            Shape::Image(image) if part != GraphPart::Decoder => Some(image),
            _ => None,
        });
        let axes: Vec<Option<usize>> = axes.iter().copied().map(Some).collect();
        let last = channels_move(parsed, &self.output, false);
        Layout::of_images(&axes, image, last, "gives").map(Some)
    }
}

/// How images stand in the input, or the latents of a decoder alone, and why it does not take images.
fn taken(
    input: &Value<'_>,
    image: Option<ImageShape>,
    part: Option<GraphPart>,
    last: bool,
) -> Result<(Layout, Option<String>), String> {
    let fits = Layout::of_images(&input.shape[1..], image, last, "takes");
    if let (Ok(layout), true) = (&fits, part != Some(GraphPart::Decoder)) {
        return Ok((layout.clone(), None));
    }
    let known: Option<Vec<usize>> = input.shape[1..].iter().copied().collect();
    match (known, fits) {
        (Some(axes), fits) if matches!(part, None | Some(GraphPart::Decoder)) => {
            Ok((Layout::of_latents(&axes), fits.err()))
        }
        (_, Err(why)) => Err(why),
        (_, Ok(_)) => Err(format!(
            "The ONNX graph does not tell how many latents \"{}\" takes: export it with their number.",
            shown(input.name)
        )),
    }
}

impl Divided {
    /// # Errors
    /// One sentence: what does not fit.
    pub(super) fn of(
        parsed: &Parsed<'_>,
        image: Option<ImageShape>,
        choice: &Choice,
    ) -> Result<Self, String> {
        let paths = Paths::of(parsed)?;
        let ends = Ends::of(parsed, &paths, image, choice)?;
        let (input, output) = (ends.input, ends.output.as_str());
        let mut notes = several(parsed, input.name, output);
        let (between, names) = places(&paths, &ends, choice)?;
        let all = between_ends(&paths, (input.name, output), &names);
        // What one cannot look at need not be in the way of what is asked.
        let shapes = all.and_then(|all| measure(parsed, input, &ends.images, &all).ok());
        let (mut found, shapes) = match shapes {
            Some((mut found, shapes)) => {
                found.retain(|(name, _)| names.contains(&name.as_str()));
                (found, Some(shapes))
            }
            None => (measure(parsed, input, &ends.images, &names)?.0, None),
        };
        let Some(made) = axes_of(&found, output).map(<[usize]>::to_vec) else {
            return Err(without_numbers(output));
        };
        let (taken, given) = (ends.images.size(), made.iter().product::<usize>());
        let tensor = |(name, axes): &(String, Vec<usize>)| Tensor {
            name: name.clone(),
            shape: std::iter::once(input.shape[0])
                .chain(axes.iter().copied().map(Some))
                .collect(),
            elements: Some(axes.iter().product()),
        };
        let mut cuts: Vec<Tensor> = found
            .iter()
            .filter(|(name, _)| between.contains(&name.as_str()))
            .map(tensor)
            .collect();
        let is_narrower = cuts
            .iter()
            .any(|cut| cut.elements.is_some_and(|of| of < taken));
        let part = ends.part(given, is_narrower, choice)?;
        if part != GraphPart::Decoder
            && given >= taken
            && !is_narrower
            && (part == GraphPart::Encoder || choice.latents.is_none())
        {
            if choice.part.is_none() {
                notes.push(GOES_ROUND.into());
            }
            let mut names = paths.depending(input.name);
            names.retain(|name| *name != output);
            names.truncate(MAX_PLACES);
            let (more, _) = measure(parsed, input, &ends.images, &names)?;
            cuts = more.iter().map(tensor).collect();
            found.extend(more);
        }
        let latents = match (part, &choice.latents) {
            (GraphPart::Decoder, Some(latents)) if latents != input.name => {
                return Err(format!(
                    "A decoder alone begins at an input of the ONNX graph, which \"{}\" is not: choose the whole graph.",
                    shown(latents)
                ));
            }
            (GraphPart::Decoder, _) => input.name.to_owned(),
            (GraphPart::Whole, Some(latents)) if latents == input.name || latents == output => {
                return Err(format!(
                    "The ONNX graph cannot be divided at \"{}\", which is an end of it: choose a tensor between its ends.",
                    shown(latents)
                ));
            }
            (_, Some(latents)) => latents.clone(),
            (GraphPart::Encoder, None) if given < taken => output.to_owned(),
            (_, None) => narrowest(parsed, &cuts, taken, &mut notes).ok_or(NOWHERE)?,
        };
        Ok(Self {
            reconstructions: ends.reconstructions(parsed, part, &made)?,
            cuts,
            part,
            input: input.name.into(),
            latents,
            axes_of: found,
            shapes,
            batch: input.shape[0],
            notes,
            images: ends.images,
            output: ends.output,
            paths,
        })
    }

    /// The halves that can be run.
    ///
    /// # Errors
    /// One sentence: what cannot be done.
    pub(super) fn halves(
        self,
        parsed: &Parsed<'_>,
        choice: &Choice,
    ) -> Result<GraphHalves, String> {
        let mut wanted: Vec<&str> = vec![&self.latents];
        if self.part != GraphPart::Encoder {
            wanted.push(&self.output);
        }
        wanted.retain(|name| *name != self.input);
        let model = Arc::new(loaded::load(parsed, &wanted, true)?);
        let id = |name: &str| loaded::node(&model, name);
        let ends = [
            id(&self.input)?,
            id(&self.latents)?,
            id(if self.part == GraphPart::Encoder {
                &self.latents
            } else {
                &self.output
            })?,
        ];
        let mut notes = self.notes.clone();
        let latent = if self.part == GraphPart::Decoder {
            self.images.clone()
        } else {
            let axes = axes_of(&self.axes_of, &self.latents);
            let axes = axes.ok_or_else(|| without_numbers(&self.latents))?;
            Layout::of_latents(axes)
        };
        let means = by_channel(&latent, self.part, choice.planes, &mut notes)?;
        let half = |ends, input: &Layout, output: &Layout| GraphHalf {
            model: Arc::clone(&model),
            ends,
            input: input.clone(),
            output: output.clone(),
            batch: self.batch,
            shape_of: None,
            skips: None,
            means: None,
            work: None,
        };
        let mut encoder = (self.part != GraphPart::Decoder)
            .then(|| half([ends[0], ends[1]], &self.images, &latent));
        let mut decoder = self
            .reconstructions
            .as_ref()
            .map(|made| half([ends[1], ends[2]], &latent, made));
        let counted = |given: &[&str], wanted: &str| {
            let shapes = self.shapes.as_ref()?;
            shapes.work(parsed, &self.paths, (given, wanted))
        };
        if let Some(encoder) = &mut encoder {
            encoder.work = counted(&[&self.input], &self.latents);
        }
        if let Some(decoder) = &mut decoder {
            decoder.work = counted(&[&self.latents], &self.output);
        }
        let halves = [encoder.as_ref(), decoder.as_ref()];
        if halves.into_iter().flatten().any(|half| half.work.is_none()) {
            notes.push(UNCOUNTED.into());
        }
        let mut rows = drawn(2, self.images.size());
        if let Some(encoder) = &mut encoder {
            rows = alone(encoder, rows, &mut notes)?;
        }
        if let (Some(decoder), GraphPart::Whole) = (&mut decoder, self.part) {
            let needs = self.paths.needs(&self.output, &[&self.latents]);
            if !needs.numbers.is_empty() {
                notes.push(format!(
                    "Connections go round \"{}\": what they carry is kept from each image as it was, and importance is of the latents alone.",
                    shown(&self.latents)
                ));
                decoder.batch = encoder.as_ref().and_then(|encoder| encoder.batch);
                decoder.skips = Some(Skips::new(ends[0], self.images.clone()));
            } else if !needs.shapes.is_empty() {
                decoder.shape_of = Some((ends[0], self.images.axes.clone()));
            }
        }
        if let Some(decoder) = &mut decoder
            && decoder.skips.is_none()
        {
            alone(decoder, rows, &mut notes)?;
        }
        if let Some(encoder) = &mut encoder {
            encoder.means = means;
        }
        if self.part == GraphPart::Whole {
            notes.push(format!(
                "The ONNX graph is divided at \"{}\", which holds {} numbers an image.",
                shown(&self.latents),
                latent.size()
            ));
        }
        Ok(GraphHalves {
            encoder,
            decoder,
            notes,
        })
    }
}

/// What a dimension is where latents are feature maps: the means that an encoder gives by channel, if it does.
///
/// # Errors
/// If a decoder would have to take them.
fn by_channel(
    latent: &Layout,
    part: GraphPart,
    planes: Option<Planes>,
    notes: &mut Vec<String>,
) -> Result<Option<Shape>, String> {
    match (&latent.row, planes) {
        (Shape::Planes(maps), Some(Planes::Channel)) if part == GraphPart::Encoder => {
            notes.push(
                "A dimension is the mean of a channel of the latents over its cells.".into(),
            );
            Ok(Some(Shape::Numbers(maps.channels)))
        }
        (_, Some(Planes::Channel)) => Err(
            "Latents by channel are of an encoder alone whose latents are feature maps, since a decoder cannot be given the means of channels: choose latents by cell, or the encoder alone."
                .into(),
        ),
        (Shape::Planes(maps), _) => {
            let channels = match maps.channels {
                1 => "one channel".to_owned(),
                more => format!("{more} channels"),
            };
            notes.push(format!(
                "The latents are feature maps of {} × {} cells in {channels}; every cell is a dimension.",
                maps.height, maps.width
            ));
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// What is said where there are several ends.
fn several(parsed: &Parsed<'_>, input: &str, output: &str) -> Vec<String> {
    let ends = [
        ("takes", &parsed.inputs, input),
        ("gives", &parsed.outputs, output),
    ];
    let several = ends.into_iter().filter(|(_, values, _)| values.len() > 1);
    several
        .map(|(does, values, chosen)| {
            let names: Vec<String> = values
                .iter()
                .map(|value| format!("\"{}\"", shown(value.name)))
                .collect();
            format!(
                "The ONNX graph {does} {}; \"{}\" is used.",
                names.join(", "),
                shown(chosen)
            )
        })
        .collect()
}

/// The tensors of which something between the ends is made, and `names`; `None` where there are too many to look at.
fn between_ends<'p>(
    paths: &'p Paths,
    (input, output): (&str, &str),
    names: &[&'p str],
) -> Option<Vec<&'p str>> {
    let mut all = paths.depending(input);
    let taken = paths.taken(output, &[input]);
    all.retain(|name| taken(name) || names.contains(name));
    (all.len() <= MAX_LOOKED_AT).then_some(all)
}

/// The tensors that all paths pass, without the output; and all whose shapes are asked for.
fn places<'e>(
    paths: &'e Paths,
    ends: &'e Ends<'_, '_>,
    choice: &'e Choice,
) -> Result<(Vec<&'e str>, Vec<&'e str>), String> {
    let (input, output) = (ends.input.name, ends.output.as_str());
    let mut between = paths.between(input, output).ok_or_else(|| {
        format!(
            "The output \"{}\" of the ONNX graph does not depend on its input \"{}\": choose others.",
            shown(output),
            shown(input)
        )
    })?;
    between.retain(|name| *name != output);
    between.truncate(MAX_PLACES);
    let mut names = between.clone();
    names.push(output);
    if let Some(latents) = choice.latents.as_deref()
        && !names.contains(&latents)
        && latents != input
    {
        if paths.between(input, latents).is_none() {
            return Err(format!(
                "The ONNX graph has no tensor \"{}\" that depends on \"{}\": choose another.",
                shown(latents),
                shown(input)
            ));
        }
        names.push(latents);
    }
    Ok((between, names))
}

fn axes_of<'f>(found: &'f [(String, Vec<usize>)], name: &str) -> Option<&'f [usize]> {
    let mut found = found.iter();
    let (_, axes) = found.find(|(own, _)| own == name)?;
    Some(axes)
}

fn without_numbers(name: &str) -> String {
    format!(
        "The tensor \"{}\" of the ONNX graph does not hold floating-point numbers for each image: choose another, or export the model so that it gives a row for each image.",
        shown(name)
    )
}

/// The tensor that holds the latents: an output of the file among these, or the first of the narrowest; where
/// operations follow that keep its size, the last of them, best with a number an axis.
fn narrowest(
    parsed: &Parsed<'_>,
    cuts: &[Tensor],
    taken: usize,
    notes: &mut Vec<String>,
) -> Option<String> {
    let given = |cut: &&Tensor| parsed.outputs.iter().any(|output| output.name == cut.name);
    let mut outputs = cuts.iter().filter(given);
    if let (Some(only), None) = (outputs.next(), outputs.next())
        && only.elements.is_some_and(|of| of < taken)
    {
        return Some(only.name.clone());
    }
    let least = cuts.iter().filter_map(|cut| cut.elements).min()?;
    let from = cuts.iter().position(|cut| cut.elements == Some(least))?;
    let run: Vec<&Tensor> = cuts[from..]
        .iter()
        .take_while(|cut| cut.elements == Some(least))
        .collect();
    if cuts[from + run.len()..]
        .iter()
        .any(|cut| cut.elements == Some(least))
    {
        notes.push(
            "The ONNX graph is as narrow in several places; the first is taken for the latents."
                .into(),
        );
    }
    let flat = run.iter().rev().find(|cut| cut.shape.len() == 2);
    Some(flat.or(run.last())?.name.clone())
}

/// Whether the graph moves the channels of an image to or from the end by itself.
fn channels_move(parsed: &Parsed<'_>, name: &str, first: bool) -> bool {
    let perm: &[i64] = if first { &[0, 3, 1, 2] } else { &[0, 2, 3, 1] };
    parsed.nodes.iter().any(|node| {
        let at = if first {
            node.inputs.first()
        } else {
            node.outputs.first()
        };
        node.operation == "Transpose" && at == Some(&name) && node.ints("perm") == perm
    })
}

/// The lengths of the axes, but the first, of those tensors that hold floating-point numbers for each image, and those
/// of all axes of all tensors; by running the graph once.
fn measure(
    parsed: &Parsed<'_>,
    input: &Value<'_>,
    images: &Layout,
    names: &[&str],
) -> Result<(PerImage, Shapes), String> {
    let names: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| *name != input.name)
        .collect();
    let model = loaded::load(parsed, &names, false)?;
    let once = |rows: usize| made(&model, (input.name, images), &names, rows);
    match input.shape[0] {
        Some(rows) => once(rows),
        // Some graphs say that they take any number, but are made for one.
        None => once(2).or_else(|_| once(1)),
    }
}

fn made(
    model: &Model,
    (input, images): (&str, &Layout),
    names: &[&str],
    rows: usize,
) -> Result<(PerImage, Shapes), String> {
    let mut axes = vec![rows];
    axes.extend(&images.axes);
    let given = (input.to_owned(), axes.clone());
    let ids = names.iter().map(|name| loaded::node(model, name));
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    let numbers = drawn(rows, images.size()).into_raw_vec_and_offset().0;
    let made = loaded::run(
        model,
        vec![(loaded::node(model, input)?, axes, numbers)],
        &ids,
    )?;
    let all = names.iter().zip(&made);
    let all = all.map(|(name, (axes, _))| ((*name).to_owned(), axes.clone()));
    let shapes = Shapes::of(rows, all.chain([given]));
    let pairs = names.iter().zip(made);
    let kept = pairs.filter(|(_, (axes, numbers))| {
        axes.len() > 1
            && axes[0] == rows
            && numbers.as_ref().is_some_and(|numbers| !numbers.is_empty())
    });
    let kept = kept.map(|(name, (axes, _))| ((*name).to_owned(), axes[1..].to_vec()));
    Ok((kept.collect(), shapes))
}

/// What a half makes of rows, of which there are two, and of as many as it takes; and notes where it has to be
/// given one image at a time.
///
/// # Errors
/// If what it makes of an image depends on the images beside it.
pub(super) fn alone(
    half: &mut GraphHalf,
    rows: Array2<f32>,
    notes: &mut Vec<String>,
) -> Result<Array2<f32>, String> {
    let together = half.outputs(rows.view());
    let single = |half: &GraphHalf| -> Result<Array2<f32>, String> {
        let one = |at: usize| half.outputs(rows.select(Axis(0), &[at]).view());
        concatenate(Axis(0), &[one(0)?.view(), one(1)?.view()]).map_err(|error| error.to_string())
    };
    let is_same = |one: &Array2<f32>, other: &Array2<f32>| {
        let finite = other.iter().filter(|number| number.is_finite());
        let largest = finite.fold(1e-6_f32, |largest, of| largest.max(of.abs()));
        one.iter().zip(other).all(|(one, other)| {
            // What is infinite or NaN is refused where it is given for images.
            (one - other).abs() <= SAME * largest || !(one.is_finite() || other.is_finite())
        })
    };
    let separate = match single(half) {
        Ok(separate) => separate,
        // Too few to be taken: then together is all there is.
        Err(why) => return together.map_err(|_| why),
    };
    if together
        .as_ref()
        .is_ok_and(|together| is_same(together, &separate))
    {
        return Ok(separate);
    }
    if half.batch.is_none_or(|batch| batch == 1) {
        half.batch = Some(1);
        notes.push("The ONNX graph is given one image at a time, since it does not take several, or mixes them.".into());
        return Ok(separate);
    }
    Err(format!(
        "What the ONNX graph makes of an image depends on the other images of its batch of {}: export the model for evaluation, with batches of any size.",
        half.batch.unwrap_or_default()
    ))
}

/// Numbers from 0 to 1, the same at every time.
fn drawn(rows: usize, numbers: usize) -> Array2<f32> {
    let mut state = 0x9E37_79B9_u32;
    Array2::from_shape_simple_fn((rows, numbers), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    })
}
