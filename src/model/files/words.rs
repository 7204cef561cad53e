//! What layers are called in descriptions and questions.

use crate::model::{Form, Interpolation, Kind, Over, Pair, Window};

/// A layer's kind with its sizes, such as `convolution 3 × 3, stride 2`.
pub(super) fn kind(form: &Form) -> String {
    let Form::General { kind, .. } = form else {
        return "dense".into();
    };
    match kind {
        Kind::Convolution { groups, window, .. } => {
            let grouped = if *groups > 1 {
                format!(", {groups} groups")
            } else {
                String::new()
            };
            format!("convolution {}{grouped}", in_words(window))
        }
        Kind::Transposed { kernel, stride, .. } => format!(
            "transposed convolution {}{}",
            sides(*kernel),
            steps("stride", *stride)
        ),
        Kind::MaxPooling { window } => format!("maximum of {}", in_words(window)),
        Kind::AveragePooling { window, .. } => format!("mean of {}", in_words(window)),
        Kind::Upsampling {
            factor,
            interpolation,
        } => {
            let how = match interpolation {
                Interpolation::Nearest => "nearest",
                Interpolation::Bilinear | Interpolation::BilinearCorners => "bilinear",
            };
            format!("{} times as large, {how}", sides(*factor))
        }
        Kind::Padding { margins } if margins.as_flattened().iter().any(|&side| side > 0) => {
            "zeros around it".into()
        }
        Kind::Padding { .. } => "a part of it".into(),
        Kind::Scaling => "scaling".into(),
        Kind::Normalisation { over, .. } => match over {
            Over::Channels => "normalisation over channels".into(),
            Over::Row => "normalisation over all numbers".into(),
        },
        Kind::Softmax => "softmax".into(),
        Kind::Activation => "activation".into(),
        Kind::Reshaping { .. } => "the same numbers in another shape".into(),
        Kind::Reordering { .. } => "the same numbers in another order".into(),
    }
}

fn in_words(window: &Window) -> String {
    format!(
        "{}{}{}",
        sides(window.size),
        steps("stride", window.stride),
        steps("dilation", window.dilation)
    )
}

fn sides([height, width]: Pair) -> String {
    format!("{height} × {width}")
}

fn steps(name: &str, pair: Pair) -> String {
    match pair {
        [1, 1] => String::new(),
        [height, width] if height == width => format!(", {name} {height}"),
        pair => format!(", {name} {}", sides(pair)),
    }
}
