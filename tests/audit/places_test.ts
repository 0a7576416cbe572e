// Places of findings about values, found by the recording alone.
import { assertEquals } from "@std/assert";
import type { RecordedInput, RecordedOp } from "../../lib/audit/engines/engine.ts";
import { placed } from "../../lib/audit/rules/places.ts";
import type { Cause, CodeLocation, Finding } from "../../lib/audit/types.ts";
import { input, op } from "./rule_helpers.ts";

const outputs = (more: Partial<RecordedInput> = {}) => input({ fromPred: true, isPred: true, live: true, ...more });
const labels = (more: Partial<RecordedInput> = {}) => input({ fromTrue: true, ...more });
const error = (more: Partial<RecordedInput> = {}) => input({ fromPred: true, fromTrue: true, live: true, ...more });
const number = input({ shape: [] }), single = error({ shape: [] });

const finding = (cause: Cause, severity: Finding["severity"] = "error"): Finding => ({
  ...{ cause, severity, message: "", evidence: {}, remedy: "" },
});

/** The operation and the line that a finding gets from operations, which are on line 1 unless they say otherwise. */
function placeOf(cause: Cause, ops: RecordedOp[], severity?: Finding["severity"]): string | undefined {
  const on = ops.map((one) => ({ ...one, line: /^\w+\.ts/.test(one.line ?? "") ? "loss.py:1" : one.line }));
  const { where } = placed(finding(cause, severity), () => ({
    ...{ ops: on, connected: true, live: true, customGradient: false },
  }));
  return where && `${where.op} ${where.line}`;
}

const line = (n: number) => ({ line: `loss.py:${n}` });

Deno.test("a wrong sign or optimum is where labels and outputs meet, if nothing is turned round on other lines", () => {
  const difference = op("Sub", [outputs(), labels()]), mean = op("Mean", [error()], { outputShape: [] });
  for (const cause of ["wrong-sign", "wrong-optimum"] as const) {
    assertEquals(placeOf(cause, [difference, mean]), "Sub loss.py:1");
    assertEquals(placeOf(cause, [difference, { ...mean, ...line(2) }]), undefined);
    assertEquals(placeOf(cause, [difference, mean], "note"), undefined);
  }
  const share = op("Softmax", [outputs()], line(3)), turned = op("Sub", [number, labels()], line(3));
  assertEquals(placeOf("wrong-sign", [share, difference, mean]), "Sub loss.py:1");
  assertEquals(placeOf("wrong-sign", [turned, difference, mean]), undefined);
  assertEquals(placeOf("wrong-sign", [op("Neg", [outputs()], line(3)), difference, mean]), undefined);
  assertEquals(placeOf("wrong-sign", [op("Mean", [outputs()])]), undefined);
  assertEquals(placeOf("wrong-sign", [{ ...difference, line: undefined }]), undefined);
  assertEquals(placeOf("bad-scale", [difference, mean]), undefined);
  assertEquals(placeOf("wrong-sign", [mean]), undefined); // nothing says where they meet
});

Deno.test("flat outputs are where numbers are cut off at a constant, if nothing else can be flat", () => {
  const cut = op("Maximum", [outputs(), number]), two = op("Minimum", [outputs(), labels()], line(2));
  assertEquals(placeOf("saturated", [two, cut]), "Maximum loss.py:1");
  assertEquals(placeOf("saturated", [two]), undefined);
  assertEquals(placeOf("saturated", [op("Relu", [outputs()])]), "Relu loss.py:1");
  assertEquals(placeOf("saturated", [cut, op("Relu", [outputs()], line(2))]), undefined);
  assertEquals(placeOf("saturated", [op("Sigmoid", [outputs()]), cut]), undefined);
  assertEquals(placeOf("saturated", [op("Sigmoid", [labels()]), cut]), "Maximum loss.py:1");
  assertEquals(placeOf("saturated", [op("Relu", [labels()])]), undefined);
  assertEquals(placeOf("saturated", [op("Maximum", [outputs(), input()])]), undefined); // a number for each row
});

Deno.test("a mean that is taken too early is the only one, and something follows that is not linear", () => {
  const mean = op("Mean", [error()], { outputShape: [] }), bent = op("Exp", [single], line(2));
  assertEquals(placeOf("reduction", [mean, bent], "note"), "Mean loss.py:1");
  assertEquals(placeOf("reduction", [mean, op("Multiply", [single, number], line(2))], "note"), undefined);
  assertEquals(placeOf("reduction", [op("Exp", [error()]), mean], "note"), undefined);
  const last = op("Mean", [single], { outputShape: [], ...line(3) }); // of one number
  assertEquals(placeOf("reduction", [mean, bent, last], "note"), "Mean loss.py:1");
  assertEquals(placeOf("reduction", [mean, { ...mean, ...line(3) }, bent], "note"), undefined);
  const others = [
    op("Sum", [error()], { outputShape: [4], ...line(3) }), // of each row
    op("Sum", [labels()], { outputShape: [], ...line(4) }),
    op("Max", [error()], { outputShape: [], ...line(5) }),
  ];
  assertEquals(placeOf("reduction", [...others, mean, bent], "note"), "Mean loss.py:1");
  assertEquals(placeOf("reduction", [mean, op("Pow", [single, error()], line(2))], "note"), undefined);
});

Deno.test("outputs that are apart from the loss are where the engine saw it, if it did", () => {
  const where = (apart?: CodeLocation) =>
    placed(finding("constant"), () => ({ ops: [], connected: false, live: false, customGradient: false, apart })).where;
  const own = { op: "dataSync", line: "loss.py:7" };
  assertEquals([where(own), where({ op: "dataSync" }), where()], [own, undefined, undefined]);
});

Deno.test("a place that a rule gives stays", () => {
  const own = { ...finding("wrong-sign"), where: { op: "Mean", line: "loss.py:9" } };
  const never = () => {
    throw new Error("nothing has to be recorded");
  };
  assertEquals(placed(own, never), own);
  assertEquals(placed(finding("bad-scale"), never), finding("bad-scale"));
});
