/** What is said of a comparison with other networks. */
import type { Networks, OtherNetwork, Report } from "../../report";
import { count, dimensionName, integer, list, significant } from "../shared";

type Match = OtherNetwork["matches"][number];

/** What a comparison is of, and what its verdicts mean. */
export function procedure(networks: Networks | undefined): string[] {
  if (!networks) {
    return [
      "Whether another network finds the same dimensions: others are trained on the same images, from other first weights and in another order. The order in which dimensions stand is chance, so each is matched with the one whose latents go with its own most closely.",
    ];
  }
  const brought = networks.others.some(({ seeds }) => !seeds);
  return [
    `Each dimension is matched with at most one of every other network, by Pearson’s r of their latents over ${images(networks.explained)}. Where r is negative, the other’s sign is turned.`,
    `Found again: |r| is above the largest that any latent of ${count(networks.untrained, "untrained network")} reaches. Mixed: it is not, but the other’s latents together predict the dimension (R² of 0.9 or more): it says the same in other words. Not found: neither.`,
    "What is found again is owed to the images and the kind of network, not to the first weights. What is not found may still be true of this network: it is one of several ways to encode these images.",
    untold(networks),
    brought &&
      "Networks from sessions had a split of their own: images that are explained here may be among those they were trained on.",
  ].filter((sentence) => sentence !== false);
}

/** Where "mixed" says little, as latents that nothing was learned by predict the dimension as well. */
function untold({ chance_r2, others }: Networks): string | false {
  const mixed = (dim: number) => others.some(({ matches }) => matches[dim]?.verdict === "mixed");
  const said = chance_r2.flatMap((r2, dim) =>
    (r2 ?? 0) >= 0.9 && mixed(dim) ? [`${dim + 1}`] : [],
  );
  if (!said.length) return false;
  const which = said.length === 1 ? `dimension ${said[0]}` : `dimensions ${list(said)}`;
  return `Mixed says little of ${which}: the latents of an untrained network predict ${said.length === 1 ? "it" : "them"} as well (R² of 0.9 or more).`;
}

function images(explained: number): string {
  return explained === 1 ? "the one explained image" : `the ${integer(explained)} explained images`;
}

/** What has become of all dimensions. */
export function verdicts({ networks }: Partial<Report>): string {
  const others = networks?.others ?? [];
  const all = others.length;
  if (!networks || all === 0) return "";
  const dims = networks.chance.map((_, dim) => dim);
  const matches = (dim: number) => others.map(({ matches }) => matches[dim]!);
  const active = dims.filter((dim) => matches(dim).some(({ verdict }) => verdict !== "inactive"));
  const times = (dim: number, ...which: Match["verdict"][]) =>
    matches(dim).filter(({ verdict }) => which.includes(verdict)).length;
  const everywhere = active.filter((dim) => times(dim, "found-again") === all);
  const said = active.filter(
    (dim) => !everywhere.includes(dim) && times(dim, "found-again", "mixed") === all,
  );
  const nowhere = active.filter((dim) => times(dim, "found-again", "mixed") === 0);
  const inAll = all === 1 ? "the other network" : `all ${all} other networks`;
  const sentences = [
    `Of ${count(active.length, "active dimension")}, ${named(everywhere, active)} found again in ${inAll}`,
    said.length > 0 && `${named(said, active)} found again or mixed in ${inAll}`,
    nowhere.length > 0 &&
      `${named(nowhere, active)} not found in ${all === 1 ? "it" : "any of them"}: do not read more into ${nowhere.length === 1 ? "it" : "them"} than that this network has ${nowhere.length === 1 ? "it" : "them"}`,
  ];
  return `${sentences.filter(Boolean).join("; ")}.`;
}

/** "all are", "none is", "dimension 3 is", "dimensions 1, 2 and 5 are". */
function named(dims: number[], of: number[]): string {
  if (dims.length === 0) return "none is";
  if (dims.length === of.length) return of.length === 1 ? "it is" : "all are";
  if (dims.length > MOST_NAMED) return `${dims.length} are`;
  const numbers = list(dims.map((dim) => `${dim + 1}`));
  return dims.length === 1 ? `dimension ${numbers} is` : `dimensions ${numbers} are`;
}

const MOST_NAMED = 8;

const VERDICTS: Record<Match["verdict"], string> = {
  "found-again": "found again",
  mixed: "mixed",
  "not-found": "not found",
  inactive: "inactive",
};

/** What has become of one dimension in every other network. */
export function fate(report: Partial<Report>, dim: number): string {
  const { networks } = report;
  const name = dimensionName(report, dim);
  if (!networks) return `${name}: not compared yet.`;
  const { others, chance, chance_r2 } = networks;
  if (others.every(({ matches }) => matches[dim]?.verdict === "inactive")) {
    return `${name} says the same of every image: there is nothing to find again.`;
  }
  const each = others.slice(0, MOST_TOLD).map(({ name: other, matches }) => {
    const match = matches[dim]!;
    return `${other}: ${matched(match)}`;
  });
  const more =
    others.length > MOST_TOLD ? `; and ${others.length - MOST_TOLD} more in the table` : "";
  const r2 = chance_r2[dim];
  const or = r2 == null ? "" : ` and R² ${significant(r2, 2)}`;
  const by = `by chance up to |r| ${significant(chance[dim]!, 2)}${or}`;
  return `${name} (${by}): ${each.join("; ")}${more}.`;
}

const MOST_TOLD = 6;

/** "dimension 5, r −0.93, R² 0.95, found again" */
export function matched({ dim, r, r2, verdict }: Match): string {
  const parts = [
    dim == null ? "no match" : `dimension ${dim + 1}`,
    r != null && `r ${significant(r, 2)}`,
    r2 != null && `R² ${significant(r2, 2)}`,
    VERDICTS[verdict],
  ];
  return parts.filter(Boolean).join(", ");
}
