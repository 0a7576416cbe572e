// Requests that worker threads answer: the answers, an error, a stop.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { pathToFileURL } from "node:url";
import { inWorkers } from "../../tasks/in_workers.ts";
import { Fixtures } from "./fixtures.ts";

/** A worker that answers a number n with n and n², and throws at a negative one. */
const script = `self.onmessage = ({ data }) => {
  if (data < 0) throw new RangeError("no root of " + data);
  self.postMessage(data);
  self.postMessage(data ** 2);
};`;

Deno.test("inWorkers: every request is answered once, its answers in their order", async () => {
  using fixtures = new Fixtures();
  const url = pathToFileURL(fixtures.file("square.js", script)), requests = Array.from({ length: 20 }, (_, i) => i);
  const answers = requests.map((): number[] => []);
  await inWorkers<number>(url, requests, { perRequest: 2, onAnswer: (place, answer) => answers[place].push(answer) });
  assertEquals(answers, requests.map((n) => [n, n ** 2]));
});

Deno.test("inWorkers: an error of a worker, and a stop, end all of them", async () => {
  using fixtures = new Fixtures();
  const url = pathToFileURL(fixtures.file("square.js", script)), requests = [1, -2, ...Array(20).fill(3)];
  await assertRejects(() => inWorkers(url, requests, { perRequest: 2, onAnswer() {} }), Error, "no root of -2");
  const onBadAnswer = () => {
    throw new Error("of the caller");
  };
  await assertRejects(() => inWorkers(url, [1], { onAnswer: onBadAnswer }), Error, "of the caller");
  const stop = new AbortController(), endless = Array(1000).fill(1);
  let answers = 0;
  const onAnswer = () => {
    if (++answers === 5) stop.abort(new Error("enough"));
  };
  await assertRejects(() => inWorkers(url, endless, { perRequest: 2, onAnswer, signal: stop.signal }), Error, "enough");
  assert(answers < 2000, `${answers}`);
  await assertRejects(() => inWorkers(url, endless, { onAnswer, signal: stop.signal }), Error, "enough");
});
