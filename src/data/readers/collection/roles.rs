//! A collection with a test set beside it.

use crate::numerals::{counted, signed};
use std::collections::HashMap;

use serde::Serialize;

use super::{Choices, ClassPreview, Collection};
use crate::data::readers::error::ReadError;
use crate::data::readers::labels::{Labels, TooManyClasses, natural};
use crate::data::readers::options::Normalise;
use crate::data::readers::part::listed;
use crate::data::{Class, ImageShape, Origin, Role};

/// Which images are trained on, and which are explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RolesPreview {
    /// Whether names tell a training set and a test set apart.
    pub proposed: bool,
    /// What was chosen.
    pub chosen: RolesFrom,
    /// Images of the training set, or of what is proposed as one.
    pub training: usize,
    /// Images of the test set, or of what is proposed as one.
    pub explained: usize,
    /// Whether the images of the training set have no labels, where those of the test set have.
    pub unlabelled: bool,
}

/// Where it is from which images are trained on and which are explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RolesFrom {
    /// All images are one set, to be divided by the seed.
    #[default]
    Joined,
    /// The names of files, arrays or folders.
    ByName,
    /// The test set was given apart.
    Brought,
}

impl Collection {
    /// The shape of the images.
    pub(in crate::data::readers) fn image(&self) -> ImageShape {
        self.image
    }

    pub(in crate::data::readers) fn choices(&self) -> &Choices {
        &self.choices
    }

    /// Puts a test set beside these images, which become the training set: the classes of both get
    /// numbers in common, and the test set is scaled as the training set is.
    pub(in crate::data::readers) fn with_test(
        mut self,
        mut test: Self,
        from: RolesFrom,
    ) -> Result<Self, ReadError> {
        let (image, of) = (self.image, test.image);
        if (image.height, image.width) != (of.height, of.width) {
            let message = format!(
                "The test images are {} × {} pixels, those to train on {} × {}. Both must have one \
                 size: choose a test set of the same form.",
                of.height, of.width, image.height, image.width
            );
            return Err(ReadError::of_all(message));
        }
        let widened = match (image.channels, of.channels) {
            (own, other) if own == other => None,
            (1, 3) => Some((&mut self, "training")),
            (3, 1) => Some((&mut test, "test")),
            (own, other) => {
                let message = format!(
                    "The test images have {other} channels, those to train on {own}. Choose a test set \
                     of the same form."
                );
                return Err(ReadError::of_all(message));
            }
        };
        let widened = widened.map(|(grey, which)| {
            grey.widen();
            format!(
                "The {which} images are grey and got three equal channels, since the others are in colour."
            )
        });
        let columns = |of: &Self| of.choices.columns.clone();
        let sorted = |mut columns: Vec<String>| {
            columns.sort_unstable();
            columns
        };
        if columns(&self) != columns(&test) && sorted(columns(&self)) == sorted(columns(&test)) {
            let message = "The columns of the test table have the names of those of the training \
                           table, but stand in another order. Bring them into one order.";
            return Err(ReadError::of_all(message));
        }
        let unlabelled = !self.labelled && test.labelled;
        if self.labelled && !test.labelled {
            let message = "The images to train on have labels, but no labels were found for the \
                           test images, which cannot be told apart by class then. Choose their \
                           labels as well, or leave the test set out.";
            return Err(ReadError::of_all(message));
        }
        for (of, side) in [(&mut self, "Training images"), (&mut test, "Test images")] {
            for note in &mut of.notes {
                *note = format!("{side}: {note}");
            }
        }
        self.notes.append(&mut test.notes);
        self.notes.extend(widened.clone());
        self.handling.extend(widened);
        self.coloured |= test.coloured;
        if unlabelled {
            self.notes.push(
                "The training images have no labels: all of them are trained on, whichever classes \
                 are chosen."
                    .into(),
            );
        } else {
            self.number_with(&mut test)?;
        }
        test.scale_like(&self)?;
        self.roles = RolesPreview {
            proposed: from == RolesFrom::ByName,
            chosen: from,
            training: self.count(),
            explained: test.count(),
            unlabelled,
        };
        self.test = Some(Box::new(test));
        Ok(self)
    }

    /// Gives the classes of both sets numbers in common.
    fn number_with(&mut self, test: &mut Self) -> Result<(), ReadError> {
        let names = |of: &Self| -> Vec<String> {
            of.classes.iter().map(|(_, name)| name.clone()).collect()
        };
        let (own, others) = (names(self), names(test));
        if !own.iter().any(|name| others.contains(name)) {
            let message = format!(
                "The classes of the training images ({}) and those of the test images ({}) have \
                 no name in common. Choose labels that mean the same in both.",
                listed(&own),
                listed(&others)
            );
            return Err(ReadError::of_all(message));
        }
        for (side, other, which) in [(&own, &others, "training"), (&others, &own, "test")] {
            let only: Vec<&String> = side.iter().filter(|name| !other.contains(name)).collect();
            if !only.is_empty() {
                let note = format!("Among the {which} images alone are: {}.", listed(&only));
                self.notes.push(note);
            }
        }
        let mut all = Labels::default();
        for name in own.iter().chain(&others) {
            all.push(name)
                .map_err(|TooManyClasses| ReadError::of_all(TooManyClasses::MESSAGE))?;
        }
        let (classes, _) = all.finish();
        let numbers: HashMap<&str, u8> = classes
            .iter()
            .map(|(number, name)| (name.as_str(), *number))
            .collect();
        for of in [self, test] {
            let mut new = [0; 256];
            for (label, name) in &mut of.classes {
                new[usize::from(*label)] = numbers[name.as_str()];
                *label = numbers[name.as_str()];
            }
            for label in &mut of.labels {
                *label = new[usize::from(*label)];
            }
        }
        Ok(())
    }

    /// Scales the values as those of `training` are scaled, whose range they need not share.
    ///
    /// # Errors
    /// If the columns have other names, or values that are taken as they are, or divided by 255, lie
    /// outside the scale of the training set's.
    pub fn scale_like(&mut self, training: &Self) -> Result<(), ReadError> {
        if let (Some(own), Some(others)) = (&self.columns, &training.columns)
            && let Some(place) = own.iter().zip(others).position(|(own, other)| own != other)
        {
            let message = format!(
                "The columns of the test table differ: {} stands where the training table has {}. \
                 Give both the same columns in the same order.",
                own[place], others[place]
            );
            return Err(ReadError::of_all(message));
        }
        let (least, most) = self.range;
        let (of_least, of_most) = training.range;
        let white = match training.scale.normalise {
            Normalise::Keep => 1.0,
            Normalise::DivideBy255 => 255.0,
            _ => f32::INFINITY,
        };
        let fits = |least: f32, most: f32| least >= 0.0 && most <= white;
        if white.is_finite() && fits(of_least, of_most) && !fits(least, most) {
            let [least, most, of_least, of_most] = [least, most, of_least, of_most].map(signed);
            let message = format!(
                "The values of the test images lie between {least} and {most}, those of the \
                 training images between {of_least} and {of_most}. Bring both on one scale."
            );
            return Err(ReadError::of_all(message));
        }
        self.scale = training.scale.clone();
        self.scale.borrowed = true;
        Ok(())
    }

    /// Tells that names make a training set and a test set of these images: `is_test` says of a file
    /// in which of them it is.
    pub(in crate::data::readers) fn propose_roles(
        &mut self,
        is_test: impl Fn(&str) -> Option<bool>,
    ) {
        let Origin { files, of } = &self.origin;
        let sides: Vec<Option<bool>> = files.iter().map(|file| is_test(file)).collect();
        let count = |test| {
            let in_it = |&&(file, _): &&(u32, u32)| sides[file as usize] == Some(test);
            of.iter().filter(in_it).count()
        };
        let unlabelled = self
            .left_out
            .iter()
            .filter(|(file, _)| is_test(file) == Some(false));
        let unlabelled: usize = unlabelled.map(|(_, count)| count).sum();
        let (training, explained) = (count(false) + unlabelled, count(true));
        if training == 0 || explained == 0 {
            return;
        }
        self.notes.push(format!(
            "The names tell a training set of {} and a test set of {} apart. They are not kept apart \
             here, but can be.",
            images(training),
            images(explained)
        ));
        self.roles = RolesPreview {
            proposed: true,
            training,
            explained,
            ..RolesPreview::default()
        };
    }

    /// The classes, each with how many images it has in both sets.
    pub(super) fn class_previews(&self) -> Vec<ClassPreview> {
        let test = self.test.as_deref();
        let of = |set: &Self, label: u8| set.places(label).count();
        let mut classes: Vec<(u8, String)> = Vec::new();
        let own = if self.roles.unlabelled {
            None
        } else {
            Some(self)
        };
        for (label, name) in own.into_iter().chain(test).flat_map(|set| &set.classes) {
            if !classes.iter().any(|(known, _)| known == label) {
                classes.push((*label, name.clone()));
            }
        }
        classes.sort_by(|(_, a), (_, b)| natural(a, b));
        classes
            .into_iter()
            .map(|(label, name)| {
                let explained = test.map_or(0, |test| of(test, label));
                ClassPreview {
                    label,
                    name,
                    count: own.map_or(0, |own| of(own, label)) + explained,
                    explained,
                }
            })
            .collect()
    }

    /// The images to look at: those with labels.
    pub(super) fn shown(&self) -> &Self {
        match &self.test {
            Some(test) if self.roles.unlabelled => test,
            _ => self,
        }
    }

    /// What the images of a class of this set are for.
    pub(super) fn role(&self) -> Role {
        match &self.test {
            None => Role::Split,
            Some(_) if self.roles.unlabelled => Role::Unlabelled,
            Some(_) => Role::Training,
        }
    }

    /// The images of a class that have this role. Those without labels belong to no class: any label
    /// gives all of them.
    #[must_use]
    pub fn class_of(&self, label: u8, role: Role) -> Option<Class> {
        let (set, label) = self.set_of(label, role)?;
        Some(Class {
            role,
            ..set.class(label)?
        })
    }

    /// Where the images of a class that have this role stand in their files.
    #[must_use]
    pub fn origin_of(&self, label: u8, role: Role) -> Option<Origin> {
        let (set, label) = self.set_of(label, role)?;
        let (label, _) = set.classes.iter().find(|(known, _)| *known == label)?;
        let mut origin = Origin::default();
        origin.add(&set.origin, set.places(*label));
        Some(origin)
    }

    /// The set whose images have this role, and the label that a class has there.
    fn set_of(&self, label: u8, role: Role) -> Option<(&Self, u8)> {
        match role {
            Role::Explained => Some((self.test.as_deref()?, label)),
            _ if role != self.role() => None,
            Role::Unlabelled => Some((self, self.classes.first()?.0)),
            _ => Some((self, label)),
        }
    }

    /// The classes of the test set.
    pub(super) fn test_classes(&self) -> impl Iterator<Item = Class> {
        let classes = self.test.iter().flat_map(|test| test.classes());
        classes.map(|class| Class {
            role: Role::Explained,
            ..class
        })
    }
}

fn images(count: usize) -> String {
    counted(count, "image", "images")
}
