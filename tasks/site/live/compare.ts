/// <reference lib="dom" />
/**
 * Page "Does it pay on your table?".
 *
 * @module
 */
import "./site.ts";
import { comparisonDisplay } from "../../../lib/display/comparison_display.ts";
import { inLabels, labels } from "./compare_words.ts";
import type { ChosenScore, CompareJob, CompareProgress, CompareResult, ComparisonData } from "./compare_worker.ts";
import { button, choice, html, labelled, readout } from "./dom.ts";
import { startJob } from "./jobs.ts";
import { reportOf } from "./report.ts";

const scores = {
  f1: "F1",
  accuracy: "accuracy",
  balancedAccuracy: "balanced accuracy",
  jaccard: "Jaccard",
  mcc: "Matthews correlation",
  cohenKappa: "Cohen's kappa",
  gMean: "geometric mean of recall and specificity",
  fBeta: "F-beta",
  precisionAtRecall: "precision at a required recall",
  recallAtPrecision: "recall at a required precision",
};

/** Scores that need a number: the label of its input, the number to begin with, and the largest one. */
const parameters: Record<string, { label: string; value: number; max: number }> = {
  fBeta: { label: "Beta: the weight of recall against precision", value: 0.5, max: 100 },
  precisionAtRecall: { label: "Recall of at least", value: 0.9, max: 1 },
  recallAtPrecision: { label: "Precision of at least", value: 0.9, max: 1 },
};

const separators = { "": "found by the header", ",": "comma", ";": "semicolon", "|": "vertical bar", "\t": "tab" };

/** Makes a list of columns, of which a reader may choose any number. */
function columnList(label: string): { field: HTMLElement; input: HTMLSelectElement; chosen(): string[] } {
  const input = html("select", { multiple: true, size: 4 });
  return { field: labelled(label, input), input, chosen: () => [...input.selectedOptions].map(({ value }) => value) };
}

const optionsOf = (columns: readonly string[]): HTMLOptionElement[] =>
  columns.map((column) => html("option", { value: column }, column || "(no name)"));

/** Shows a comparison: the display of the notebooks. */
function report(comparison: ComparisonData): HTMLElement {
  const { text, ...rest } = comparison, { data: table } = rest;
  const warnings = table.warnings.map((warning) => ({ ...warning, message: inLabels(warning.message) }));
  const data = { ...rest, data: { ...table, warnings } };
  return reportOf(comparisonDisplay({ ...data, toJSON: () => data, toString: () => text }));
}

/** Sets the tool up in its place. */
function mount(place: HTMLElement): void {
  const said = readout(),
    result = html("div", { class: "result" }),
    bar = html("progress", { max: 1, "aria-label": "Progress" });
  const input = html("input", {
    type: "file",
    accept: ".csv,.tsv,.tab,.txt,.dat,.data,text/csv,text/tab-separated-values",
  });
  const label = choice("Column with the label", {}, "");
  const parameter = html("input", { type: "number", min: 0, step: "any" }), parameterField = labelled("", parameter);
  const chooseScore = (name: string) => {
    const own = parameters[name];
    parameterField.hidden = own === undefined;
    if (own === undefined) return;
    parameterField.querySelector("label")!.textContent = own.label;
    [parameter.value, parameter.max] = [String(own.value), String(own.max)];
  };
  const score = choice(labels.score, scores, "f1", chooseScore);
  chooseScore("f1");
  const [drop, keep, numbers] = [labels.drop, labels.keep, labels.numbers].map(columnList);
  const missing = html("input", { type: "text", placeholder: "such as 999, unknown", autocomplete: "off" });
  const group = choice(labels.group, {}, ""), separator = choice(labels.separator, separators, "");
  const mergeRare = html("input", { type: "number", min: 0, value: 0 });
  const dropUnlabelled = html("input", { type: "checkbox" });
  const positive = html("input", { type: "text", placeholder: "1, or the rarer value", autocomplete: "off" });
  const repeats = html("input", { type: "number", min: 3, max: 100, value: 10 });
  let file: CompareJob["file"] | undefined, end: (() => void) | undefined, soFar: ComparisonData | undefined;

  const running = (on: boolean) => {
    [run.disabled, halt.hidden, bar.hidden] = [on || file === undefined, !on, !on];
    if (!on) end = undefined;
  };
  const show = (comparison: ComparisonData, words: string) => {
    result.replaceChildren(report(comparison));
    said.say(words);
  };
  const start = (job: CompareJob, onResult: (result: CompareResult) => void) => {
    end?.();
    result.replaceChildren();
    end = startJob<CompareJob, CompareProgress, CompareResult>(job, {
      onProgress: (progress) => {
        if (progress.kind === "so far") {
          soFar = progress.comparison;
          return result.replaceChildren(
            html("p", {}, html("strong", {}, `So far, after ${soFar.repeats} splits:`)),
            report(soFar),
          );
        }
        const { done, total, secondsLeft } = progress;
        bar.value = done / total;
        said.say(`Training ${done} of ${total} is done; about ${Math.ceil(secondsLeft)} s are left.`, true);
      },
      onError: (message) => {
        running(false);
        const words = inLabels(message), named = (text: string | null) => words.includes(`“${text}”`);
        more.open ||= [...more.querySelectorAll("label")].some(({ textContent }) => named(textContent));
        said.say(words);
      },
      onResult: (answer) => {
        running(false);
        onResult(answer);
      },
    });
    running(true);
  };
  const take = (chosen: CompareJob["file"]) => {
    file = undefined;
    said.say(`'${chosen.name}' is read.`);
    start({ kind: "columns", file: chosen }, (answer) => {
      const { columns } = answer as { columns: string[] };
      file = chosen;
      for (const list of [label, drop, keep, numbers]) list.input.replaceChildren(...optionsOf(columns));
      group.input.replaceChildren(html("option", { value: "" }, "none"), ...optionsOf(columns));
      label.input.value = columns.at(-1)!;
      settings.hidden = more.hidden = false;
      running(false);
      said.say(
        `'${chosen.name}' has ${columns.length} columns. Check that the label is '${
          columns.at(-1)
        }'; if not, choose it.`,
      );
    });
  };
  const takeFile = async (chosen: File | undefined) => {
    if (chosen && !/\.(?:csv|tsv|tab|txt|dat|data)$/i.test(chosen.name)) {
      return said.say(
        `This page reads CSV and TSV files, and '${chosen.name}' is not one; the command deno task compare reads Parquet and .gz.`,
      );
    }
    if (chosen) take({ name: chosen.name, bytes: new Uint8Array(await chosen.arrayBuffer()) });
  };
  input.addEventListener("change", () => takeFile(input.files?.[0]));

  const chosenScore = (): ChosenScore =>
    (score.input.value in parameters
      ? { name: score.input.value, parameter: parameter.valueAsNumber }
      : score.input.value) as ChosenScore;
  const options = () => ({
    label: label.input.value,
    ...(positive.value && { positive: positive.value }),
    repeats: Math.max(3, Math.round(repeats.valueAsNumber) || 10),
    drop: drop.chosen(),
    keep: keep.chosen(),
    numbers: numbers.chosen(),
    missing: missing.value.split(",").map((text) => text.trim()).filter((text) => text !== ""),
    ...(group.input.value && { group: group.input.value }),
    ...(separator.input.value && { separator: separator.input.value }),
    mergeRare: Math.max(0, Math.round(mergeRare.valueAsNumber) || 0),
    dropUnlabelled: dropUnlabelled.checked,
  });
  const run = button("Compare", () => {
    soFar = undefined;
    bar.value = 0;
    start({ kind: "compare", file: file!, score: chosenScore(), options: options() }, (answer) => {
      const comparison = answer as ComparisonData;
      show(comparison, comparison.recommendation.split(/(?<=\.) /)[0]);
    });
  });
  const halt = button("Stop", () => {
    end?.();
    running(false);
    if (soFar) said.say(`Stopped: these are the results of ${soFar.repeats} splits.`);
    else said.say("Stopped before three splits were done: there is no result yet.");
  });
  const sample = button("Use an example", () => take({ name: "example.csv" }));
  const box = html("div", { class: "drop" }, labelled("Table: a CSV or TSV file with a header", input), sample);
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    takeFile(event.dataTransfer?.files[0]);
  });
  const settings = html(
    "div",
    { class: "fields", hidden: true },
    label.field,
    labelled(labels.positive, positive),
    score.field,
    parameterField,
    labelled(labels.repeats, repeats),
  );
  const more = html(
    "details",
    { hidden: true },
    html("summary", {}, "Options for reading the file"),
    html(
      "div",
      { class: "fields" },
      ...[drop.field, keep.field, numbers.field, labelled(labels.missing, missing), group.field, separator.field],
      labelled(labels.mergeRare, mergeRare),
      labelled(labels.dropUnlabelled, dropUnlabelled),
    ),
  );
  running(false);
  place.replaceChildren(box, settings, more, html("div", { class: "buttons" }, run, halt), bar, said, result);
}

mount(document.querySelector<HTMLElement>("[data-tool='compare']")!);
