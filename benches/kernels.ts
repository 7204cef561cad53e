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
    const speeds = await bench.kernels();
    const [registers, memory, ...ours] = speeds;
    const flops = registers!.operations / registers!.seconds;
    const stream = memory!.bytes / memory!.seconds;
    for (const { name: kernel, seconds, operations, bytes } of ours) {
      const [arithmetic, transport] = [operations / flops, bytes / stream];
      const least = Math.max(arithmetic, transport);
      say({
        name,
        kernel,
        ours_ms: seconds * 1000,
        peer: arithmetic > transport ? "arithmetic in registers" : "memory",
        peer_ms: least * 1000,
        ratio: least / seconds,
        gigaflops: operations / seconds / 1e9,
        most_gigaflops: flops / 1e9,
        gigabytes_a_second: bytes / seconds / 1e9,
        most_gigabytes_a_second: stream / 1e9,
      });
    }
  });
}
