/** Numbers as few bits, and bits as text. */

/** A whole number below this, and no more of them in a set. */
const LARGEST = 2 ** 32;
const MOST_IN_SET = 4096;

export class BitWriter {
  readonly #bits: boolean[] = [];

  /** The lowest `count` bits of a number, the highest of them first. */
  write(value: number, count: number): void {
    for (let at = count - 1; at >= 0; at -= 1)
      this.#bits.push(Math.floor(value / 2 ** at) % 2 === 1);
  }

  /** A whole number from 0; small ones are short (Elias' gamma code of the next). */
  whole(value: number): void {
    const length = Math.floor(Math.log2(value + 1));
    this.write(0, length);
    this.write(value + 1, length + 1);
  }

  /** Different whole numbers from 0: how many, and the gaps between them. */
  set(values: readonly number[]): void {
    const sorted = [...values].sort((a, b) => a - b);
    this.whole(sorted.length);
    for (const [at, value] of sorted.entries()) this.whole(value - (sorted[at - 1] ?? -1) - 1);
  }

  /** Filled up with zeros. */
  get bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [at, bit] of this.#bits.entries()) {
      if (bit) bytes[at >> 3]! |= 128 >> (at & 7);
    }
    return bytes;
  }
}

/** Reads what a `BitWriter` wrote; throws a `RangeError` where that is not what the bits are. */
export class BitReader {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  read(count: number): number {
    if (this.#at + count > 8 * this.bytes.length) throw new RangeError("the bits end");
    let value = 0;
    for (let left = count; left > 0; left -= 1, this.#at += 1) {
      value = 2 * value + ((this.bytes[this.#at >> 3]! >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  whole(): number {
    let length = 0;
    while (this.read(1) === 0) length += 1;
    if (length > 32) throw new RangeError("a number is too large");
    const value = 2 ** length + this.read(length) - 1;
    if (value >= LARGEST) throw new RangeError("a number is too large");
    return value;
  }

  set(): number[] {
    const count = this.whole();
    if (count > MOST_IN_SET) throw new RangeError("a set is too large");
    const values: number[] = [];
    for (let last = -1; values.length < count;) values.push((last += this.whole() + 1));
    return values;
  }
}

/** In an alphabet that survives addresses and messages (base64url). */
export function toText(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Undefined where it is no such text. */
export function fromText(text: string): Uint8Array | undefined {
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(bytes, (each) => each.charCodeAt(0));
  } catch {
    return undefined;
  }
}
