// What each rule takes and refuses, and how an error names the value.
import { assertEquals, assertThrows } from "@std/assert";
import * as rules from "../../lib/check/check.ts";

Deno.test("a rule takes what its words say, and nothing else", () => {
  const cases: [rules.Rule, taken: unknown[], refused: unknown[]][] = [
    [rules.aBoolean, [true, false], [undefined, null, 0, "true"]],
    [rules.aNumber, [0, -1.5, NaN, Infinity], [undefined, "1", [1]]],
    [rules.aWord, ["f1"], ["", undefined, 1]],
    [rules.aFunction, [() => 1], [undefined, {}]],
    [rules.anObject, [{}, []], [null, undefined, "{}"]],
    [rules.anArray, [[1], new Float32Array(1)], [undefined, "12", { length: 1 }]],
    [rules.aSignal, [AbortSignal.abort(), { throwIfAborted() {} }], [undefined, null, new AbortController(), true]],
    [rules.positive, [1e-300, 1e300], [0, -1, Infinity, NaN, "1", undefined]],
    [rules.share, [1e-300, 0.5, 1], [0, -1, 1.001, NaN, "0.5"]],
    [rules.amount, [0, 1e30, -1e30], [1.001e30, -Infinity, NaN, "1"]],
    [rules.anArrayOf("columns"), [[], ["a"]], [new Float32Array(1), "a", undefined]],
    [rules.oneOf("adam", 1), ["adam", 1], ["1", "sgd", undefined]],
    [rules.optional(rules.aWord), ["a", undefined], ["", null]],
    [rules.integerFrom(1), [1, Number.MAX_SAFE_INTEGER], [0, 1.5, 2 ** 53, NaN, "1", undefined]],
    [rules.integerFrom(2, 4), [2, 3, 4], [1, 5, 2.5]],
  ];
  for (const [rule, right, wrong] of cases) {
    assertEquals(
      [...right, ...wrong].map(rule.valid),
      [...right.map(() => true), ...wrong.map(() => false)],
      rule.must,
    );
  }
});

Deno.test("an error of a rule says the task, the name, the words and the value", () => {
  const fails = (rule: rules.Rule, it: unknown, kind: typeof RangeError, sentence: string) =>
    assertThrows(() => rules.check("make it", { it }, rule), kind, sentence);
  fails(rules.positive, -0, RangeError, "Cannot make it: 'it' must be a number above 0, it is -0");
  fails(rules.aWord, "", TypeError, "Cannot make it: 'it' must be a word, it is ''");
  fails(rules.oneOf("a", "b", 30), null, RangeError, "'it' must be 'a', 'b' or 30, it is null");
  fails(rules.oneOf(2), [1, "x"], RangeError, "'it' must be 2, it is [1, 'x']");
  fails(rules.integerFrom(2), 1, RangeError, "'it' must be an integer of at least 2, it is 1");
  fails(rules.integerFrom(2, 4), 1, RangeError, "'it' must be an integer from 2 to 4, it is 1");
  rules.check("make it", { right: 1, its: 2 }, rules.positive);
});

Deno.test("a long value is named by its kind: an array of more than six, an object by six keys, a function, a tensor", () => {
  const named: [unknown, string][] = [
    [[1, 2, 3, 4, 5, 6], "[1, 2, 3, 4, 5, 6]"],
    [[1, 2, 3, 4, 5, 6, 7], "an array of 7"],
    [{ a: 1, b: [2] }, "an object with the keys ['a', 'b']"],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }, "an object with the keys ['a', 'b', 'c', 'd', 'e', 'f']"],
    [Math.max, "the function max"],
    [(() => () => 1)(), "the function (anonymous)"],
    [{ dataSync: () => [] }, "a tensor"],
    [NaN, "NaN"],
    [3n, "3n"],
    [undefined, "undefined"],
  ];
  for (const [value, text] of named) assertEquals(rules.describe(value), text);
});

Deno.test("options are an object without unknown names; what is undefined is left out", () => {
  rules.checkOptions("it", { a: undefined, b: 1, c: undefined }, ["a", "b"]);
  const tensor = { dataSync: () => [] };
  for (const options of [null, undefined, 3, [], tensor]) {
    assertThrows(
      () => rules.checkOptions("it", options, []),
      TypeError,
      "Cannot make it: 'options' must be an object, it is",
    );
  }
  assertThrows(
    () => rules.checkOptions("it", { c: 1 }, ["a", "b"]),
    TypeError,
    "'c' is 1, but there is no such option",
  );
  assertThrows(
    () => rules.checkFactory("aLoss", tensor, []),
    TypeError,
    "a tensor; aLoss is a factory: call it, aLoss()",
  );
  assertThrows(() => rules.checkFactory("aLoss", { c: 1 }, ["a"]), TypeError, "Cannot make aLoss: 'c' is 1");
});

Deno.test("numbers among options are checked by one rule, and a factory's own options are split from the shared", () => {
  assertEquals(rules.readNumbers("it", { a: 1, b: 0.2 }, ["a", "b"], rules.share), { a: 1, b: 0.2 });
  for (const options of [undefined, {}]) {
    assertThrows(
      () => rules.readNumbers("it", options as never, ["a"], rules.share),
      RangeError,
      "'a' must be a number in",
    );
  }
  assertThrows(
    () => rules.readNumbers("it", { a: 1, b: 2 }, ["a"] as never, rules.share),
    TypeError,
    "'b' is 2, but there is",
  );
  assertEquals(rules.splitOptions("aLoss", { k: 1, slope: 2 }, ["k"], ["slope"]), [{ k: 1 }, { slope: 2 }]);
  assertEquals(rules.splitOptions("aLoss", undefined, [], ["slope"]), [{}, {}]);
  assertThrows(() => rules.splitOptions("aLoss", { k: 1, m: 2 }, ["k"], []), TypeError, "'m' is 2");
});
