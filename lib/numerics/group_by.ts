/** Groups things by a key, in the order in which the keys appear: `Map.groupBy`, which Node.js has from version 21 on. */
export function groupBy<K, T>(things: Iterable<T>, keyOf: (thing: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const thing of things) {
    const key = keyOf(thing), group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return groups;
}

/** Rows in the order of their classes. */
export interface GroupedRows {
  /** All rows: those of the first class, rising, then those of the next one. */
  readonly rows: Uint32Array;
  /** The rows of each class: views of `rows`. */
  readonly classes: Uint32Array[];
}

/**
 * Groups rows by class: O(rows + classes).
 *
 * @param classOf The class of each row, from 0.
 * @param count The number of classes.
 * @returns The rows.
 */
export function groupRows(classOf: ArrayLike<number>, count: number): GroupedRows {
  const { length } = classOf, starts = new Uint32Array(count + 1), rows = new Uint32Array(length);
  for (let row = 0; row < length; row++) starts[classOf[row] + 1]++;
  for (let k = 0; k < count; k++) starts[k + 1] += starts[k];
  const next = starts.slice();
  for (let row = 0; row < length; row++) rows[next[classOf[row]]++] = row;
  return { rows, classes: Array.from({ length: count }, (_, k) => rows.subarray(starts[k], starts[k + 1])) };
}

/** Returns numbers as a list; `Array.from` takes many times as long. */
export function listOf(numbers: Uint32Array): number[] {
  const list: number[] = Array(numbers.length);
  for (let i = 0; i < list.length; i++) list[i] = numbers[i];
  return list;
}
