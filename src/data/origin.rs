//! Where images stand in the files that a person brought.

use std::collections::HashMap;

/// Of each image of a set, its file and its place in that file. Empty where that is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The files' names.
    pub files: Vec<String>,
    /// Of each image, which of the files it is from, and which image of that file it is; both
    /// counted from 0.
    pub of: Vec<(u32, u32)>,
}

impl Origin {
    /// Adds another set's images at these places, counted from 0, and the files that they are from.
    pub fn add(&mut self, other: &Self, images: impl IntoIterator<Item = usize>) {
        if other.of.is_empty() {
            return;
        }
        let mut known: HashMap<String, u32> = self.files.iter().cloned().zip(0..).collect();
        let mut own: Vec<Option<u32>> = vec![None; other.files.len()];
        for (file, place) in images.into_iter().map(|image| other.of[image]) {
            let file = *own[file as usize].get_or_insert_with(|| {
                let name = &other.files[file as usize];
                *known.entry(name.clone()).or_insert_with(|| {
                    self.files.push(name.clone());
                    self.files.len() as u32 - 1
                })
            });
            self.of.push((file, place));
        }
    }
}

/// Of each of these sets of images, the places (from 0) that its images have among all, in the order in which they
/// stand in `files`; or set after set, where it is not known where they stand.
#[must_use]
pub fn places_among_all(sets: &[(&Origin, usize)], files: &[String]) -> Vec<Vec<usize>> {
    let ranks: HashMap<&str, usize> = files.iter().map(String::as_str).zip(0..).collect();
    let mut keys = Vec::new();
    for (set, (origin, count)) in sets.iter().enumerate() {
        let of = |image: usize| {
            let &(file, place) = origin.of.get(image)?;
            let name = origin.files.get(file as usize)?;
            Some((*ranks.get(name.as_str())?, place))
        };
        keys.extend((0..*count).map(|image| (of(image), set, image)));
    }
    if keys.iter().all(|(place, ..)| place.is_some()) {
        keys.sort_by_key(|(place, ..)| *place);
    }
    let mut places: Vec<Vec<usize>> = sets.iter().map(|(_, count)| vec![0; *count]).collect();
    for (rank, (_, set, image)) in keys.into_iter().enumerate() {
        places[set][image] = rank;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_the_same_file_are_joined_under_its_name() {
        let set = |file: &str, places: &[u32]| Origin {
            files: vec!["x".into(), file.into()],
            of: places.iter().map(|&place| (1, place)).collect(),
        };
        let mut all = Origin::default();
        all.add(&set("a.npy", &[0, 2, 4]), [0, 2]);
        all.add(&set("b.npy", &[7]), [0]);
        all.add(&set("a.npy", &[1, 3]), [1]);
        let named: Vec<(&str, u32)> = all
            .of
            .iter()
            .map(|&(file, place)| (all.files[file as usize].as_str(), place))
            .collect();
        assert_eq!(
            named,
            [("a.npy", 0), ("a.npy", 4), ("b.npy", 7), ("a.npy", 3)]
        );
    }

    #[test]
    fn images_of_classes_are_put_in_the_order_of_their_files() {
        let set = |of: &[(u32, u32)]| Origin {
            files: vec!["b".into(), "a".into()],
            of: of.to_vec(),
        };
        let (first, second) = (set(&[(1, 0), (0, 1)]), set(&[(0, 0), (1, 3)]));
        let files = ["a".to_owned(), "b".to_owned()];
        let sets = [(&first, 2), (&second, 2)];
        assert_eq!(places_among_all(&sets, &files), [[0, 3], [2, 1]]);
        // Where one is not known, as they come.
        let sets = [(&first, 2), (&Origin::default(), 2)];
        assert_eq!(places_among_all(&sets, &files), [[0, 1], [2, 3]]);
    }
}
