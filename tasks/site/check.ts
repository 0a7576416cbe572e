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

interface Tag {
  name: string;
  attributes: Map<string, string>;
}

/** Lists the opening tags of a page. */
function tagsOf(html: string): Tag[] {
  const plain = html.replace(/<!--[\s\S]*?-->/g, "");
  return [...plain.matchAll(tagPattern)].map(([, name, attributes]) => ({
    name: name.toLowerCase(),
    attributes: parseAttributes(attributes),
  }));
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

function checkPage(file: string, html: string, files: SiteFiles, idsOf: (file: string) => Set<string>): string[] {
  const problems: string[] = [];
  const say = (text: string) => problems.push(`${file}: ${text}`);
  const tags = tagsOf(html);

  const seen = new Set<string>();
  for (const { attributes } of tags) {
    const id = attributes.get("id");
    if (id === undefined) continue;
    if (seen.has(id)) say(`the id '${id}' is there twice`);
    seen.add(id);
  }

  const target = (href: string) => {
    const [path, hash] = href.split("#", 2);
    const to = path === "" ? file : normalize(join(dirname(file), decodeURIComponent(path)));
    if (!files.has(to)) say(`'${href}' leads to no file`);
    else if (hash && to.endsWith(".html") && !idsOf(to).has(decodeURIComponent(hash))) {
      say(`'${href}' leads to no anchor`);
    }
  };
  for (const tag of tags) {
    const { name, attributes } = tag;
    const href = attributes.get("href");
    if (name === "a" && href !== undefined && !/^(?:https?:|mailto:)/.test(href)) target(href);
    for (const address of loads(tag)) {
      if (outside.test(address)) say(`<${name}> loads '${address}' from outside`);
      else if (!/^(?:data:|#)/.test(address)) target(address);
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

/** Lists the faults of a site, one sentence each; the pages of `foreign` are only led to. */
export function checkSite(files: SiteFiles, foreign: SiteFiles = new Map()): string[] {
  const cache = new Map<string, Set<string>>();
  const idsOf = (file: string): Set<string> => {
    let ids = cache.get(file);
    if (!ids) {
      const html = files.get(file);
      const all = typeof html === "string" ? tagsOf(html).flatMap(({ attributes }) => attributes.get("id") ?? []) : [];
      cache.set(file, ids = new Set(all));
    }
    return ids;
  };
  return [...files].flatMap(([file, content]) => {
    if (typeof content !== "string" || foreign.has(file)) return [];
    if (file.endsWith(".html")) return checkPage(file, content, files, idsOf);
    if (file.endsWith(".css")) {
      const addresses = [...content.matchAll(/url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)/g)].map((m) =>
        m[1] ?? m[2]
      );
      return addresses.filter((a) => !a.startsWith("data:")).map((a) => `${file}: loads '${a}'`);
    }
    return [];
  });
}
