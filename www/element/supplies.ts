/** What has to be there before anything can be run: the charts and the images. */
import type { Dataset } from "../data/dataset";
import { preview, type Samples } from "../data/samples";
import { Failure } from "../failures";
import { openView, type View } from "../view";

export interface Host {
  /** Opens a data set by its name. */
  open(name: string): Promise<Dataset>;
  /** The charts are there, for the first time. */
  drawWith(view: View): void;
  /** Images are there, and so are the charts. */
  arrived(dataset: Dataset): void;
  /** A few of the images to look at. */
  previewed(samples: Samples): void;
  failed(failure: Failure): void;
}

export class Supplies {
  view: View | undefined;
  dataset: Dataset | undefined;
  #wanted = "";
  /** How often others were wanted. */
  #others = 0;
  #loading: Promise<void> | undefined;
  /** What was looked at last. */
  #previewed = "";

  constructor(readonly host: Host) {}

  /** Gets the charts and the data set, once; may be called again after it failed. */
  load(name: string): Promise<void> {
    this.#wanted = name;
    const others = this.#others;
    this.#loading ??= this.#load(name, others).catch((error: unknown) => {
      if (others !== this.#others) return;
      this.#loading = undefined;
      this.host.failed(Failure.from(error, "page-file"));
    });
    return this.#loading;
  }

  /** Settles when what is being got is there, or cannot be had. */
  get loaded(): Promise<void> {
    return this.#loading ?? Promise.resolve();
  }

  /** Other images are wanted. */
  forget(): void {
    this.#others += 1;
    this.dataset = undefined;
    this.#loading = undefined;
    this.#previewed = "";
  }

  /** Gets a few images of these classes, unless that was the last thing that was asked for. */
  async preview(classes: number[]): Promise<void> {
    const key = `${this.#wanted} ${classes.join()}`;
    if (!this.dataset || !this.view || key === this.#previewed) return;
    this.#previewed = key;
    try {
      const samples = await preview(this.dataset, this.view, classes);
      if (key === this.#previewed) this.host.previewed(samples);
    } catch (error) {
      if (key !== this.#previewed) return;
      this.#previewed = "";
      this.host.failed(Failure.from(error, "data-unreadable"));
    }
  }

  async #load(name: string, others: number): Promise<void> {
    const [view, dataset] = await Promise.all([
      this.view ?? openView(),
      this.dataset ?? this.host.open(name),
    ]);
    if (!this.view) this.host.drawWith((this.view = view));
    if (others !== this.#others) return;
    this.dataset = dataset;
    this.host.arrived(dataset);
  }
}
