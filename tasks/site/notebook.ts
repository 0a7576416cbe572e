/**
 * Notebooks of the write-up, and the names of their cells in messages.
 *
 * @module
 */
import type { Cell, Notebook } from "../notebook_format.ts";

/** Notebook, and its path from the project's top folder with forward slashes. */
export interface NotebookFile {
  path: string;
  notebook: Notebook;
}

/** Decides if a cell has a tag (`metadata.tags`). */
export function hasTag(cell: Cell, tag: string): boolean {
  return Array.isArray(cell.metadata.tags) && cell.metadata.tags.includes(tag);
}

/** Names a cell in messages: the notebook, and the cell's number among all cells, from 1. */
export function cellName(path: string, index: number): string {
  return `${path}, cell ${index + 1} of all`;
}
