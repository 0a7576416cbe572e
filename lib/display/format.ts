/** Writes a number with about `digits` significant digits, an integer in full, NaN and the infinities by name. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return group(String(value));
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e9) return exponential(value, digits);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(magnitude)));
  return group(value.toFixed(Math.min(decimals, 20)).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, ""));
}

/** Writes 1234567 as 1,234,567; a number of four digits may be a year and stays as it is. */
function group(text: string): string {
  const [whole, fraction] = text.split(".");
  const grouped = whole.replace("-", "").length > 4 ? whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") : whole;
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Writes `1.234e-7`, without zeros at the end of the digits. */
function exponential(value: number, digits: number): string {
  return value.toExponential(digits - 1).replace(/(\.\d*?)0+e/, "$1e").replace(".e", "e").replace("e+", "e");
}

/**
 * Writes the numbers of a column with the same number of decimals, so that their points stand under one another. A small
 * number that would round to 0 keeps its own digits: only 0 is written as 0.
 */
export function formatColumn(values: readonly number[], digits?: number): string[] {
  const finite = values.filter((value) => Number.isFinite(value));
  const greatest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const whole = finite.every((value) => Number.isInteger(value));
  // Four digits of the largest number; scores have four decimals whether or not a 1 is among them.
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
