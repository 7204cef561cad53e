/** Which images are shown of those that were looked through. */
import { count, integer } from "../shared";

interface Chosen {
  classes: number;
  /** So many of the best and of the worst of each class. */
  each: number;
  shown: number;
  through: number;
  /** How many explained images there are. */
  all: number;
}

export function chosenWords({ classes, each, shown, through, all }: Chosen): string {
  const order =
    classes > 1 ? "class by class, in the order of their error" : "in the order of their error";
  if (shown === all) return `All ${count(all, "explained image")}, ${order}.`;
  const which = each === 1 ? "image" : `${integer(each)} images`;
  const whose = classes > 1 ? "Of each class the" : "The";
  const fewer = shown < 2 * each * classes ? " (all of a class that has no more)" : "";
  const of =
    through === all
      ? `all ${count(all, "explained image")}`
      : `${integer(through)} of the ${count(all, "explained image")}, taken at equal distances`;
  return `${whose} ${which} rebuilt with the smallest error, then the ${which} rebuilt with the largest${fewer}, of ${of}.`;
}
