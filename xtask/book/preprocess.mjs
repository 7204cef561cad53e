/**
 * Preprocessor of mdBook. Formulas in LaTeX become MathML, which browsers draw without any script:
 * those in a line stand between `$` and `$`, those by themselves between `$$` and `$$`. Links of files
 * that are read in the repository too are made right for the book. Code is left alone.
 */
import { readFileSync } from "node:fs";

import temml from "temml";

if (process.argv[2] === "supports") process.exit(process.argv[3] === "html" ? 0 : 1);

/** Code, which may hold dollar signs, a formula, or a link to a Markdown file. */
const PARTS =
  /(```[\s\S]*?```|(?<!\[)`[^`\n]*`)|\$\$([\s\S]+?)\$\$|\$([^\s$](?:[^$\n]*[^\s$])?)\$|\[([^\]\n]+)\]\(([^)\s]+\.md)\)/g;

function convert(markdown) {
  return markdown.replace(PARTS, (all, code, display, inline, linked, target) => {
    if (code) return code;
    if (linked !== undefined) return toChapter(linked, target);
    const options = { displayMode: display !== undefined, throwOnError: true };
    const mathml = temml.renderToString(display ?? inline, options);
    // In one line, as a blank one would end the paragraph, and with nothing that is Markdown.
    return mathml
      .replaceAll("\n", " ")
      .replace(/[*_~`\\|]/g, (sign) => `&#${sign.codePointAt(0)};`);
  });
}

/** Chapters stand beside each other; what is not in the book is only named. */
function toChapter(text, target) {
  const path = target.replace(/^docs\//, "");
  return path.startsWith("../") ? text : `[${text}](${path})`;
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
