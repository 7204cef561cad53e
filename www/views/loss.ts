/** The loss after every epoch. */
import type { Targets, View } from "./view";

const TARGETS: Targets = {
  hint: "The table of numbers below has the loss after every epoch.",
  at: () => undefined,
  next: () => undefined,
  outlines: () => [],
  words: () => "",
  opens: () => undefined,
};

export const view: View = {
  chart: "loss",
  settings: [],
  concerns: ["training"],
  sentences: ({ report, options: { epochs } }) => [
    report?.model && "A model that was trained elsewhere has no loss to show here.",
    epochs !== 0 &&
      !report?.model &&
      "Mean binary cross-entropy per pixel after every epoch, on the images trained on and on those held out: where the held-out loss rises again, the autoencoder learns its images by heart.",
  ],
  measured: false,
  targets: TARGETS,
};
