/** What stands below a view: what is to be seen in it, and whose numbers they are. */
import { spoken } from "./features";
import type { Scene } from "./picture";
import { modelName, onWhich } from "./source";
import { isOfResults } from "../report";
import type { Sentence, View } from "./view";
import { list } from "./words";

/**
 * `cautions` are said first: all there are, unless they stand elsewhere beside it. `own` is what a
 * view's tools have to say.
 */
export function caption(
  scene: Scene,
  view: View,
  cautions = scene.words?.cautions ?? [],
  own: Sentence[] = [],
): string {
  const { report, elsewhere, older, epoch } = scene;
  const sentences = [
    epoch?.words,
    ...cautions,
    ...[...view.sentences(scene), ...own].map((each) => each && spoken(scene, each)),
    ...(view.measured && !view.paper ? howMeasured(scene) : []),
    whose(scene, view),
    whence(report),
    !report?.model &&
      report?.settings?.epochs === 0 &&
      "The network is untrained: its weights are the random ones that training would begin with.",
    elsewhere && `These results are ${elsewhere}.`,
    older && "This is the run before: the new one takes its place once it has something to show.",
  ];
  return sentences.filter(Boolean).join(" ");
}

/** Whose the network is, or the latents are, where they were made elsewhere. */
function whence(report: Scene["report"]): Sentence {
  if (!report?.model || isOfResults(report)) return false;
  return report.model.part === "latents"
    ? `The latents are those in ${list(report.model.files)}.`
    : `The model ${modelName(report)} was trained elsewhere.`;
}

/** What was moved, whose values were given and to whom, where that is not as in the paper. */
export function howMeasured({ words }: Pick<Scene, "words">): string[] {
  return words?.measured ?? [];
}

/** Which images a view is of. */
function whose({ report, words }: Scene, { measured }: View): Sentence {
  const name = report?.data?.name;
  if (!measured) return Boolean(name) && `Data: ${name}.`;
  const which = onWhich(report, words);
  return which !== "" && `Measured ${which}.`;
}
