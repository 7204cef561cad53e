/** Importance of patches by an encoder in an ONNX file: by our engine, and by workers of ONNX Runtime Web. */
import { networkOf } from "../../www/graph/network";
import { GraphOpener } from "../../www/graph/opener";
import { openModels } from "../../www/model/package";
import type { Network } from "../../www/network";
import type { Measure } from "../../www/report";
import { ask } from "./ask";
import { load, numbersIn } from "./images";
import { run } from "./ours";
import type { Exchange, OnnxJob } from "./onnx-worker";

const IMAGES = 300;
const SIDE = 28;
const PATCH = 4;
const SEED = 1;

export interface OnnxPair {
  /** Whether it was run as it is. */
  is_graph: boolean;
  ours_ms: number;
  peer_ms: number;
  /** The largest difference between both, as a share of the largest number. */
  off: number;
}

/** The order in which the shuffle of a group gives its values, as our engine draws it. */
type Shuffled = (seed: number, group: number, repeat: number, count: number) => Uint32Array;

/** `measure` says what is moved, but for the patches. */
export async function onnxPair(
  file: string,
  workers: number,
  permutations: number,
  measure: Omit<Measure, "features" | "patch">,
  shuffled: Shuffled,
): Promise<OnnxPair> {
  const response = await fetch(new URL(`graphs/${file}.onnx`, import.meta.url));
  const bytes = new Uint8Array(await response.arrayBuffer());
  const classes = await load({
    kind: "digits",
    labels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    limit: IMAGES,
  });
  const network = await opened(file, bytes);
  const settings = {
    ...{ kind: "dense", dims: 12, hidden: [], filters: [], activation: "relu", loss: "bce" },
    ...{ learning_rate: 1e-3, batch_size: 256, epochs: 0, permute: "pixel", held_out: 15 },
    ...{ method: "sampled", permutations, seed: SEED, explain: "all", classes: [0] },
    measure: { ...measure, features: "patches", patch: PATCH },
  } as const;
  const { stages, report } = await run("cpu", settings as never, classes, workers, network);
  const { shape, data } = report.groups!.importance.mean;
  const [groups, dims] = shape;

  const each = Math.ceil((groups * permutations) / workers);
  const exchanges = Array.from({ length: groups * permutations }, (_, at): Exchange => {
    const group = Math.floor(at / permutations);
    return {
      columns: columnsOf(group),
      donors: shuffled(SEED, group, at % permutations, IMAGES),
    };
  });
  const peers = Array.from({ length: workers }, () => {
    const url = new URL("onnx-worker.js", import.meta.url);
    return new Worker(url, { type: "module" });
  });
  const images = numbersIn(classes[0]!);
  const open: OnnxJob = { type: "open", model: bytes, images, side: SIDE };
  await Promise.all(peers.map((peer) => ask<OnnxJob, Float32Array>(peer, open)));
  const begun = performance.now();
  const parts = await Promise.all(
    peers.map((peer, at) => {
      const own = exchanges.slice(at * each, (at + 1) * each);
      return ask<OnnxJob, Float32Array>(peer, { type: "measure", exchanges: own });
    }),
  );
  const peer_ms = performance.now() - begun;
  for (const peer of peers) peer.terminate();
  const moved = parts.flatMap((part) => [...part]);
  const mean = data.map((_, at) => {
    const [group, dim] = [Math.floor(at / dims), at % dims];
    let sum = 0;
    for (let repeat = 0; repeat < permutations; repeat += 1) {
      sum += moved[(group * permutations + repeat) * dims + dim]!;
    }
    return sum / permutations;
  });
  const largest = Math.max(...mean);
  const off = Math.max(...mean.map((each, at) => Math.abs(each - data[at]!))) / largest;
  return {
    is_graph: network.encoder.some((layer) => layer.black_box !== undefined),
    ours_ms: stages["group-importance"]!,
    peer_ms,
    off,
  };
}

/** As the page opens it: by our own layers, or as it is. */
async function opened(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Network> {
  const models = await openModels();
  try {
    const { model } = models.open([{ name: `${name}.onnx`, bytes }], { half: "encoder" });
    if (model) return model.network;
  } catch {
    // It is run as it is.
  }
  const { signal } = new AbortController();
  const opener = new GraphOpener();
  try {
    await opener.open(bytes, () => {}, signal);
    const image = { height: SIDE, width: SIDE, channels: 1 };
    const asked = { image, choice: { part: "encoder" as const } };
    return networkOf(new Blob([bytes]), asked.choice, await opener.try(asked, signal), image);
  } finally {
    opener.close();
  }
}

/** The pixels of a patch; patches are counted row by row. */
function columnsOf(group: number): number[] {
  const across = SIDE / PATCH;
  const [row, column] = [Math.floor(group / across), group % across];
  return Array.from(
    { length: PATCH * PATCH },
    (_, at) => (row * PATCH + Math.floor(at / PATCH)) * SIDE + column * PATCH + (at % PATCH),
  );
}
