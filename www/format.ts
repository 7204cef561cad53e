/** Numbers and times as people read them. */

const grouped = new Intl.NumberFormat("en-GB");

export function integer(value: number): string {
  return grouped.format(value);
}

/** "1 image", "2,128 images". */
export function count(value: number, noun: string): string {
  return `${integer(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** Enough digits to see a change from one epoch to the next, no more. */
export function loss(value: number): string {
  return value.toFixed(4);
}

/** Rounded up and to coarser steps the longer it is: an estimate must not look like a clock. */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A speed-up such as 3.1×, without digits nobody can rely on. */
export function ratio(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}×`;
}

/** So many significant digits, with a real minus sign; very small ones as powers of ten. */
export function significant(value: number, digits: number): string {
  if (value === 0) return "0";
  const rounded = value.toPrecision(digits);
  const size = Math.abs(Number(rounded));
  if (size >= 1e-4 && size < 1e6) {
    const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
    return value.toFixed(Math.min(decimals, 20)).replace("-", "−");
  }
  const [mantissa, exponent = ""] = value.toExponential(digits - 1).split("e");
  const raised = exponent.replace("+", "").replace(/./g, (each) => RAISED[each] ?? each);
  return `${mantissa}×10${raised}`.replace("-", "−");
}

const RAISED: Record<string, string> = Object.fromEntries(
  [..."-0123456789"].map((digit, at) => [digit, "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"[at]!]),
);

/** A part of an address as people read it, and as it stands where it is not encoded. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
