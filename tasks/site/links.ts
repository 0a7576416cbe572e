/**
 * Resolves the links of notebooks for the site: notebooks have pages, text files of the project get pages of their own, other
 * files are copied. A link to nothing is an error.
 *
 * @module
 */
import { dirname, join, normalize, relative } from "node:path/posix";
import { SiteError, slug } from "./html.ts";

/** Options of {@linkcode SiteLinks}. */
interface SiteLinksOptions {
  /** Top folder of the project. */
  root: URL;
  /** Paths of the notebooks from the top folder. */
  notebooks: string[];
}

const textTypes =
  /(?:^|\/)(?:LICENSE|NOTICE|Makefile)$|\.(?:ts|js|mjs|json|jsonc|py|r|R|md|txt|css|cff|toml|ya?ml|sh|csv|ipynb)$/;

/** Names the page of a notebook: `notebooks/01_why.ipynb` becomes `01_why.html`. */
export function pageOf(notebookPath: string): string {
  return `${notebookPath.split("/").at(-1)!.replace(/\.ipynb$/, "")}.html`;
}

/** Names a page for readers: `03_ramp.html` is "Notebook 3", `a1_speed.html` "Appendix A", `recipes.html` "Recipes". */
export function nameOf(file: string): string {
  const [, appendix, number] = /(?:^|\/)(a?)(\d+)_[^/]*$/.exec(file) ?? [];
  if (appendix) return `Appendix ${String.fromCharCode(64 + Number(number))}`;
  if (number) return `Notebook ${Number(number)}`;
  const name = file.replace(/^.*\/|\.html$/g, "");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Names the page of a text file of the project. */
export function sourcePageOf(path: string): string {
  return `source/${path}.html`;
}

/** Locates a file of the project by its path from the top folder. */
export function fileOf(root: URL, path: string): URL {
  return new URL(path.split("/").map(encodeURIComponent).join("/"), root);
}

/** Computes the relative address of the file `to` from the file `from`. */
export function relativeUrl(from: string, to: string): string {
  return relative(dirname(from), to).split("/").map(encodeURIComponent).join("/");
}

/** Resolves links and collects the files that they need. */
export class SiteLinks {
  /** Text files of the project that pages link to. */
  readonly sources = new Set<string>();
  /** Other files that pages link to or show. */
  readonly files = new Set<string>();
  readonly #options: SiteLinksOptions;

  constructor(options: SiteLinksOptions) {
    this.#options = options;
  }

  /**
   * Computes the address on `page` of the link `href` in `file`, a path from the top folder.
   *
   * @param href Link as it was written.
   * @param at Origin and target of the link; errors name `where`.
   */
  resolve(href: string, at: { file: string; page: string; where: string; kind: "link" | "image" }): string {
    const { file, page, where, kind } = at;
    if (/^data:image\//.test(href) && kind === "image") return href;
    if (/^(?:https?:|mailto:)/i.test(href)) {
      if (kind === "link") return href;
      throw new SiteError(`The picture '${href}' in ${where} would be loaded from the network`);
    }
    if (/^[a-z][a-z0-9+.-]*:/i.test(href)) throw new SiteError(`Cannot follow the link '${href}' in ${where}`);
    const [rawPath, fragment] = href.split("#", 2);
    const hash = fragment ? `#${fragmentOf(fragment)}` : "";
    if (rawPath === "") return hash || "#";
    const path = normalize(join(dirname(file), decodeURIComponent(rawPath)));
    if (path.startsWith("..")) throw new SiteError(`The link '${href}' in ${where} leaves the project`);
    if (this.#options.notebooks.includes(path)) return relativeUrl(page, pageOf(path)) + hash;
    let info: Deno.FileInfo;
    try {
      info = Deno.statSync(fileOf(this.#options.root, path));
    } catch {
      throw new SiteError(`The link '${href}' in ${where} leads to no file`);
    }
    if (info.isDirectory) throw new SiteError(`The link '${href}' in ${where} leads to a folder, not to a file`);
    if (kind === "link" && textTypes.test(path)) {
      this.sources.add(path);
      return relativeUrl(page, sourcePageOf(path)) + hash;
    }
    this.files.add(path);
    return relativeUrl(page, `files/${path}`);
  }
}

/** Normalises a fragment: a range of lines (`#L10-L20`) becomes its first line, a heading its anchor. */
function fragmentOf(fragment: string): string {
  const line = /^L(\d+)/.exec(fragment);
  return line ? `L${line[1]}` : slug(decodeURIComponent(fragment));
}
