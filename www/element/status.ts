/** What is going on, in words: a pure function from the situation to its sentences. */
import type { Counts } from "../data/counts";
import { capital, counted, FEATURES, NOUNS } from "../nouns";
import { onWhich } from "../views/source";
import type { Failure } from "../failures";
import { count, duration, integer, loss, significant } from "../format";
import type { Progress, Stage } from "../engine/messages";
import { type DataForm, isOfResults } from "../report";
import { isActive, type Phase, phaseOf, type State } from "../run/machine";
import type { Run } from "../run/run";
import type { ReportWords } from "../view";

export interface Situation {
  state: State;
  run: Run | undefined;
  /** What keeps the page from being ready to run. */
  trouble: Failure | undefined;
  /** Why the settings cannot be used. */
  refusal: string | undefined;
  /** Whether the settings are others than those of the run, and only in how it is measured. */
  changed: boolean;
  measures: boolean;
  /** How many images there are to train on and to explain, once known. */
  images: Counts | undefined;
  /** What they are. */
  form: DataForm;
  /** The model that was brought, by its name. */
  model: string | undefined;
  /** What it takes to explain it, in sentences, where that is known. */
  takes?: string | undefined;
  /** Whether the run before is shown, as this one ended without a figure. */
  older: boolean;
  /** Of which images the results are, where others are open: "of toy.csv, not of …". */
  elsewhere: string | undefined;
  /** What is said of the run's report, once that is known. */
  words: ReportWords | undefined;
}

export interface Status {
  phase: Phase;
  headline: string;
  detail: string;
  /** Time left in the stage. */
  left: string;
}

/** What numbers and rows of the run are called, one of each. */
function nouns({ report }: Run): { number: string; row: string; rows: string } {
  const form = report.data?.form ?? "image";
  const [row, rows] = NOUNS[form];
  return { number: FEATURES[form][0], row, rows };
}

interface StageWords {
  name: string | ((run: Run) => string);
  detail(progress: Progress, run: Run): string;
}

const STAGES: Record<Stage, StageWords> = {
  "warm-up": {
    name: "Warming up",
    detail: () => "Preparing the graphics card’s programs, once per visit",
  },
  training: {
    name: "Training",
    detail: ({ done, total }, { report }) => {
      if (total === 0) return "None: the network keeps the weights it begins with";
      if (report.training?.diverged_after != null) return "It diverges, and is stopped";
      const latest = report.training?.held_out_loss.at(-1);
      const epoch = `Epoch ${integer(Math.min(Math.floor(done) + 1, total))} of ${integer(total)}`;
      return latest === undefined ? epoch : `${epoch} · held-out loss ${loss(latest)}`;
    },
  },
  preparation: {
    name: "Preparation",
    detail: (_, run) => `Which ${nouns(run).number}s go with which`,
  },
  "pixel-importance": {
    name: (run) => `${capital(nouns(run).number)} importance`,
    detail: (_, run) => {
      const { report, settings } = run;
      const { number } = nouns(run);
      if (report.pixel_importance?.method === "exact") {
        return `Every possible shuffle, ${number} by ${number}`;
      }
      // Whether every shuffle counts is known with the first of them.
      if (!report.pixel_importance) return `Shuffling ${number} by ${number}`;
      const repeat = Math.min(report.pixel_importance.repeats + 1, settings.permutations);
      return `Shuffling ${number} by ${number}, permutation ${integer(repeat)} of ${integer(settings.permutations)}`;
    },
  },
  direction: {
    name: "Direction",
    detail: (_, run) => `Does a higher value of a ${nouns(run).number} raise or lower a latent?`,
  },
  "group-importance": {
    name: "Group importance",
    detail: (_, { report }) =>
      report.groups?.importance.method === "exact"
        ? "Every possible shuffle, group by group"
        : "Shuffling group by group",
  },
  "latent-importance": {
    name: "Latent importance",
    detail: (_, { report, settings }) => {
      const among = settings.measure?.latent_donors === "all" ? "" : " within each class";
      return report.latent_importance?.method === "exact"
        ? `Every possible shuffle, latent by latent${among}`
        : `Shuffling latent by latent${among}`;
    },
  },
  divergence: {
    name: "Divergence",
    detail: () => "How far latents are from the normal distribution",
  },
  "reconstruction-errors": {
    name: "Reconstruction errors",
    detail: (_, run) => `How far off each ${nouns(run).row} is rebuilt`,
  },
  "donor-checks": {
    name: "Donors",
    detail: (_, run) => `How far shuffled ${nouns(run).rows} are like ${nouns(run).rows}`,
  },
  attribution: { name: "Second opinions", detail: () => "Gradients and occlusion" },
  "fair-test": {
    name: "Fair test",
    detail: (_, run) => `Replacing ${nouns(run).number}s in the order of each method`,
  },
  "image-errors": {
    name: (run) => `Other ${nouns(run).rows}`,
    detail: (_, run) => `How far other ${nouns(run).rows} would lead off`,
  },
  factors: { name: "Factors", detail: () => "Which dimension carries which" },
  smaller: { name: "Fewer dimensions", detail: () => "Which loss is left with fewer of them" },
  controls: { name: "Controls", detail: () => "Networks that have nothing to learn" },
  networks: { name: "Other networks", detail: () => "The same again from other first weights" },
  sizes: { name: "How many dimensions", detail: () => "Networks with more of them, and fewer" },
  done: { name: "Done", detail: () => "" },
};

function nameOf(stage: Stage, run: Run): string {
  const { name } = STAGES[stage];
  return typeof name === "string" ? name : name(run);
}

export function describe(situation: Situation): Status {
  const { state, run, trouble, refusal, changed, measures, older, words, elsewhere } = situation;
  const phase = phaseOf(state, run?.progress?.stage);
  const still = (headline: string, detail: string, as = phase) => ({
    phase: as,
    headline,
    detail,
    left: "",
  });
  if (state === "waiting") return still("Getting ready", "Fetching the images and the charts");
  if (state === "held") return still("Paused", "Before it began: it begins when it is resumed");
  if (run && isActive(state)) return { phase, ...describeActive(run, phase) };

  if (trouble) return still("Something is missing", trouble.message, "error");
  if (refusal) return still("These settings cannot be used", refusal);
  if (!run) return still("Ready", todo(situation));
  if (state === "idle" || (changed && state !== "failed")) {
    const whose = elsewhere
      ? `The results below are ${elsewhere}`
      : "The results below are still the last run’s";
    const { takes } = situation;
    const detail = takes ? `${whose}. ${takes}` : whose;
    return still(`Ready to ${measures ? "measure" : "run"} again`, detail);
  }
  if (isOfResults(run.report)) return still("Results", (words?.cautions ?? []).join(" "));
  const left = older ? " The results of the run before are shown again." : kept(run);
  if (run.failure) return still("Stopped", `${run.failure.message}${left}`);
  if (state === "cancelled") return still("Cancelled", `${whereIn(run)}.${left}`);
  const cautions = words?.cautions ?? [];
  return still("Done", [...cautions, summary(run, words)].join(" "));
}

/** What a run would be of. */
function todo({ images, form, model, takes }: Situation): string {
  if (!images) return "";
  const explained = integer(images.explained);
  if (model) {
    const what = `${counted(images.explained, form)} to explain ${model} on`;
    return takes ? `${what}. ${takes}` : what;
  }
  const learn = `${counted(images.training, form)} to learn from`;
  if (images.explained === images.heldOut) {
    return `${learn}, ${explained} held out to test and explain on`;
  }
  return `${learn}, ${integer(images.heldOut)} held out to test on, ${explained} to explain`;
}

function describeActive(run: Run, phase: Phase): Omit<Status, "phase"> {
  const { progress } = run;
  if (!progress) {
    const engine = run.engine === "webgpu" ? "WebGPU" : "CPU";
    const headline = phase === "paused" ? "Paused" : "Getting ready";
    return { headline, detail: `Starting the ${engine} engine`, left: "" };
  }
  const stage = STAGES[progress.stage];
  if (phase === "paused") return { headline: "Paused", detail: whereIn(run), left: "" };
  const left = progress.remaining_ms == null ? "" : `${duration(progress.remaining_ms)} left`;
  return { headline: nameOf(progress.stage, run), detail: stage.detail(progress, run), left };
}

/** "In training, epoch 12 of 50". */
function whereIn(run: Run): string {
  const { progress } = run;
  if (!progress) return "Before it began";
  const { stage, done, total } = progress;
  if (stage === "training")
    return `In training, after ${integer(Math.floor(done))} of ${count(total, "epoch")}`;
  const share = total > 0 ? Math.floor((100 * done) / total) : 0;
  return `In ${nameOf(stage, run).toLowerCase()}, ${share} % done`;
}

function kept({ report }: Run): string {
  return report.training || report.samples ? " What was computed so far stays on screen." : "";
}

function summary(run: Run, words: ReportWords | undefined): string {
  const { report, times, model, taught, measuredMs } = run;
  const latest = report.training?.held_out_loss.at(-1);
  const end = latest === undefined ? "" : ` to a held-out loss of ${significant(latest, 3)}`;
  const which = onWhich(report, words);
  if (times.size === 0) return `Reopened as it was kept${which && `: explained ${which}`}`;
  const explained = `explained in ${seconds(measuredMs)}${which && ` ${which}`}`;
  if (taught) return `The same network, ${explained}`;
  if (model) return `${model.name} ${explained}`;
  if (report.settings?.epochs === 0) return `An untrained network, ${explained}`;
  return `Trained in ${seconds(times.get("training") ?? 0)}${end}, ${explained}`;
}

function seconds(ms: number): string {
  if (ms < 50) return "less than 0.1 s";
  return ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : duration(ms);
}
