//! The images of a run: chosen classes, some trained on, some explained.

use std::borrow::Borrow;
use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::division::in_proportion;
use super::training::range;
use super::{Class, DataError, Division, Explain, Origin, Role, TrainingImages};

/// Height and width of an image, in pixels, and the numbers of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageShape {
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
    /// Numbers of a pixel: 1 where it is grey, 3 where it is red, green and blue.
    #[serde(default = "grey")]
    pub channels: usize,
}

/// Of reports that are older than colour.
fn grey() -> usize {
    1
}

impl ImageShape {
    /// Of grey pixels.
    #[must_use]
    pub const fn grey(height: usize, width: usize) -> Self {
        Self {
            height,
            width,
            channels: 1,
        }
    }

    /// Number of pixels of an image. Where a file or a message says more than can be counted it is the largest number
    /// that there is, which no images have.
    #[must_use]
    // Inlined, its bound stands wherever it is asked for, and makes the page's engine larger.
    #[inline(never)]
    pub fn pixels(self) -> usize {
        self.height.saturating_mul(self.width)
    }

    /// Numbers of an image: row by row, with the channels of a pixel side by side. As [`ImageShape::pixels`] where there
    /// are too many.
    #[must_use]
    #[inline(never)]
    pub fn size(self) -> usize {
        self.pixels().saturating_mul(self.channels)
    }

    /// What a channel, counted from 0, is called: of three red, green and blue, else its number,
    /// counted from 1.
    #[must_use]
    pub fn channel_name(self, channel: usize) -> String {
        match (self.channels, ["red", "green", "blue"].get(channel)) {
            (3, Some(&name)) => name.into(),
            _ => (channel + 1).to_string(),
        }
    }
}

/// A class and how many of its images there are. Written out it also says whether latent importance is
/// `measured`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenSummary", into = "WrittenSummary")]
pub struct ClassSummary {
    /// The class's number, which keys its draws. People are shown its name.
    pub label: u8,
    /// What people call it.
    pub name: String,
    /// Images trained on; for a model that was trained elsewhere, those that the seed would have had
    /// trained on.
    pub training: usize,
    /// Images held out by the seed.
    pub held_out: usize,
    /// Images that importance is measured on.
    pub explained: usize,
}

impl ClassSummary {
    /// Whether latent importance can be measured: among fewer than two images nothing is permuted.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.explained >= 2
    }
}

/// A [`ClassSummary`] as reports hold it; older ones explained what was held out.
#[derive(Serialize, Deserialize)]
struct WrittenSummary {
    label: u8,
    name: String,
    training: usize,
    held_out: usize,
    explained: Option<usize>,
    #[serde(default)]
    measured: bool,
}

impl From<WrittenSummary> for ClassSummary {
    fn from(written: WrittenSummary) -> Self {
        Self {
            label: written.label,
            name: written.name,
            training: written.training,
            held_out: written.held_out,
            explained: written.explained.unwrap_or(written.held_out),
        }
    }
}

impl From<ClassSummary> for WrittenSummary {
    fn from(class: ClassSummary) -> Self {
        Self {
            measured: class.is_measured(),
            label: class.label,
            name: class.name,
            training: class.training,
            held_out: class.held_out,
            explained: Some(class.explained),
        }
    }
}

/// Images of the chosen classes: those trained on and those explained.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Shape of every image.
    pub image: ImageShape,
    /// The classes, in order.
    pub classes: Vec<ClassSummary>,
    /// Number of images that there are, whatever they are used for.
    pub count: usize,
    /// Whether the images that are explained are a test set of their own.
    pub test_set: bool,
    /// Images trained on; none where a network is not trained.
    pub training: TrainingImages,
    /// Images never trained on: losses are measured on these.
    pub held_out: Arc<Images>,
    /// Images that importance is measured on; mostly the same.
    pub explained: Arc<Images>,
}

/// Images as numbers, class after class. Networks are trained on numbers from 0 to 1.
#[derive(Clone, Debug)]
pub struct Images {
    /// Intensities, images × numbers of an image ([`ImageShape::size`]).
    pub pixels: Array2<f32>,
    /// Label and rows of each class, in order.
    pub classes: Vec<(u8, Range<usize>)>,
    /// Where each image stands among all of its class, counted from 0.
    pub positions: Vec<u32>,
    /// Where each image stands in the files that a person brought.
    pub origin: Origin,
}

impl Images {
    /// Number of images.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pixels.nrows()
    }

    /// The smallest and the largest number; 0 and 0 where there is none.
    #[must_use]
    pub fn range(&self) -> (f32, f32) {
        range(self.pixels.iter().copied())
    }
}

impl Dataset {
    /// Divides the images of `classes`, which are those that were chosen, as `division` says. Every
    /// class is divided by itself, so that each is held out in the same proportion; which of its
    /// images are held out depends on the seed and the label only: choosing other classes beside a
    /// class leaves its split as it is. Where there is a test set, it is what is held out.
    ///
    /// # Errors
    /// If no class is given, sizes differ, a class has no image to explain or, where it has to be
    /// split, fewer than two, there is nothing to train on, or fewer images are to be explained than
    /// there are classes.
    pub fn new(classes: &[impl Borrow<Class>], division: &Division) -> Result<Self, DataError> {
        let classes: Vec<&Class> = classes.iter().map(Borrow::borrow).collect();
        let image = size(&classes)?;
        let mut parts = classes
            .iter()
            .map(|class| Part::new(class, division))
            .collect::<Result<Vec<_>, _>>()?;
        let explained: Vec<&Class> = distinct(&parts);
        if let Explain::Some(wanted) = division.explain {
            sample(&mut parts, wanted.get(), explained.len(), division)?;
        }

        let count = classes.iter().map(|class| class.images.count()).sum();
        let test_set = classes.iter().any(|class| class.role == Role::Explained);
        let same = parts
            .iter()
            .all(|part| part.sides[HELD_OUT] == part.sides[EXPLAINED]);
        // Room for all at once: memory that is outgrown again and again is of little use afterwards.
        let apart = division.trains && !same;
        let counts = [
            (TRAINING, division.trains),
            (HELD_OUT, apart),
            (EXPLAINED, true),
        ];
        let [trained, held_out, shown] = counts.map(|(side, wanted)| {
            let all = parts.iter().filter(|_| wanted);
            all.map(|part| part.sides[side].len()).sum()
        });
        let mut training = TrainingImages::with_room(image, trained);
        let mut sides =
            [held_out, shown].map(|count: usize| Collector::with_room(count * image.size()));
        let mut summary = Vec::with_capacity(explained.len());
        for Class { label, name, .. } in explained.iter().copied() {
            let of_class = || parts.iter().filter(move |part| part.is_of(*label));
            let of_side = |side: usize| of_class().map(|part| part.sides[side].len()).sum();
            summary.push(ClassSummary {
                label: *label,
                name: name.clone(),
                training: of_side(TRAINING),
                held_out: of_side(HELD_OUT),
                explained: of_side(EXPLAINED),
            });
            if division.trains {
                train_on(&mut training, of_class());
            }
            if apart {
                sides[HELD_OUT].add(*label, of_class(), HELD_OUT);
            }
            sides[EXPLAINED].add(*label, of_class(), EXPLAINED);
        }
        let others = parts.iter().filter(|part| {
            let known = |class: &&Class| part.is_of(class.label);
            !explained.iter().any(known)
        });
        train_on(&mut training, others);

        let [held_out, explained] = sides;
        let pixels = image.size();
        let explained = Arc::new(explained.finish(pixels));
        if !division.trains {
            return Ok(Self {
                image,
                classes: summary,
                count,
                test_set,
                training: TrainingImages::none(image),
                held_out: Arc::clone(&explained),
                explained,
            });
        }
        if training.is_empty() {
            return Err(DataError::NothingToTrainOn);
        }
        Ok(Self {
            image,
            classes: summary,
            count,
            test_set,
            training,
            held_out: if same {
                Arc::clone(&explained)
            } else {
                Arc::new(held_out.finish(pixels))
            },
            explained,
        })
    }
}

/// The size of all images.
fn size(classes: &[&Class]) -> Result<ImageShape, DataError> {
    let first = classes.first().ok_or(DataError::Empty)?;
    let expected = first.images.image;
    for class in classes {
        let found = class.images.image;
        if found != expected {
            return Err(DataError::MixedSizes {
                class: class.name.clone(),
                found,
                expected,
            });
        }
    }
    Ok(expected)
}

/// What images are used for: places in [`Part::sides`].
const HELD_OUT: usize = 0;
const EXPLAINED: usize = 1;
const TRAINING: usize = 2;

/// Images of a class that have one role, divided.
struct Part<'a> {
    class: &'a Class,
    /// Places of the images that are held out, explained and trained on, each in order.
    sides: [Vec<usize>; 3],
}

impl<'a> Part<'a> {
    fn new(class: &'a Class, division: &Division) -> Result<Self, DataError> {
        let count = class.images.count();
        if count == 0 {
            return Err(DataError::MissingClass(class.name.clone()));
        }
        let all = || (0..count).collect::<Vec<_>>();
        let none = Vec::new;
        let splits = division.trains || division.explain == Explain::HeldOut;
        let (training, held_out) = match class.role {
            Role::Training | Role::Unlabelled => (all(), none()),
            Role::Explained => (none(), all()),
            Role::Split if !splits => (none(), none()),
            Role::Split if count < 2 => {
                let class = class.name.clone();
                return Err(DataError::TooFewImages { class, count });
            }
            Role::Split => {
                let (held_out, training) = division.split(class.label, count);
                (training, held_out)
            }
        };
        let explained = match (class.role, division.explain) {
            (Role::Unlabelled, _) => none(),
            (_, Explain::All) => all(),
            (Role::Split, Explain::Auto | Explain::Some(_)) if !division.trains => all(),
            _ => held_out.clone(),
        };
        let sides = [held_out, explained, training];
        Ok(Self { class, sides })
    }

    fn is_of(&self, label: u8) -> bool {
        self.class.role != Role::Unlabelled && self.class.label == label
    }
}

/// The classes that have images to explain, each once, in order.
fn distinct<'a>(parts: &[Part<'a>]) -> Vec<&'a Class> {
    let mut classes: Vec<&Class> = Vec::new();
    for part in parts {
        let known = classes.iter().any(|class| part.is_of(class.label));
        if !known && !part.sides[EXPLAINED].is_empty() {
            classes.push(part.class);
        }
    }
    classes
}

/// Leaves `wanted` images to explain, in proportion to the classes.
fn sample(
    parts: &mut [Part<'_>],
    wanted: usize,
    classes: usize,
    division: &Division,
) -> Result<(), DataError> {
    if wanted < classes {
        return Err(DataError::TooFewToExplain { wanted, classes });
    }
    let sizes: Vec<usize> = parts
        .iter()
        .map(|part| part.sides[EXPLAINED].len())
        .collect();
    for (part, share) in parts.iter_mut().zip(in_proportion(&sizes, wanted)) {
        let pool = &mut part.sides[EXPLAINED];
        let chosen = division.choose(part.class.label, pool.len(), share);
        *pool = chosen.into_iter().map(|place| pool[place]).collect();
    }
    Ok(())
}

fn train_on<'a>(images: &mut TrainingImages, parts: impl Iterator<Item = &'a Part<'a>>) {
    for Part { class, sides } in parts {
        images.add(&class.images, &sides[TRAINING]);
    }
}

/// Images being gathered, class after class.
#[derive(Default)]
struct Collector {
    pixels: Vec<f32>,
    positions: Vec<u32>,
    classes: Vec<(u8, Range<usize>)>,
    origin: Origin,
}

impl Collector {
    /// With room for so many numbers of images.
    fn with_room(numbers: usize) -> Self {
        Self {
            pixels: Vec::with_capacity(numbers),
            ..Self::default()
        }
    }

    /// Adds a side of the parts of a class.
    fn add<'a>(&mut self, label: u8, parts: impl Iterator<Item = &'a Part<'a>>, side: usize) {
        let first = self.positions.len();
        for Part { class, sides } in parts {
            let images = &sides[side];
            for &image in images {
                self.pixels.extend(class.images.intensities(image));
            }
            self.positions
                .extend(images.iter().map(|&image| image as u32));
            self.origin.add(&class.origin, images.iter().copied());
        }
        self.classes.push((label, first..self.positions.len()));
    }

    fn finish(self, size: usize) -> Images {
        Images {
            pixels: Array2::from_shape_vec((self.positions.len(), size), self.pixels)
                .expect("every image has the same number of pixels"),
            classes: self.classes,
            // Where some are from is of no use without the others.
            origin: if self.origin.of.len() == self.positions.len() {
                self.origin
            } else {
                Origin::default()
            },
            positions: self.positions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ImageSet, Rows};
    use super::*;

    const TRAINED: Division = Division {
        seed: 1,
        held_out: 15,
        explain: Explain::Auto,
        trains: true,
    };

    /// `count` images of 1 × 2 pixels that carry their number in both pixels.
    fn numbered(count: u8) -> ImageSet {
        let bytes = (0..count).flat_map(|number| [number, number]).collect();
        ImageSet::from_bytes(1, 2, bytes)
    }

    fn class(label: u8, count: u8) -> Class {
        Class::new(label, numbered(count))
    }

    fn numbers(images: &impl Rows, rows: &Range<usize>) -> Vec<u8> {
        let pixels = images.rows(rows.clone());
        let second = pixels.column(1);
        second.mapv(|pixel| (pixel * 255.0).round() as u8).to_vec()
    }

    #[test]
    fn every_image_is_on_exactly_one_side_and_each_class_is_split_85_to_15() {
        let dataset = Dataset::new(&[class(4, 100), class(7, 31)], &TRAINED).unwrap();
        let summary = &dataset.classes;
        assert_eq!((summary[0].training, summary[0].held_out), (85, 15));
        assert_eq!((summary[1].training, summary[1].held_out), (26, 5));
        assert_eq!(dataset.training.count(), 111);
        let held_out = &dataset.held_out;
        let second = held_out.classes[1].1.clone();
        let positions: Vec<u8> = held_out.positions[second.clone()]
            .iter()
            .map(|&position| position as u8)
            .collect();
        assert_eq!(positions, numbers(&**held_out, &second));

        for (class, count, trained_on) in [(0, 100, 0..85), (1, 31, 85..111)] {
            let mut all = numbers(&dataset.training, &trained_on);
            all.extend(numbers(&**held_out, &held_out.classes[class].1));
            all.sort_unstable();
            assert_eq!(all, (0..count).collect::<Vec<u8>>());
        }
    }

    #[test]
    fn the_split_of_a_class_depends_on_seed_and_label_only() {
        let held_out = |classes: &[Class], seed, class: usize| {
            let dataset = Dataset::new(classes, &Division { seed, ..TRAINED }).unwrap();
            numbers(&*dataset.held_out, &dataset.held_out.classes[class].1)
        };
        let alone = held_out(&[class(7, 60)], 1, 0);
        assert_eq!(alone, held_out(&[class(4, 60), class(7, 60)], 1, 1));
        assert_ne!(alone, held_out(&[class(7, 60)], 2, 0));
        assert_ne!(alone, held_out(&[class(4, 60)], 1, 0));
    }

    #[test]
    fn classes_that_cannot_be_split_are_named() {
        let refused = |classes: &[Class]| Dataset::new(classes, &TRAINED).unwrap_err();
        assert_eq!(refused(&[class(3, 0)]), DataError::MissingClass("3".into()));
        let ox = Class {
            name: "ox".into(),
            ..class(3, 1)
        };
        let few = refused(std::slice::from_ref(&ox));
        assert!(few.to_string().contains("ox has 1 image;"), "{few}");
        assert_eq!(refused(&[]), DataError::Empty);
        let wide = ImageSet::from_bytes(2, 1, vec![0; 8]);
        let mixed = refused(&[class(0, 9), Class::new(1, wide)]);
        assert!(matches!(mixed, DataError::MixedSizes { .. }));
    }

    #[test]
    fn a_model_that_was_brought_is_explained_on_all_images_or_as_was_asked() {
        let counts = |explain, trains| {
            let division = Division {
                explain,
                trains,
                ..TRAINED
            };
            let dataset = Dataset::new(&[class(4, 100), class(7, 20)], &division).unwrap();
            let of = |class: &ClassSummary| [class.training, class.held_out, class.explained];
            assert_eq!(
                dataset.explained.count(),
                dataset
                    .classes
                    .iter()
                    .map(|class| class.explained)
                    .sum::<usize>()
            );
            [of(&dataset.classes[0]), of(&dataset.classes[1])]
        };
        let some = |count: usize| Explain::Some(count.try_into().unwrap());
        assert_eq!(counts(Explain::Auto, false), [[0, 0, 100], [0, 0, 20]]);
        assert_eq!(counts(Explain::All, false), [[0, 0, 100], [0, 0, 20]]);
        assert_eq!(counts(Explain::HeldOut, false), [[85, 15, 15], [17, 3, 3]]);
        assert_eq!(counts(some(12), false), [[0, 0, 10], [0, 0, 2]]);
        assert_eq!(counts(Explain::Auto, true), [[85, 15, 15], [17, 3, 3]]);
        assert_eq!(counts(Explain::All, true), [[85, 15, 100], [17, 3, 20]]);
        assert_eq!(counts(some(12), true), [[85, 15, 10], [17, 3, 2]]);
        let few = Division {
            explain: some(1),
            ..TRAINED
        };
        let refused = Dataset::new(&[class(4, 100), class(7, 20)], &few).unwrap_err();
        assert!(refused.to_string().contains("2 classes"), "{refused}");
        let alone = Division {
            trains: false,
            ..TRAINED
        };
        let dataset = Dataset::new(&[class(4, 1)], &alone).unwrap();
        assert!(!dataset.classes[0].is_measured());
    }

    #[test]
    fn reports_say_of_a_class_whether_it_is_measured_and_older_ones_are_read() {
        let class = |text: &str| serde_json::from_str::<ClassSummary>(text).unwrap();
        let older = r#"{"label":3,"name":"ox","training":9,"held_out":2}"#;
        assert_eq!(class(older).explained, 2);
        let alone = ClassSummary {
            explained: 1,
            ..class(older)
        };
        let text = serde_json::to_string(&alone).unwrap();
        assert!(text.contains(r#""measured":false"#), "{text}");
        assert_eq!(class(&text), alone);
    }

    #[test]
    fn a_test_set_is_what_is_held_out_and_explained() {
        let part = |label, count: u8, role, file: &str| Class {
            role,
            origin: Origin {
                files: vec![file.into()],
                of: (0..count.into()).map(|place| (0, place)).collect(),
            },
            ..class(label, count)
        };
        let classes = [
            part(4, 30, Role::Training, "train"),
            part(7, 20, Role::Training, "train"),
            part(0, 10, Role::Unlabelled, "more"),
            part(7, 5, Role::Explained, "test"),
            part(4, 6, Role::Explained, "test"),
        ];
        let dataset = Dataset::new(&classes, &TRAINED).unwrap();
        assert_eq!(dataset.training.count(), 60);
        assert!(Arc::ptr_eq(&dataset.held_out, &dataset.explained));
        let explained = &dataset.explained;
        assert_eq!(explained.classes, [(7, 0..5), (4, 5..11)]);
        assert_eq!(explained.origin.files, ["test"]);
        assert_eq!(explained.origin.of[5..7], [(0, 0), (0, 1)]);
        assert_eq!(dataset.classes[1].training, 30);

        let without = Dataset::new(&classes[3..], &TRAINED).unwrap_err();
        assert_eq!(without, DataError::NothingToTrainOn);
        let brought = Division {
            trains: false,
            ..TRAINED
        };
        let dataset = Dataset::new(&classes, &brought).unwrap();
        assert_eq!(
            (dataset.training.count(), dataset.explained.count()),
            (0, 11)
        );
    }
}
