//! Pixels, or columns of a table, that belong together.

use serde::{Deserialize, Serialize};

#[cfg(feature = "general")]
use super::ImageShape;
#[cfg(feature = "general")]
use crate::numerals::grouped;

/// A division of the pixels of an image, or the columns of a table, into groups. A pixel is in one group
/// or in none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grouping {
    /// What each group is called.
    pub names: Vec<String>,
    /// For every pixel, row by row, the number of its group, counted from 1; 0 where it is in none.
    pub of: Vec<u32>,
}

#[cfg(feature = "general")]
impl Grouping {
    /// The pixels of every group, in their order.
    #[must_use]
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.names.len()];
        for (pixel, &group) in self.of.iter().enumerate() {
            if let Some(members) = group
                .checked_sub(1)
                .and_then(|at| members.get_mut(at as usize))
            {
                members.push(pixel);
            }
        }
        members
    }

    /// Makes sure that these are groups of the pixels of such images, and that none of them is empty.
    ///
    /// # Errors
    /// One sentence or two: what is wrong, and what to do.
    pub fn check(&self, image: ImageShape) -> Result<(), String> {
        let (pixels, given) = (image.pixels(), self.of.len());
        if given != pixels {
            return Err(format!(
                "The groups are of {} pixels, but the images have {}, {} × {}. Group the pixels of these \
                 images.",
                grouped(given),
                grouped(pixels),
                image.height,
                image.width
            ));
        }
        let groups = self.names.len();
        let beyond = |&(_, group): &(usize, &u32)| *group as usize > groups;
        if let Some((pixel, group)) = self.of.iter().enumerate().find(beyond) {
            return Err(format!(
                "Pixel {} is said to be in group {group}, but there {}. Name that group, or put the pixel into \
                 another.",
                grouped(pixel + 1),
                match groups {
                    0 => "are no groups".into(),
                    1 => "is only one".into(),
                    _ => format!("are only {}", grouped(groups)),
                }
            ));
        }
        if groups == 0 {
            return Err("There is no group. Put pixels that belong together into one.".into());
        }
        let members = self.members();
        if let Some(empty) = members.iter().position(Vec::is_empty) {
            return Err(format!(
                "The group {} has no pixel. Give it one, or leave it out.",
                self.names[empty]
            ));
        }
        Ok(())
    }
}

#[cfg(all(test, feature = "general"))]
mod tests {
    use super::*;

    #[test]
    fn groups_that_do_not_fit_are_refused_with_what_to_do() {
        let image = ImageShape {
            channels: 3,
            ..ImageShape::grey(2, 2)
        };
        let grouping = |names: &[&str], of: &[u32]| Grouping {
            names: names.iter().map(|&name| name.into()).collect(),
            of: of.into(),
        };
        let good = grouping(&["left", "corner"], &[1, 0, 1, 2]);
        assert_eq!(good.check(image), Ok(()));
        assert_eq!(good.members(), [vec![0, 2], vec![3]]);
        for (bad, parts) in [
            (grouping(&["a"], &[1, 1]), ["2 pixels", "4, 2 × 2"]),
            (grouping(&["a"], &[1, 2, 1, 1]), ["Pixel 2", "group 2"]),
            (grouping(&[], &[0; 4]), ["no group", "Put pixels"]),
            (
                grouping(&["a", "b"], &[1, 0, 1, 1]),
                ["b has no pixel", "leave it out"],
            ),
        ] {
            let refusal = bad.check(image).unwrap_err();
            assert!(parts.iter().all(|part| refusal.contains(part)), "{refusal}");
            assert!(refusal.ends_with('.'), "{refusal}");
        }
    }
}
