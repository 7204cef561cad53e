/**
 * Projects latents, one request after the other. It hears nothing while it works: who no longer
 * wants an answer ends the worker.
 */
import { embed, Refusal } from "./embedding/embed";
import type { EmbeddingRequest, FromWorker, Method } from "./embedding/messages";
import type { Arrange } from "./embedding/arrange";
import { loadTsne } from "./embedding/tsne";
import { umap } from "./embedding/umap";

/** So often a picture is sent: more than the eye needs, less than drawing it would mind. */
const STEPS_PER_SECOND = 15;

interface Port {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  addEventListener(
    type: "message",
    listener: (event: MessageEvent<EmbeddingRequest>) => void,
  ): void;
}
const port = self as unknown as Port;

const METHODS: Record<Method, () => Promise<Arrange>> = {
  tsne: () => loadTsne(import.meta.url),
  umap: async () => umap,
};

port.addEventListener("message", async ({ data: request }) => {
  let sent = Number.NEGATIVE_INFINITY;
  try {
    const load = async () => {
      try {
        return await METHODS[request.method]();
      } catch (error) {
        throw new Refusal(
          `The projection could not be loaded (${words(error)}): check the connection, then try again.`,
        );
      }
    };
    const coordinates = await embed(request, load, (coordinates, done, total) => {
      const now = performance.now();
      if (now - sent < 1000 / STEPS_PER_SECOND) return;
      sent = now;
      port.postMessage({ type: "step", coordinates, done, total }, [coordinates.buffer]);
    });
    port.postMessage({ type: "finished", coordinates }, [coordinates.buffer]);
  } catch (error) {
    const message =
      error instanceof Refusal
        ? error.message
        : `The projection stopped unexpectedly (${words(error)}): try again, with fewer classes if it stops again.`;
    port.postMessage({ type: "failed", message });
  }
});

function words(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
