/** Looks for the best and the worst reconstructions of each class, and has them drawn. */
import type { Encoded, Matrix, Report } from "../../report";
import type { View as Charts } from "../../view";
import type { Scene } from "../picture";
import { another, count, h, setText } from "../shared";
import type { Host, Sentence, Tools } from "../view";
import { extremes, lookedThrough, meanSquare, perClass, type Rebuilt } from "./extremes";
import { chosenWords, errorWords } from "./words";

/** So long the page may wait for a slice of the search, and until its progress is told; milliseconds. */
const SLICE = 10;
const TOLD_AFTER = 1000;

/** What was found of one run's images. */
interface Found {
  report: Partial<Report>;
  charts: Charts;
  each: number;
  /** How many images were looked through, and how many are shown. */
  through: number;
  shown: number;
}

export class Extremes implements Tools {
  readonly #words = h("span", { role: "status" });
  readonly #bar = h("progress", { max: "1", value: "0", "aria-label": "Progress" });
  readonly above = h("p", { class: "projection" }, this.#bar, this.#words);
  readonly #errors = h("dl", { class: "errors" });
  readonly below = h(
    "div",
    { hidden: true },
    h("p", { class: "note" }, "Their mean squared errors, in the same order:"),
    this.#errors,
  );
  /** What is searched, or was; a run's encoded space is one object for good. */
  #encoded: Encoded | undefined;
  #found: Found | undefined;
  #search: AbortController | undefined;

  constructor(readonly host: Host) {
    this.above.hidden = true;
  }

  options(): Record<string, never> {
    return {};
  }

  /** What is found in place of the run's samples. */
  instead(charts: Charts, scene: Scene): { charts: Charts; scene: Scene } {
    const { report } = scene;
    if (report?.encoded !== this.#encoded) {
      this.#forget();
      this.#encoded = report?.encoded;
    }
    const passes = scene.epoch?.moving ?? false;
    if (report?.encoded && !passes && !this.#search && !this.#found) void this.#look(charts, scene);
    const found = this.#found;
    return found
      ? { charts: found.charts, scene: { ...scene, report: found.report } }
      : { charts, scene };
  }

  sentences({ classes }: Scene): Sentence[] {
    if (!this.#found || !this.#encoded) return [];
    return [
      chosenWords({ ...this.#found, classes: classes.length, all: this.#encoded.labels.length }),
    ];
  }

  shown(): void {}

  hidden(): void {
    if (this.#found) return;
    this.#forget();
  }

  close(): void {
    this.#forget();
  }

  #forget(): void {
    this.#search?.abort();
    this.#search = undefined;
    // The figure may hold them until it is drawn anew.
    this.#found?.charts.reset();
    this.#found = undefined;
    this.#encoded = undefined;
    this.above.hidden = true;
    this.below.hidden = true;
  }

  async #look(charts: Charts, { report, classes, names }: Scene): Promise<void> {
    const search = (this.#search = new AbortController());
    const images = lookedThrough(report!.encoded!.labels.length);
    try {
      const rebuilt = await this.#rebuild(charts, images, search.signal);
      const each = perClass(classes.length);
      const chosen = rebuilt && extremes(rebuilt, classes, each);
      const own = chosen && (await this.#report(charts, report!, chosen));
      if (search.signal.aborted) return;
      this.above.hidden = own !== undefined;
      this.#bar.hidden = true;
      if (!own) {
        const words =
          "The images themselves are not open, so that the best and the worst cannot be looked for: these are samples.";
        return setText(this.#words, this.host.say(words));
      }
      const drawn = another(charts);
      drawn.update(own);
      const [through, shown] = [images.length, chosen!.length];
      this.#found = { report: own, charts: drawn, each, through, shown };
      this.#list(chosen!, classes, names, each);
      this.host.moved();
    } catch (error) {
      if (search.signal.aborted) return;
      this.above.hidden = false;
      this.#bar.hidden = true;
      const words = this.host.say("The images could not be read");
      setText(this.#words, `${words}: ${(error as Error).message}`);
    }
  }

  #list(chosen: Rebuilt[], classes: number[], names: string[], each: number): void {
    const rows = classes.flatMap((label, row) => {
      const errors = errorWords(chosen, label, each);
      return errors ? [h("div", {}, h("dt", {}, names[row] ?? ""), h("dd", {}, errors))] : [];
    });
    this.#errors.replaceChildren(...rows);
    this.below.hidden = false;
  }

  /** Undefined where the images cannot be had. */
  async #rebuild(
    charts: Charts,
    images: number[],
    signal: AbortSignal,
  ): Promise<Rebuilt[] | undefined> {
    const rebuilt: Rebuilt[] = [];
    const begin = performance.now();
    let until = begin + SLICE;
    for (const image of images) {
      const subject = await this.host.subject(image);
      signal.throwIfAborted();
      const made = subject && charts.reconstruct(subject.latents);
      if (!made) return undefined;
      rebuilt.push({ image, label: subject.label, error: meanSquare(subject.pixels, made) });
      const now = performance.now();
      if (now < until) continue;
      if (now > begin + TOLD_AFTER) this.#tell(rebuilt.length / images.length, images.length);
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
      until = performance.now() + SLICE;
    }
    return rebuilt;
  }

  #tell(done: number, images: number): void {
    this.above.hidden = false;
    this.#bar.hidden = false;
    this.#bar.value = done;
    const words = `Looking for the best and the worst of ${count(images, "image")}.`;
    setText(this.#words, this.host.say(words));
  }

  /** The run's report as if those that were chosen were its samples and all its explained images. */
  async #report(
    charts: Charts,
    report: Partial<Report>,
    chosen: Rebuilt[],
  ): Promise<Partial<Report> | undefined> {
    const subjects = await Promise.all(chosen.map(({ image }) => this.host.subject(image)));
    const rows = subjects.map((subject) => subject && charts.reconstruct(subject.latents));
    if (!subjects.every((subject) => subject !== undefined) || !rows.every((row) => row)) {
      return undefined;
    }
    const { version, engine, settings, image, classes, data, encoded } = report;
    const of = <T>(all: ArrayLike<T>) => chosen.map(({ image: at }) => all[at]!);
    const latents = matrix(subjects.map((subject) => subject!.latents));
    const labels = chosen.map(({ label }) => label);
    const own = {
      ...{ version, engine, settings, image, classes, data },
      samples: {
        labels,
        images: matrix(subjects.map((subject) => subject!.pixels)),
        latents,
        reconstructions: matrix(rows as Float32Array[]),
      },
      encoded: {
        labels,
        positions: of(encoded!.positions),
        files: encoded!.files,
        // Empty where no image has a file.
        file: encoded!.file.length ? of(encoded!.file) : [],
        place: encoded!.place.length ? of(encoded!.place) : [],
        latents,
      },
    };
    return own as unknown as Partial<Report>;
  }
}

function matrix(rows: Float32Array[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * columns);
  for (const [at, row] of rows.entries()) data.set(row, at * columns);
  return { shape: [rows.length, columns], data };
}
