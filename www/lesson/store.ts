/** What the browser keeps for the next visit, where it lets us; without it a reload begins anew. */

const PREFIX = "latent-lens lesson ";

export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Storage is full, or switched off.
  }
}

export function kept(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
  } catch {
    return null;
  }
}
