//! Engines and their work, in slices that a person can end.

use std::num::NonZeroUsize;
use std::thread;
use std::time::Duration;

use latent_lens::engine::Engine;
#[cfg(feature = "engine-cpu")]
use latent_lens::engine::Kernel;
use latent_lens::model::Network;
use latent_lens::run::{Recorded, Run, Stage, Update};

use super::arguments::{ByKernel, Device, Place, Train, Work};
use super::failure::Failure;
#[cfg(feature = "engine-webgpu")]
use super::progress;
use super::progress::Progress;
use super::{groups, images, model, pace, stop};

/// Between two slices a person is shown how far it is, and heard.
const SLICE: Duration = Duration::from_millis(100);

/// Opens the engine, reads the model, if one is given, and the images, and prepares the run.
pub fn prepare(work: &Work, progress: &mut Progress) -> Result<Run, Failure> {
    let moving = &work.measuring.moving;
    moving.features().map_err(Failure::Usage)?;
    refuse_preset(work)?;
    let engine = engine(work.place)?;
    let model = match &work.programs.command {
        Some(_) => Some(model::Brought::of_programs(&work.programs)),
        None => model::open(&work.model, progress)?,
    };
    let (classes, source) =
        images::open(&work.data, Some(&work.training), model.as_ref(), progress)?;
    let settings = work.training.settings(&classes).map_err(Failure::Usage)?;
    let groups = groups::open(moving.groups.as_ref(), &classes, &source, progress)?;
    let settings = work.measuring.added_to(settings, &classes, groups);
    let settings = settings.map_err(Failure::Usage)?;
    let run = match model {
        None => Run::new(&engine, settings, &classes)?,
        Some(model) => {
            let (network, of_model) = model.of_images(&classes, &source.files, progress)?;
            Run::explain(&engine, settings, &classes, network)?.of_model(of_model)
        }
    };
    let run = run.on_data(source).on_threads(threads(work));
    let report = run.report();
    progress.call(report.nouns());
    progress.say(&format!("Explained are {}.", report.explained_in_words()));
    Ok(run)
}

/// As many threads as train and measure at once.
fn threads(work: &Work) -> NonZeroUsize {
    work.jobs.unwrap_or_else(cores)
}

fn cores() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Says how long a run will take whose model says nothing of its inside.
pub fn say_pace(run: &Run, work: &Work, progress: &Progress) -> Result<(), Failure> {
    // A program is asked one thing at a time.
    let at_once = match work.programs.command {
        Some(_) => 1,
        None => threads(work).get(),
    };
    pace::say(run, at_once, progress)
}

/// Refuses to be told how a network is trained where one is brought.
fn refuse_preset(work: &Work) -> Result<(), Failure> {
    let brought = match &work.programs.command {
        Some(_) => "--command",
        None if !work.model.files.is_empty() => "--model",
        None => return Ok(()),
    };
    if work.training.preset.is_none() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "--preset says how a network is made and trained, and {brought} brings one: leave out one of the two."
    )))
}

/// As [`prepare`], for a network that is trained and not explained.
pub fn prepare_training(request: &Train, progress: &mut Progress) -> Result<Run, Failure> {
    let engine = engine(request.place)?;
    let (classes, source) = images::open(&request.data, Some(&request.training), None, progress)?;
    let settings = request
        .training
        .settings(&classes)
        .map_err(Failure::Usage)?;
    let run = Run::new(&engine, settings, &classes)?.on_data(source);
    Ok(run.on_threads(cores()))
}

/// Works on a run until it is done.
pub fn finish(run: &mut Run, progress: &mut Progress) -> Result<(), Failure> {
    until(run, progress, |_| (), |_, stage| stage == Stage::Done)
}

/// As [`finish`], and measures the network after its epochs as well.
pub fn finish_recorded(run: Run, progress: &mut Progress) -> Result<(Run, Recorded), Failure> {
    if run.report().model.is_some() {
        let message = "--history is of a network that is trained here: leave out --model.";
        return Err(Failure::Usage(message.into()));
    }
    let (mut run, mut recording) = run.recorded();
    let hear = |update: &mut Update| recording.hear(update);
    until(&mut run, progress, hear, |_, stage| stage == Stage::Done)?;
    let network = run.network().expect("it is trained");
    let goes_on = |done: usize, total: usize| {
        progress.step("Epochs", done as f64 / total.max(1) as f64, None);
        !stop::asked()
    };
    let recorded = pollster::block_on(recording.finish(run.report(), network, goes_on));
    Ok((run, recorded.ok_or(Failure::Stopped)?))
}

/// Works on a run until its network is trained.
pub fn network(run: &mut Run, progress: &mut Progress) -> Result<Network, Failure> {
    until(run, progress, |_| (), |run, _| run.network().is_some())?;
    Ok(run.network().expect("it is trained").clone())
}

fn until(
    run: &mut Run,
    progress: &mut Progress,
    mut hear: impl FnMut(&mut Update),
    over: impl Fn(&Run, Stage) -> bool,
) -> Result<(), Failure> {
    stop::listen();
    loop {
        let mut update = pollster::block_on(run.advance(SLICE))?;
        hear(&mut update);
        if update.stage != Stage::Done {
            progress.show(&update);
        }
        if over(run, update.stage) {
            return Ok(());
        }
        if stop::asked() {
            return Err(Failure::Stopped);
        }
    }
}

/// Opens the engine of a device.
pub fn engine(place: Place) -> Result<Engine, Failure> {
    match place.device {
        Device::Cpu => cpu(place.kernel),
        Device::Gpu if place.kernel.is_some() => Err(Failure::Usage(
            "--kernel says what the processor computes with: leave it out, or --device gpu.".into(),
        )),
        Device::Gpu => gpu(),
    }
}

#[cfg(feature = "engine-cpu")]
fn cpu(kernel: Option<ByKernel>) -> Result<Engine, Failure> {
    let Some(wanted) = kernel else {
        return Ok(Engine::cpu());
    };
    let wanted = match wanted {
        ByKernel::Baseline => "baseline",
        ByKernel::Avx2 => "avx2",
        ByKernel::Neon => "neon",
    };
    let known = Kernel::all().find(|kernel| kernel.name() == wanted);
    known.map(Engine::of_kernel).ok_or_else(|| {
        let names: Vec<&str> = Kernel::all().map(Kernel::name).collect();
        Failure::Usage(format!(
            "This processor has no kernel {wanted}. Leave out --kernel, or give one of: {}.",
            names.join(", ")
        ))
    })
}

#[cfg(not(feature = "engine-cpu"))]
fn cpu(_: Option<ByKernel>) -> Result<Engine, Failure> {
    Err(Failure::Usage(
        "This program was built without its CPU engine. Build it with: cargo build --release"
            .into(),
    ))
}

#[cfg(feature = "engine-webgpu")]
fn gpu() -> Result<Engine, Failure> {
    let lost = |reason: String| {
        // Whoever waits for a lost device waits for ever, so nothing else could end the program.
        progress::say(&format!(
            "error: The graphics device was lost ({reason}). Nothing was written."
        ));
        std::process::exit(1);
    };
    pollster::block_on(Engine::webgpu(lost)).map_err(|error| {
        Failure::Failed(format!(
            "{error} Install a Vulkan, Metal or Direct3D 12 driver, or use --device cpu."
        ))
    })
}

#[cfg(not(feature = "engine-webgpu"))]
fn gpu() -> Result<Engine, Failure> {
    Err(Failure::Usage(
        "This program was built without its GPU engine. Build it with: cargo build --release \
         --features engine-webgpu"
            .into(),
    ))
}
