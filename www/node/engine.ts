/** `latent-lens/engine` in Node: the same names. */
import { Lens as Anywhere, type OpenOptions } from "../engine-api/lens";
import { NODE } from "./place";

export * from "../engine";

export class Lens extends Anywhere {
  static override open(options?: OpenOptions): Promise<Lens> {
    return super.open(options, NODE);
  }
}
