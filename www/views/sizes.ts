/** How many dimensions it takes: networks that differ in these alone. */
import "../shared";
import type { Report } from "../report";
import { steps } from "./dimensions/targets";
import { count, integer, significant } from "./shared";
import { SizesTools } from "./sizes/tools";
import type { View } from "./view";

export const view: View = {
  chart: "sizes",
  settings: [],
  concerns: ["sizes", "latent_importance"],
  sentences: () => [
    "Networks that are trained in the same way, on the same images and from the same seeds, but for the number of latent dimensions: their loss, and how many of the dimensions are the same for every explained image (inactive).",
  ],
  measured: false,
  paper: true,
  targets: steps(
    "Point at a number of dimensions to read its loss; a click chooses it. By keyboard: arrows.",
    ({ report }, dims) => words(report, dims),
  ),
  tools: (host) => new SizesTools(host),
};

function words(report: Partial<Report> | undefined, dims: number): string {
  const size = report?.sizes?.tried.find((each) => each.dims === dims);
  if (!size) return "";
  const { training_loss, held_out_loss, inactive, diverged_after, is_shown } = size;
  const told = [
    held_out_loss != null && `held-out loss ${significant(held_out_loss, 3)}`,
    training_loss != null && `training loss ${significant(training_loss, 3)}`,
    inactive === 0 ? "no dimension inactive" : `${integer(inactive)} of them inactive`,
    diverged_after != null && `training diverged after ${count(diverged_after, "epoch")}`,
    is_shown && "as many as the network that is shown",
  ];
  return `${count(dims, "dimension")}: ${told.filter(Boolean).join("; ")}.`;
}
