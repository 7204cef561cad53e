/** What a campaign is made of. */
import type { Random } from "./random";

/** Something that goes wrong, and all that has to hold then: what does not is thrown. */
export interface Kind<Place> {
  name: string;
  /** Has it happen at a time of `random`; returns, in a few words, what it did. */
  happen(place: Place, random: Random): Promise<string>;
}

/** Where faults happen, one after the other, as long as nothing is found. */
export interface Place {
  close(): Promise<void>;
}

export interface Group<P extends Place> {
  name: string;
  open(): Promise<P>;
  kinds: readonly Kind<P>[];
}
