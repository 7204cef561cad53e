//! How long a model takes whose inside is not known: measured on a first batch, and said before the run goes on.

use std::time::{Duration, Instant};

use latent_lens::importance::RowsAsked;
use latent_lens::model::Half;
use latent_lens::numerals::grouped;
use latent_lens::run::Run;
use latent_lens::settings::Method;
use ndarray::{Array2, ArrayView2, Axis};

use super::failure::Failure;
use super::progress::{Progress, time};
use super::stop;

/// A run is said to take long from here on.
const LONG: Duration = Duration::from_secs(10);
/// The first batch takes about so long, if two images do not take longer.
const MEASURED: Duration = Duration::from_millis(500);
/// It may take so long where a whole batch takes hardly longer than an image.
const FULL: Duration = Duration::from_secs(5);
/// Images of the first batch, at most.
const BATCH: usize = 256;

/// Says how long the run will take and what would be quicker, where a part of its network is a black box and that is
/// long. So many threads ask it at once.
///
/// # Errors
/// What the black box says.
pub fn say(run: &Run, threads: usize, progress: &Progress) -> Result<(), Failure> {
    let Some(network) = run.network().filter(|network| network.has_black_box()) else {
        return Ok(());
    };
    stop::listen();
    let failed = |what| {
        if stop::asked() {
            Failure::Stopped
        } else {
            Failure::Failed(what)
        }
    };
    let images = &run.explained().pixels;
    let [encoded, decoded] = run.demand().of_black_boxes(network);
    let measured = |half: &Half, rows| Measured::of(half, rows).map_err(failed);
    let (encoder, decoder) = (network.encoder(), network.decoder());
    let encoding = measured(encoder, images.view())?;
    let mut asked = Vec::new();
    if encoder.has_black_box() && encoder.takes_any_row() {
        asked.push(Asked::new("encoded", encoded, images.nrows(), encoding.row));
    }
    if decoder.has_black_box() && decoder.is_there() {
        let row = measured(decoder, encoding.made.view())?.row;
        asked.push(Asked::new("decoded", decoded, images.nrows(), row));
    }
    let settings = &run.report().settings;
    let work = Work {
        asked,
        at_once: threads as f64 * f64::from(run.shard().count()),
        images: images.nrows(),
        method: settings.method,
        permutations: settings.permutations,
    };
    if let Some(sentences) = work.in_words() {
        progress.say(&run.report().nouns().say(sentences));
    }
    Ok(())
}

/// What asking half a network for a few rows showed.
struct Measured {
    /// How long a row takes.
    row: Duration,
    /// What it gave for the rows of the last batch.
    made: Array2<f32>,
}

impl Measured {
    /// Asks for one row, for two, and for more where that is quick. Rows are asked for again where there are few.
    fn of(half: &Half, rows: ArrayView2<'_, f32>) -> Result<Self, String> {
        let ask = |count: usize| {
            let places: Vec<usize> = (0..count).map(|at| at % rows.nrows()).collect();
            let batch = rows.select(Axis(0), &places);
            let start = Instant::now();
            let made = pollster::block_on(half.outputs(batch.view()))?;
            let took = start.elapsed();
            Ok::<_, String>((took, made))
        };
        let (one, _) = ask(1)?;
        let (mut took, mut made) = ask(2)?;
        let mut count = 2;
        let enough = enough(one, took);
        if enough > count {
            (took, made) = ask(enough)?;
            count = enough;
        }
        let row = took.div_f64(count as f64);
        Ok(Self { row, made })
    }
}

/// How many rows tell what one of many takes, where one and two took so long.
fn enough(one: Duration, two: Duration) -> usize {
    let (one, two) = (one.as_secs_f64(), two.as_secs_f64());
    let count = if two < 1.5 * one {
        // A batch takes hardly longer than a row, as where a graph has a fixed size of batches.
        let long = FULL.as_secs_f64().max(4.0 * one);
        1.0 + (long - one) / (two - one).max(f64::EPSILON)
    } else {
        2.0 * MEASURED.as_secs_f64() / two.max(f64::EPSILON)
    };
    (count as usize).min(BATCH)
}

/// What half a network is asked for.
struct Asked {
    /// What is done with a row.
    done: &'static str,
    rows: f64,
    /// Rows for which exactness is chosen without being asked for.
    exact: f64,
    row: Duration,
}

impl Asked {
    /// Of rows that are exchanged, and of so many images as they are.
    fn new(done: &'static str, exchanged: RowsAsked, images: usize, row: Duration) -> Self {
        Self {
            done,
            rows: exchanged.rows + images as f64,
            exact: exchanged.exact,
            row,
        }
    }
}

/// A run, as far as its time depends on it.
struct Work {
    asked: Vec<Asked>,
    at_once: f64,
    images: usize,
    method: Method,
    permutations: usize,
}

impl Work {
    /// How long it takes, of what, and what would be quicker; `None` where it is not long.
    fn in_words(&self) -> Option<String> {
        let seconds = |asked: &Asked| asked.rows * asked.row.as_secs_f64() / self.at_once;
        let all = self.asked.iter().map(seconds).sum();
        let long = Duration::try_from_secs_f64(all).unwrap_or(Duration::MAX);
        if long < LONG {
            return None;
        }
        let each = self.asked.iter().map(|asked| {
            let (rows, row) = (grouped(asked.rows as usize), of_row(asked.row));
            format!("{rows} images are {}, {row} each", asked.done)
        });
        let each: Vec<String> = each.collect();
        let quicker = self.quicker(long);
        let quicker = quicker.map(|what| format!(" Quicker: {what}."));
        Some(format!(
            "This takes about {}: {}.{}",
            time(long),
            each.join("; "),
            quicker.unwrap_or_default()
        ))
    }

    /// What would be quicker than `long`.
    fn quicker(&self, long: Duration) -> Option<String> {
        let fewer = self.fewer().map(|fewer| {
            let share = fewer as f64 / self.images as f64;
            // With fewer images exactness may be chosen, which is more than a few permutations.
            let is_sampled = |asked: &Asked| asked.rows * share >= asked.exact;
            let is_bounded = self.method != Method::Auto || self.asked.iter().all(is_sampled);
            if is_bounded {
                format!("--explain {fewer} (at most {})", time(long.mul_f64(share)))
            } else {
                format!("--explain {fewer}")
            }
        });
        let is_drawn = self.method != Method::Exact && self.permutations > 1;
        let repeats = is_drawn.then(|| format!("fewer --permutations than {}", self.permutations));
        let ways: Vec<String> = fewer.into_iter().chain(repeats).collect();
        (!ways.is_empty()).then(|| ways.join(", or "))
    }

    /// About a fourth of the images, in one digit; `None` where that is hardly any.
    fn fewer(&self) -> Option<usize> {
        let fourth = self.images / 4;
        let unit = 10_usize.pow(fourth.checked_ilog10()?);
        (fourth >= 10).then_some(fourth / unit * unit)
    }
}

/// How long a row takes, in two digits.
fn of_row(row: Duration) -> String {
    let seconds = row.as_secs_f64();
    if seconds >= 10.0 {
        return time(row);
    }
    let (number, unit) = if seconds >= 1.0 {
        (seconds, "s")
    } else {
        (seconds * 1e3, "ms")
    };
    let decimals = match number {
        10.0.. => 0,
        1.0.. => 1,
        _ => 2,
    };
    format!("{number:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As of a black box of which nothing is known.
    fn asked(rows: f64) -> RowsAsked {
        RowsAsked { rows, exact: 1e4 }
    }

    fn work(rows: f64, row: Duration) -> Work {
        Work {
            asked: vec![Asked::new("encoded", asked(rows), 0, row)],
            at_once: 1.0,
            images: 321,
            method: Method::Auto,
            permutations: 10,
        }
    }

    #[test]
    fn a_long_run_is_told_of_with_what_is_quicker() {
        let row = Duration::from_micros(2_100);
        let long = work(95_000.0, row);
        assert_eq!(
            long.in_words().unwrap(),
            "This takes about 3 min 20 s: 95,000 images are encoded, 2.1 ms each. Quicker: --explain 80 (at most 50 s), \
             or fewer --permutations than 10."
        );
        assert_eq!(work(4_000.0, row).in_words(), None);
        // On threads it is shorter, and exactness knows no permutations.
        let mut on_threads = work(95_000.0, row);
        on_threads.at_once = 10.0;
        on_threads.method = Method::Exact;
        let said = on_threads.in_words().unwrap();
        assert!(said.starts_with("This takes about 20 s: "), "{said}");
        assert!(
            said.ends_with("Quicker: --explain 80 (at most 5 s)."),
            "{said}"
        );
    }

    #[test]
    fn a_model_that_takes_a_minute_an_image_is_told_so() {
        let mut slow = work(20_000.0, Duration::from_secs(62));
        slow.asked.push(Asked::new(
            "decoded",
            asked(100.0),
            0,
            Duration::from_secs(2),
        ));
        let said = slow.in_words().unwrap();
        let words = "20,000 images are encoded, 1 min 2 s each; 100 images are decoded, 2.0 s each. Quicker: --explain 80, or";
        assert!(said.contains(words), "{said}");
        assert!(
            said.starts_with("This takes about 344 h 30 min: "),
            "{said}"
        );
    }

    #[test]
    fn the_first_batch_is_as_large_as_time_allows() {
        let rows = |one, two| enough(Duration::from_millis(one), Duration::from_millis(two));
        // In proportion: 5 ms, 100 ms and a minute an image.
        assert_eq!(rows(5, 10), 100);
        assert_eq!(rows(100, 200), 5);
        assert_eq!(rows(60_000, 120_000), 0);
        // A graph that takes 64 images at a time, quick or slow, and one that is quick anyway.
        assert_eq!(rows(640, 640), 256);
        assert_eq!(rows(64_000, 64_500), 256);
        assert_eq!(rows(0, 0), 256);
    }

    #[test]
    fn what_a_row_takes_has_two_digits() {
        for (microseconds, expected) in [
            (150, "0.15 ms"),
            (2_100, "2.1 ms"),
            (47_300, "47 ms"),
            (1_500_000, "1.5 s"),
            (61_000_000, "1 min 1 s"),
        ] {
            assert_eq!(of_row(Duration::from_micros(microseconds)), expected);
        }
    }
}
