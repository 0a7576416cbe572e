import pl from "nodejs-polars";
import { classificationReport, type ClassificationReportOptions } from "../metrics/classification_report.ts";
import type { Labels } from "../metrics/read_labels.ts";
import type { Frame } from "./types.ts";

/**
 * A classification report as a frame, with the columns "class", "precision", "recall", "f1" and "support".
 *
 * @param yTrue The labels: a polars series, an array or a tensor.
 * @param yPred The decided labels, or, with `decision`, outputs.
 * @param options Those of `classificationReport`.
 * @returns The frame, a row for each class and each mean.
 * @throws {TypeError} As `classificationReport`.
 * @throws {RangeError} As `classificationReport`.
 *
 * @example Usage
 * ```ts
 * import { reportFrame } from "@roundabout/roundabout/data";
 * import { assertEquals } from "@std/assert";
 * import pl from "nodejs-polars";
 *
 * const frame = pl.DataFrame({ is: ["cat", "dog", "dog"], said: ["cat", "cat", "dog"] });
 * const report = reportFrame(frame.getColumn("is"), frame.getColumn("said"));
 * assertEquals(report.getColumn("class").toArray(), ["cat", "dog", "accuracy", "macro avg", "weighted avg"]);
 * assertEquals(report.getColumn("precision").toArray().slice(0, 2), [0.5, 1]);
 * ```
 */
export function reportFrame(
  yTrue: Labels,
  yPred: Labels,
  options: Omit<ClassificationReportOptions, "output" | "digits"> = {},
): Frame {
  const rows = classificationReport(yTrue, yPred, { ...options, output: "records" });
  const numbers = (["precision", "recall", "f1", "support"] as const)
    .map((column) => pl.Series(column, rows.map((row) => row[column]), pl.Float64));
  return pl.DataFrame([pl.Series("class", rows.map((row) => row.class), pl.Utf8), ...numbers]);
}
