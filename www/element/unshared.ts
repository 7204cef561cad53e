/** What of what is shown the lines to copy do not hold: said before they are copied. */
import type { Dataset } from "../data/dataset";
import { modelName } from "../views/source";
import { isOfResults, type Report } from "../report";
import { list } from "../views/words";
import type { Run } from "../run/run";

export interface Shown {
  /** What is shown, once there is something. */
  report: Partial<Report> | undefined;
  /** The images of that, where they are open. */
  dataset: Dataset | undefined;
  /** The images that are open, which the lines name. */
  open: Dataset | undefined;
  /** Whether a model was brought that is still to be explained. */
  brought: string | undefined;
  /** What stands beside it. */
  pinned?: Run | undefined;
}

export function unshared({ report, dataset, open, brought, pinned }: Shown): string[] {
  const warnings: string[] = [];
  if (isOfResults(report)) {
    warnings.push(
      `The results in ${list(report!.model!.files)} are not part of these: who follows them gets the images that are open, and a network to train.`,
    );
  }
  const model = isOfResults(report) ? undefined : report?.settings ? modelName(report) : brought;
  if (model) {
    warnings.push(
      `The model ${model} is not part of these: who follows them trains a network of their own, with other numbers.`,
    );
  }
  if (!isOfResults(report) && report?.settings && open && dataset !== open) {
    const name = report.data?.name || "other images";
    warnings.push(
      `What is shown is of ${name}; these open ${open.credit.name} instead, and give other numbers.`,
    );
  }
  if (pinned?.model || (pinned && pinned.dataset !== open)) {
    warnings.push(
      "What is pinned is of a model or of images that are not part of these: who follows them does not get it.",
    );
  }
  if (open && open.credit.source === undefined) {
    warnings.push(
      `Images of your own (${open.credit.name}) stay on this machine: who follows these is asked for the same files.`,
    );
  }
  return warnings;
}
