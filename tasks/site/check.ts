/**
 * Checks a site before it is written: links resolve, nothing is loaded from outside, pictures have alternative texts, ids are
 * unique, headings are in order.
 *
 * @module
 */
import { dirname, join, normalize } from "node:path/posix";
import { parseAttributes } from "./clean.ts";

/** Files of a site by their path in it. */
export type SiteFiles = ReadonlyMap<string, string | Uint8Array>;

const tagPattern = /<([a-zA-Z][\w-]*)((?:\s+[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?)*)\s*\/?>/g;

/** An opening tag; its attributes are parsed when they are asked for, which is of few tags of the API's pages. */
class Tag {
  readonly name: string;
  readonly #text: string;
  #attributes?: Map<string, string>;

  constructor(name: string, text: string) {
    this.name = name.toLowerCase();
    this.#text = text;
  }

  get attributes(): Map<string, string> {
    return this.#attributes ??= parseAttributes(this.#text);
  }

  get id(): string | undefined {
    return /\sid\b/i.test(this.#text) ? this.attributes.get("id") : undefined;
  }
}

/** Lists the opening tags of a page. */
function tagsOf(html: string): Tag[] {
  const plain = html.replace(/<!--[\s\S]*?-->/g, "");
  return Array.from(plain.matchAll(tagPattern), ([, name, text]) => new Tag(name, text));
}

const outside = /^(?:[a-z][a-z0-9+.-]*:)?\/\/|^(?:https?|ftp|wss?):/i;
const loading = ["src", "srcset", "poster", "data", "background", "action", "formaction"];

/** Lists the addresses that a tag loads; links to follow are not among them. */
function loads({ name, attributes }: Tag): string[] {
  const found = loading.flatMap((key) => attributes.get(key) ?? []);
  if (name === "link" && attributes.get("rel") === "canonical") return found; // the page's own address
  const href = attributes.get("href") ?? attributes.get("xlink:href");
  return href !== undefined && name !== "a" ? [...found, href] : found;
}

/** A page, the files of its site, and the ids of each. */
interface Page {
  readonly file: string;
  readonly tags: readonly Tag[];
  readonly files: SiteFiles;
  readonly idsOf: (file: string) => Set<string>;
}

/** Says what is wrong with an address inside the site; nothing if it leads to a file, and to an anchor in it. */
function targetFault({ file, files, idsOf }: Page, href: string): string | undefined {
  const [path, hash] = href.split("#", 2);
  const to = path === "" ? file : normalize(join(dirname(file), decodeURIComponent(path)));
  if (!files.has(to)) return `'${href}' leads to no file`;
  return hash && to.endsWith(".html") && !idsOf(to).has(decodeURIComponent(hash))
    ? `'${href}' leads to no anchor`
    : undefined;
}

/** Lists the faults of the links of a page. */
const linkFaults = (page: Page): string[] =>
  page.tags.flatMap((tag) => {
    const href = tag.name === "a" ? tag.attributes.get("href") : undefined;
    if (href === undefined || /^(?:https?:|mailto:)/.test(href)) return [];
    return targetFault(page, href) ?? [];
  });

function checkPage(page: Page): string[] {
  const { tags } = page, problems = linkFaults(page);
  const say = (text: string) => problems.push(text);

  const seen = new Set<string>();
  for (const { id } of tags) {
    if (id === undefined) continue;
    if (seen.has(id)) say(`the id '${id}' is there twice`);
    seen.add(id);
  }

  for (const tag of tags) {
    const { name, attributes } = tag;
    for (const address of loads(tag)) {
      if (outside.test(address)) say(`<${name}> loads '${address}' from outside`);
      else if (!/^(?:data:|#)/.test(address)) problems.push(...[targetFault(page, address) ?? []].flat());
    }
    for (const key of attributes.keys()) if (/^on/.test(key)) say(`<${name}> has the handler '${key}'`);
    if (/url\(\s*["']?(?:https?:)?\/\//.test(attributes.get("style") ?? "")) {
      say(`a style of <${name}> loads from outside`);
    }
    if (name === "img" && !attributes.get("alt")) say("a picture has no alternative text");
    if (name === "svg" && attributes.get("role") === "img" && !attributes.get("aria-label")) {
      say("a figure has no label");
    }
  }

  const levels = tags.filter(({ name }) => /^h[1-6]$/.test(name)).map(({ name }) => Number(name[1]));
  if (levels.filter((level) => level === 1).length !== 1) say("there is not exactly one h1");
  levels.forEach((level, index) => {
    if (level > (levels[index - 1] ?? 0) + 1) say(`h${level} follows h${levels[index - 1] ?? 0}`);
  });
  return problems;
}

/** Lists the faults of a site, one sentence each; of the pages of `foreign` only the links are checked. */
export function checkSite(files: SiteFiles, foreign: SiteFiles = new Map()): string[] {
  const parsed = new Map<string, { tags: Tag[]; ids: Set<string> }>();
  const parse = (file: string) => {
    const html = files.get(file), tags = typeof html === "string" ? tagsOf(html) : [];
    const made = { tags, ids: new Set(tags.flatMap(({ id }) => id ?? [])) };
    parsed.set(file, made);
    return made;
  };
  const pageOf = (file: string) => parsed.get(file) ?? parse(file), idsOf = (file: string) => pageOf(file).ids;
  return [...files].flatMap(([file, content]) => {
    if (typeof content !== "string") return [];
    if (file.endsWith(".html")) {
      const page = { file, tags: pageOf(file).tags, files, idsOf };
      return (foreign.has(file) ? linkFaults(page) : checkPage(page)).map((problem) => `${file}: ${problem}`);
    }
    if (foreign.has(file)) return [];
    if (file.endsWith(".css")) {
      const addresses = [...content.matchAll(/url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)/g)].map((m) =>
        m[1] ?? m[2]
      );
      return addresses.filter((a) => !a.startsWith("data:")).map((a) => `${file}: loads '${a}'`);
    }
    return [];
  });
}
