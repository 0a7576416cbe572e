/**
 * Value and gradient by `deno bench`, for a look at one change. It measures one contender after the other; ratios that
 * are to be trusted are those of `deno task bench`, which takes them in turn.
 */
import * as tf from "@tensorflow/tfjs";
import { backends, contendersOf } from "./contenders.ts";
import { type Work, works } from "./record_format.ts";

for (const backend of backends) {
  await tf.setBackend(backend);
  for (const [work, { columns, words }] of Object.entries(works)) {
    for (const size of [1e3, 1e6]) {
      for (const { name, rows, run } of contendersOf(work as Work, size / columns)) {
        Deno.bench({
          name,
          group: `${words}, ${rows.toLocaleString("en")} rows, ${backend}`,
          baseline: name.startsWith("fused"),
          n: size === 1e6 ? 10 : 500,
          warmup: size === 1e6 ? 5 : 200, // the first calls are interpreted
          fn: async (b) => {
            await tf.setBackend(backend);
            b.start();
            const { value, grad } = run();
            b.end();
            tf.dispose([value, grad]);
          },
        });
      }
    }
  }
}
