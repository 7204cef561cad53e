/**
 * Projects latents. It hears nothing while it works: who no longer wants an answer ends the worker.
 */
import { type Port, serve } from "./calls/serve";
import { embed, Refusal } from "./embedding/embed";
import type { EmbeddingCalls, Method } from "./embedding/messages";
import type { Arrange } from "./embedding/arrange";
import { loadTsne } from "./embedding/tsne";
import { umap } from "./embedding/umap";

/** So often a picture is sent: more than the eye needs, less than drawing it would mind. */
const STEPS_PER_SECOND = 15;

const METHODS: Record<Method, () => Promise<Arrange>> = {
  tsne: loadTsne,
  umap: async () => umap,
};

serve<EmbeddingCalls>(self as unknown as Port, {
  async project(request, call) {
    let sent = Number.NEGATIVE_INFINITY;
    const load = async () => {
      try {
        return await METHODS[request.method]();
      } catch (error) {
        throw new Refusal(
          `The projection could not be loaded (${words(error)}): check the connection, then try again.`,
        );
      }
    };
    try {
      return await embed(request, load, (coordinates, done, total) => {
        const now = performance.now();
        if (now - sent < 1000 / STEPS_PER_SECOND) return;
        sent = now;
        call.say({ coordinates, done, total });
      });
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Error(
        `The projection stopped unexpectedly (${words(error)}): try again, with fewer classes if it stops again.`,
      );
    }
  },
});

function words(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
