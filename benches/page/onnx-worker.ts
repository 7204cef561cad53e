/**
 * A worker that does with ONNX Runtime Web what ours do: given the same exchanges, it encodes the images that these
 * change, all of an exchange in one batch, and adds up by how much their latents move.
 */
import * as ort from "onnxruntime-web/wasm";

import type { Pixels } from "./images";

/** What is asked of the worker. */
export type OnnxJob =
  | { type: "open"; model: Uint8Array; images: Pixels; side: number }
  | { type: "measure"; exchanges: Exchange[] };

/** Which columns move, and for each image whose values it is given. */
export interface Exchange {
  columns: number[];
  donors: Uint32Array;
}

interface Opened {
  session: ort.InferenceSession;
  images: Pixels;
  side: number;
  latents: Float32Array;
}

let opened: Opened;

self.onmessage = async ({ data }: MessageEvent<OnnxJob>) => {
  try {
    self.postMessage(data.type === "open" ? await open(data) : await measure(data.exchanges));
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};

async function open({ model, images, side }: OnnxJob & { type: "open" }): Promise<Float32Array> {
  // As many threads as a page without special headers has; workers are what is many.
  ort.env.wasm.numThreads = 1;
  const wasm = new URL("ort-wasm-simd-threaded.wasm", self.location.href).href;
  ort.env.wasm.wasmPaths = { wasm };
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  const latents = await encode(session, images.data, images.count, side);
  opened = { session, images, side, latents };
  return latents;
}

async function encode(
  session: ort.InferenceSession,
  rows: Float32Array,
  count: number,
  side: number,
): Promise<Float32Array> {
  const given = new ort.Tensor("float32", rows, [count, 1, side, side]);
  const made = await session.run({ [session.inputNames[0]!]: given });
  const latents = made[session.outputNames[0]!]!;
  const numbers = (latents.data as Float32Array).slice();
  latents.dispose();
  return numbers;
}

/** For each exchange and latent, the mean squared change over all images. */
async function measure(exchanges: Exchange[]): Promise<Float32Array> {
  const { session, images, side, latents } = opened;
  const { count, pixels, data } = images;
  const dims = latents.length / count;
  const moved = new Float32Array(exchanges.length * dims);
  const batch = new Float32Array(data.length);
  for (const [at, { columns, donors }] of exchanges.entries()) {
    const changed: number[] = [];
    for (const [image, donor] of donors.entries()) {
      const value = (row: number, column: number) => data[row * pixels + column];
      if (columns.every((column) => value(image, column) === value(donor, column))) continue;
      const to = changed.length * pixels;
      batch.set(data.subarray(image * pixels, (image + 1) * pixels), to);
      for (const column of columns) batch[to + column] = data[donor * pixels + column]!;
      changed.push(image);
    }
    if (!changed.length) continue;
    const rows = batch.subarray(0, changed.length * pixels);
    const after = await encode(session, rows, changed.length, side);
    for (const [row, image] of changed.entries()) {
      for (let dim = 0; dim < dims; dim += 1) {
        const change = after[row * dims + dim]! - latents[image * dims + dim]!;
        moved[at * dims + dim]! += (change * change) / count;
      }
    }
  }
  return moved;
}
