/**
 * Preprocessor of mdBook: turns formulas in LaTeX into MathML. A formula in a line stands between
 * `$` and `$`, one by itself between `$$` and `$$`; code is left alone.
 */
import { readFileSync } from "node:fs";

import temml from "temml";

if (process.argv[2] === "supports") process.exit(process.argv[3] === "html" ? 0 : 1);

/** Code, which may hold dollar signs, or a formula. */
const PARTS = /(```[\s\S]*?```|`[^`\n]*`)|\$\$([\s\S]+?)\$\$|\$([^\s$](?:[^$\n]*[^\s$])?)\$/g;

function convert(markdown) {
  return markdown.replace(PARTS, (all, code, display, inline) => {
    if (code) return code;
    const options = { displayMode: display !== undefined, throwOnError: true };
    const mathml = temml.renderToString(display ?? inline, options);
    // In one line, as a blank one would end the paragraph, and with nothing that is Markdown.
    return mathml
      .replaceAll("\n", " ")
      .replace(/[*_~`\\|]/g, (sign) => `&#${sign.codePointAt(0)};`);
  });
}

function walk(items) {
  for (const { Chapter } of items) {
    if (!Chapter) continue;
    Chapter.content = convert(Chapter.content);
    walk(Chapter.sub_items);
  }
}

const [, book] = JSON.parse(readFileSync(0, "utf8"));
walk(book.items ?? book.sections);
process.stdout.write(JSON.stringify(book));
