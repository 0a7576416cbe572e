/**
 * Notebooks as the write-up is given them.
 *
 * @module
 */
import type { Cell, Notebook } from "../notebook_format.ts";

/** A notebook and where it is, relative to the project's top folder, with forward slashes. */
export interface NotebookFile {
  path: string;
  notebook: Notebook;
}

/** Whether a cell carries a tag (`metadata.tags`). */
export function hasTag(cell: Cell, tag: string): boolean {
  return Array.isArray(cell.metadata.tags) && cell.metadata.tags.includes(tag);
}

/** How messages name a cell: the notebook and the cell's number among all cells, from 1. */
export function cellName(path: string, index: number): string {
  return `${path}, cell ${index + 1} of all`;
}
