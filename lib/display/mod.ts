/**
 * The display of a notebook: one message per cell, with tables, tensors, TeX and figures that read in every theme.
 *
 * In Node.js it needs the packages `@observablehq/plot`, `linkedom` and `markdown-it`:
 * `npm install @observablehq/plot linkedom markdown-it`.
 *
 * @module
 */
export { auditDisplay } from "./audit_display.ts";
export { comparisonDisplay } from "./comparison_display.ts";
export type { Figure } from "./figure.ts";
export { markdown, md } from "./markdown.ts";
export type { Output } from "./output.ts";
export { bundle, row, show, type Showable } from "./show.ts";
export { type FrameLike, table, type TableOptions } from "./table.ts";
export type { TensorLike } from "./tensor.ts";
