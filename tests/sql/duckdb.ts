// DuckDB for the tests of lib/sql: a table of arrays, and the engine as a query. Where the native module is missing, the tests
// are skipped by name.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Query } from "../../lib/sql/mod.ts";
import { slow } from "../slow.ts";

const duckdb = await import("@duckdb/node-api").catch(() => undefined);

/** DuckDB, in memory. */
export interface Engine {
  readonly query: Query;
  /** The texts of the queries that were run. */
  readonly texts: string[];
  /** Runs a statement. */
  run(sql: string): Promise<void>;
  /** Makes a table of columns, each with its type. */
  table(name: string, columns: Parameters<typeof makeTable>[2]): Promise<void>;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const literal = (value: unknown): string =>
  value === null || value === undefined
    ? "NULL"
    : typeof value === "string"
    ? `'${value.replaceAll("'", "''")}'`
    : typeof value === "boolean"
    ? String(value)
    : `'${value}'::DOUBLE`;

/** Makes a table of columns, each with its type. */
export async function makeTable(
  run: (sql: string) => Promise<void>,
  name: string,
  columns: Record<string, readonly [type: string, values: ArrayLike<unknown>]>,
): Promise<void> {
  const names = Object.keys(columns), length = Math.max(...Object.values(columns).map(([, values]) => values.length));
  await run(
    `CREATE OR REPLACE TABLE ${quoted(name)} (${names.map((key) => `${quoted(key)} ${columns[key][0]}`).join(", ")})`,
  );
  for (let from = 0; from < length; from += 2000) {
    const rows = Array.from(
      { length: Math.min(2000, length - from) },
      (_, i) => `(${names.map((key) => literal(columns[key][1][from + i])).join(", ")})`,
    );
    await run(`INSERT INTO ${quoted(name)} VALUES ${rows.join(", ")}`);
  }
}

/** A row of the table `t` that most tests score. */
export interface ScoredRow {
  readonly y: number;
  readonly p: number;
  readonly w: number;
}

/** The columns of the table `t`. */
export const scored = { from: "t", label: "y", output: "p" } as const;

/** Makes the table `t` of rows; labels are DOUBLE, outputs and weights of a type. */
export const makeScored = (engine: Engine, rows: readonly ScoredRow[], type: "DOUBLE" | "FLOAT" = "DOUBLE") =>
  engine.table("t", {
    y: ["DOUBLE", rows.map(({ y }) => y)],
    p: [type, rows.map(({ p }) => p)],
    w: [type, rows.map(({ w }) => w)],
  });

function engineOf(connection: DuckDBConnection): Engine {
  const texts: string[] = [];
  const run = async (sql: string) => void await connection.run(sql);
  return {
    texts,
    run,
    query: async (sql) => {
      texts.push(sql);
      return (await connection.runAndReadAll(sql)).getRowObjectsJson();
    },
    table: (name, columns) => makeTable(run, name, columns),
  };
}

const notThere = duckdb === undefined ? "@duckdb/node-api is not there" : undefined;

const withDuckdb = (register: typeof Deno.test) =>
(
  name: string,
  test: (engine: Engine) => Promise<void>,
  missing: string | undefined = notThere,
): void =>
  register({
    name: missing === undefined ? name : `${name} (skipped: ${missing})`,
    ignore: missing !== undefined,
    fn: async () => {
      const instance = await duckdb!.DuckDBInstance.create(":memory:", { threads: "2" });
      const connection = await instance.connect();
      try {
        await test(engineOf(connection));
      } finally {
        connection.closeSync();
        instance.closeSync();
      }
    },
  });

/** Registers a test with an empty DuckDB of its own; `missing` says why it has to be skipped. */
export const onDuckdb = withDuckdb(Deno.test);

/** {@linkcode onDuckdb} for a slow test, which `deno task test --quick` leaves out. */
export const slowOnDuckdb = withDuckdb(slow.test);
