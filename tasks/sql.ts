/**
 * `deno task sql`: scores a table where it lies.
 *
 * @module
 */
import { runTask } from "./cli.ts";
import { runSql, sqlSpec } from "./sql_table.ts";

await runTask(sqlSpec, runSql);
