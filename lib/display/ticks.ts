/** A scale's kind. */
export type ScaleType = "linear" | "log";

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** 10 to a whole power, as it is written. */
export function powerOfTen(exponent: number): string {
  if (exponent === 0) return "1";
  if (exponent === 1) return "10";
  const digits = [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** The step of a readable axis: 1, 2 or 5 times a power of 10. */
function niceStep(span: number, count: number): number {
  const raw = span / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const ratio = raw / power;
  return power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10);
}

/** A number on an axis, with a real minus sign. */
function tickLabel(value: number, step: number): string {
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude >= 1e6 || magnitude < 1e-4)) {
    return value.toExponential(1).replace(/\.0e/, "e").replace("e+", "e").replaceAll("-", "−");
  }
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const digits = magnitude.toFixed(decimals);
  const grouped = magnitude >= 1e4 ? digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",") : digits;
  return value < 0 ? `−${grouped}` : grouped;
}

/** An axis: where its ticks are and what they say. */
export interface Ticks {
  /** The axis' first and last value. */
  domain: [number, number];
  /** The values that have a tick. */
  values: number[];
  /** What a tick says. */
  format: (value: number) => string;
}

/** Ticks for the values between `low` and `high`; about `count`. With `nice`, the axis ends on ticks. */
export function ticks(low: number, high: number, count: number, type: ScaleType, nice: boolean): Ticks {
  if (type === "log") return logTicks(low, high, count, nice);
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
  const step = niceStep(high - low, count);
  const slack = 1e-9 * step;
  const first = nice ? Math.floor((low + slack) / step) : Math.ceil((low - slack) / step);
  const last = nice ? Math.ceil((high - slack) / step) : Math.floor((high + slack) / step);
  const values = Array.from({ length: last - first + 1 }, (_, n) => Number(((first + n) * step).toPrecision(12)));
  const domain: [number, number] = nice ? [values[0], values[values.length - 1]] : [low, high];
  return { domain, values, format: (value) => tickLabel(value, step) };
}

function logTicks(low: number, high: number, count: number, nice: boolean): Ticks {
  const from = Math.log10(low), to = Math.log10(high);
  const first = nice ? Math.floor(from + 1e-9) : Math.ceil(from - 1e-9);
  const last = nice ? Math.max(Math.ceil(to - 1e-9), first + 1) : Math.floor(to + 1e-9);
  const every = [1, 2, 3, 5, 10, 20, 50, 100].find((step) => (last - first) / step <= count) ?? 100;
  const start = Math.ceil(first / every) * every;
  const powers = Array.from(
    { length: Math.max(0, Math.floor((last - start) / every) + 1) },
    (_, n) => start + n * every,
  );
  const domain: [number, number] = nice ? [10 ** first, 10 ** last] : [low, high];
  const values = powers.map((power) => Number(`1e${power}`));
  return { domain, values, format: logLabel };
}

/** A power of ten as such; what else an axis was asked to say, as it is. */
function logLabel(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(Math.log10(value) - exponent) > 1e-9) return tickLabel(value, 10 ** Math.floor(Math.log10(value)));
  return exponent >= -2 && exponent <= 3 ? String(Number(`1e${exponent}`)) : powerOfTen(exponent);
}
