import { kernelBroadcast } from "./kernel_broadcast.ts";
import { escapeHtml } from "./escape.ts";
import { type Figure, figureHtml } from "./figure.ts";
import { formatNumber } from "./format.ts";
import { markdown, renderInline } from "./markdown.ts";
import { makeOutput, type Output } from "./output.ts";
import { type FrameLike, isDataFrame, isRecords, type Row, table } from "./table.ts";
import { isTensor, type TensorLike, tensorOutput } from "./tensor.ts";

/** Several things side by side; see {@linkcode row}. */
export interface Beside {
  /** What it is, so that {@linkcode show} knows. */
  readonly kind: "row";
  /** What stands side by side. */
  readonly items: readonly Showable[];
}

/** What {@linkcode show} takes. A string is a sentence of markdown; an array of records is a table. */
export type Showable =
  | TensorLike
  | FrameLike
  | readonly Row[]
  | Figure
  | Output
  | Beside
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined;

/** The two forms of a message to the notebook. */
export interface Bundle {
  /** For the notebook and the write-up. */
  "text/html": string;
  /** For a terminal and for a diff. */
  "text/plain": string;
}

/**
 * Puts things side by side; on a narrow screen one under the other.
 *
 * @param items What stands side by side
 * @returns What {@linkcode show} takes
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bundle, row } from "@roundabout/roundabout/display";
 *
 * assertEquals((await bundle(row("left", "right")))["text/plain"], "left\n\nright");
 * ```
 */
export function row(...items: readonly Showable[]): Beside {
  return Object.freeze({ kind: "row" as const, items });
}

/** How the things of a {@linkcode row} share the line: JupyterLab knows no style sheet of ours. */
const rowStyle = "display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start";

async function render(item: Showable): Promise<Output> {
  if (typeof item === "string") return markdown(item);
  if (typeof item === "number") return plain(formatNumber(item));
  if (typeof item === "boolean" || typeof item === "bigint" || item === undefined || item === null) {
    return plain(String(item));
  }
  if (isTensor(item)) return await tensorOutput(item);
  if (isDataFrame(item) || isRecords(item)) return table(item);
  if (typeof item === "object" && "kind" in item) {
    switch (item.kind) {
      case "output":
        return item;
      case "figure":
        return makeOutput(figureHtml(item, renderInline(item.caption)), item.text);
      case "row": {
        const outputs = await Promise.all(item.items.map(render));
        const cells = outputs.map(({ html }, n) =>
          `<div style="flex: 1 1 ${basis(item.items[n])}px; min-width: 0">\n${html}\n</div>`
        );
        return makeOutput(
          `<div class="rb-row" style="${rowStyle}">\n${cells.join("\n")}\n</div>`,
          outputs.map(({ text }) => text).join("\n\n"),
        );
      }
    }
  }
  throw new TypeError(
    `Cannot show ${
      nameOf(item)
    }: it must be a tensor, a DataFrame, an array of records, a figure, markdown, a string, a number or a boolean`,
  );
}

/** How narrow a thing may get before it takes a line of its own: the words in a figure shrink with it. */
function basis(item: Showable): number {
  if (typeof item !== "object" || item === null || !("kind" in item) || item.kind !== "figure") return 280;
  const [, width] = /viewBox="0 0 ([\d.]+)/.exec(item.svg) ?? [];
  return Math.round(0.7 * Number(width));
}

const plain = (text: string): Output => makeOutput(`<p>${escapeHtml(text)}</p>`, text);

/** What an error message calls a value that cannot be shown. */
function nameOf(value: unknown): string {
  if (typeof value === "function") return `the function ${value.name || "(anonymous)"}`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array of something else than records";
  if (value instanceof Promise) return "a promise (its 'await' is missing)";
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  return `an object with the keys ${Object.keys(value).slice(0, 6).join(", ") || "(none)"}`;
}

/**
 * Both forms of what {@linkcode show} would show.
 *
 * @param items What to show
 * @returns HTML (one `<div class="rb-output">`) and plain text
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bundle } from "@roundabout/roundabout/display";
 *
 * assertEquals(await bundle("The loss *moves*:", 0.25), {
 *   "text/html": '<div class="rb-output">\n<p>The loss <em>moves</em>:</p>\n<p>0.25</p>\n</div>',
 *   "text/plain": "The loss *moves*:\n\n0.25",
 * });
 * ```
 */
export async function bundle(...items: readonly Showable[]): Promise<Bundle> {
  if (items.length === 0) throw new TypeError("Cannot show nothing: 'items' is empty");
  const outputs = await Promise.all(items.map(render));
  return {
    "text/html": `<div class="rb-output">\n${outputs.map(({ html }) => html).join("\n")}\n</div>`,
    "text/plain": outputs.map(({ text }) => text).join("\n\n"),
  };
}

/** Where {@linkcode show} sends its message; tests bring their own. */
export interface Display {
  /** Sends a message to the notebook; undefined where there is none. */
  broadcast?: (type: string, content: Record<string, unknown>) => Promise<void>;
  /** Prints where there is no notebook. */
  print?: (text: string) => void;
  /**
   * Milliseconds to wait after the message was sent.
   *
   * @default {20}
   */
  wait?: number;
}

/**
 * A {@linkcode show} that sends its message elsewhere.
 *
 * @param display Where to
 * @returns The function
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { showOn } from "@roundabout/roundabout/display";
 *
 * const lines: string[] = [];
 * await showOn({ print: (text) => lines.push(text) })("one", 2);
 * assertEquals(lines, ["one\n\n2"]);
 * ```
 */
export function showOn(display: Display): (...items: readonly Showable[]) => Promise<void> {
  const { broadcast, print = console.log, wait = 20 } = display;
  return async (...items) => {
    const data = await bundle(...items);
    if (broadcast === undefined) return print(data["text/plain"]);
    await broadcast("display_data", { data, metadata: {}, transient: {} });
    // The kernel sends displays from a queue, but its "I am idle" past it: what is not sent by then is lost.
    await new Promise((resolve) => setTimeout(resolve, wait));
  };
}

/**
 * Shows things under the notebook's cell, all of them in one message, so that none is lost or misplaced: a cell calls
 * it once, at its end, with `await`. Outside a notebook it prints the plain text.
 *
 * @param items Tensors, data frames, arrays of records, figures, markdown, strings, numbers, rows of these
 *
 * @example
 * ```ts
 * import { show, table } from "@roundabout/roundabout/display";
 *
 * await show("Two losses:", table([{ loss: "precision", value: 0.25 }, { loss: "recall", value: 0.5 }]));
 * ```
 */
export async function show(...items: readonly Showable[]): Promise<void> {
  await showOn({ broadcast: kernelBroadcast() })(...items);
}
