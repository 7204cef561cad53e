//! `--decoded`: what the decoder makes of places of the latent space, as charts.

use latent_lens::data::DataForm;
use latent_lens::latents::Decoded;
use latent_lens::model::Network;
use latent_lens::plot::{Chart, Extra, Known};
use latent_lens::report::Report;
use latent_lens::run::Run;

use super::arguments::Look;
use super::charts::{self, Renderer};
use super::failure::Failure;
use super::folder::File;
use super::progress::Progress;
use super::stop;

/// So many places are decoded until a person is heard again.
const AT_ONCE: usize = 15;

/// Refuses a model of whose decoder there are no layers.
pub fn check(run: &Run) -> Result<(), Failure> {
    if run
        .network()
        .is_some_and(|network| network.decoder().has_black_box())
    {
        let message = "--decoded runs the decoder's layers, and of this model's there are none here: leave it out.";
        return Err(Failure::Usage(message.into()));
    }
    Ok(())
}

/// A plane of two dimensions and, of a variational network, draws from the standard normal distribution, each as SVG
/// and as PNG.
pub fn files(run: &Run, look: Look, progress: &mut Progress) -> Result<Vec<File>, Failure> {
    let report = run.report();
    let network = run.network().expect("the run is over");
    let size = grid(report);
    let plane = report.latent_plane(look.projection);
    if plane.is_none() {
        progress.say(
            "There is no decoded plane: there is one latent dimension, and a plane takes two.",
        );
    }
    let plane = plane.map(|plane| ("decoded_plane", Decoded::of_plane(plane, size)));
    let prior = report.is_variational().then(|| {
        let (seed, dims) = (report.settings.seed, report.settings.dims);
        ("decoded_prior", Decoded::of_prior(seed, 0, size, dims))
    });
    let renderer = Renderer::new();
    let spec = charts::figure(report, look);
    let mut files = Vec::new();
    for (name, places) in plane.into_iter().chain(prior) {
        let known = Known {
            report: Some(report.clone()),
            decoded: Some(finished(places, network, progress)?),
            ..Known::default()
        };
        files.extend(renderer.files((name, Chart::Decoded), &known, (&spec, &Extra::default()))?);
    }
    Ok(files)
}

fn finished(
    mut places: Decoded,
    network: &Network,
    progress: &mut Progress,
) -> Result<Decoded, Failure> {
    let (rows, columns) = places.grid();
    while !places.advance(network, AT_ONCE) {
        progress.step(
            "Decoding",
            places.done() as f64 / (rows * columns) as f64,
            None,
        );
        if stop::asked() {
            return Err(Failure::Stopped);
        }
    }
    Ok(places)
}

/// Rows and columns, odd so that the middle is one of them. Lines and bars take more room than images.
fn grid(report: &Report) -> (usize, usize) {
    let image = report.image;
    if report.form() != DataForm::Image {
        (9, 9)
    } else if image.width > 3 * image.height {
        (9, 3)
    } else {
        (15, 15)
    }
}
