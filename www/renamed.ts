/** Names of the version before, which are read for one more. */

const told = new Set<string>();

/** Tells whoever wrote an old name what to write instead: in the console, once per page and name. */
export function renamed(old: string, now: string): void {
  if (told.has(old)) return;
  told.add(old);
  console.warn(`latent-lens: ${old} is now ${now}. The next version no longer reads the old name.`);
}
