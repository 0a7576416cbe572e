/** The name of a data set with two classes. */
export type BinaryName = "wdbc" | "spambase" | "credit";

/** The name of a data set. */
export type DatasetName = BinaryName | "digits";

/** The facts of a data set that are known before its file is read. */
export interface DatasetFacts {
  /** The name in {@linkcode loadDataset}. */
  readonly name: DatasetName;
  /** The full name. */
  readonly title: string;
  /** The file, a CSV with a header line, relative to the project's top folder. */
  readonly file: string;
  /** SHA-256 of the file, in hexadecimal. */
  readonly sha256: string;
  /** The number of rows, without the header line. */
  readonly rows: number;
  /** The columns that a model may see, in the order of the file. */
  readonly features: readonly string[];
  /** The features that are text; all other features are numbers. */
  readonly categorical: readonly string[];
  /** The column with the label: class indices from 0. Of two classes 1 is the positive one. */
  readonly label: string;
  /** The number of rows of each class. */
  readonly classes: readonly number[];
  /** The number of missing values. */
  readonly missing: number;
  /** The origin of the data. */
  readonly source: string;
  /** The public package, with its version, that the file was made from. */
  readonly package: string;
  /** The licence, by its SPDX identifier. */
  readonly licence: string;
  /** The citation. */
  readonly citation: string;
}

/** The facts of a data set with two classes. */
export interface BinaryFacts extends DatasetFacts {
  /** The name in {@linkcode loadDataset}. */
  readonly name: BinaryName;
  /** The meaning of a positive row. */
  readonly positive: string;
  /** The number of positive rows. */
  readonly positives: number;
}

/** The measures of a cell nucleus in the data set wdbc. */
const measures = [
  ...["radius", "texture", "perimeter", "area", "smoothness", "compactness"],
  ...["concavity", "concave points", "symmetry", "fractal dimension"],
];

/** The words that are counted in the data set spambase. */
const words = (
  "make address all 3d our over remove internet order mail receive will people report addresses " +
  "free business email you credit your font 000 money hp hpl george 650 lab labs telnet 857 data " +
  "415 85 technology 1999 parts pm direct cs meeting original project re edu table conference"
).split(" ");

/**
 * The facts of the four data sets in data/, by name.
 *
 * @example Usage
 * ```ts
 * import { datasets } from "@roundabout/roundabout/data";
 * import { assert } from "@std/assert";
 *
 * const { rows, positives, licence } = datasets.wdbc;
 * assert(rows === 569 && positives === 212 && licence === "CC-BY-4.0");
 * ```
 */
export const datasets: { readonly [Name in BinaryName]: BinaryFacts } & { readonly digits: DatasetFacts } = {
  wdbc: {
    name: "wdbc",
    title: "Breast Cancer Wisconsin (Diagnostic)",
    file: "data/wdbc.csv",
    sha256: "bb27ae0af4bf4751f079b541401f84a335c9a76cf33a4223dbf45a31b81ad38d",
    rows: 569,
    features: ["mean *", "* error", "worst *"].flatMap((of) => measures.map((measure) => of.replace("*", measure))),
    categorical: [],
    label: "malignant",
    classes: [357, 212],
    positive: "the tumour is malignant",
    positives: 212,
    missing: 0,
    source: "UCI Machine Learning Repository, https://doi.org/10.24432/C5DW2B",
    package: "scikit-learn 1.5.2 (PyPI)",
    licence: "CC-BY-4.0",
    citation: "Wolberg, W., Mangasarian, O., Street, N., & Street, W. (1993). Breast Cancer Wisconsin (Diagnostic) " +
      "[Dataset]. UCI Machine Learning Repository. https://doi.org/10.24432/C5DW2B",
  },
  spambase: {
    name: "spambase",
    title: "Spambase",
    file: "data/spambase.csv",
    sha256: "43cbe9a4be4f1261587a0d094f331fbfb2f20c1284d733d3a612a3692a19ab4b",
    rows: 4601,
    features: [
      ...words.map((word) => `word_freq_${word}`),
      ...[";", "(", "[", "!", "$", "#"].map((character) => `char_freq_${character}`),
      ...["average", "longest", "total"].map((length) => `capital_run_length_${length}`),
    ],
    categorical: [],
    label: "spam",
    classes: [2788, 1813],
    positive: "the e-mail is spam",
    positives: 1813,
    missing: 0,
    source: "UCI Machine Learning Repository, https://doi.org/10.24432/C53G6X",
    package: "r-cran-kernlab 0.9-32-1 (Debian 12)",
    licence: "CC-BY-4.0",
    citation: "Hopkins, M., Reeber, E., Forman, G., & Suermondt, J. (1999). Spambase [Dataset]. " +
      "UCI Machine Learning Repository. https://doi.org/10.24432/C53G6X",
  },
  credit: {
    name: "credit",
    title: "Credit data",
    file: "data/credit.csv",
    sha256: "860237d5b711733375c75bf430206b35aec29f85efaf76351ed32299d75689c0",
    rows: 4454,
    features: [
      "Seniority",
      "Home",
      "Time",
      "Age",
      "Marital",
      "Records",
      "Job",
      "Expenses",
      "Income",
      "Assets",
      "Debt",
      "Amount",
      "Price",
    ],
    categorical: ["Home", "Marital", "Records", "Job"],
    label: "bad",
    classes: [3200, 1254],
    positive: "the credit went bad",
    positives: 1254,
    missing: 455,
    source: "R package modeldata, credit_data, https://cran.r-project.org/package=modeldata",
    package: "r-cran-modeldata 1.1.0-1 (Debian 12)",
    licence: "MIT",
    citation: "Kuhn, M. (2023). modeldata: Data Sets Useful for Modeling Packages (version 1.1.0) [R package]. " +
      "https://cran.r-project.org/package=modeldata",
  },
  digits: {
    name: "digits",
    title: "Optical Recognition of Handwritten Digits (test part)",
    file: "data/digits.csv",
    sha256: "592cc047d0a1cc7fdef9fd724514209dcb45a80aa147dc3ab375e3e1a9a380f4",
    rows: 1797,
    features: Array.from({ length: 64 }, (_, pixel) => `pixel_${pixel >> 3}_${pixel % 8}`),
    categorical: [],
    label: "digit",
    classes: [178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
    missing: 0,
    source: "UCI Machine Learning Repository, https://doi.org/10.24432/C50P49",
    package: "scikit-learn 1.5.2 (PyPI)",
    licence: "CC-BY-4.0",
    citation: "Alpaydin, E., & Kaynak, C. (1998). Optical Recognition of Handwritten Digits [Dataset]. " +
      "UCI Machine Learning Repository. https://doi.org/10.24432/C50P49",
  },
};
