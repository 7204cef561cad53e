/** Puts files that were dropped or chosen where their content belongs: fetched when there are some. */
import "../shared";
import { picked } from "../data/drop";
import { sort } from "../data/kinds";
import type { Kind, SourceFile } from "../data/messages";
import type { NamedFile } from "../model/package";

export interface Takers {
  lesson(file: SourceFile): void;
  session(file: NamedFile): Promise<void>;
  model(files: NamedFile[]): Promise<void>;
  latents(files: NamedFile[]): Promise<void>;
  /** `said`: by what it was told that these are results, where that was asked. */
  results(files: SourceFile[], said: string): Promise<void>;
  images(files: SourceFile[]): Promise<void>;
  refuse(reason: string): void;
}

/** `otherwise` is what cannot be told; without it, tables are asked. */
export async function take(
  files: Iterable<File | SourceFile> | Promise<SourceFile[]>,
  otherwise: Kind | undefined,
  takers: Takers,
): Promise<void> {
  try {
    const all = [...(await files)].map((each) =>
      each instanceof File ? picked([each])[0]! : each,
    );
    const sorted = await sort(all, otherwise);
    const { lesson, session, model, latents, results, images, said } = sorted;
    if (lesson[0]) takers.lesson(lesson[0]);
    if (session[0]) await takers.session(await named(session[0]));
    if (model.length) await takers.model(await Promise.all(model.map(named)));
    if (results.length) await takers.results(results, said);
    if (images.length) await takers.images(images);
    if (latents.length && images.length) {
      takers.refuse(
        `${said} Latents are those of the images that are open: use these images first, then bring the latents.`,
      );
    } else if (latents.length) await takers.latents(await Promise.all(latents.map(named)));
  } catch {
    takers.refuse(
      "What was dropped or chosen could not be read: it was changed, moved or protected. Choose it again.",
    );
  }
}

async function named({ name, content }: SourceFile): Promise<NamedFile> {
  return { name, bytes: new Uint8Array(await content.arrayBuffer()) };
}
