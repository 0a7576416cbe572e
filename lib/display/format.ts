/** A number with about `digits` significant digits, whole numbers whole; NaN and the infinities by their names. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return group(String(value));
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e9) return exponential(value, digits);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(magnitude)));
  return group(value.toFixed(Math.min(decimals, 20)).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, ""));
}

/** 1234567 as 1,234,567; numbers of four digits as they are (they may be years). */
function group(text: string): string {
  const [whole, fraction] = text.split(".");
  const grouped = whole.replace("-", "").length > 4 ? whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") : whole;
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `1.234e-7`, without zeros at the end. */
function exponential(value: number, digits: number): string {
  return value.toExponential(digits - 1).replace(/(\.\d*?)0+e/, "$1e").replace(".e", "e").replace("e+", "e");
}

/**
 * The numbers of a column with the same number of decimals, so that their points stand under one another. What that
 * would round to 0 keeps its own digits: 0 is said only of what is 0.
 */
export function formatColumn(values: readonly number[], digits?: number): string[] {
  const finite = values.filter((value) => Number.isFinite(value));
  const greatest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const whole = finite.every((value) => Number.isInteger(value));
  // Four digits of the greatest; scores, which end at 1, have four decimals whether or not a 1 is among them.
  const first = greatest > 0 && greatest !== 1 ? Math.floor(Math.log10(greatest)) : -1;
  const decimals = whole ? 0 : digits ?? Math.min(8, Math.max(1, 3 - first));
  return values.map((value) => {
    if (!Number.isFinite(value)) return String(value);
    if (value === 0) return "0";
    const rounded = value.toFixed(decimals);
    if (Number(rounded) === 0 || Math.abs(value) >= 1e15) return exponential(value, 3);
    return group(rounded);
  });
}
