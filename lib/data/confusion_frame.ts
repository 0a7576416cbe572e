import pl from "nodejs-polars";
import { confusionTable, type ConfusionTableOptions } from "../metrics/confusion_table.ts";
import type { Labels } from "../metrics/read_labels.ts";
import type { Frame } from "./types.ts";

/**
 * A confusion table as a frame: the column "true", and one called "predicted …" for each class.
 *
 * @param yTrue The labels: a polars series, an array or a tensor.
 * @param yPred The decided labels, or, with `decision`, outputs.
 * @param options Those of `confusionTable`.
 * @returns The frame, a row for each true class.
 * @throws {TypeError} As `confusionTable`.
 * @throws {RangeError} As `confusionTable`.
 *
 * @example Usage
 * ```ts
 * import { confusionFrame } from "@roundabout/roundabout/data";
 * import { assertEquals } from "@std/assert";
 * import pl from "nodejs-polars";
 *
 * const frame = pl.DataFrame({ is: [0, 1, 1], said: [0, 0, 1] });
 * const table = confusionFrame(frame.getColumn("is"), frame.getColumn("said"));
 * assertEquals(table.columns, ["true", "predicted 0", "predicted 1"]);
 * assertEquals(table.getColumn("predicted 0").toArray(), [1, 1]);
 * ```
 */
export function confusionFrame(yTrue: Labels, yPred: Labels, options: ConfusionTableOptions = {}): Frame {
  const { names, counts } = confusionTable(yTrue, yPred, options);
  const predicted = names.map((name, k) => pl.Series(`predicted ${name}`, counts.map((row) => row[k]), pl.Float64));
  return pl.DataFrame([pl.Series("true", [...names], pl.Utf8), ...predicted]);
}
