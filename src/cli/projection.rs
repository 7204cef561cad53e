//! The encoded space in a plane, by t-SNE.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::report::{Encoded, Projection, Report};
use latent_lens::tsne::{FEWEST, tsne};
use ndarray::{Array2, Axis};

use super::failure::Failure;
use super::progress::Progress;
use super::stop;

/// Standard deviation of the first arrangement, as van der Maaten and Hinton have it.
const START_DEVIATION: f32 = 1e-4;
/// Noise in the first arrangement, in parts of its deviation: enough to leave a line.
const NOISE: f32 = 0.01;
/// How often a person is heard.
const PATIENCE: Duration = Duration::from_millis(100);

/// Arranges the held-out images in a plane; `None` where there are too few, or they are all alike, or
/// one dimension is all there is.
pub fn project(report: &Report, progress: &mut Progress) -> Result<Option<Projection>, Failure> {
    let Some((latents, start)) = report
        .encoded
        .as_ref()
        .and_then(|encoded| Some((&encoded.latents, start(encoded, report.settings.seed)?)))
    else {
        return Ok(None);
    };
    stop::listen();
    let (tell, told) = channel();
    let latents = latents.clone();
    // On a thread of its own, which ends with the program, so that a person is heard meanwhile.
    let arranging = thread::spawn(move || {
        tsne(latents.view(), &start, |done, total, _| {
            // Nobody listens once a person has stopped it.
            let _ = tell.send((done, total));
        })
    });
    let begin = Instant::now();
    loop {
        if stop::asked() {
            return Err(Failure::Stopped);
        }
        match told.recv_timeout(PATIENCE) {
            Ok((done, total)) => {
                let share = done as f64 / total as f64;
                let left = (done > 0).then(|| begin.elapsed().mul_f64((1.0 - share) / share));
                progress.step("t-SNE", share, left);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let places = arranging.join().expect("t-SNE does not panic");
    let images = places.len() / 2;
    Ok(Some(Projection {
        coordinates: Array2::from_shape_vec((images, 2), places).expect("x and y of every image"),
        axes: ["t-SNE 1".into(), "t-SNE 2".into()],
        name: "tsne".into(),
    }))
}

/// Where t-SNE starts: at the two dimensions that vary most, so that the picture keeps large
/// distances.
fn start(encoded: &Encoded, seed: u32) -> Option<Vec<f32>> {
    let dims = encoded.most_varying()?;
    let chosen = encoded.latents.select(Axis(1), &dims);
    let finite = encoded.latents.iter().all(|value| value.is_finite());
    let deviation = chosen.column(0).std(0.0);
    if chosen.nrows() < FEWEST || !finite || deviation <= 0.0 {
        return None;
    }
    let centred = &chosen - &chosen.mean_axis(Axis(0))?;
    let mut random = Keyed::new(seed, Purpose::Arrangement, &[]);
    let places = centred.iter().map(|value| {
        let noise = NOISE * (2.0 * random.uniform() - 1.0);
        (value / deviation + noise) * START_DEVIATION
    });
    Some(places.collect())
}
