/** `latent-lens/engine` in Node: the same names. */
import { Lens as Anywhere, type OpenOptions } from "../engine-api/lens";
import type { Images } from "../engine-api/images";
import type { MadeName, MadeOptions } from "../engine-api/made";
import { NODE } from "./place";

export * from "../engine";

export class Lens extends Anywhere {
  static override open(options?: OpenOptions): Promise<Lens> {
    return super.open(options, NODE);
  }

  static override made(name: MadeName, options?: MadeOptions): Promise<Images> {
    return super.made(name, options, NODE);
  }
}
