/** Images to learn from and to explain on, wherever they come from. */
import type { ClassImages } from "../engine/messages";
import type { PixelKind } from "../parts/shading";
import type { ImageShape, ImageSource } from "../report";
import type { Normalise } from "./messages";
import type { Scale } from "./scale";

export interface DataClass {
  label: number;
  name: string;
  count: number;
  /** So many of them are of the test set, where there is one. */
  explained?: number;
}

/** Whose the images are, and on what terms. */
export interface Credit {
  name: string;
  source?: string;
  licence?: string;
  licence_url?: string;
}

export abstract class Dataset {
  abstract readonly image: ImageShape;
  abstract readonly classes: readonly DataClass[];
  abstract readonly credit: Credit;
  /** How stored values become what a network is given. */
  abstract readonly scale: Scale;
  /** What a value of its images stands for. */
  readonly pixels: PixelKind = "light";
  /** Images to train on that are of no class. */
  readonly unlabelled: number = 0;

  /**
   * The images of each class as an IDX file; with a test set, one of those to train on and one of
   * those to explain. Who needs only the first few of each says how many, and may still get more.
   */
  abstract images(labels: number[], first?: number): Promise<ClassImages[]>;

  /** What was fetched of them may be damaged, and is fetched once more when it is asked for. */
  forget(): void {}

  /** The same images, with their values scaled in another way, where that can be had. */
  readonly scaled?: ((normalise: Normalise) => Promise<Dataset>) | undefined;

  /** What the report of a run says of the images. */
  get source(): ImageSource {
    return { name: this.credit.name };
  }

  get labels(): number[] {
    return this.classes.map(({ label }) => label);
  }

  /** What people call a class. */
  name(label: number): string {
    return this.classes.find((each) => each.label === label)?.name ?? `${label}`;
  }

  count(labels: number[]): number {
    const chosen = this.classes.filter(({ label }) => labels.includes(label));
    return chosen.reduce((sum, { count }) => sum + count, this.unlabelled);
  }
}
