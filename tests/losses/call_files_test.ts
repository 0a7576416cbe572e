// The files that a reader of one call of a loss has to follow, counted by V8: in an isolate of its own, where nothing has been
// made ready.
import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { Session } from "node:inspector/promises";
import { precisionLoss } from "../../lib/mod.ts";

/** Lists the files of lib/ whose functions run in a call. */
async function filesOf(call: () => void): Promise<string[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true });
    call();
    const { result } = await session.post("Profiler.takePreciseCoverage") as {
      result: { url: string; functions: { ranges: { count: number }[] }[] }[];
    };
    const ran = result.filter(({ functions }) => functions.some(({ ranges: [{ count }] }) => count > 0));
    const lib = new URL("../../lib/", import.meta.url).href;
    return ran.map(({ url }) => url).filter((url) => url.startsWith(lib)).map((url) => url.slice(lib.length)).sort();
  } finally {
    session.disconnect();
  }
}

for (
  const [path, rows, most, some] of [
    ["with the SIMD loops", 8192, 16, "kernels/passes.ts"],
    ["on the path that a reader reads first", 4, 12, "counts/counts.ts"],
  ] as const
) {
  Deno.test(`a call of precisionLoss and its gradient, ${path}, runs through at most ${most} files`, async () => {
    const files = await filesOf(() =>
      tf.tidy(() => {
        const [yTrue, yPred] = [1, 0.3].map((value) => tf.fill([rows, 1], value)), loss = precisionLoss();
        tf.valueAndGrad((output) => loss(yTrue, output as tf.Tensor2D))(yPred);
      })
    );
    assert(files.includes(some), `${some} is not among ${files}`);
    assert(files.length <= most, `${files.length} files: ${files.join(", ")}`);
  });
}
