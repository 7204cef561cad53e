/** Images that a page gives as values, as a data set: fetched only where a page gives some. */
import "../shared";
import { type Credit, type DataClass, Dataset } from "../data/dataset";
import { first as firstOf } from "../data/idx";
import type { Normalise } from "../data/messages";
import { DONE, number, type Scale } from "../data/scale";
import { Stored } from "../data/stored";
import { refusal } from "../engine-api/error";
import { byClass, type ImagePixels } from "../engine-api/images";
import type { Label } from "../engine-api/labels";
import type { ClassImages } from "../engine/messages";
import { Failure } from "../failures";
import { integer } from "../format";
import type { PixelKind } from "../parts/shading";
import { sizeOf } from "../network";
import type { ImageShape, ImageSource } from "../report";

/** Images in one array, and what is known of them. */
export interface OwnImages {
  /**
   * Image after image, each row by row, the channels of a pixel side by side: bytes from 0, black, to 255,
   * white, or floats from 0 to 1; a model that was trained elsewhere may take other floats.
   */
  data: ImagePixels;
  /** Without channels, images are grey. */
  shape: readonly [count: number, height: number, width: number, channels?: number];
  /** The class of each image; one label is that of all images. By default 0. */
  labels?: ArrayLike<Label> | Label;
  /** What people call the classes, by label. By default their labels. */
  names?: Readonly<Record<string, string>> | readonly string[];
  /** What the images are called together. */
  name?: string;
  /** Whether values say how much ink there is, as those of the digits do. By default they are light. */
  ink?: boolean;
  /** Names of the columns, where images are rows of a table: their shape is [rows, 1, columns]. */
  columns?: readonly string[];
}

const NAME = "the page’s images";

/** Throws an error with a sentence where they cannot be used. */
export function readImages(images: OwnImages): Dataset {
  const { data, shape, labels, names, name = NAME, columns } = images;
  const [count, height, width, channels = 1] = sides(shape);
  const image = { height, width, channels };
  const length = count * sizeOf(image);
  if (data?.length !== length) {
    const found = data?.length === undefined ? "no data" : integer(data.length);
    throw refusal(
      `The shape [${shape.join(", ")}] takes ${integer(length)} values, and there are ${found}.`,
    );
  }
  const { images: parts, source } = byClass({
    pixels: data,
    ...image,
    name,
    ...(labels !== undefined && { labels }),
    ...(names && { names: { ...names } as Record<string, string> }),
    ...(columns && { columns }),
  });
  if (columns) {
    if (height !== 1 || channels !== 1) {
      throw refusal("Names of columns are for rows of a table: their shape is [rows, 1, columns].");
    }
    source.form = "table";
  }
  if (data instanceof Float32Array) return new Floats(image, parts, source, images);
  return new Bytes(image, parts, source, images);
}

function sides(shape: unknown): [count: number, height: number, width: number, channels?: number] {
  const known =
    Array.isArray(shape) &&
    (shape.length === 3 || shape.length === 4) &&
    shape.every((side) => Number.isInteger(side) && side > 0);
  if (known) return shape as [number, number, number, number?];
  const found = Array.isArray(shape) ? `[${shape.join(", ")}]` : String(shape);
  throw refusal(
    `The shape must be [images, height, width], such as [60, 28, 28], with the channels last where there are any, and is ${found}.`,
  );
}

abstract class Given extends Dataset {
  readonly classes: readonly DataClass[];
  readonly credit: Credit;
  override readonly pixels: PixelKind;
  abstract readonly handling: string[];

  constructor(
    readonly image: ImageShape,
    /** One of each class. */
    readonly parts: readonly ClassImages[],
    readonly told: ImageSource,
    readonly given: OwnImages,
  ) {
    super();
    this.pixels = given.columns ? "quantity" : given.ink ? "ink" : "light";
    this.credit = { name: told.name ?? NAME };
    this.classes = parts.map(({ label, name, place = [] }) => {
      return { label, name, count: place.length };
    });
  }

  override get source(): ImageSource {
    return { ...this.told, handling: this.handling };
  }

  images(labels: number[], first?: number): Promise<ClassImages[]> {
    return Promise.all(
      labels.map(async (wanted) => {
        const part = this.parts.find(({ label }) => label === wanted);
        if (!part) throw new Failure("data-missing", `no class ${wanted}`);
        if (first === undefined) return part;
        const few = await firstOf(new Blob([part.bytes as Uint8Array<ArrayBuffer>]), first);
        const { label, name } = part;
        return { label, name, bytes: new Uint8Array(await few.arrayBuffer()) };
      }),
    );
  }
}

class Bytes extends Given {
  readonly handling = ["Bytes from 0 to 255 were divided by 255."];
  readonly scale: Scale = {
    normalise: "divide-by-255",
    proposed: "divide-by-255",
    range: [0, 255],
    chosen: false,
  };

  override readonly scaled = (normalise: Normalise): Promise<Dataset> =>
    Promise.resolve(normalise === "keep" ? new Stored(this) : this);
}

class Floats extends Given {
  readonly handling: string[] = [];
  readonly scale: Scale;

  constructor(
    image: ImageShape,
    parts: readonly ClassImages[],
    told: ImageSource,
    given: OwnImages,
  ) {
    super(image, parts, told, given);
    let [least, most] = [Infinity, -Infinity];
    for (const value of given.data) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    const range: Scale["range"] = [least, most];
    this.scale = { normalise: "keep", proposed: "keep", range, chosen: false };
  }

  override readonly scaled = async (normalise: Normalise): Promise<Dataset> => {
    if (normalise === "keep") return this;
    const [least, most] = this.scale.range;
    const data = Float32Array.from(
      this.given.data,
      (value) => (value - least) / (most - least || 1),
    );
    const { parts } = readImages({ ...this.given, data }) as Floats;
    return new Spread(this.image, parts, this.told, this);
  };
}

/** Floats that were brought to lie from 0 to 1, as a network that is trained here takes them. */
class Spread extends Given {
  readonly handling: string[];
  readonly scale: Scale;

  constructor(
    image: ImageShape,
    parts: readonly ClassImages[],
    told: ImageSource,
    readonly of: Floats,
  ) {
    super(image, parts, told, of.given);
    const [least, most] = of.scale.range;
    this.scale = { ...of.scale, normalise: "min-max" };
    this.handling = [`Values from ${number(least)} to ${number(most)} were ${DONE["min-max"]}.`];
  }
}
