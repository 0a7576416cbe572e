/** Replaces the hyphen of a number that JavaScript has written by a minus sign. */
const withMinus = (text: string): string => text.replace("-", "−");

/** Writes an integer in superscript: −8 as ⁻⁸. */
export const superscript = (integer: number): string =>
  String(integer).replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);

/** Writes the first texts of a list, and an ellipsis for the others. */
export const firstOf = (texts: readonly string[], most = 5): string =>
  texts.slice(0, most).join(", ") + (texts.length > most ? ", …" : "");

/**
 * Writes a number with a fixed number of decimals and a true minus sign. A number that rounds to 0 has no sign.
 *
 * @param value The number
 * @param digits The number of decimals
 */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return withMinus(Number(text) === 0 ? text.replace("-", "") : text);
}

/**
 * Writes a difference: as {@linkcode fixed}, with a plus sign if it is above 0.
 *
 * @param value The difference
 * @param digits The number of decimals
 */
export function signed(value: number, digits: number): string {
  const text = fixed(value, digits);
  return Number(text) > 0 ? `+${text}` : text;
}

/**
 * Writes an estimate with its interval in brackets.
 *
 * @param interval The estimate and the ends of its interval
 * @param digits The number of decimals
 * @param write The form of each number: {@linkcode signed}, for a difference, or {@linkcode fixed}
 */
export function withInterval(
  interval: { readonly mean: number; readonly low: number; readonly high: number },
  digits = 3,
  write: (value: number, digits: number) => string = signed,
): string {
  const [mean, low, high] = [interval.mean, interval.low, interval.high].map((value) => write(value, digits));
  return `${mean} [${low},\u00a0${high}]`;
}

/**
 * Writes a number as a product with a power of ten, and 0 as 0.
 *
 * @param value The number
 * @param digits The number of decimals of the first factor
 */
export function scientific(value: number, digits = 0): string {
  if (value === 0 || !Number.isFinite(value)) return withMinus(String(value));
  const [factor, exponent] = value.toExponential(digits).split("e");
  return `${withMinus(factor)}\u00a0×\u00a010${superscript(Number(exponent))}`;
}

/** Writes a number with about `digits` significant digits, an integer in full, NaN and the infinities by name. */
export function formatNumber(value: number, digits = 4): string {
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3 || magnitude >= (Number.isInteger(value) ? 1e15 : 1e9)) return shortScientific(value, digits);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(magnitude)));
  return group(withMinus(String(Number(value.toFixed(decimals)))));
}

/** Writes 1234567 as 1,234,567; a number of four digits may be a year and stays as it is. */
function group(text: string): string {
  const [whole, fraction] = text.split(".");
  const grouped = whole.replace("−", "").length > 4 ? whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") : whole;
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Writes `1.234 × 10⁻⁷`, without zeros at the end of the digits. */
const shortScientific = (value: number, digits: number): string =>
  scientific(value, digits - 1).replace(/\.?0+(?=\u00a0)/, "");

/**
 * Writes the numbers of a column with the same number of decimals, so that their points stand under one another. A small
 * number that would round to 0 keeps its own digits: only 0 is written as 0.
 */
export function formatColumn(values: readonly number[], digits?: number): string[] {
  const finite = values.filter((value) => Number.isFinite(value));
  const greatest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const whole = finite.every((value) => Number.isInteger(value));
  // Four digits of the largest number; scores have four decimals whether or not a 1 is among them.
  const first = greatest === 1 ? -1 : Math.floor(Math.log10(greatest));
  const decimals = whole ? 0 : digits ?? Math.min(8, Math.max(1, 3 - first));
  return values.map((value) => {
    if (Number(value.toFixed(decimals)) === 0 || Math.abs(value) >= 1e15) return shortScientific(value, 3);
    return group(fixed(value, decimals));
  });
}
