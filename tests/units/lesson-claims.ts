/** What the sentences of the lesson say, each with what it is held against. */
import { SETTINGS } from "../../www/settings";
import type { Seen } from "./class-of-ten";
import { asDense } from "./networks";
import {
  DIMS,
  PIXELS,
  accepted,
  ahead,
  aheadOfRandom,
  alike,
  alone,
  blues,
  edgesAreEmpty,
  endsDense,
  fact,
  fall,
  firstWithoutInk,
  foundAgain,
  halves,
  idle,
  inOnesOnly,
  inTheMiddle,
  ink,
  inkBesideInk,
  isGrained,
  isPaleInPlaces,
  isStillIdle,
  isStrongest,
  isWhole,
  lead,
  leadsTo,
  leftByNeighbours,
  likeTheEnd,
  longForOnes,
  lossOfTwin,
  marksWell,
  matches,
  mean,
  occlusionBeforeGradient,
  patchesAgree,
  receptiveField,
  redWithinBlue,
  sameByNumber,
  samplesOf,
  settings,
  shapes,
  shared,
  sides,
  signsOfUntrained,
  slopesAgree,
  top0,
  top1,
  weights,
  weightsAgainstSigns,
  weightsOfUntrained,
  windowsAlong,
  windowsOf,
  withoutWinner,
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
    digest: "bf8cea 952698",
    sentences: {
      "You will watch": "task",
      "The network is real": "explanation",
    },
  },
  {
    digest: "d8df82 0d53ed",
    sentences: {
      "An autoencoder is": "explanation",
      "The encoder turns": "explanation",
      "The decoder draws": "explanation",
      "The strip": "explanation",
    },
  },
  {
    digest: "a1c37b 71f44d",
    sentences: {
      "An image here has": ({ trained: { image } }) =>
        image.height === 28 && image.width === 28 && PIXELS.length === 784,
      "The network may keep": (seen) => settings(seen).dims === 12,
    },
  },
  {
    digest: "58bb01 59fa11",
    sentences: {
      "On average": "task",
    },
  },
  {
    digest: "013c85 393691",
    sentences: {
      "Divide the number": "task",
    },
  },
  {
    digest: "eb4518 bdbabf",
    sentences: {
      "784 ÷ 12": () => Math.round(784 / 12) === 65,
      "So the network cannot": "explanation",
      "It has to find out": "explanation",
      "What it has found": "explanation",
    },
  },
  {
    digest: "014644 6c1d26",
    sentences: {
      "The network starts": "explanation",
      "It is shown": (seen) => settings(seen).epochs === 50,
      "After every 256": () => SETTINGS["batch-size"].initial === "256",
      "The loss says": "explanation",
    },
  },
  {
    digest: "4f9f23 e3715e",
    sentences: {
      "In this step training": "explanation",
      "Watch the samples": "task",
      "Afterwards you can": "explanation",
    },
  },
  {
    digest: "0311fa cab03b",
    sentences: {
      "When does the loss": "task",
    },
  },
  {
    digest: "4a8fc0 8e376b",
    sentences: {
      "In the first ten": (seen) =>
        [10, 20, 30, 40].every((from) => fall(seen, 0, 10) > 4 * fall(seen, from, from + 10)),
    },
  },
  {
    digest: "7df441 4b917a",
    sentences: {
      Equally: (seen) => fall(seen, 0, 10) > 4 * fall(seen, 40, 50),
    },
  },
  {
    digest: "a09acd cd2a43",
    sentences: {
      "In the last ten": (seen) => fall(seen, 40, 50) < fall(seen, 0, 10) / 4,
    },
  },
  {
    digest: "42f5aa 834e15",
    sentences: {
      "Where is the curve": (seen) =>
        PIXELS.slice(10, 50).every((epoch) => fall(seen, 2, 3) > 4 * fall(seen, epoch - 1, epoch)),
    },
  },
  {
    digest: "0ba694 343e93",
    sentences: {
      "After the first epoch": (seen) =>
        fall(seen, 1, 10) > 0 && fall(seen, 10, 40) > 0 && fall(seen, 40, 50) > 0,
      "For comparison": ({ trained }) => fact(trained, "guessing") === Math.LN2,
      "After one epoch": (seen) => fall(seen, 0, 1) > 0 && fall(seen, 0, 1) < 0.05 * Math.LN2,
    },
  },
  {
    digest: "f2f5d2 f34094",
    sentences: {
      "It learned from": ({ trained }) => fact(trained, "training") > 1000,
      "The loss given": ({ trained, images }) => fact(trained, "heldout") === images.length,
      "Everything else": ({ trained, images }) => fact(trained, "explained") === images.length,
    },
  },
  {
    digest: "ef9603 f7ed4f",
    sentences: {
      "The encoder gets": () => PIXELS.length === 784,
      "Some of them": ({ trained }) =>
        idle(trained).includes(true) && idle(trained).includes(false),
      "Guess which": "task",
    },
  },
  {
    digest: "f579a1 48bb47",
    sentences: {
      "Mark the 40": "task",
      "The picture is": ({ trained }) =>
        [0, 1].every((label) => samplesOf(trained, label).length === 5),
    },
  },
  {
    digest: "795b97 db645c",
    sentences: {
      "A pixel that is": isStillIdle,
      "Where do the 1s": (seen) => marksWell(seen, inOnesOnly(seen), 6),
    },
  },
  {
    digest: "1d4599 b8a0aa",
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
    digest: "1b594e ec1da0",
    sentences: {
      "The figure now": "explanation",
      "Your marks were": "explanation",
    },
  },
  {
    digest: "35153d f29a24",
    sentences: {
      "Look at the edges": "task",
      "They are empty": edgesAreEmpty,
    },
  },
  {
    digest: "9c5587 8abbbe",
    sentences: {
      "The pixel in the top": (seen) => ink(seen, 0).every((value) => value === 0),
      "What is its": ({ trained }) => idle(trained)[0]!,
    },
  },
  {
    digest: "261208 c1e004",
    sentences: {
      Imagine: "explanation",
      "What changes": "task",
    },
  },
  {
    digest: "c8790e 350652",
    sentences: {
      "Exactly 0": isStillIdle,
      "In all,": ({ trained }) => idle(trained).filter(Boolean).length === fact(trained, "idle"),
    },
  },
  {
    digest: "0d70e0 59fad3",
    sentences: {
      "That does not mean": "explanation",
      "Its weights": ({ trained, untrained }) =>
        `${weights(trained, 0)}` === `${weights(untrained, 0)}`,
      "Ink there": ({ trained }) => weights(trained, 0).every((weight) => weight !== 0),
      "Importance is": "explanation",
    },
  },
  {
    digest: "8e9dc0 6ebce8",
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
    digest: "aa0cfb 346ae9",
    sentences: {
      "What does a blue": (seen) => blues(seen).length > 20,
    },
  },
  {
    digest: "4a831d 3c1b2a",
    sentences: {
      "The pixel does": (seen) => blues(seen).every((pixel) => !idle(seen.trained)[pixel]),
    },
  },
  {
    digest: "b5cd83 875aa8",
    sentences: {
      "No image": (seen) =>
        blues(seen).every((pixel) => ink(seen, pixel).some((value) => value > 0)),
    },
  },
  {
    digest: "640cb9 5027b6",
    sentences: {
      "Images with ink": (seen) => slopesAgree(seen, top0(seen)),
    },
  },
  {
    digest: "2c7062 3c7637",
    sentences: {
      "The decoder leaves": (seen) => blues(seen).some((pixel) => mean(ink(seen, pixel)) > 0.3),
    },
  },
  {
    digest: "ed7dd5 ac9e9f",
    sentences: {
      "Red and blue": "explanation",
      "They differ": "explanation",
    },
  },
  {
    digest: "71316e b873e8",
    sentences: {
      "Where a blue": (seen) => slopesAgree(seen, top0(seen)),
      "Its map has": isPaleInPlaces,
      "Open dimension": "opinion",
      "Close it": "task",
    },
  },
  {
    digest: "b99028 c5c263",
    sentences: {
      "“Tends to”": "explanation",
      "The sign tells": "explanation",
      "It does not": (seen) => weightsAgainstSigns(seen) > 0.1,
    },
  },
  {
    digest: "45017e 5b672c",
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
    digest: "b71d02 fea86a",
    sentences: {
      "Look at the maps": "task",
      "Name a dimension": ({ trained }) => DIMS.some(accepted(trained)),
    },
  },
  {
    digest: "6dd226 eed4b3",
    sentences: {
      "A 1 has its ink": (seen) => inTheMiddle(seen) > 0.9,
      "Look for a map": ({ trained }) => leadsTo(redWithinBlue(trained), trained),
    },
  },
  {
    digest: "dae104 2fd3bd",
    sentences: {
      "Or try it": "explanation",
      "Which bar": ({ trained }) => leadsTo(longForOnes(trained), trained),
    },
  },
  {
    digest: "efc11e 44d3a7",
    sentences: {
      "Dimension {{marks(1)}} is": (seen) =>
        DIMS.every((dim) => !(lead(seen, dim) > lead(seen, fact(seen.trained, "marks(1)")))),
      "Open it": (seen) => sides(seen).every(([before, after]) => after < 0.85 * before),
    },
  },
  {
    digest: "4779f8 b32f88",
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
    digest: "091c54 b6bbef",
    sentences: {
      "So a bar says": "explanation",
      "A dimension that": "explanation",
    },
  },
  {
    digest: "87c1ca a540c2",
    sentences: {
      "Ink comes in": (seen) => inkBesideInk(seen) > 0.75,
      "So far the": "explanation",
    },
  },
  {
    digest: "4fae72 188585",
    sentences: {
      "Now imagine": "explanation",
      "How much that": (seen) => isWhole(seen),
    },
  },
  {
    digest: "5e7fb1 1933df",
    sentences: {
      "Shuffle the pixels": "task",
      "How much does": "task",
    },
  },
  {
    digest: "2c45a9 1ea037",
    sentences: {
      "About 100": ({ trained }) => alone(trained) < 0.2,
    },
  },
  {
    digest: "44d157 d5d561",
    sentences: {
      "About half": ({ trained }) => alone(trained) < 0.2,
    },
  },
  {
    digest: "46a31b 564636",
    sentences: {
      "Less than": ({ trained }) => alone(trained) < 0.2,
    },
  },
  {
    digest: "cd540c bfd3ef",
    sentences: {
      Suppose: "explanation",
      "Together they": () => 10 ** 2 === 100,
      "What do you": () => 10 * 1 ** 2 < 100 / 5,
    },
  },
  {
    digest: "31354c 38951f",
    sentences: {
      "{{alone": ({ trained }) => alone(trained) > 0,
      "The rest": "explanation",
    },
  },
  {
    digest: "558065 69f3a8",
    sentences: {
      "The network has": ({ trained, untrained }) => alike(trained) > alike(untrained) + 0.15,
      "Of all pairs": ({ trained }) => alike(trained) > 2 / 3,
      "So the pixels": ({ trained }) => alone(trained) < 0.2,
      "Shuffle one": "explanation",
    },
  },
  {
    digest: "6652c6 bffba7",
    sentences: {
      "That is how": "explanation",
      "The paper": "explanation",
    },
  },
  {
    digest: "0f3201 0c62ca",
    sentences: {
      "All of this": "explanation",
      "Now take": ({ untrained }) => untrained.training === undefined,
    },
  },
  {
    digest: "f9519d 30424d",
    sentences: {
      "What will": "task",
    },
  },
  {
    digest: "8fae0d db59d1",
    sentences: {
      "Nothing:": ({ untrained }) => idle(untrained).includes(false),
    },
  },
  {
    digest: "d0e380 a5c6c9",
    sentences: {
      "Noise all": edgesAreEmpty,
    },
  },
  {
    digest: "34c770 39d80b",
    sentences: {
      "Shapes,": (seen) => shapes(seen).filter((likeness) => likeness > 0.45).length >= 4,
    },
  },
  {
    digest: "dc42d9 8cc1aa",
    sentences: {
      "Which pixels": ({ trained, untrained }) => `${idle(trained)}` === `${idle(untrained)}`,
      "And what else": (seen) => signsOfUntrained(seen) > 0.75,
    },
  },
  {
    digest: "a9fbed a919bf",
    sentences: {
      "Look at the": ({ untrained }) =>
        untrained.samples!.reconstructions.data.every((value) => value > 0.4 && value < 0.6),
      Yet: ({ untrained }) => fact(untrained, "onink") > 0.9 && fact(untrained, "inked") < 0.5,
      "Pixels that never": isStillIdle,
      "And as": (seen) =>
        signsOfUntrained(seen) > 0.75 && Math.abs(weightsOfUntrained(seen) - 0.5) < 0.05,
      "The maps show": "opinion",
    },
  },
  {
    digest: "c8ff6d 786e8c",
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
    digest: "e59a9b 2231e3",
    sentences: {
      "One number": ({ trained, untrained }) => alone(untrained) > 5 * alone(trained),
      "One at": ({ trained }) => alone(trained) > 0.015 && alone(trained) < 0.095,
      Only: ({ untrained }) => Math.abs(alike(untrained) - 0.5) < 0.06,
      Pulling: ({ trained, untrained }) => alike(trained) > alike(untrained) + 0.15,
    },
  },
  {
    digest: "04cc32 bf3e98",
    sentences: {
      "Compare the": "task",
    },
  },
  {
    digest: "e0179c 609136",
    sentences: {
      "So far every": ({ trained }) =>
        `${asDense(trained.network!.encoder[0]).weight.shape}` === "784,12",
      "A convolutional network": ({ convolutional }) =>
        windowsOf(convolutional).every(({ window }) => `${window.size}` === "3,3"),
      "A window moves": ({ convolutional }) =>
        windowsOf(convolutional).every(({ window }) => `${window.stride}` === "2,2"),
      "The first layer": ({ convolutional }) => windowsOf(convolutional)[0]!.filters === 8,
      "The 16 of": ({ convolutional }) => windowsOf(convolutional)[1]!.filters === 16,
      "Only then": ({ convolutional }) => endsDense(convolutional),
    },
  },
  {
    digest: "0153c9 bab727",
    sentences: {
      "The network of": "explanation",
      "It learns from": ({ trained, convolutional }) =>
        convolutional.settings.epochs === 20 &&
        fact(convolutional, "training") === fact(trained, "training"),
    },
  },
  {
    digest: "ce046d 1e8f29",
    sentences: {
      "The part of": "explanation",
      "In the first layer": ({ convolutional }) => receptiveField(convolutional, 1) === 3,
      "How wide": ({ convolutional }) => receptiveField(convolutional, 2) === 7,
    },
  },
  {
    digest: "70eaa0 0ffd30",
    sentences: {
      "A unit of": "explanation",
      "Where does": "task",
    },
  },
  {
    digest: "0cb702 671aa4",
    sentences: {
      "7 pixels": ({ convolutional }) => receptiveField(convolutional, 2) === 2 + 2 + 3,
      "The latents see": ({ convolutional }) => endsDense(convolutional),
      "So their maps": ({ trained, convolutional }) =>
        `${idle(convolutional)}` === `${idle(trained)}`,
    },
  },
  {
    digest: "0792bd 4e8484",
    sentences: {
      "But the maps": ({ convolutional }) => isGrained(convolutional).every(Boolean),
      "The windows move": ({ convolutional }) =>
        windowsAlong(convolutional)
          .slice(1)
          .every((windows, at) => windows === (at % 2 ? 2 : 1)),
      "In the maps": ({ trained }) => !isGrained(trained).some(Boolean),
      "The grain comes": "explanation",
    },
  },
  {
    digest: "301081 a51f96",
    sentences: {
      "What a window": "explanation",
      "They show": "explanation",
    },
  },
  {
    digest: "0f9559 7414ed",
    sentences: {
      "Compare the": "task",
    },
  },
  {
    digest: "e1dcf2 8a469e",
    sentences: {
      "Back to the": ({ trained }) =>
        `${asDense(trained.network!.encoder[0]).weight.shape}` === "784,12",
      "So far": "explanation",
      "There is": "explanation",
      "Every image": "explanation",
    },
  },
  {
    digest: "658adc 3a53b0",
    sentences: {
      "Take the patch": "task",
      "Beside what": "task",
    },
  },
  {
    digest: "7ffff1 ef2277",
    sentences: {
      "About as": (seen) => shared(seen) > 4,
    },
  },
  {
    digest: "3e89d8 2af993",
    sentences: {
      "Less,": (seen) => shared(seen) > 4,
    },
  },
  {
    digest: "1a71ad 85e32f",
    sentences: {
      "More than": (seen) => shared(seen) > 4,
    },
  },
  {
    digest: "318b7c aeaacc",
    sentences: {
      "Suppose that": "explanation",
      "What is the": () => 16 * 1 ** 2 < 16 ** 2,
    },
  },
  {
    digest: "061baa 0d5134",
    sentences: {
      "{{shared": patchesAgree,
      "In the map": ({ measured }) => measured.groups!.grouping.names.length === 49,
      "One at a time": ({ trained, measured }) =>
        fact(measured, "together(top(1))") > 2 * alone(trained) &&
        fact(measured, "together(top(1))") < 1,
    },
  },
  {
    digest: "680e60 4dee91",
    sentences: {
      "One can": "explanation",
      "So far": "explanation",
      "Now let": "explanation",
      "Mind the": (seen) => leftByNeighbours(seen) < 1 / 6,
      "Most of": (seen) => leftByNeighbours(seen) < 1 / 6,
    },
  },
  {
    digest: "c4cef2 a0d310",
    sentences: {
      "Neither number": "opinion",
      "The first": "explanation",
      "Before you": "opinion",
    },
  },
  {
    digest: "372568 162756",
    sentences: {
      "Shuffling is": "explanation",
      "A gradient": "explanation",
      "Integrated gradients": "explanation",
      "Occlusion takes": "explanation",
      "The figure": ({ measured }) => measured.opinions!.methods.length === 7,
      "The last map": ({ measured }) => measured.opinions!.methods.at(-1)!.method === "variance",
    },
  },
  {
    digest: "040cde c258f6",
    sentences: {
      "Somebody tests": "explanation",
      "Occlusion comes": occlusionBeforeGradient,
      "What does": "task",
    },
  },
  {
    digest: "28423e 161565",
    sentences: {
      "The map of": (seen) => withoutWinner(seen).includes(top1(seen.measured)),
    },
  },
  {
    digest: "fefd85 2cc33d",
    sentences: {
      "Gradients are": (seen) => ahead(seen, "gradient", undefined) > 1.5,
    },
  },
  {
    digest: "dd3cb2 5332f8",
    sentences: {
      "Not much": "explanation",
    },
  },
  {
    digest: "298a69 362f77",
    sentences: {
      "What else": "task",
    },
  },
  {
    digest: "8214a1 dbfd5b",
    sentences: {
      "A fair test": "explanation",
      "The order": (seen) => {
        const [order, curve] = halves(seen);
        return order + curve === seen.images.length && Math.abs(order - curve) <= 2;
      },
      "The sooner": "explanation",
    },
  },
  {
    digest: "02f4d7 f6bf3a",
    sentences: {
      "With no ink": (seen) => /^(integrated|occlusion)-zero$/.test(firstWithoutInk(seen)),
      "But for": (seen) => withoutWinner(seen).includes(top1(seen.measured)),
      "It is": (seen) => withoutWinner(seen).length === fact(seen.measured, "undecided"),
    },
  },
  {
    digest: "0f51a4 57b251",
    sentences: {
      "Two things": "explanation",
      "Every map": (seen) => aheadOfRandom(seen) > 1.5,
      "And permutation": (seen) => ahead(seen, "permutation", "variance") > 1.03,
    },
  },
  {
    digest: "8100e0 8786de",
    sentences: {
      "In step 2": "task",
      "While the": "explanation",
      "The curve": "explanation",
      "Epoch 0": "explanation",
    },
  },
  {
    digest: "a732eb e615d9",
    sentences: {
      "The loss fell": (seen) =>
        [10, 20, 30, 40].every((from) => fall(seen, 0, 10) > 4 * fall(seen, from, from + 10)),
      "How much": "task",
    },
  },
  {
    digest: "ca4d1b e578f8",
    sentences: {
      "All of it": (seen) => likeTheEnd(seen, top1(seen.trained)) < 0.95,
    },
  },
  {
    digest: "143c0b 57c4ea",
    sentences: {
      "Nothing:": ({ tenth }) => idle(tenth).includes(false),
    },
  },
  {
    digest: "ee5077 54bf52",
    sentences: {
      "Some of": (seen) => {
        const like = likeTheEnd(seen, top1(seen.trained));
        return like > 0.2 && like < 0.95;
      },
    },
  },
  {
    digest: "9babb7 de6c2d",
    sentences: {
      "Drag the": "task",
      "Watch the": "task",
    },
  },
  {
    digest: "92f5a2 1cf613",
    sentences: {
      "It went": (seen) => likeTheEnd(seen, top1(seen.trained)) < 0.95,
      "A map has": "explanation",
      "For dimension": (seen) => likeTheEnd(seen, top1(seen.trained)) < 0.95,
      "The network": (seen) => fall(seen, 10, 50) < fall(seen, 0, 10) / 2,
    },
  },
  {
    digest: "bacc08 82aa61",
    sentences: {
      "Now drag": "task",
      "There are": (seen) => shapes(seen).filter((likeness) => likeness > 0.45).length >= 4,
      "What was": "opinion",
    },
  },
  {
    digest: "eba9d9 7d855b",
    sentences: {
      "Everything you": "explanation",
      "It began": "explanation",
      "Now begin": "task",
    },
  },
  {
    digest: "bb2c99 cc6261",
    sentences: {
      "Compare dimension": "task",
      "How many": "task",
    },
  },
  {
    digest: "bd6435 4ec024",
    sentences: {
      "All of": (seen) => sameByNumber(seen) <= 3,
    },
  },
  {
    digest: "7c8c43 ed8bcf",
    sentences: {
      "Hardly any": (seen) => sameByNumber(seen) <= 3 && foundAgain(seen) > 6,
    },
  },
  {
    digest: "c2dce1 690c92",
    sentences: {
      "None, and": (seen) => foundAgain(seen) > 6,
    },
  },
  {
    digest: "526d6a 54ba28",
    sentences: {
      "The dimensions": "explanation",
    },
  },
  {
    digest: "88e39d 83338a",
    sentences: {
      "Hardly any": (seen) => sameByNumber(seen) <= 3,
      "The second": (seen) =>
        Math.abs(lossOfTwin(seen) - 1) < 0.06 &&
        matches(seen).filter(({ match }, dim) => match === dim).length < 6,
      "So each": "explanation",
      "It counts": "explanation",
      "Most dimensions": (seen) => foundAgain(seen) > 6,
    },
  },
  {
    digest: "506829 ff6c9a",
    sentences: {
      "So do": "opinion",
      "Say “": "opinion",
      "What one": "opinion",
      "That others": "opinion",
    },
  },
  {
    digest: "b2299f 648261",
    sentences: {
      "Which of these": "task",
    },
  },
  {
    digest: "e165c0 c1376f",
    sentences: {
      "Dimension {{marks(1)}} means": "opinion",
    },
  },
  {
    digest: "00eb82 96c8d0",
    sentences: {
      "Pixels without": ({ trained }) => weights(trained, 0).every((weight) => weight !== 0),
    },
  },
  {
    digest: "b3d8f9 f62220",
    sentences: {
      "Of all pixels": isStrongest,
    },
  },
  {
    digest: "694e81 e1af6d",
    sentences: {
      "The first": "opinion",
      "The method": "explanation",
    },
  },
];
