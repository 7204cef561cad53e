/** What is lost with every dimension, and the network that has only those that are kept. */
import "../shared";
import type { Report } from "../report";
import { steps } from "./dimensions/targets";
import { count, dimensionName, integer, significant } from "./shared";
import { SmallerTools } from "./smaller/tools";
import type { View } from "./view";

export const view: View = {
  chart: "smaller",
  settings: [],
  concerns: ["smaller", "latent_importance"],
  sentences: ({ report }) => [
    "The loss where only the most important dimensions are kept, one more at each step, and the others are held at their means; beside it the same in random orders.",
    report?.smaller?.of_training === true &&
      "Which dimensions matter most is decided on images that were trained on, and the loss is of explained ones.",
  ],
  measured: true,
  paper: true,
  targets: steps(
    "Point at a number of dimensions to read its loss; a click keeps so many. By keyboard: arrows, and the slider above.",
    ({ report }, kept) => words(report, kept),
  ),
  tools: (host) => new SmallerTools(host),
};

function words(report: Partial<Report> | undefined, kept: number): string {
  const found = report?.smaller;
  const loss = found?.loss[kept];
  if (!found || loss === undefined) return "";
  const random = found.random.flatMap((order) => order[kept] ?? []);
  const mean = random.reduce((sum, each) => sum + each, 0) / random.length;
  const beside = random.length > 0 && `as many at random ${significant(mean, 3)} on average`;
  const last =
    kept > 0 &&
    `the last of them is ${dimensionName(report, found.order[kept - 1]!).toLowerCase()}`;
  const told = [`loss ${significant(loss, 3)}`, beside, last].filter(Boolean).join("; ");
  const which =
    kept === 0
      ? "No dimension"
      : kept === found.order.length
        ? `All ${integer(kept)}`
        : `The ${count(kept, "most important dimension")}`;
  return `${which}: ${told}.`;
}
