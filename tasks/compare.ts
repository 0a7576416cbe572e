/**
 * `deno task compare`: compares losses on a table.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { runTask } from "./cli.ts";
import { compareSpec, runCompare } from "./compare_losses.ts";

tf.enableProdMode(); // no banner
await runTask(compareSpec, runCompare);
