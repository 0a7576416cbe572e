import { formatColumn } from "../numerics/format.ts";
import { escapeHtml, makeOutput, type Output } from "./output.ts";

/** The part of a TensorFlow.js tensor that is read here. */
export interface TensorLike {
  /** The identity of its data. */
  readonly dataId: object;
  /** Its size along each axis. */
  readonly shape: number[];
  /** The type of its values. */
  readonly dtype: string;
  /** True after the tensor was disposed. */
  readonly isDisposed: boolean;
  /** Reads its values. */
  data(): Promise<ArrayLike<number> | string[]>;
}

/** Tells a tensor by its methods, so that no second TensorFlow.js is loaded. */
export function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== "object" || value === null) return false;
  const tensor = value as { dataId?: unknown; shape?: unknown; data?: unknown; dtype?: unknown };
  return tensor.dataId !== undefined && Array.isArray(tensor.shape) && typeof tensor.data === "function" &&
    typeof tensor.dtype === "string";
}

/** The largest number of values of an axis that are all printed; a longer axis shows its first and last three. */
const most = 12;
const edge = 3;

/** Renders a tensor's shape and values. The tensor is not disposed. */
export async function tensorOutput(tensor: TensorLike): Promise<Output> {
  if (tensor.isDisposed) {
    throw new Error(`Cannot show a tensor: the tensor of shape [${tensor.shape}] is disposed`);
  }
  const values = await tensor.data();
  const head = `Tensor ${tensor.dtype} ${tensor.shape.length === 0 ? "scalar" : `[${tensor.shape.join(", ")}]`}`;
  const indices = shownIndices(tensor.shape);
  const flat = [...leaves(tensor.shape, indices)].map((index) => values[index] as number | string);
  const words = flat.every((value) => typeof value === "number") && tensor.dtype !== "bool"
    ? formatColumn(flat as number[])
    : flat.map((value) => tensor.dtype === "bool" ? String(Boolean(value)) : JSON.stringify(value));
  const width = Math.max(0, ...words.map((word) => word.length));
  const padded = (tensor.shape.length > 1 ? words.map((word) => word.padStart(width)) : words)[Symbol.iterator]();
  const text = `${head}\n${nest(tensor.shape, indices, 0, padded)}`;
  return makeOutput(`<pre class="rb-tensor">${escapeHtml(text)}</pre>`, text);
}

/** Returns the printed indices of each axis; -1 stands for the indices left out. */
function shownIndices(shape: readonly number[]): number[][] {
  return shape.map((size) => {
    const all = Array.from({ length: size }, (_, n) => n);
    return size <= most ? all : [...all.slice(0, edge), -1, ...all.slice(-edge)];
  });
}

/** Yields the places of the printed values in the data, in order. */
function* leaves(shape: readonly number[], indices: readonly number[][], axis = 0, offset = 0): Generator<number> {
  if (axis === shape.length) {
    yield offset;
    return;
  }
  for (const index of indices[axis]) {
    if (index >= 0) yield* leaves(shape, indices, axis + 1, offset * shape[axis] + index);
  }
}

function nest(shape: readonly number[], indices: readonly number[][], axis: number, words: Iterator<string>): string {
  if (axis === shape.length) return words.next().value;
  const parts = indices[axis].map((index) => (index < 0 ? "…" : nest(shape, indices, axis + 1, words)));
  const separator = axis === shape.length - 1
    ? ", "
    : `,${"\n".repeat(shape.length - 1 - axis)}${" ".repeat(axis + 1)}`;
  return `[${parts.join(separator)}]`;
}
