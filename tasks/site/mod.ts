/**
 * Builds the write-up: a folder of pages, made from notebooks, that opens from the disk.
 *
 * @module
 */
export { makeApi } from "./api.ts";
export { buildSite, type BuiltSite, type RenderedSite, renderSite, type SiteInput } from "./build.ts";
export { checkSite, type SiteFiles } from "./check.ts";
export { SiteError } from "./html.ts";
export type { NotebookFile } from "./notebook_page.ts";
