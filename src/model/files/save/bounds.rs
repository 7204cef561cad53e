//! Whether an architecture from a file is one of a network that can be held in memory: before anything
//! of its size is asked for.

use super::super::error::Fault;
use crate::data::Shape;
use crate::model::{Architecture, Form, Kind, as_image};

/// Numbers of a row.
const MOST: f64 = (1 << 26) as f64;

/// Refuses layers that do not follow each other, and such that have more weights than the `stored`
/// numbers.
pub(super) fn check(architecture: &Architecture, stored: usize) -> Result<(), Fault> {
    let Architecture {
        input,
        encoder,
        latent,
        decoder,
        log_variance,
    } = architecture;
    let mut weights = 0.0;
    let mut along = |name: &str, input: &Shape, forms: &[Form]| {
        let mut shapes = vec![input.clone()];
        fits(input)?;
        for (at, form) in forms.iter().enumerate() {
            weights += numbers(form, &shapes[at]);
            if weights > stored as f64 {
                return Err(Fault::damaged("it lacks weights of its layers"));
            }
            bounded(form)?;
            let output = form.output(&shapes[at]).map_err(|what| {
                Fault::damaged(format!("its layer {} of the {name} {what}", at + 1))
            })?;
            fits(&output)?;
            shapes.push(output);
        }
        Ok(shapes)
    };
    let encoded = along("encoder", input, encoder)?;
    along("decoder", latent, decoder)?;
    if let Some(head) = log_variance {
        let branch = encoded.get(head.after).ok_or_else(|| {
            Fault::damaged("its log-variances come after a layer that it does not have")
        })?;
        along("encoder's log-variances", branch, &head.layers)?;
    }
    Ok(())
}

/// Refuses shapes and margins whose sums or products may be too large for a whole number.
fn bounded(form: &Form) -> Result<(), Fault> {
    let Form::General { kind, .. } = form else {
        return Ok(());
    };
    let margins = match kind {
        Kind::Reshaping { to } | Kind::Reordering { to, .. } => return fits(to),
        Kind::Convolution { window, .. }
        | Kind::MaxPooling { window }
        | Kind::AveragePooling { window, .. } => window.padding,
        Kind::Transposed { cut, .. } => *cut,
        Kind::Padding { margins } => *margins,
        _ => return Ok(()),
    };
    let mut margins = margins.iter().flatten();
    if margins.all(|margin| margin.unsigned_abs() as f64 <= MOST) {
        Ok(())
    } else {
        Err(Fault::damaged("its layers are larger than any network"))
    }
}

fn fits(shape: &Shape) -> Result<(), Fault> {
    let size = match shape {
        Shape::Image(image) | Shape::Planes(image) => {
            image.height as f64 * image.width as f64 * image.channels as f64
        }
        Shape::Columns(names) => names.len() as f64,
        Shape::Numbers(count) => *count as f64,
    };
    if size <= MOST {
        Ok(())
    } else {
        Err(Fault::damaged("its layers are larger than any network"))
    }
}

/// How many weights a layer has, without a whole number that may be too large.
fn numbers(form: &Form, input: &Shape) -> f64 {
    let channels = as_image(input).channels as f64;
    let area = |[height, width]: [usize; 2]| height as f64 * width as f64;
    match form {
        Form::Dense { outputs, .. } => input.size() as f64 * *outputs as f64,
        Form::General { kind, .. } => match kind {
            Kind::Convolution {
                filters,
                groups,
                window,
            } => area(window.size) * channels * *filters as f64 / (*groups).max(1) as f64,
            Kind::Transposed {
                filters,
                groups,
                kernel,
                ..
            } => area(*kernel) * channels * *filters as f64 / (*groups).max(1) as f64,
            Kind::Scaling | Kind::Normalisation { .. } => channels,
            _ => 0.0,
        },
        Form::BlackBox { .. } => 0.0,
    }
}
