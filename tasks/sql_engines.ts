/**
 * The engines of `deno task sql`, of its examples and of the bench: DuckDB in this process, and Spark behind
 * `examples/spark_query.py`. A query reports its progress, and each engine is closed with `using`.
 *
 * @module
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Query } from "../lib/sql/mod.ts";
import { linesOf } from "./processes.ts";

/** A running engine. */
export interface Engine extends AsyncDisposable {
  /** Runs a text. */
  readonly query: Query;
  /** The name and the version. */
  readonly name: string;
}

/** Receives the progress: the number of the scan, and its percentage if the engine knows it. */
export type OnScan = (scan: number, percentage?: number) => void;

/** Options of {@linkcode duckdbEngine}. */
interface DuckdbOptions {
  /** A database file, opened for reading; default: memory. */
  database?: string;
  /** Settings of DuckDB, such as `threads` and `memory_limit`. */
  settings?: Record<string, string>;
  onScan?: OnScan;
}

/** Starts DuckDB, an optional package; the error says how to get it. */
export async function duckdbEngine(
  { database = ":memory:", settings = {}, onScan }: DuckdbOptions = {},
): Promise<Engine> {
  const { DuckDBInstance, version } = await import("@duckdb/node-api").catch((error) => {
    throw new Error("DuckDB is not there: run `deno install` for npm:@duckdb/node-api", { cause: error });
  });
  const readOnly: Record<string, string> = database === ":memory:" ? {} : { access_mode: "READ_ONLY" };
  const instance = await DuckDBInstance.create(database, {
    ...readOnly,
    preserve_insertion_order: "false",
    ...settings,
  });
  const connection = await instance.connect();
  await connection.run("SET enable_progress_bar = true");
  await connection.run("SET enable_progress_bar_print = false");
  let scan = 0;
  return {
    name: `DuckDB ${version()}`,
    query: async (sql) => {
      onScan?.(++scan);
      const timer = setInterval(() => {
        const { percentage } = connection.progress;
        if (percentage > 0) onScan?.(scan, percentage);
      }, 500);
      try {
        return (await connection.runAndReadAll(sql)).getRowObjectsJson();
      } finally {
        clearInterval(timer);
      }
    },
    [Symbol.asyncDispose]: () => {
      connection.closeSync();
      instance.closeSync();
      return Promise.resolve();
    },
  };
}

/** Options of {@linkcode sparkEngine}. */
interface SparkOptions {
  /**
   * The Python that has PySpark, or `spark-submit`.
   *
   * @default {"python3"}
   */
  python?: string;
  /**
   * The master of the cluster, such as "local[2]".
   *
   * @default {that of Spark's settings, else "local[*]"}
   */
  master?: string;
  /** Views of files: their names and paths. */
  views?: Record<string, string>;
  /** Settings of Spark. */
  settings?: Record<string, string>;
  onScan?: OnScan;
}

/** Starts Spark behind the example's loop: a JSON line per query, a JSON line per answer. */
export async function sparkEngine(options: SparkOptions = {}): Promise<Engine> {
  const { python = "python3", master, views = {}, settings = {}, onScan } = options;
  const pairs = (option: string, list: Record<string, string>) =>
    Object.entries(list).flatMap(([key, value]) => [option, `${key}=${value}`]);
  const script = fileURLToPath(new URL("../examples/spark_query.py", import.meta.url));
  // spark-submit hands no standard input to its program, so that the lines go over a socket.
  using listener = basename(python).startsWith("spark-submit")
    ? Deno.listen({ hostname: "127.0.0.1", port: 0 })
    : undefined;
  const process = new Deno.Command(python, {
    args: [
      script,
      ...(master === undefined ? [] : ["--master", master]),
      ...pairs("--view", views),
      ...pairs("--setting", settings),
      ...(listener === undefined ? [] : ["--port", String(listener.addr.port)]),
    ],
    stdin: listener === undefined ? "piped" : "null",
    stdout: listener === undefined ? "piped" : "null",
    stderr: "piped",
  }).spawn();
  const log = new Response(process.stderr).text();
  const ended = async () => new Error(`Spark ended: ${(await log).trim().split("\n").at(-1) || "it said nothing"}`);
  const channel = listener === undefined
    ? { readable: process.stdout, writable: process.stdin }
    : await Promise.race([listener.accept(), process.status.then(async () => Promise.reject(await ended()))]);
  const lines = linesOf(channel.readable), writer = channel.writable.getWriter();
  const next = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.next();
    if (!done) return JSON.parse(value);
    throw await ended();
  };
  const { ready } = await next();
  let scan = 0;
  return {
    name: `Spark ${ready}`,
    query: async (sql) => {
      onScan?.(++scan);
      await writer.write(new TextEncoder().encode(`${JSON.stringify({ sql })}\n`));
      let answer = await next();
      for (; answer.tasks !== undefined; answer = await next()) {
        onScan?.(scan, 100 * Number(answer.done) / Number(answer.tasks));
      }
      const { rows, error } = answer;
      if (error !== undefined) throw new Error(`Spark refuses the query: ${error}`);
      return rows as Record<string, unknown>[];
    },
    [Symbol.asyncDispose]: async () => {
      await writer.close();
      await Promise.all([process.status, log]);
    },
  };
}

/** Finds a Python that has PySpark, and Java; the reason if one of them is not there. */
export async function findSpark(): Promise<{ python: string } | { missing: string }> {
  const python = Deno.env.get("ROUNDABOUT_SPARK") ?? "python3";
  const ends = async (command: string, args: string[]): Promise<boolean> => {
    try {
      return (await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output()).success;
    } catch {
      return false; // there is no such command
    }
  };
  const [hasSpark, hasJava] = await Promise.all([
    ends(python, ["-c", "import importlib.metadata as m; m.version('pyspark')"]),
    ends("java", ["-version"]),
  ]);
  if (hasSpark && hasJava) return { python };
  return { missing: hasSpark ? "Java is not there" : `the Python of ROUNDABOUT_SPARK, '${python}', has no PySpark` };
}
