/** What the sentences of the lesson say, each with what it is held against. */
import type { Seen } from "./class-of-ten";
import {
  BATCH,
  DIMS,
  PIXELS,
  accepted,
  alike,
  alone,
  blues,
  edgesAreEmpty,
  fact,
  fall,
  idle,
  inOnesOnly,
  inTheMiddle,
  ink,
  inkBesideInk,
  isPaleInPlaces,
  isStillIdle,
  isStrongest,
  isWhole,
  lead,
  leadsTo,
  longForOnes,
  marksWell,
  mean,
  redWithinBlue,
  samplesOf,
  settings,
  shapes,
  sides,
  signsOfUntrained,
  slopesAgree,
  top0,
  weights,
  weightsAgainstSigns,
  weightsOfUntrained,
} from "./lesson-measures";

/** Holds for a seed; or what the sentence is, if it says nothing that a run could contradict. */
type Check = ((seen: Seen) => boolean) | "task" | "explanation" | "opinion";

export interface Claims {
  /** Of the passage in English and in German. */
  digest: string;
  /** How its English sentences begin, all of them. */
  sentences: Record<string, Check>;
}

// Step by step

export const CLAIMS: Claims[] = [
  {
    digest: "",
    sentences: {
      "You will watch": "task",
      "The network is real": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "An autoencoder is": "explanation",
      "The encoder turns": "explanation",
      "The decoder draws": "explanation",
      "The strip": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "An image here has": ({ trained: { image } }) =>
        image.height === 28 && image.width === 28 && PIXELS.length === 784,
      "The network may keep": (seen) => settings(seen).dims === 12,
    },
  },
  {
    digest: "",
    sentences: {
      "On average": "task",
    },
  },
  {
    digest: "",
    sentences: {
      "Divide the number": "task",
    },
  },
  {
    digest: "",
    sentences: {
      "784 ÷ 12": () => Math.round(784 / 12) === 65,
      "So the network cannot": "explanation",
      "It has to find out": "explanation",
      "What it has found": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "The network starts": "explanation",
      "It is shown": (seen) => settings(seen).epochs === 50,
      "After every 256": () => BATCH === 256,
      "The loss says": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "In this step training": "explanation",
      "Watch the samples": "task",
      "Afterwards you can": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "When does the loss": "task",
    },
  },
  {
    digest: "",
    sentences: {
      "In the first ten": (seen) =>
        [10, 20, 30, 40].every((from) => fall(seen, 0, 10) > 4 * fall(seen, from, from + 10)),
    },
  },
  {
    digest: "",
    sentences: {
      Equally: (seen) => fall(seen, 0, 10) > 4 * fall(seen, 40, 50),
    },
  },
  {
    digest: "",
    sentences: {
      "In the last ten": (seen) => fall(seen, 40, 50) < fall(seen, 0, 10) / 4,
    },
  },
  {
    digest: "",
    sentences: {
      "Where is the curve": (seen) =>
        PIXELS.slice(10, 50).every((epoch) => fall(seen, 2, 3) > 4 * fall(seen, epoch - 1, epoch)),
    },
  },
  {
    digest: "",
    sentences: {
      "After the first epoch": (seen) =>
        fall(seen, 1, 10) > 0 && fall(seen, 10, 40) > 0 && fall(seen, 40, 50) > 0,
      "For comparison": ({ trained }) => fact(trained, "guessing") === Math.LN2,
      "After one epoch": (seen) => fall(seen, 0, 1) > 0 && fall(seen, 0, 1) < 0.05 * Math.LN2,
    },
  },
  {
    digest: "",
    sentences: {
      "It learned from": ({ trained }) => fact(trained, "training") > 1000,
      "The loss given": ({ trained, images }) => fact(trained, "heldout") === images.length,
      "Everything else": ({ trained, images }) => fact(trained, "explained") === images.length,
    },
  },
  {
    digest: "",
    sentences: {
      "The encoder gets": () => PIXELS.length === 784,
      "Some of them": ({ trained }) =>
        idle(trained).includes(true) && idle(trained).includes(false),
      "Guess which": "task",
    },
  },
  {
    digest: "",
    sentences: {
      "Mark the 40": "task",
      "The picture is": ({ trained }) =>
        [0, 1].every((label) => samplesOf(trained, label).length === 5),
    },
  },
  {
    digest: "",
    sentences: {
      "A pixel that is": isStillIdle,
      "Where do the 1s": (seen) => marksWell(seen, inOnesOnly(seen), 6),
    },
  },
  {
    digest: "",
    sentences: {
      "This is how": "explanation",
      "One pixel is": "explanation",
      "Then the images": "explanation",
      "How far each": "explanation",
      "That is the": "explanation",
      "The network is not": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "The figure now": "explanation",
      "Your marks were": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "Look at the edges": "task",
      "They are empty": edgesAreEmpty,
    },
  },
  {
    digest: "",
    sentences: {
      "The pixel in the top": (seen) => ink(seen, 0).every((value) => value === 0),
      "What is its": ({ trained }) => idle(trained)[0]!,
    },
  },
  {
    digest: "",
    sentences: {
      Imagine: "explanation",
      "What changes": "task",
    },
  },
  {
    digest: "",
    sentences: {
      "Exactly 0": isStillIdle,
      "In all,": ({ trained }) => idle(trained).filter(Boolean).length === fact(trained, "idle"),
    },
  },
  {
    digest: "",
    sentences: {
      "That does not mean": "explanation",
      "Its weights": ({ trained, untrained }) =>
        `${weights(trained, 0)}` === `${weights(untrained, 0)}`,
      "Ink there": ({ trained }) => weights(trained, 0).every((weight) => weight !== 0),
      "Importance is": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "The maps now": "explanation",
      "For every pixel": "explanation",
      "If the line": (seen) => DIMS.every((dim) => slopesAgree(seen, dim)),
      "How strong": "explanation",
      "White pixels": "explanation",
      "The bars": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "What does a blue": (seen) => blues(seen).length > 20,
    },
  },
  {
    digest: "",
    sentences: {
      "The pixel does": (seen) => blues(seen).every((pixel) => !idle(seen.trained)[pixel]),
    },
  },
  {
    digest: "",
    sentences: {
      "No image": (seen) =>
        blues(seen).every((pixel) => ink(seen, pixel).some((value) => value > 0)),
    },
  },
  {
    digest: "",
    sentences: {
      "Images with ink": (seen) => slopesAgree(seen, top0(seen)),
    },
  },
  {
    digest: "",
    sentences: {
      "The decoder leaves": (seen) => blues(seen).some((pixel) => mean(ink(seen, pixel)) > 0.3),
    },
  },
  {
    digest: "",
    sentences: {
      "Red and blue": "explanation",
      "They differ": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "Where a blue": (seen) => slopesAgree(seen, top0(seen)),
      "Its map has": isPaleInPlaces,
      "Open dimension": "opinion",
      "Close it": "task",
    },
  },
  {
    digest: "",
    sentences: {
      "“Tends to”": "explanation",
      "The sign tells": "explanation",
      "It does not": (seen) => weightsAgainstSigns(seen) > 0.1,
    },
  },
  {
    digest: "",
    sentences: {
      "For every image": "explanation",
      "Some dimensions": (seen) =>
        [
          (at: number) => at > 1,
          (at: number) => at < -1,
          (at: number) => Math.abs(at) < 0.75,
        ].every((kind) => DIMS.some((dim) => kind(lead(seen, dim)))),
    },
  },
  {
    digest: "",
    sentences: {
      "Look at the maps": "task",
      "Name a dimension": ({ trained }) => DIMS.some(accepted(trained)),
    },
  },
  {
    digest: "",
    sentences: {
      "A 1 has its ink": (seen) => inTheMiddle(seen) > 0.9,
      "Look for a map": ({ trained }) => leadsTo(redWithinBlue(trained), trained),
    },
  },
  {
    digest: "",
    sentences: {
      "Or try it": "explanation",
      "Which bar": ({ trained }) => leadsTo(longForOnes(trained), trained),
    },
  },
  {
    digest: "",
    sentences: {
      "Dimension {{marks(1)}} is": (seen) =>
        DIMS.every((dim) => !(lead(seen, dim) > lead(seen, fact(seen.trained, "marks(1)")))),
      "Open it": (seen) => sides(seen).every(([before, after]) => after < 0.85 * before),
    },
  },
  {
    digest: "",
    sentences: {
      "The bars, now": "explanation",
      "One dimension is": "explanation",
      "The more": "explanation",
      "The longest is": ({ trained }) =>
        DIMS.every(
          (dim) => fact(trained, `importance(${dim}, 1)`) <= fact(trained, "importance(top(1), 1)"),
        ),
    },
  },
  {
    digest: "",
    sentences: {
      "So a bar says": "explanation",
      "A dimension that": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "Ink comes in": (seen) => inkBesideInk(seen) > 0.75,
      "So far the": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "Now imagine": "explanation",
      "How much that": (seen) => isWhole(seen),
    },
  },
  {
    digest: "",
    sentences: {
      "Shuffle the pixels": "task",
      "How much does": "task",
    },
  },
  {
    digest: "",
    sentences: {
      "About 100": ({ trained }) => alone(trained) < 0.2,
    },
  },
  {
    digest: "",
    sentences: {
      "About half": ({ trained }) => alone(trained) < 0.2,
    },
  },
  {
    digest: "",
    sentences: {
      "Less than": ({ trained }) => alone(trained) < 0.2,
    },
  },
  {
    digest: "",
    sentences: {
      Suppose: "explanation",
      "Together they": () => 10 ** 2 === 100,
      "What do you": () => 10 * 1 ** 2 < 100 / 5,
    },
  },
  {
    digest: "",
    sentences: {
      "{{alone": ({ trained }) => alone(trained) > 0,
      "The rest": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "The network has": ({ trained, untrained }) => alike(trained) > alike(untrained) + 0.15,
      "Of all pairs": ({ trained }) => alike(trained) > 2 / 3,
      "So the pixels": ({ trained }) => alone(trained) < 0.2,
      "Shuffle one": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "That is how": "explanation",
      "The paper": "explanation",
    },
  },
  {
    digest: "",
    sentences: {
      "All of this": "explanation",
      "Now take": ({ untrained }) => untrained.training === undefined,
    },
  },
  {
    digest: "",
    sentences: {
      "What will": "task",
    },
  },
  {
    digest: "",
    sentences: {
      "Nothing:": ({ untrained }) => idle(untrained).includes(false),
    },
  },
  {
    digest: "",
    sentences: {
      "Noise all": edgesAreEmpty,
    },
  },
  {
    digest: "",
    sentences: {
      "Shapes,": (seen) => shapes(seen).filter((likeness) => likeness > 0.45).length >= 4,
    },
  },
  {
    digest: "",
    sentences: {
      "Which pixels": ({ trained, untrained }) => `${idle(trained)}` === `${idle(untrained)}`,
      "And what else": (seen) => signsOfUntrained(seen) > 0.75,
    },
  },
  {
    digest: "",
    sentences: {
      "Look at the": ({ untrained }) =>
        untrained.samples!.reconstructions.data.every((value) => value > 0.4 && value < 0.6),
      Yet: ({ untrained }) => fact(untrained, "onink") > 0.9 && fact(untrained, "inked") < 0.5,
      "Pixels that never": isStillIdle,
      "And because": (seen) =>
        signsOfUntrained(seen) > 0.75 && Math.abs(weightsOfUntrained(seen) - 0.5) < 0.05,
      "The maps show": "opinion",
    },
  },
  {
    digest: "",
    sentences: {
      "The bars look": "explanation",
      "But read": ({ untrained }) =>
        DIMS.every(
          (dim) =>
            fact(untrained, `importance(${dim}, 1)`) <= fact(untrained, "importance(top(1), 1)"),
        ) && Math.sqrt(fact(untrained, "importance(top(1), 1)")) < 0.01,
    },
  },
  {
    digest: "",
    sentences: {
      "One number": ({ trained, untrained }) => alone(untrained) > 5 * alone(trained),
      "Shuffled one": ({ trained }) => alone(trained) > 0.015 && alone(trained) < 0.095,
      Only: ({ untrained }) => Math.abs(alike(untrained) - 0.5) < 0.06,
      Pulling: ({ trained, untrained }) => alike(trained) > alike(untrained) + 0.15,
    },
  },
  {
    digest: "",
    sentences: {
      "Compare the": "task",
    },
  },
  {
    digest: "",
    sentences: {
      "Which of these": "task",
    },
  },
  {
    digest: "",
    sentences: {
      "Dimension {{marks(1)}} means": "opinion",
    },
  },
  {
    digest: "",
    sentences: {
      "Pixels without": ({ trained }) => weights(trained, 0).every((weight) => weight !== 0),
    },
  },
  {
    digest: "",
    sentences: {
      "Of all pixels": isStrongest,
    },
  },
  {
    digest: "",
    sentences: {
      "The first": "opinion",
      "The method": "explanation",
    },
  },
];
