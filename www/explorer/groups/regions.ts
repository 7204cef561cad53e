/** Regions that are painted on the pixels of an image, or the columns of a table that are put together. */
import type { Grouping } from "../../report";

/** What is called so unless it is given another name. */
export const REST = "The rest";

export class Regions {
  /** What each region is called; a region may have no pixels yet. */
  readonly names: string[] = ["Region 1"];
  /** For every pixel its region, counted from 1; 0: none. */
  readonly of: Uint32Array;
  /** Whether the pixels of no region are a group as well. */
  rest = true;

  constructor(pixels: number) {
    this.of = new Uint32Array(pixels);
  }

  /** As a file or the settings have it. */
  static from({ names, of }: Grouping): Regions {
    const regions = new Regions(of.length);
    const last = names.length - 1;
    // What is painted as the rest is the rest again.
    const rest = names[last] === REST && !of.includes(0) && last > 0;
    regions.names.splice(0, 1, ...(rest ? names.slice(0, last) : names));
    regions.rest = rest;
    for (const [pixel, group] of of.entries()) {
      regions.of[pixel] = rest && group === last + 1 ? 0 : group;
    }
    return regions;
  }

  /** Another one, empty; its number. */
  add(): number {
    let number = this.names.length + 1;
    while (this.names.includes(`Region ${number}`)) number += 1;
    return this.names.push(`Region ${number}`);
  }

  /** How many pixels a region has, or, of 0, none has. */
  count(region: number): number {
    return this.of.reduce((sum, each) => sum + Number(each === region), 0);
  }

  /** Takes the pixels of a region away. */
  clear(region: number): void {
    for (const [pixel, each] of this.of.entries()) if (each === region) this.of[pixel] = 0;
  }

  /** Paints what is around a pixel of an image so wide; only what had it loses it, where it is taken away. */
  paint(pixel: number, width: number, pen: number, region: number, erases: boolean): void {
    const height = this.of.length / width;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const reach = Math.floor(pen / 2);
    for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row += 1) {
      for (let at = Math.max(0, x - reach); at <= Math.min(width - 1, x + reach); at += 1) {
        const place = row * width + at;
        if (!erases) this.of[place] = region;
        else if (this.of[place] === region) this.of[place] = 0;
      }
    }
  }

  /** Regions without pixels are no groups; undefined where nothing would be left but the rest. */
  get grouping(): Grouping | undefined {
    const numbers = new Map<number, number>();
    const names: string[] = [];
    for (const [at, name] of this.names.entries()) {
      const called = name.trim() || `Region ${at + 1}`;
      if (this.count(at + 1)) numbers.set(at + 1, names.push(unlike(called, names)));
    }
    if (!names.length) return undefined;
    if (this.rest && this.count(0)) numbers.set(0, names.push(unlike(REST, names)));
    return { names, of: Array.from(this.of, (region) => numbers.get(region) ?? 0) };
  }
}

/** A name that none of the others has. */
function unlike(name: string, others: readonly string[]): string {
  let called = name;
  for (let number = 2; others.includes(called); number += 1) called = `${name} (${number})`;
  return called;
}
