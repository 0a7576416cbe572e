/**
 * Citation of the project, read from CITATION.cff.
 *
 * @module
 */
import { SiteError } from "./html.ts";

/** Fields of a citation. */
export interface Citation {
  title: string;
  version: string;
  license: string;
  authors: string[];
}

const unquote = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/, "$2");

/** Reads the fields of a CITATION.cff that has one-line values and authors with `name`, or given and family names. */
export function parseCitation(cff: string): Citation {
  const field = (key: string): string => {
    const match = new RegExp(`^${key}:[ \\t]*(\\S.*)$`, "m").exec(cff);
    if (!match) throw new SiteError(`CITATION.cff has no '${key}'`);
    return unquote(match[1]);
  };
  const block = /^authors:[ \t]*\n((?:[ \t]+.*\n?|-.*\n?)+)/m.exec(cff)?.[1] ?? "";
  const authors = block.split(/^[ \t]*- /m).slice(1).map((entry) => {
    const part = (key: string) => {
      const match = new RegExp(`^[ \\t]*${key}:[ \\t]*(.+)$`, "m").exec(entry);
      return match ? unquote(match[1]) : "";
    };
    return part("name") || `${part("given-names")} ${part("family-names")}`.trim();
  }).filter((name) => name !== "");
  if (authors.length === 0) throw new SiteError("CITATION.cff has no 'authors'");
  return { title: field("title"), version: field("version"), license: field("license"), authors };
}

/** Writes a citation as a sentence; `page` is the title of one page. */
export function citationText({ title, version, authors }: Citation, page?: string): string {
  const work = `${title}, version ${version}`;
  return `${authors.join(", ")}. ${page === undefined ? `${work}.` : `“${page}” In: ${work}.`}`;
}

/** Writes a citation as a BibTeX entry. */
export function citationBibtex({ title, version, authors, license }: Citation): string {
  return [
    `@software{${title.toLowerCase()},`,
    `  title   = {${title}},`,
    `  author  = {${authors.map((name) => `{${name}}`).join(" and ")}},`,
    `  version = {${version}},`,
    `  license = {${license}}`,
    "}",
  ].join("\n");
}
