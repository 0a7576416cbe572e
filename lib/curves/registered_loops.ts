import type { countColumn, countRows } from "./column_simd.ts";

/** The loops in WebAssembly, as the rule of a curve calls them. */
interface ColumnLoops {
  readonly countColumn: typeof countColumn;
  readonly countRows: typeof countRows;
}

let registered: ColumnLoops | undefined;

/** Registers the loops: the rule, which the top entry has, is to do without their bytes. */
export function registerColumnLoops(loops: ColumnLoops): void {
  registered = loops;
}

/** Returns the loops; nothing where `./curves` was not imported. */
export const registeredLoops = (): ColumnLoops | undefined => registered;
