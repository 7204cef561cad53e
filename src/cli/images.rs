//! Images and labels, from files to classes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use latent_lens::data::{Class, ImageSet, idx};

use super::arguments::Data;
use super::failure::Failure;

/// The images that were named, by label.
pub fn open(Data { images, labels }: &Data) -> Result<Vec<Class>, Failure> {
    let set = idx::read(&read(images)?).map_err(|error| Failure::at(images, error))?;
    let Some(path) = labels else {
        let mut class = Class::new(0, set);
        class.name = "all".into();
        return Ok(vec![class]);
    };
    let labels = super::labels::read(&read(path)?).map_err(|error| Failure::at(path, error))?;
    if labels.len() != set.count() {
        let message = format!(
            "There are {} labels here, but {} images in {}. Give the labels that belong to these \
             images.",
            labels.len(),
            set.count(),
            images.display()
        );
        return Err(Failure::at(path, message));
    }
    Ok(by_label(&set, &labels))
}

fn by_label(set: &ImageSet, labels: &[u8]) -> Vec<Class> {
    let mut places: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
    for (place, label) in labels.iter().enumerate() {
        places.entry(*label).or_default().push(place);
    }
    let class = |(label, places): (u8, Vec<usize>)| Class::new(label, set.select(&places));
    places.into_iter().map(class).collect()
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::unreadable(path, &error))
}
