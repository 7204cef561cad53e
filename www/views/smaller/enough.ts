/** How many dimensions are enough. */
import type { Report } from "../../report";

/** As the engine has it: the fewest that bring 99 % of what all bring, at least one. */
export function enough({ loss, order }: NonNullable<Report["smaller"]>): number {
  const [none = 0, all = 0] = [loss[0], loss.at(-1)];
  if (!(none > all)) return order.length;
  const found = loss.findIndex((each) => each <= all + 0.01 * (none - all));
  return Math.max(1, found < 0 ? order.length : found);
}
