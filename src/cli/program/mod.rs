//! A model that is a program: `--command` starts it once and asks it for latents, batch after batch.
//!
//! It reads NPY arrays of images (images × height × width × channels, float32) from its standard input and writes one
//! array of latents (images × dimensions) for each to its standard output, until its input ends. So that it never
//! waits for us, one thread writes to it and another reads from it: a few batches stand ready before it asks for them.

mod ahead;
mod npy;
mod process;

use std::fmt;
use std::io::{BufReader, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use latent_lens::data::{Class, Shape};
use latent_lens::model::{BlackBox, Called, Function, Half, Layer, Network};
use latent_lens::numerals::counted;
use ndarray::{Array2, ArrayView2, Axis};

use self::npy::{Array, Fault};
use self::process::Process;
use super::arguments::Programs;
use super::failure::Failure;
use super::stop::{self, HEARD};

/// So many images are written at once.
const BATCH: usize = 256;

/// The network that programs are, for these images, and what is to be known of it.
///
/// # Errors
/// If a program cannot be started, or does not answer as it should.
pub fn network(programs: &Programs, classes: &[Class]) -> Result<(Network, Vec<String>), Failure> {
    let [Class { images, .. }, ..] = classes else {
        return Err(Failure::Usage("There are no images.".into()));
    };
    // A program does not hear the terminal's Ctrl-C: it is ended by us, who do.
    stop::listen();
    let (image, first): (_, Vec<f32>) = (images.image, images.intensities(0).collect());
    let start = |line: &str, axes: Vec<usize>| -> Result<(Arc<Program>, String), Failure> {
        let program = Program::start(line, axes, programs.timeout())?;
        Ok((Arc::new(program), format!("program `{line}`")))
    };
    let mut notes = Vec::new();
    let mut note_of = |array: &Array, name: &str| {
        if array.was_double {
            notes.push(format!(
                "The {name} gives float64, which is rounded to float32."
            ));
        }
    };
    let line = programs.command.as_deref().unwrap_or_default();
    let (program, name) = start(line, vec![image.height, image.width, image.channels])?;
    let row = ArrayView2::from_shape((1, first.len()), &first)
        .map_err(|why| Failure::Failed(why.to_string()))?;
    let latents = program.first(row).map_err(failed)?;
    note_of(&latents, &name);
    let dims = latents.numbers.len();
    let (pixels, latent) = (Shape::Image(image), Shape::Numbers(dims));
    let half = |half: &str, name: &str, (input, output): (Shape, Shape), program: Arc<Program>| {
        let layer = BlackBox::new(name, (input.clone(), output), program);
        Half::new(half, input, vec![Layer::BlackBox(layer)])
    };
    let encoder = half("encoder", &name, (pixels.clone(), latent.clone()), program);
    let encoder = encoder.map_err(Failure::Failed)?;
    let decoder = if let Some(line) = &programs.decode_command {
        let (program, name) = start(line, Vec::new())?;
        let row = ArrayView2::from_shape((1, dims), &latents.numbers);
        let made = program
            .first(row.map_err(|why| Failure::Failed(why.to_string()))?)
            .map_err(failed)?;
        note_of(&made, &name);
        if made.numbers.len() != image.size() {
            return Err(Failure::Failed(format!(
                "The {name} gives {} for an image's latents, and an image has {}.",
                counted(made.numbers.len(), "number", "numbers"),
                image.size()
            )));
        }
        half("decoder", &name, (latent, pixels), program).map_err(Failure::Failed)?
    } else {
        notes.push(
            "There is no decoder: reconstructions, their errors and latent importance are left out. Give one with \
             --decode-command."
                .into(),
        );
        Half::absent("decoder", (latent, pixels))
    };
    notes.push(
        "How much the program computes for an image is not known: whether importance is exact or sampled is decided as \
         if it were a million multiply-adds."
            .into(),
    );
    let network = Network::new(encoder, decoder).map_err(Failure::Failed)?;
    Ok((network, notes))
}

/// That a program did not answer, unless a person did not wait for it.
fn failed(what: String) -> Failure {
    if stop::asked() {
        Failure::Stopped
    } else {
        Failure::Failed(what)
    }
}

/// A program that runs.
struct Program {
    line: String,
    /// Axes of a row, as it is given them; as many as there are numbers where there are none.
    axes: Vec<usize>,
    timeout: Duration,
    /// One question at a time.
    pipes: Mutex<Pipes>,
    process: Mutex<Process>,
}

/// To and from the threads that write and read.
struct Pipes {
    questions: Option<Sender<Vec<u8>>>,
    answers: Receiver<Result<Array, Fault>>,
    /// What went wrong, which stays so.
    broken: Option<String>,
}

impl Program {
    /// Starts the program of a command line.
    fn start(line: &str, axes: Vec<usize>, timeout: Duration) -> Result<Self, Failure> {
        let words = shlex::split(line).filter(|words| !words.is_empty());
        let words = words.ok_or_else(|| {
            Failure::Usage(format!(
                "`{line}` is not a command: a quote is not closed, or there is none."
            ))
        })?;
        let (process, input, output) = Process::start(&words).map_err(|why| {
            Failure::Failed(format!(
                "The program `{}` cannot be started: {why}. Check its name, and that it is on the PATH.",
                words[0]
            ))
        })?;
        Ok(Self {
            line: line.into(),
            axes,
            timeout,
            pipes: Mutex::new(Pipes {
                questions: Some(writing(input)),
                answers: reading(output),
                broken: None,
            }),
            process: Mutex::new(process),
        })
    }

    /// What it gives for one row.
    fn first(&self, row: ArrayView2<'_, f32>) -> Result<Array, String> {
        let mut answers = self.ask(row)?;
        let answer = answers.pop().ok_or("There is no image.")?;
        if answer.numbers.is_empty() {
            return Err(self.said("gave no number for an image"));
        }
        Ok(answer)
    }

    /// Its answers for rows, batch by batch, each with a row for each.
    fn ask(&self, rows: ArrayView2<'_, f32>) -> Result<Vec<Array>, String> {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(what) = &pipes.broken {
            return Err(what.clone());
        }
        let asked = self.asked(&pipes, rows);
        if let Err(what) = &asked {
            pipes.broken = Some(what.clone());
        }
        asked
    }

    fn asked(&self, pipes: &Pipes, rows: ArrayView2<'_, f32>) -> Result<Vec<Array>, String> {
        let write = |batch: ArrayView2<'_, f32>| {
            let mut shape = vec![batch.nrows()];
            if self.axes.is_empty() {
                shape.push(batch.ncols());
            } else {
                shape.extend(&self.axes);
            }
            let bytes = npy::bytes(&shape, batch.iter().copied());
            // Where it does not take it any more, reading says why.
            let _ = pipes
                .questions
                .as_ref()
                .map(|questions| questions.send(bytes));
            batch.nrows()
        };
        let batches = rows.axis_chunks_iter(Axis(0), BATCH);
        ahead::answers(batches, write, |rows| self.answer(pipes, rows))
    }

    fn answer(&self, pipes: &Pipes, rows: usize) -> Result<Array, String> {
        let answer = match self.next(pipes) {
            Ok(Ok(answer)) => answer,
            Err(RecvTimeoutError::Timeout) if stop::asked() => {
                return Err(self.said("was stopped"));
            }
            Ok(Err(Fault::Other(what))) => {
                return Err(self.said(&format!(
                    "wrote something else than an array to its standard output: it {what}. Print messages to \
                     standard error"
                )));
            }
            Ok(Err(Fault::Ended | Fault::Cut)) | Err(RecvTimeoutError::Disconnected) => {
                return Err(self.ended());
            }
            Err(RecvTimeoutError::Timeout) => {
                return Err(self.said(&format!(
                    "has not answered for {} s: give it longer with --command-timeout, or have fewer images \
                     explained with --explain",
                    self.timeout.as_secs()
                )));
            }
        };
        if answer.shape.first() != Some(&rows) {
            return Err(self.said(&format!(
                "was given {} and should answer with a row for each, but wrote an array of the shape {:?}",
                counted(rows, "row", "rows"),
                answer.shape
            )));
        }
        Ok(answer)
    }

    /// What comes next from it, or that nothing does for too long, or that a person does not wait for it.
    fn next(&self, pipes: &Pipes) -> Result<Result<Array, Fault>, RecvTimeoutError> {
        let start = Instant::now();
        loop {
            let left = self.timeout.saturating_sub(start.elapsed());
            match pipes.answers.recv_timeout(left.min(HEARD)) {
                Err(RecvTimeoutError::Timeout) if left > HEARD && !stop::asked() => {}
                heard => return heard,
            }
        }
    }

    /// That it ended, and how.
    fn ended(&self) -> String {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let how = match process.ended() {
            Some(status) => format!("ended ({status}) before it had answered"),
            None => "closed its standard output before it had answered".into(),
        };
        self.said(&format!(
            "{how}. It is to read arrays from standard input until there are no more, and to write one for each"
        ))
    }

    fn said(&self, what: &str) -> String {
        format!("The program `{}` {what}.", self.line)
    }
}

/// A thread that writes what it is sent.
fn writing(mut input: ChildStdin) -> Sender<Vec<u8>> {
    let (sender, questions) = channel::<Vec<u8>>();
    thread::spawn(move || {
        for bytes in questions {
            if input
                .write_all(&bytes)
                .and_then(|()| input.flush())
                .is_err()
            {
                return;
            }
        }
    });
    sender
}

/// A thread that reads until there is nothing more.
fn reading(output: ChildStdout) -> Receiver<Result<Array, Fault>> {
    let (sender, answers) = channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        loop {
            let answer = npy::read(&mut output);
            let is_last = answer.is_err();
            if sender.send(answer).is_err() || is_last {
                return;
            }
        }
    });
    answers
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Program({})", self.line)
    }
}

impl Function for Program {
    fn call<'a>(&'a self, rows: ArrayView2<'a, f32>) -> Called<'a> {
        Box::pin(async move {
            let answers = self.ask(rows)?;
            let numbers: Vec<f32> = answers
                .into_iter()
                .flat_map(|answer| answer.numbers)
                .collect();
            let width = numbers.len() / rows.nrows().max(1);
            let made = Array2::from_shape_vec((rows.nrows(), width), numbers);
            made.map_err(|_| self.said("gave rows of unequal length"))
        })
    }
}

/// Its input ends, and soon it has to.
impl Drop for Program {
    fn drop(&mut self) {
        let pipes = self.pipes.get_mut().unwrap_or_else(PoisonError::into_inner);
        let is_well = pipes.broken.is_none();
        pipes.questions = None;
        let process = self.process.get_mut();
        let process = process.unwrap_or_else(PoisonError::into_inner);
        if !is_well || process.ended().is_none() {
            process.end();
        }
    }
}
