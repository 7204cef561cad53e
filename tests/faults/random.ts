/** Random numbers of a fault: they follow from its number alone, so that it can be repeated by itself. */

const GOLDEN = 0x9e3779b97f4a7c15n;

/** A SplitMix64 stream. */
export class Random {
  #state: bigint;

  constructor(number: number) {
    this.#state = BigInt.asUintN(64, BigInt(number) * GOLDEN);
    this.next();
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = BigInt.asUintN(64, this.#state + GOLDEN);
    let bits = this.#state;
    bits = BigInt.asUintN(64, (bits ^ (bits >> 30n)) * 0xbf58476d1ce4e5b9n);
    bits = BigInt.asUintN(64, (bits ^ (bits >> 27n)) * 0x94d049bb133111ebn);
    return Number((bits ^ (bits >> 31n)) >> 11n) / 2 ** 53;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  choose<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

/** The bytes with something of them changed, left out or twice there; never the same bytes. */
export function damaged(bytes: Uint8Array, random: Random): Buffer {
  const whole = Buffer.from(bytes);
  const at = random.below(whole.length);
  const end = Math.min(whole.length, at + 1 + random.below(64));
  let found = Buffer.from(whole);
  switch (random.below(6)) {
    case 0:
      found[at]! ^= 1 << random.below(8);
      break;
    case 1:
      // A digit for another: in a text it is still a number.
      for (let place = at; place < found.length; place += 1) {
        if (found[place]! < 0x30 || found[place]! > 0x39) continue;
        found[place] = 0x30 + ((found[place]! - 0x30 + 1 + random.below(9)) % 10);
        break;
      }
      break;
    case 2:
      found = found.subarray(0, at);
      break;
    case 3:
      found.fill(0, at, end);
      break;
    case 4:
      found = Buffer.concat([whole.subarray(0, at), whole.subarray(end)]);
      break;
    default:
      found = Buffer.concat([whole.subarray(0, end), whole.subarray(at)]);
  }
  if (found.equals(whole)) found = whole.subarray(0, at);
  return found;
}
