import type { Figure } from "./figure.ts";
import { formatNumber } from "../numerics/format.ts";
import { type Broadcast, kernelBroadcast } from "../jupyter.ts";
import { figureOutput, markdown } from "./markdown.ts";
import { joined, makeOutput, type Output, paragraph } from "./output.ts";
import { type FrameLike, isDataFrame, isRecords, table } from "./table.ts";
import { isTensor, type TensorLike, tensorOutput } from "./tensor.ts";

/** A value that {@linkcode show} takes. A string is a sentence of markdown; an array of records is a table. */
export type Showable =
  | TensorLike
  | FrameLike
  | readonly Readonly<Record<string, unknown>>[]
  | Figure
  | Output
  | { readonly kind: "row"; readonly items: readonly Showable[] }
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined;

/**
 * Puts values side by side, or one under the other on a narrow screen.
 *
 * @param items The values, as {@linkcode show} takes them
 * @returns One value for {@linkcode show}
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bundle, row } from "@roundabout/roundabout/display";
 *
 * assertEquals((await bundle(row("left", "right")))["text/plain"], "left\n\nright");
 * ```
 */
export function row(...items: readonly Showable[]): Showable {
  return Object.freeze({ kind: "row" as const, items });
}

/** The style of a {@linkcode row}; JupyterLab loads no style sheet of this library. */
const rowStyle = "display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start";

async function render(item: Showable): Promise<Output> {
  if (typeof item === "string") return markdown(item);
  if (typeof item === "number") return paragraph(formatNumber(item));
  if (typeof item === "boolean" || typeof item === "bigint" || item === undefined || item === null) {
    return paragraph(String(item));
  }
  if (isTensor(item)) return await tensorOutput(item);
  if (isDataFrame(item) || isRecords(item)) return table(item);
  if (typeof item === "object" && "kind" in item) {
    switch (item.kind) {
      case "output":
        return item;
      case "figure":
        return figureOutput(item);
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

/** Returns the width below which a value takes a line of its own; the words of a figure shrink with the figure. */
function basis(item: Showable): number {
  if (typeof item !== "object" || item === null || !("kind" in item) || item.kind !== "figure") return 280;
  const [, width] = /viewBox="0 0 ([\d.]+)/.exec(item.svg) ?? [];
  return Math.round(0.7 * Number(width));
}

/** Names a value that cannot be shown, for an error message. */
function nameOf(value: unknown): string {
  if (typeof value === "function") return `the function ${value.name || "(anonymous)"}`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array of other values than records";
  if (value instanceof Promise) return "a promise (its 'await' is missing)";
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  return `an object with the keys ${Object.keys(value).slice(0, 6).join(", ") || "(none)"}`;
}

/**
 * Renders values in the two forms of {@linkcode show}'s message.
 *
 * @param items The values
 * @returns HTML (one `<div class="rb-output">`) for a notebook, and plain text for a terminal
 * @throws {TypeError} `items` is empty, or a value cannot be shown.
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
export async function bundle(...items: readonly Showable[]): Promise<{ "text/html": string; "text/plain": string }> {
  if (items.length === 0) throw new TypeError("Cannot show nothing: 'items' is empty");
  const { html, text } = joined(await Promise.all(items.map(render)));
  return { "text/html": `<div class="rb-output">\n${html}\n</div>`, "text/plain": text };
}

/** The place to which {@linkcode show} sends its message; tests have their own. */
interface Display {
  /** Sends a message to the notebook; undefined outside a notebook. */
  broadcast?: Broadcast;
  /** Prints outside a notebook. */
  print?: (text: string) => void;
  /**
   * The time to wait after the message was sent, in milliseconds.
   *
   * @default {20}
   */
  wait?: number;
}

/** Makes a {@linkcode show} that sends its message to `display`. */
export function showOn(display: Display): (...items: readonly Showable[]) => Promise<void> {
  const { broadcast, print = console.log, wait = 20 } = display;
  return async (...items) => {
    const data = await bundle(...items);
    if (broadcast === undefined) return print(data["text/plain"]);
    await broadcast("display_data", { data, metadata: {}, transient: {} });
    // The kernel sends displays through a queue, and "I am idle" past it: a display still queued by then is lost.
    await new Promise((resolve) => setTimeout(resolve, wait));
  };
}

/**
 * Shows values under the notebook's cell, all in one message, so that none is lost or misplaced. A cell calls `show`
 * once, with `await`, as its last statement. Outside a notebook `show` prints the plain text.
 *
 * @param items Tensors, data frames, arrays of records, figures, markdown, strings, numbers, rows of these
 * @throws {TypeError} `items` is empty, or a value cannot be shown.
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
