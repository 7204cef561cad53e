//! A run with the paper's settings, of which every epoch is measured as well, beside the same run without.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use latent_lens::engine::Engine;
use latent_lens::run::{Run, Stage};
use latent_lens::settings::Settings;
use pollster::block_on;
use serde_json::{Value, json};

use super::digits;
use super::{REPEATS, median, round, spread};

pub const NAME: &str = "native_timeline";
/// With all epochs a run takes at most 1.25 times as long.
const TARGET: f64 = 0.8;
const SLICE: Duration = Duration::from_millis(40);
/// As many as the target is for.
const THREADS: NonZeroUsize = NonZeroUsize::new(2).expect("it is not 0");

/// The two in turn, several times.
pub fn line() -> Value {
    // Once before the clock starts.
    watched();
    let pairs: Vec<(f64, f64)> = (0..3 * REPEATS).map(|_| (watched(), plain())).collect();
    let ours: Vec<f64> = pairs.iter().map(|(ours, _)| *ours).collect();
    let peer: Vec<f64> = pairs.iter().map(|(_, peer)| *peer).collect();
    let ratios: Vec<f64> = pairs.iter().map(|(ours, peer)| peer / ours).collect();
    let ratio = median(&ratios);
    json!({
        "name": NAME,
        "ours_ms": round(median(&ours)),
        "peer": "the same run without its epochs",
        "peer_ms": round(median(&peer)),
        "ratio": round(ratio),
        "target": TARGET,
        "met": ratio >= TARGET,
        "repeats": pairs.len(),
        "spread": spread(&ratios),
        "epochs": Settings::default().epochs,
        "threads": THREADS,
    })
}

fn begun() -> Run {
    let settings = Settings::default();
    let classes = digits::digits(&settings.classes);
    let run = Run::new(&Engine::cpu(), settings, &classes).expect("the digits can be used");
    run.on_threads(THREADS)
}

fn plain() -> f64 {
    let mut run = begun();
    let start = Instant::now();
    while block_on(run.advance(SLICE))
        .expect("the CPU always answers")
        .stage
        != Stage::Done
    {}
    milliseconds(start)
}

fn watched() -> f64 {
    let (mut run, mut recording) = begun().recorded();
    let start = Instant::now();
    loop {
        let mut update = block_on(run.advance(SLICE)).expect("the CPU always answers");
        recording.hear(&mut update);
        if update.stage == Stage::Done {
            break;
        }
    }
    let network = run.network().expect("it is trained");
    let recorded = block_on(recording.finish(run.report(), network, |_, _| true));
    let moments = recorded.expect("it goes on").history.moments().len();
    assert_eq!(
        moments,
        Settings::default().epochs + 1,
        "every epoch, and before the first"
    );
    milliseconds(start)
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
