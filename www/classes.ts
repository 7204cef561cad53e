/** Classes by the names that people gave them, as attributes and addresses have them. */

export interface KnownClass {
  label: number;
  name: string;
}

/** In a property: whole numbers as numbers. */
export type ClassName = string | number;

/**
 * The names of a list: `cat, dog` or `3 8`; one with a comma stands in quotation marks, as in
 * `"cat, black", dog`. Undefined where such marks do not end.
 */
export function readNames(text: string): string[] | undefined {
  const names: string[] = [];
  let rest = text;
  while ((rest = rest.replace(/^[\s,]+/, ""))) {
    const quoted = /^"((?:[^"]|"")*)"\s*(?=,|$)/.exec(rest);
    if (!quoted && rest.startsWith('"')) return undefined;
    const [part, name] = quoted ?? /^([^,]*)/.exec(rest)!;
    if (quoted) names.push(name!.replaceAll('""', '"'));
    else names.push(...(isNumbers(part.trim()) ? part.trim().split(/\s+/) : [part.trim()]));
    rest = rest.slice(part.length);
  }
  return names;
}

export function writeNames(names: readonly ClassName[]): string {
  const written = names.map((name) => {
    const text = `${name}`;
    const plain = text !== "" && text === text.trim() && !/^"|,/.test(text);
    return plain && !/^\d+(\s+\d+)+$/.test(text) ? text : quoted(text);
  });
  return written.join();
}

/** The tokens of a `class` attribute of the version before; a name with blanks stands in quotation marks. */
export function readTokens(text: string): string[] {
  const found = text.matchAll(/"((?:[^"]|"")*)"(?=\s|$)|\S+/g);
  return [...found].map(([token, name]) => name?.replaceAll('""', '"') ?? token);
}

/**
 * The label of the class that is called so. Where no class is called by a whole number, such a number
 * is a label.
 */
export function labelOf(name: string, classes: readonly KnownClass[]): number | undefined {
  const wanted = name.normalize("NFC");
  const named = classes.find((each) => each.name.normalize("NFC") === wanted);
  if (named) return named.label;
  if (!isNumber(wanted) || classes.some((each) => isNumber(each.name))) return undefined;
  return classes.find(({ label }) => label === Number(wanted))?.label;
}

/** As a property has it. */
export function asProperty(name: string): ClassName {
  const number = Number(name);
  return isNumber(name) && Number.isSafeInteger(number) && `${number}` === name ? number : name;
}

function isNumber(text: string): boolean {
  return /^-?\d+$/.test(text);
}

function isNumbers(text: string): boolean {
  return /^\d+(\s+\d+)*$/.test(text);
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
