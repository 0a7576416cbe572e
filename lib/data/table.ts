/** A column of numbers. */
export interface NumberColumn {
  /** Discriminates the kinds of columns. */
  readonly kind: "number";
  /** The column's name in the table. */
  readonly name: string;
  /** One number per row; NaN where the value is missing. */
  readonly values: Float64Array<ArrayBuffer>;
}

/** A column of categories. */
export interface CategoryColumn {
  /** Discriminates the kinds of columns. */
  readonly kind: "category";
  /** The column's name in the table. */
  readonly name: string;
  /** The distinct values, sorted as text. */
  readonly levels: readonly string[];
  /** One index into `levels` per row; −1 where the value is missing. */
  readonly codes: Int32Array<ArrayBuffer>;
}

/** A column of a table. */
export type Column = NumberColumn | CategoryColumn;

/** A column beside the label, and what became of it. */
export interface Feature {
  /** The column's name. */
  readonly name: string;
  /** Numbers, categories, or true and false, which are 1 and 0. */
  readonly kind: "number" | "category" | "boolean";
  /** Says whether models see the column. */
  readonly used: boolean;
  /** The reason for leaving it out, or for its kind. */
  readonly why?: string;
  /** The number of distinct values of a category. */
  readonly levels?: number;
  /** The number of missing values; the training rows' median replaces a number, zeros a category. */
  readonly missing: number;
  /** The number of splits whose training rows have heavy tails in this column, so that its values go through a power. */
  readonly heavyTails?: number;
}

/**
 * The treatment of numeric columns with heavy tails:
 *
 * - "yeoJohnson": values with an excess kurtosis above 10 among the training rows go through Yeo and Johnson's power, λ by
 *   maximum likelihood as in scikit-learn's PowerTransformer; a value beyond those of the training rows counts as the nearest
 * - "keep": they are standardised as they are
 */
export type HeavyTails = "yeoJohnson" | "keep";

/** Options of {@linkcode prepare}. */
export interface PrepareOptions {
  /**
   * The treatment of numeric columns with heavy tails.
   *
   * @default {"keep"}
   */
  heavyTails?: HeavyTails;
}

/** Kinds of {@linkcode TableWarning}. */
export type WarningCode =
  | "beside-column"
  | "class-spelling"
  | "code-column"
  | "constant-column"
  | "costs"
  | "decimal-comma"
  | "duplicate-rows"
  | "empty-column"
  | "index-column"
  | "leak"
  | "made-names"
  | "rare-classes"
  | "repeated-id"
  | "sampled-rows"
  | "separator"
  | "sparse-column"
  | "time-order"
  | "unlabelled-rows";

/** A fact about a table that may change what its numbers mean. */
export interface TableWarning {
  /** The kind of the fact. */
  readonly code: WarningCode;
  /** The column that it is about. */
  readonly column?: string;
  /** One sentence: the fact, and what to write to decide otherwise. */
  readonly message: string;
}

/** A table as typed columns and class indices. */
export interface TableDataset {
  /** The name of the column with the label. */
  readonly label: string;
  /** The index of each row's class; of two classes 1 is the positive one. */
  readonly yTrue: Float64Array<ArrayBuffer>;
  /** The classes, in the order of their indices; of one value against the rest class 0 is "other". */
  readonly classes: readonly { readonly name: string; readonly rows: number }[];
  /** The positive value; absent if there are more than two classes. */
  readonly positive?: string;
  /** The reason for these classes, or for the positive one among them. */
  readonly chosen: string;
  /** The features, in the order of the table. */
  readonly columns: readonly Column[];
  /** Every column beside the label, in the order of the table, and what became of it. */
  readonly features: readonly Feature[];
  /** Warnings about the table that bear on the results. */
  readonly warnings: readonly TableWarning[];
  /** The number of each row in the source, from 0; rows without a label may be left out, a large table may be sampled. */
  readonly rowNumbers: Int32Array<ArrayBuffer>;
  /** A number per row, the same for rows that stay in one part of a split: of one value of `group`, or equal; absent if none do. */
  readonly groups?: Int32Array<ArrayBuffer>;
  /** The numbers of the columns that were read beside the features, by name: one per row. */
  readonly beside: Readonly<Record<string, Float64Array<ArrayBuffer>>>;
  /** The number of missing values of each feature that has any. */
  readonly missing: Readonly<Record<string, number>>;
  /** The names of columns that were left out because they hold no value. */
  readonly empty: readonly string[];
  /** The names of features that have one value only. */
  readonly constant: readonly string[];
}

/** The rows of each part, by their numbers in the table (from 0), in random order. No row is in two parts. */
export interface Split {
  /** The rows to train on. */
  readonly train: readonly number[];
  /** The rows that choose a threshold or a stopping time; may be empty. */
  readonly validation: readonly number[];
  /** The rows that measure the result. */
  readonly test: readonly number[];
}

/** A polars data frame by its members: whoever reads a file needs no types of polars. */
export interface TableFrame {
  /** The names of the columns. */
  readonly columns: string[];
  /** The number of rows. */
  readonly height: number;
  /** Returns a column. */
  getColumn(name: string): unknown;
}

/** Makes a column of numbers; `null` is a missing value. */
export function numberColumn(name: string, values: ArrayLike<number | null>): NumberColumn {
  const numbers = new Float64Array(values.length); // `Float64Array.from` with a function takes several times as long
  for (let i = 0; i < numbers.length; i++) numbers[i] = values[i] ?? NaN;
  return { kind: "number", name, values: numbers };
}

/** Makes a column of categories; `null` is a missing value. */
export function categoryColumn(name: string, values: readonly (string | null)[]): CategoryColumn {
  const levels = [...new Set(values)].filter((value) => value !== null).sort();
  const codeOf = new Map<string | null, number>(levels.map((level, code) => [level, code]));
  return { kind: "category", name, levels, codes: Int32Array.from(values, (value) => codeOf.get(value) ?? -1) };
}

/** Returns whether a row of a column has no value. */
export const isMissing = (column: Column, row: number): boolean =>
  column.kind === "number" ? Number.isNaN(column.values[row]) : column.codes[row] < 0;
