/**
 * Opens an ONNX graph, divides it and tries it, before any engine has to do with it. It hears nothing while it
 * works: who has waited long enough ends the worker.
 */
import { type Port, serve } from "./calls/serve";
import type { Asked, Graph, GraphCalls, GraphModule } from "./graph/messages";
import { tried } from "./graph/trial";
import { openPackage } from "./wasm";

let graph: Graph | undefined;

serve<GraphCalls>(self as unknown as Port, {
  async open(bytes, call) {
    const module = await openPackage<GraphModule>("graph");
    call.say(true);
    graph = new module.Graph(bytes);
    return graph.description();
  },
  cuts: ({ image, choice }) => opened().cuts(image, choice),
  try(asked: Asked) {
    const halves = opened().halves(asked.image, asked.choice);
    try {
      return tried(halves);
    } finally {
      halves.free();
    }
  },
});

function opened(): Graph {
  if (!graph) throw new Error("no graph is open");
  return graph;
}
