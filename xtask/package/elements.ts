/**
 * Writes `custom-elements.json`, by which editors and catalogues know the element, in the format of
 * https://github.com/webcomponents/custom-elements-manifest: settings from their table, methods and
 * events from the types that were made of the code (the folder in the first argument), and what style
 * sheets reach from `docs/embedding.md`, which a test holds against the code. Prints it.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, platform } from "node:process";

import { propertyOf } from "../../www/element/properties";
import { type Name, NAMES, type Setting, SETTINGS } from "../../www/settings";

const [, , types = ""] = argv;
const MODULE = "latent-lens.js";

/** Called by browsers. */
const CALLBACKS = /Callback$|^observedAttributes$/;

const docs = readFileSync("docs/embedding.md", "utf8");

/** The rows of the tables whose first heading is `heading`: a name, and last what it is. */
function told(heading: string): { name: string; description: string }[] {
  const tables = docs.split(/\n(?=\|)(?<!\|\n)/).filter((each) => cells(each)[0] === heading);
  return tables.flatMap((table) => {
    const rows = table.split("\n").slice(2);
    const end = rows.findIndex((line) => !line.startsWith("|"));
    return rows.slice(0, end).flatMap((row) => {
      const [names = "", ...rest] = cells(row);
      const description = plain(rest.at(-1) ?? "");
      return [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => ({ name, description }));
    });
  });
}

function cells(table: string): string[] {
  const [line = ""] = table.split("\n");
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** Markdown's marks are of no use here. */
function plain(text: string): string {
  return text.replaceAll(/[`*]|\[([^\]]*)\]\([^)]*\)/g, "$1");
}

/** What the property of each setting can be, as the compiler finds it, without names for it. */
function propertyTypes(): string[] {
  const folder = "build/properties";
  const source = `
    import type { Properties } from "../../www/element/properties";
    type Boxed<T> = T extends unknown ? [Plain<T>] : never;
    type Plain<T> = T extends (infer E)[] ? Boxed<E>[0][]
      : T extends object ? { [K in keyof T]: Boxed<T[K]>[0] } : T;
    declare function plain<T>(value: T): Boxed<T>[0];
    declare const lens: Properties;
    ${NAMES.map((name, at) => `export const _${at} = plain(lens.${propertyOf(name)});`).join("\n")}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "properties.ts"), source);
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: "../..",
      outDir: "out",
    },
    files: ["properties.ts", "../../www/css.d.ts"],
    include: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  execFileSync("node_modules/.bin/tsc", ["--project", folder], { shell: platform === "win32" });
  const made = readFileSync(join(folder, "out", folder, "properties.d.ts"), "utf8");
  const types = made.matchAll(/const _\d+: ([^]*?);\n(?=export|$)/g);
  return [...types].map(([, type = ""]) => type.replaceAll(/\s+/g, " "));
}

const properties = propertyTypes();

const settings = NAMES.map((name, at) => {
  const { label, help, initial } = SETTINGS[name] as Setting<unknown>;
  const about = {
    description: label ? `${label}: ${help}` : help,
    type: { text: properties[at] },
    default: JSON.stringify(initial),
  };
  const property = propertyOf(name);
  return {
    attribute: { name, ...about, fieldName: property },
    field: { kind: "field", name: property, ...about, attribute: name, reflects: true },
  };
});

/** What stands in a comment above a declaration, as one text. */
function said(comment = ""): { description?: string } {
  const description = comment
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, ""))
    .join(" ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return description ? { description } : {};
}

const element = readFileSync(join(types, "www/latent-lens.d.ts"), "utf8");
const [, body = ""] = element.match(/export declare class LatentLens [^{]*\{\n([^]*?)\n\}/) ?? [];
const MEMBER =
  /(?:^ {4}\/\*\*((?:(?!\*\/)[^])*)\*\/\n)?^ {4}(static )?(get |set |readonly )?(\w+)(?:\((.*)\))?(?:: (.*))?;$/gm;
const members = [...body.matchAll(MEMBER)].flatMap<Record<string, unknown>>(
  ([, comment, isStatic, how, name = "", parameters, text = "void"]) => {
    if (name === "constructor" || CALLBACKS.test(name) || how === "set ") return [];
    const about = { name, ...said(comment), ...(isStatic && { static: true }) };
    if (parameters === undefined || how === "get ") {
      const settable = body.includes(`${isStatic ?? ""}set ${name}(`);
      const readonly = how === "readonly " || (how === "get " && !settable);
      return [{ kind: "field", ...about, type: { text }, ...(readonly && { readonly }) }];
    }
    return [
      {
        kind: "method",
        ...about,
        parameters: [...parameters.matchAll(/(\w+)(\?)?: ([^]+?)(?=, \w+\??: |$)/g)].map(
          ([, parameter, optional, type]) => ({
            name: parameter,
            type: { text: type },
            ...(optional && { optional: true }),
          }),
        ),
        return: { type: { text } },
      },
    ];
  },
);

const map = readFileSync(join(types, "www/element/events.d.ts"), "utf8");
const [, listed = ""] = map.match(/export interface LatentLensEventMap \{\n([^]*?)\n\}/) ?? [];
const EVENT = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s+"?([\w-]+)"?: (.*);/g;
const events = [...listed.matchAll(EVENT)].map(([, comment, name, text]) => ({
  name,
  type: { text },
  ...said(comment),
}));

const besides = told("attribute").filter(({ name }) => !NAMES.includes(name as Name));
const [, comment] = element.match(/\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport declare class/) ?? [];

const manifest = {
  schemaVersion: "1.0.0",
  modules: [
    {
      kind: "javascript-module",
      path: MODULE,
      declarations: [
        {
          kind: "class",
          customElement: true,
          tagName: "latent-lens",
          name: "LatentLens",
          superclass: { name: "HTMLElement" },
          ...said(comment),
          attributes: [...settings.map(({ attribute }) => attribute), ...besides],
          members: [...settings.map(({ field }) => field), ...members],
          events,
          slots: [{ name: "", description: "A picture that stands in until the element is run." }],
          cssProperties: told("property").filter(({ name }) => name.startsWith("--")),
          cssParts: told("part"),
        },
      ],
      exports: [
        { kind: "js", name: "LatentLens", declaration: { name: "LatentLens", module: MODULE } },
        {
          kind: "custom-element-definition",
          name: "latent-lens",
          declaration: { name: "LatentLens", module: MODULE },
        },
      ],
    },
  ],
};
process.stdout.write(`${JSON.stringify(manifest, undefined, 2)}\n`);
