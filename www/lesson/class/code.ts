/**
 * One student's answers as a short text: what is copied, sent to the teacher and read there. It begins
 * with the version of its form and ends with a checksum, so that what was cut off or mistyped is told.
 */
import { crc } from "../../png";
import type { Form } from "../lesson";
import { BitReader, BitWriter, fromText, toText } from "./bits";
import type { Edition } from "./edition";

export interface Handed {
  /** Of which lesson. */
  edition: Edition;
  /** Tells one student from another: a random number, of no meaning. */
  student: number;
  /** When it was made, in seconds since 1970: of two codes of a student the later counts. */
  time: number;
  /** What the student calls themselves; may be empty. */
  name: string;
  /** The furthest step that was opened, from 1. */
  reached: number;
  /** One for each question of the lesson, in its order. */
  answers: HandedAnswer[];
}

export interface HandedAnswer {
  kind: Form["kind"];
  /**
   * What was given when it was checked first, or stands there unchecked: the options that are chosen, a
   * number, or the pixels that are marked. In ascending order.
   */
  given: number[];
  /** Whether the answer has been seen. */
  seen: boolean;
  /** Whether the first try was right; undefined where there was none, or it cannot be right or wrong. */
  first: boolean | undefined;
  /** Which hints were opened, from 0. */
  hints: number[];
}

/** Why a text is no code. */
export type NoCode = "none" | "damaged" | "newer";

const VERSION = 1;
/** Longer ones hold nothing that a student can have done. */
const MOST_CHARACTERS = 16 * 1024;
const MOST_ANSWERS = 60;
const MOST_NAME_BYTES = 63;
const KINDS = ["open", "choice", "number", "brush"] as const satisfies Form["kind"][];
/** A number is written as people do, its characters four bits each; the first stands for the end. */
const DIGITS = " 0123456789.-+e";
/** As many characters as the longest number has. */
const MOST_DIGITS = 25;

export function encode(handed: Handed): string {
  const { edition, student, time, name, reached, answers } = handed;
  const bits = new BitWriter();
  bits.write(edition.questions, 32);
  bits.write(edition.settings, 32);
  bits.whole(edition.seed);
  bits.write(student, 32);
  bits.write(time, 32);
  const letters = new TextEncoder().encode(name);
  bits.write(letters.length, 6);
  for (const letter of letters) bits.write(letter, 8);
  bits.whole(reached);
  bits.whole(answers.length);
  for (const { kind, given, seen, first, hints } of answers) {
    bits.write(KINDS.indexOf(kind), 2);
    bits.write(Number(seen), 1);
    bits.write([undefined, false, true].indexOf(first), 2);
    bits.set(hints);
    if (kind !== "number") bits.set(given);
    else {
      for (const digit of given.length ? `${given[0]!}` : "") bits.write(DIGITS.indexOf(digit), 4);
      bits.write(0, 4);
    }
  }
  const { bytes } = bits;
  const whole = new Uint8Array(bytes.length + 4);
  whole.set(bytes);
  new DataView(whole.buffer).setUint32(bytes.length, crc(bytes));
  return `LL${VERSION}-${toText(whole)}`;
}

/** Every code that stands in a text, such as a message or an address. */
export function codesIn(text: string): string[] {
  return text.match(/(?<![A-Za-z0-9])LL\d{1,3}-[A-Za-z0-9_-]*/g) ?? [];
}

export function decode(code: string): Handed | NoCode {
  const [, version, text] = /^LL(\d{1,3})-([A-Za-z0-9_-]*)$/.exec(code) ?? [];
  if (text === undefined) return "none";
  if (Number(version) > VERSION) return "newer";
  const whole = text.length <= MOST_CHARACTERS ? fromText(text) : undefined;
  if (!whole || whole.length < 4) return "damaged";
  const bytes = whole.subarray(0, -4);
  const sum = new DataView(whole.buffer).getUint32(bytes.length);
  if (sum !== crc(bytes)) return "damaged";
  try {
    const handed = readHanded(new BitReader(bytes));
    // What could be written in two ways is written in one.
    return encode(handed) === code ? handed : "damaged";
  } catch {
    return "damaged";
  }
}

function readHanded(bits: BitReader): Handed {
  const edition = { questions: bits.read(32), settings: bits.read(32), seed: bits.whole() };
  const [student, time] = [bits.read(32), bits.read(32)];
  const letters = Uint8Array.from({ length: bits.read(6) }, () => bits.read(8));
  const name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(letters);
  if (name !== cleanName(name)) throw new RangeError("no name that can be typed");
  const reached = bits.whole();
  const count = bits.whole();
  if (count > MOST_ANSWERS) throw new RangeError("too many answers");
  const answers = Array.from({ length: count }, () => readAnswer(bits));
  return { edition, student, time, name, reached, answers };
}

function readAnswer(bits: BitReader): HandedAnswer {
  const kind = KINDS[bits.read(2)]!;
  const seen = bits.read(1) === 1;
  const first = [undefined, false, true][bits.read(2)];
  const hints = bits.set();
  if (kind !== "number") return { kind, given: bits.set(), seen, first, hints };
  let written = "";
  for (let digit = bits.read(4); digit; digit = bits.read(4)) {
    written += DIGITS[digit]!;
    if (written.length > MOST_DIGITS) throw new RangeError("too long a number");
  }
  return { kind, given: written ? [Number(written)] : [], seen, first, hints };
}

/** A name as it is handed in: one line of letters, not too long. */
export function cleanName(text: string): string {
  let name = "";
  const plain = text.normalize("NFC").replace(/\s+/g, " ").replace(/\p{C}/gu, "").trim();
  const encoder = new TextEncoder();
  for (const letter of plain) {
    if (encoder.encode(name + letter).length > MOST_NAME_BYTES) break;
    name += letter;
  }
  return name.trim();
}
