/** The wasm package `graph`, which runs ONNX graphs: fetched when somebody brings one. */
import type { GraphModule } from "./messages";

/** `base` is an address beside which it lies. */
export async function loadGraph(base: string): Promise<GraphModule> {
  const module = (await import(new URL("graph.js", base).href)) as GraphModule;
  await module.default();
  return module;
}
