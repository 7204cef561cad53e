/** The element, or a page with it, as a line to copy: what it takes to show the same elsewhere. */
import { assets } from "../beside";
import { address, type Name, NAMES, queryOf, SETTINGS } from "../settings";

export interface Lines {
  /** Address of a page, where the page around takes settings from its query. */
  link?: string;
  /** For pages that may hold frames. */
  frame?: string;
  /** For pages that may hold scripts. */
  element: string;
}

type TextOf = (name: Name) => string | null;

/** `base` is the page that takes settings from its query; `height` is the frame's, in CSS pixels. */
export function lines(textOf: TextOf, base: string | null, height: number): Lines {
  const element = `<script type="module" src="${quoted(`${assets()}latent-lens.js`)}"></script>
<latent-lens${attributes(textOf)}></latent-lens>`;
  if (base === null) return { element };
  const query = queryOf(textOf);
  const source = address(new URL("embed.html", base).href, query);
  const frame = `<iframe src="${quoted(source)}" title="latent-lens" width="100%" height="${Math.ceil(height)}" style="border: 0" loading="lazy" allow="clipboard-write"></iframe>`;
  return { link: address(base, query), frame, element };
}

function attributes(textOf: TextOf): string {
  const written = NAMES.map((name) => [name, textOf(name)] as const).filter(
    ([name, text]) => text !== null && text !== SETTINGS[name].initial,
  );
  return written.map(([name, text]) => ` ${name}${text && `="${quoted(text)}"`}`).join("");
}

function quoted(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
