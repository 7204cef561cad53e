//! The plane of two latent dimensions that the decoder is looked at over.

use crate::latents::Plane;
use crate::report::Report;

impl Report {
    /// The plane of these dimensions, counted from 0; of the two that vary most where none are asked for or they
    /// are not two that there are. Of a variational network it reaches three standard deviations of the
    /// standard normal distribution either way, with the others at 0; of any other, as far as the explained
    /// images do, with the others at their mean. `None` where there are fewer than two dimensions, and while the
    /// encoded space is not known.
    #[must_use]
    pub fn latent_plane(&self, asked: Option<[usize; 2]>) -> Option<Plane> {
        let latents = &self.encoded.as_ref()?.latents;
        let dims = latents.ncols();
        let usual = || self.encoded.as_ref()?.most_varying();
        let is_plane = |[across, up]: &[usize; 2]| across != up && *across < dims && *up < dims;
        let asked = asked.filter(is_plane).or_else(usual)?;
        if self.is_variational() {
            return Some(Plane {
                dims: asked,
                window: [[-3.0, 3.0]; 2],
                held: vec![0.0; dims],
                of_prior: true,
            });
        }
        let reach = |dim: usize| {
            let values = latents.column(dim);
            let least = values.iter().copied().fold(f32::INFINITY, f32::min);
            let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            [f64::from(least), f64::from(most)]
        };
        let mean = |values: ndarray::ArrayView1<'_, f32>| {
            let sum: f64 = values.iter().copied().map(f64::from).sum();
            (sum / values.len().max(1) as f64) as f32
        };
        Some(Plane {
            dims: asked,
            window: asked.map(reach),
            held: latents.columns().into_iter().map(mean).collect(),
            of_prior: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use crate::data::ImageShape;
    use crate::report::{Encoded, Report};

    #[test]
    fn a_plane_reaches_as_far_as_images_do_or_as_the_prior_does() {
        let mut report = Report::blank(ImageShape::grey(2, 2), 3, &[0]);
        assert_eq!(report.latent_plane(None), None);
        report.encoded = Some(Encoded {
            labels: vec![0; 2],
            positions: vec![0, 1],
            latents: array![[1.0, -4.0, 0.5], [2.0, 4.0, 0.5]],
            ..Encoded::default()
        });
        let plane = report.latent_plane(None).unwrap();
        assert_eq!((plane.dims, plane.of_prior), ([1, 0], false));
        assert_eq!(plane.window, [[-4.0, 4.0], [1.0, 2.0]]);
        assert_eq!(plane.held, [1.5, 0.0, 0.5]);
        // What there is not is not shown.
        assert_eq!(report.latent_plane(Some([2, 3])).unwrap().dims, [1, 0]);
        assert_eq!(report.latent_plane(Some([2, 2])).unwrap().dims, [1, 0]);
        report.settings.variant.variational = true;
        let plane = report.latent_plane(Some([2, 0])).unwrap();
        assert_eq!((plane.dims, plane.window), ([2, 0], [[-3.0, 3.0]; 2]));
        assert_eq!(plane.held, [0.0; 3]);
    }
}
