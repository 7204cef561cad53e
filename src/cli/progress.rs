//! How far a job has come, on standard error: a bar on a terminal, lines in a log.

use std::io::{IsTerminal, Write, stderr};
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use latent_lens::data::{DataForm, Nouns};
use latent_lens::run::{Stage, Update};

/// A log is told this often how a stage goes on.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Tells a person, or a log, how far a job has come.
pub struct Progress {
    /// `None` where nobody would see it move.
    bar: Option<ProgressBar>,
    stage: Option<String>,
    /// What the rows of the data are called, and their numbers.
    nouns: Nouns,
    /// When the log was last told.
    told: Instant,
}

/// Units of the bar, which counts whole ones only.
const LENGTH: u64 = 1000;

impl Progress {
    pub fn new() -> Self {
        let bar = stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{prefix:18} {bar:30} {percent:>3} %  {msg}")
                .expect("the template is well-formed");
            ProgressBar::with_draw_target(Some(LENGTH), ProgressDrawTarget::stderr())
                .with_style(style.progress_chars("━╸─"))
        });
        Self {
            bar,
            stage: None,
            nouns: DataForm::Image.nouns(),
            told: Instant::now(),
        }
    }

    /// Calls rows and their numbers so from now on.
    pub fn call(&mut self, nouns: Nouns) {
        self.nouns = nouns;
    }

    /// Says what came of a slice of work.
    pub fn show(&mut self, update: &Update) {
        let share = (update.done / update.total.max(1.0)).clamp(0.0, 1.0);
        let stage = self.nouns.say(name(update.stage));
        self.step(&stage, share, update.remaining());
    }

    /// Says how much of a stage is done, and how long the rest will take.
    pub fn step(&mut self, stage: &str, share: f64, left: Option<Duration>) {
        let begins = self.stage.as_deref() != Some(stage);
        if begins {
            self.stage = Some(stage.into());
        }
        self.tell(stage, share, left, begins || share >= 1.0);
    }

    /// Says how much of the files is read; a log hears of it where that takes long.
    pub fn reading(&mut self, share: f64) {
        self.tell("Reading", share, None, false);
    }

    /// Moves the bar, or tells the log where it is `due` or has not been told for long.
    fn tell(&mut self, name: &str, share: f64, left: Option<Duration>, due: bool) {
        if let Some(bar) = &self.bar {
            bar.set_prefix(name.to_string());
            bar.set_position((share * LENGTH as f64) as u64);
            bar.set_message(left.map_or(String::new(), time_left));
            return;
        }
        if due || self.told.elapsed() >= LINE_INTERVAL {
            self.told = Instant::now();
            let left = match left {
                Some(left) if share < 1.0 => format!(", {}", time_left(left)),
                _ => String::new(),
            };
            say(&format!("{name}: {:.0} %{left}", share * 100.0));
        }
    }

    /// Says a sentence above the bar.
    pub fn say(&self, sentence: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(sentence)),
            None => say(sentence),
        }
    }

    /// Says a sentence in place of the bar.
    pub fn finish(self, sentence: &str) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        say(sentence);
    }

    /// Says in place of the bar how many files there are now in a folder, and how long that took.
    pub fn wrote(self, files: usize, folder: &Path, took: Duration) {
        let (folder, took) = (folder.display(), time(took));
        self.finish(&format!("Wrote {files} files to {folder} in {took}."));
    }
}

/// Says a sentence on standard error. Where nobody reads it any more, the work goes on.
pub fn say(sentence: &str) {
    let _ = writeln!(stderr(), "{sentence}");
}

/// What a stage is called.
fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::WarmUp => "Warming up",
        Stage::Training => "Training",
        Stage::Preparation => "Preparation",
        Stage::PixelImportance => "Pixel importance",
        Stage::Direction => "Direction",
        Stage::GroupImportance => "Group importance",
        Stage::LatentImportance => "Latent importance",
        Stage::ReconstructionErrors => "Reconstruction errors",
        Stage::DonorChecks => "Donor checks",
        Stage::Attribution => "Other methods",
        Stage::FairTest => "Fair test",
        Stage::ImageErrors => "Other images",
        Stage::Divergence => "Divergence",
        Stage::Factors => "Factors",
        Stage::Smaller => "Fewer dimensions",
        Stage::Controls => "Controls",
        Stage::Networks => "Other networks",
        Stage::Sizes => "Other numbers of dimensions",
        Stage::Done => "Done",
    }
}

fn time_left(left: Duration) -> String {
    format!("{} left", time(left))
}

/// A time as people say it, rounded up.
pub fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64().ceil() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        let said = |seconds| time(Duration::from_secs_f64(seconds));
        assert_eq!(said(0.2), "1 s");
        assert_eq!(said(59.5), "1 min 0 s");
        assert_eq!(said(61.0), "1 min 1 s");
        assert_eq!(said(7260.0), "2 h 1 min");
    }
}
