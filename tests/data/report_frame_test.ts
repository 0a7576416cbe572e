import { assert, assertEquals, assertThrows } from "@std/assert";
import { classificationReport, confusionTable } from "@roundabout/roundabout";
import { confusionFrame, reportFrame } from "@roundabout/roundabout/data";
import { table } from "@roundabout/roundabout/display";
import * as tf from "@tensorflow/tfjs";
import pl from "nodejs-polars";

tf.enableProdMode(); // no banner
await tf.setBackend("cpu");

const frame = pl.DataFrame({
  is: [0, 1, 2, 1, 0, 2],
  said: [0, 2, 2, 1, 1, 2],
  word: ["a", "b", "c", "b", "a", "c"],
  output: [0.1, 0.9, 0.8, 0.4, 0.6, 0.7],
  weight: [1, 0.5, 2, 1, 1, 3],
});
const [is, said, word, weight] = ["is", "said", "word", "weight"].map((name) => frame.getColumn(name));

Deno.test("series in, the report's rows as a frame out", () => {
  const options = { sampleWeight: weight, zeroDivision: "skip" } as const;
  const report = reportFrame(is, said, options);
  assertEquals(report.columns, ["class", "precision", "recall", "f1", "support"]);
  const rows = classificationReport(is.toArray(), said.toArray(), { ...options, output: "records" });
  assertEquals<unknown>(report.toRecords(), rows);
  assertEquals(reportFrame(word, word).getColumn("f1").toArray(), [1, 1, 1, 1, 1, 1]);
  assertEquals(table(report).text.split("\n").length, 2 + report.height);
});

Deno.test("series in, the table as a frame out", () => {
  const expected = confusionTable(is.toArray(), said.toArray(), { normalize: "true", sampleWeight: weight.toArray() });
  const frame = confusionFrame(is, said, { normalize: "true", sampleWeight: weight });
  assertEquals(frame.toRecords(), expected.records);
  const whole = pl.Series("whole", [0, 1, 1], pl.Int64);
  assertEquals(confusionFrame(whole, [0, 1, 0]).columns, ["true", "predicted 0", "predicted 1"]);
  assertEquals(confusionFrame(word, word).getColumn("true").toArray(), ["a", "b", "c"]);
});

Deno.test("outputs of a frame are decided; a null is refused by its row", () => {
  const positive = pl.Series("positive", is.toArray().map((label) => Number(label) > 0 ? 1 : 0));
  const report = reportFrame(positive, frame.getColumn("output"), { decision: "threshold" });
  assertEquals(report.getColumn("recall").toArray().slice(0, 2), [0.5, 0.75]);
  assert(report.getColumn("class").toArray().includes("accuracy"));
  assertThrows(
    () => reportFrame(pl.Series("is", [0, null, 1, 1, 0, 1]), said),
    RangeError,
    "'yTrue' must hold whole numbers or words, row 1 is null",
  );
});
