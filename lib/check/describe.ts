/** Tells a tensor of TensorFlow.js by its method, without TensorFlow.js. */
export const isTensorLike = (value: unknown): boolean =>
  typeof (value as { dataSync?: unknown } | null | undefined)?.dataSync === "function";

/** A value as an error message names it: short, and never mistaken for another. */
export function describe(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "function") return `the function ${value.name || "(anonymous)"}`;
  if (Array.isArray(value)) {
    return value.length > 6 ? `an array of ${value.length}` : `[${value.map(describe).join(", ")}]`;
  }
  if (isTensorLike(value)) return "a tensor";
  const kind = ({}).toString.call(value); // such as [object Promise], [object Float32Array]
  if (kind === "[object Object]") return `an object with the keys ${describe(Object.keys(value as object))}`;
  return value instanceof Object ? kind : Object.is(value, -0) ? "-0" : String(value);
}
