/** How long it takes to train further networks, as far as that can be told. */
import { free } from "../../engine/workers";
import { duration } from "../../format";

/** "about 40 s"; `ms` is what the network that is shown took, where it was trained here. */
export function whileTrained(
  networks: number,
  ms: number | undefined,
  cores = navigator.hardwareConcurrency || 1,
): string {
  const beside = Math.max(1, Math.min(networks, free(cores)));
  if (ms === undefined) return `${beside} at a time on this machine`;
  return `about ${duration(Math.ceil(networks / beside) * ms)} in all, ${beside} at a time`;
}
