/**
 * Gives a network in an engine's worker what its black boxes ask: halves of ONNX graphs, opened here, and functions of
 * the page's own, which only the page can ask.
 */
import type { HalfName } from "../functions/messages";
import { hasBlackBox, type HalfOfGraph, type Layer, type Network } from "../network";
import type { Choice, GraphModule, Halves } from "./messages";
import { loadGraph } from "./package";

/** What an engine asks of a black box: numbers of so many rows, one row after the other. */
type Call = (rows: Float32Array, count: number) => Float32Array | Promise<Float32Array>;

/** Asks the page what a function of its own gives for so many rows. */
export type AskPage = (half: HalfName, rows: Float32Array, count: number) => Promise<Float32Array>;

export class Attachments {
  /** What was opened last: a worker measures one model after the other, and stages of the same one. */
  #opened: { id: number; halves: Halves } | undefined;
  #module: Promise<GraphModule> | undefined;

  /** `base` is an address beside which the packages lie. */
  constructor(
    readonly base: string,
    readonly load = loadGraph,
  ) {}

  /** The network with a function for each half that is a graph's or the page's own. Rejects with the sentence that refuses the graph. */
  async attach(network: Network, ask: AskPage): Promise<Network> {
    if (!hasBlackBox(network)) return network;
    const half = (layers: Layer[]) => Promise.all(layers.map((layer) => this.#layer(layer, ask)));
    // One after the other: both are halves of one graph.
    const encoder = await half(network.encoder);
    return { ...network, encoder, decoder: await half(network.decoder) };
  }

  async #layer(layer: Layer, ask: AskPage): Promise<Layer & { call?: Call }> {
    if (!layer.black_box) return layer;
    if (layer.own) {
      const { own, ...others } = layer;
      return { ...others, call: (rows, count) => ask(own, rows, count) };
    }
    if (!layer.graph) return layer;
    const { graph, ...others } = layer;
    const halves = await this.#open(graph);
    const call: Call =
      graph.half === "encoder"
        ? (rows, count) => halves.encode(rows, count)
        : (rows, count) => halves.decode(rows, count);
    return { ...others, call };
  }

  async #open({ id, file, image, choice }: HalfOfGraph): Promise<Halves> {
    if (this.#opened?.id === id) return this.#opened.halves;
    this.#opened?.halves.free();
    this.#opened = undefined;
    this.#module ??= this.load(this.base);
    // What failed once may succeed when asked again.
    this.#module.catch(() => (this.#module = undefined));
    const [{ Graph }, bytes] = await Promise.all([this.#module, file.arrayBuffer()]);
    const graph = new Graph(new Uint8Array(bytes));
    try {
      const halves = graph.halves(image, choice as Choice);
      this.#opened = { id, halves };
      return halves;
    } finally {
      graph.free();
    }
  }
}
