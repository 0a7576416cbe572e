/** A record of a CSV: its fields, and the line it begins in, counted from 1. */
export interface CsvRecord {
  readonly fields: string[];
  readonly line: number;
}

/** Which kind of table a file is, by the end of its name. */
export function kindOfFile(path: string): "csv" | "parquet" | undefined {
  return path.match(/\.(csv|parquet)$/i)?.[1].toLowerCase() as "csv" | "parquet" | undefined;
}

/** The fields of a line in which there are quotes: a quoted field may hold commas, line breaks, and quotes as "". */
function quotedFields(line: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at <= line.length;) {
    if (line[at] !== '"') {
      const comma = line.indexOf(",", at), end = comma < 0 ? line.length : comma;
      fields.push(line.slice(at, end));
      at = end + 1;
      continue;
    }
    let field = "";
    for (at++; at < line.length; at++) {
      if (line[at] !== '"') field += line[at];
      else if (line[at + 1] === '"') field += line[at++];
      else break;
    }
    const comma = line.indexOf(",", at), end = comma < 0 ? line.length : comma;
    fields.push(field + line.slice(at + 1, end));
    at = end + 1;
  }
  return fields;
}

const quotesIn = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
};

/** The lines of a text that comes in pieces; those between the quotes of one field are one. */
function* linesOf(
  pieces: Iterable<string>,
  fail: (problem: string) => Error,
): Generator<{ text: string; line: number }> {
  let rest = "", line = 0, begun = 0, open: string[] = [];
  const take = (end: string): { text: string; line: number } | undefined => {
    line++;
    if (open.length === 0 && quotesIn(end) % 2 === 0) return end.trim() === "" ? undefined : { text: end, line };
    if (open.length === 0) begun = line;
    const closes = open.length > 0 && quotesIn(end) % 2 === 1, text = open;
    text.push(end);
    if (!closes) return undefined;
    open = [];
    return { text: text.join("\n"), line: begun };
  };
  for (const piece of pieces) {
    rest += piece;
    let from = 0;
    for (let to = rest.indexOf("\n"); to >= 0; to = rest.indexOf("\n", from)) {
      const whole = take(rest.slice(from, rest[to - 1] === "\r" ? to - 1 : to));
      from = to + 1;
      if (whole !== undefined) yield whole;
    }
    rest = rest.slice(from);
  }
  const last = rest === "" ? undefined : take(rest);
  if (last !== undefined) yield last;
  if (open.length > 0) throw fail(`the quote that opens in line ${begun} does not close`);
}

const separators = { ";": "semicolons", "\t": "tabs", "|": "bars" };

function checkHeader(names: readonly string[], fail: (problem: string) => Error): void {
  const [only] = names;
  const other = names.length === 1 ? Object.entries(separators).find(([mark]) => only.includes(mark)) : undefined;
  if (other !== undefined) throw fail(`its fields are separated by ${other[1]}, they must be by commas`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw fail(`its header has the column '${twice}' twice`);
}

/**
 * Reads a CSV piece by piece: the header's names, without the space around them, and the records, of which each has as many
 * fields. Empty lines are left out.
 *
 * @param pieces The text, cut anywhere.
 * @param fail Makes the error for a file that is none.
 */
export function* readCsvRecords(
  pieces: Iterable<string>,
  fail: (problem: string) => Error,
): Generator<CsvRecord, void, void> {
  let names: readonly string[] | undefined;
  for (const { text, line } of linesOf(pieces, fail)) {
    const fields = text.includes('"') ? quotedFields(text) : text.split(",");
    if (names === undefined) {
      names = fields.map((name, i) => (i === 0 ? name.replace(/^\uFEFF/, "") : name).trim());
      checkHeader(names, fail);
      yield { fields: [...names], line };
      continue;
    }
    if (fields.length !== names.length) {
      throw fail(
        `line ${line} has ${fields.length} field${fields.length === 1 ? "" : "s"}, the header has ${names.length}`,
      );
    }
    yield { fields, line };
  }
  if (names === undefined) throw fail("it is empty");
}

const pieceBytes = 1 << 20;

/** The text of a file, in pieces. */
export function* textPieces(path: string): Generator<string> {
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(pieceBytes), decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for (let n = file.readSync(bytes); n !== null; n = file.readSync(bytes)) {
    yield decoder.decode(bytes.subarray(0, n), { stream: true });
  }
  yield decoder.decode();
}
