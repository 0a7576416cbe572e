import { formatColumn } from "./format.ts";
import { escapeHtml, makeOutput, type Output } from "./output.ts";

/** What is used of a tensor. */
export interface TensorLike {
  /** What it is known by. */
  readonly dataId: object;
  /** Its size along each axis. */
  readonly shape: number[];
  /** The type of its values. */
  readonly dtype: string;
  /** Whether its values are gone. */
  readonly isDisposed: boolean;
  /** Reads its values. */
  data(): Promise<ArrayLike<number> | string[]>;
}

/** Whether a value is a tensor (told by its methods, so that no second TensorFlow.js is loaded). */
export function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== "object" || value === null) return false;
  const tensor = value as { dataId?: unknown; shape?: unknown; data?: unknown; dtype?: unknown };
  return tensor.dataId !== undefined && Array.isArray(tensor.shape) && typeof tensor.data === "function" &&
    typeof tensor.dtype === "string";
}

/** Most values of an axis that are printed; of a longer axis the first and the last three are. */
const most = 12;
const edge = 3;

/** A tensor's shape and values; the tensor is read, and kept. */
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

/** The indices that are printed of every axis; -1 stands for those left out. */
function shownIndices(shape: readonly number[]): number[][] {
  return shape.map((size) => {
    const all = Array.from({ length: size }, (_, n) => n);
    return size <= most ? all : [...all.slice(0, edge), -1, ...all.slice(-edge)];
  });
}

/** Where the printed values are in the data, in order. */
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
