/**
 * Gives a network in an engine's worker what its black boxes ask: halves of ONNX graphs, opened here, and functions of
 * the page's own, which only the page can ask.
 */
import type { HalfName } from "../functions/messages";
import { type HalfOfGraph, isMissing, type Layer, type Network, numbersOf } from "../network";
import { openPackage } from "../wasm";
import { type Between, type Call, inBatches } from "./batches";
import type { Choice, GraphModule, Halves } from "./messages";

/** Asks the page what a function of its own gives for so many rows. */
export type AskPage = (half: HalfName, rows: Float32Array, count: number) => Promise<Float32Array>;

/** What has to do with the page. */
export interface Around extends Between {
  ask: AskPage;
}

interface Opened {
  id: number;
  halves: Halves;
  /** Numbers of an image, where the decoder has to be given the images. */
  waits: number | undefined;
}

export class Attachments {
  /** What was opened last: a worker measures one model after the other, and stages of the same one. */
  #opened: Opened | undefined;
  #module: Promise<GraphModule> | undefined;
  /** Whether the network that was attached last is a graph. */
  #isGraph = false;

  constructor(readonly load = () => openPackage<GraphModule>("graph")) {}

  /**
   * The network with a function for each half that is a graph's or the page's own. Rejects with the sentence that
   * refuses the graph, or says which of them only the page had that made the network.
   */
  async attach(network: Network, around: Around): Promise<Network> {
    const all = [...network.encoder, ...network.decoder];
    this.#isGraph = all.some((layer) => layer.black_box && layer.graph);
    const half = (layers: Layer[]) =>
      Promise.all(layers.map((layer) => this.#layer(layer, around)));
    // One after the other: both are halves of one graph.
    const encoder = await half(network.encoder);
    return { ...network, encoder, decoder: await half(network.decoder) };
  }

  /** Whether the decoder of the network that was attached last keeps values of the images that are explained. */
  get keepsImages(): boolean {
    return this.#isGraph && this.#opened?.waits !== undefined;
  }

  /** Gives it these images, one after the other. Throws the sentence that refuses them. */
  know(images: Float32Array): void {
    const { halves, waits = 1 } = this.#opened!;
    try {
      halves.know(images, images.length / waits);
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  async #layer(layer: Layer, around: Around): Promise<Layer & { call?: Call }> {
    if (!layer.black_box) return layer;
    if (layer.own) {
      const { own, ...others } = layer;
      return { ...others, call: (rows, count) => around.ask(own, rows, count) };
    }
    if (!layer.graph) {
      if (isMissing([layer])) return layer;
      const { name } = layer.black_box["black-box"];
      throw new Error(`The ${name} is not part of this network: bring its model again.`);
    }
    const { graph, ...others } = layer;
    const halves = await this.#open(graph);
    const ask = graph.half === "encoder" ? halves.encode : halves.decode;
    return { ...others, call: inBatches(ask.bind(halves), around) };
  }

  async #open({ id, file, image, choice }: HalfOfGraph): Promise<Halves> {
    if (this.#opened?.id === id) return this.#opened.halves;
    this.#opened?.halves.free();
    this.#opened = undefined;
    this.#module ??= this.load();
    // What failed once may succeed when asked again.
    this.#module.catch(() => (this.#module = undefined));
    const [{ Graph }, bytes] = await Promise.all([this.#module, file.arrayBuffer()]);
    const graph = new Graph(new Uint8Array(bytes));
    try {
      const halves = graph.halves(image, choice as Choice);
      const { encoder, waits } = halves.description();
      this.#opened = { id, halves, waits: waits ? numbersOf(encoder!.input) : undefined };
      return halves;
    } finally {
      graph.free();
    }
  }
}
