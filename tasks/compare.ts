/**
 * `deno task compare`: compares losses on a table.
 *
 * @module
 */
import { runTask } from "./cli.ts";
import { compareSpec, runCompare } from "./compare_losses.ts";

await runTask(compareSpec, runCompare);
