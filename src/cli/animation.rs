//! The figure, epoch after epoch.

use latent_lens::animation::Animation;
use latent_lens::history::History;
use latent_lens::plot::{Chart, Extra, Known};
use latent_lens::report::Report;

use super::arguments::Look;
use super::charts::{self, Renderer};
use super::failure::Failure;
use super::folder::File;
use super::progress::Progress;

/// For how long a picture is seen, and the last one, in milliseconds.
const SHOWN: u32 = 150;
const AT_THE_END: u32 = 2000;
/// What stands above the figure takes so much, in CSS pixels.
const CAPTION: u32 = 28;

/// The figure of the first class after every epoch that is known, as an animated PNG; its dimensions keep their places.
pub fn file(
    report: &Report,
    history: &History,
    look: Look,
    progress: &mut Progress,
) -> Result<File, Failure> {
    let name = "animation.png";
    let undrawn = |error: &dyn std::fmt::Display| {
        Failure::Failed(format!("{name} could not be drawn: {error}."))
    };
    let renderer = Renderer::new();
    let spec = charts::figure(report, look);
    let (pictures, last) = (history.moments().len(), report.settings.epochs);
    let mut animation = None;
    for (at, moment) in history.moments().enumerate() {
        progress.step("Animation", at as f64 / pictures as f64, None);
        let known = Known {
            report: Some(report.at(moment)),
            ..Known::default()
        };
        let svg = charts::draw(Chart::Figure, &known, (&spec, &Extra::default()))
            .map_err(|error| undrawn(&error))?;
        let picture = renderer
            .picture(&captioned(&svg, &caption(moment.epoch, last)), 1.0)
            .map_err(|error| undrawn(&error))?;
        let size = (picture.width() as usize, picture.height() as usize);
        let animation = match &mut animation {
            Some(animation) => animation,
            none => {
                let begun = Animation::new(size, pictures as u32, SHOWN, AT_THE_END);
                none.insert(begun.map_err(|error| undrawn(&error))?)
            }
        };
        let added = animation.add(picture.data());
        added.map_err(|error| undrawn(&error))?;
    }
    let animation = animation.ok_or_else(|| undrawn(&"there is no epoch"))?;
    let bytes = animation.finish().map_err(|error| undrawn(&error))?;
    Ok((name.into(), bytes))
}

fn caption(epoch: usize, last: usize) -> String {
    match epoch {
        0 => "Before training".into(),
        epoch => format!("After epoch {epoch} of {last}"),
    }
}

/// The document below a line of text, on the same ground.
fn captioned(svg: &str, text: &str) -> String {
    let length = |name: &str| -> u32 {
        let from = svg
            .find(&format!("{name}=\""))
            .map_or(0, |at| at + name.len() + 2);
        let digits = svg[from..].split('"').next().unwrap_or_default();
        digits.parse().unwrap_or_default()
    };
    let (width, height) = (length("width"), length("height"));
    let inner = svg.find("<svg").map_or(svg, |from| &svg[from..]);
    let whole = height + CAPTION;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{whole}\">\
         <rect width=\"{width}\" height=\"{whole}\" fill=\"#ffffff\"/>\
         <text x=\"8\" y=\"20\" font-family=\"Noto Sans\" font-size=\"14\" font-weight=\"bold\">{text}</text>\
         <g transform=\"translate(0 {CAPTION})\">{inner}</g></svg>"
    )
}
