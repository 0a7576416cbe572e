/** Only what a URL or a quoted attribute cannot hold; the rest stays readable, line breaks included. */
const encoded: Readonly<Record<string, string>> = {
  "%": "%25",
  "#": "%23",
  "<": "%3C",
  ">": "%3E",
  "&": "%26",
  "'": "%27",
};

const prefix = "data:image/svg+xml,";

/** An SVG as a data URI that stands in a single-quoted attribute; browsers drop the line breaks. */
export function toDataUri(svg: string): string {
  return prefix + svg.replace(/[%#<>&']/g, (character) => encoded[character]);
}

/** The SVG of a data URI. */
export function fromDataUri(uri: string): string {
  return decodeURIComponent(uri.slice(prefix.length));
}
