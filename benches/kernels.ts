/** How near the CPU engine's kernels come to what the processor's SIMD and memory could do. */
import { workbench } from "./against";
import { say } from "./line";

/**
 * A line for every kernel. What it stands beside is the time that its arithmetic would take in
 * registers, or its numbers on their way from memory, whichever is longer; `ratio` is the share of
 * that which the kernel reaches.
 */
export async function kernels(name: string): Promise<void> {
  await workbench(async (bench) => {
    for (const kernel of await bench.kernels()) say({ name, ...kernel });
  });
}
