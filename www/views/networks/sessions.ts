/** Networks of sessions that others saved, as far as they are of the same images. */
import "../../shared";
import type { SourceFile } from "../../data/messages";
import type { Other } from "../../engine/messages";
import { fromJson, type Network } from "../../report";
import { type Models, openModels } from "../../model/package";
import { identify } from "../../model/session";
import type { Compared } from "../view";

export interface Brought {
  /** Those that were there before, too; the same ones where nothing came. */
  others: readonly Other[];
  /** Sentences about what cannot be compared, and what cannot be known. */
  refused: string[];
}

/** Reads sessions; none of what cannot be compared, or is there already, is among the others. */
export async function readOthers(
  files: SourceFile[],
  compared: Compared | undefined,
  models?: Models,
): Promise<Brought> {
  if (!compared?.dataset) {
    return {
      others: compared?.others ?? [],
      refused: [
        "Open the images of this run first: networks are compared by what they say of them.",
      ],
    };
  }
  const { settings, dataset } = compared;
  const reads = models ?? (await openModels());
  const own = await identify(reads, dataset, settings);
  let others = compared.others;
  const refused: string[] = [];
  for (const { name, content } of files) {
    const short = name.split("/").at(-1)!;
    try {
      const bytes = new Uint8Array(await content.arrayBuffer());
      const { network, images, settings: theirs, report } = reads.read_session({ name, bytes });
      if (images && own && images.fingerprint !== own.fingerprint) {
        refused.push(`${short} is of other images (${images.name}), so it is not compared.`);
        continue;
      }
      if (!images) {
        refused.push(`${short} is older and does not tell its images: see whether they are these.`);
      }
      if (others.some((other) => isSame(other.network, network))) {
        refused.push(`${short} is compared already.`);
        continue;
      }
      const losses = report === null ? undefined : fromJson(report).training?.held_out_loss;
      const held_out_loss = losses?.at(-1);
      const other = { name: free(named(short, theirs.seed), others), network };
      others = [...others, { ...other, ...(held_out_loss !== undefined && { held_out_loss }) }];
    } catch (error) {
      const why = error instanceof Error ? error.message : `${error}`;
      refused.push(`${short} cannot be compared: ${why}`);
    }
  }
  return { others, refused };
}

/** All who save a session get a file of the same name: its seed then says more. */
function named(file: string, seed: number): string {
  const name = file.replace(/\.zip$/i, "");
  return /^latent-lens-session(\s*\(\d+\))?$/.test(name) ? `session, seed ${seed}` : name;
}

/** A name that is there already gets a number. */
function free(name: string, others: readonly Other[]): string {
  const taken = (name: string) => others.some((other) => other.name === name);
  let [found, number] = [name, 1];
  while (taken(found)) found = `${name} (${(number += 1)})`;
  return found;
}

/** Whether they are the same to the last bit. */
function isSame(a: Network, b: Network): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
