/** Which images are shown of those that were looked through. */
import { count, integer, significant } from "../shared";
import type { Rebuilt } from "./extremes";

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

/** The errors of a class' images, in their order: the best, and after a dash the worst. */
export function errorWords(rebuilt: Rebuilt[], label: number, each: number): string {
  const own = rebuilt.filter((one) => one.label === label);
  const told = (some: Rebuilt[]) => some.map(({ error }) => significant(error, 3)).join(", ");
  return own.length < 2 * each
    ? told(own)
    : `${told(own.slice(0, each))} – ${told(own.slice(each))}`;
}
