/// <reference lib="dom" />
/**
 * Page "Does it pay on your table?".
 *
 * @module
 */
import "./site.ts";
import type { ScoreName } from "../../../lib/scores/to_score.ts";
import { comparisonDisplay } from "../../../lib/display/comparison_display.ts";
import type { CompareJob, CompareProgress, CompareResult, ComparisonData } from "./compare_worker.ts";
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
};

/** Shows a comparison: the display of the notebooks. */
function report(comparison: ComparisonData): HTMLElement {
  const { text, ...data } = comparison;
  return reportOf(comparisonDisplay({ ...data, toJSON: () => data, toString: () => text }));
}

/** Sets the tool up in its place. */
function mount(place: HTMLElement): void {
  const said = readout(),
    result = html("div", { class: "result" }),
    bar = html("progress", { max: 1, "aria-label": "Progress" });
  const input = html("input", { type: "file", accept: ".csv,.tsv,text/csv,text/tab-separated-values" });
  const label = choice("Column with the label", {}, ""), score = choice("Score", scores, "f1");
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
        said.say(message);
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
      label.input.replaceChildren(...columns.map((column) => html("option", { value: column }, column || "(no name)")));
      label.input.value = columns.at(-1)!;
      settings.hidden = false;
      running(false);
      said.say(
        `'${chosen.name}' has ${columns.length} columns. Check that the label is '${
          columns.at(-1)
        }'; if not, choose it.`,
      );
    });
  };
  const takeFile = async (chosen: File | undefined) => {
    if (chosen && !/\.(?:csv|tsv|txt)$/i.test(chosen.name)) {
      return said.say(
        `This page reads CSV and TSV files only, '${chosen.name}' is another; the command reads Parquet and .gz.`,
      );
    }
    if (chosen) take({ name: chosen.name, bytes: new Uint8Array(await chosen.arrayBuffer()) });
  };
  input.addEventListener("change", () => takeFile(input.files?.[0]));

  const run = button("Compare", () => {
    soFar = undefined;
    bar.value = 0;
    start({
      kind: "compare",
      file: file!,
      label: label.input.value,
      ...(positive.value && { positive: positive.value }),
      score: score.input.value as ScoreName,
      repeats: Math.max(3, Math.round(repeats.valueAsNumber) || 10),
    }, (answer) => {
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
  const drop = html("div", { class: "drop" }, labelled("Table: a CSV or TSV file with a header", input), sample);
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    takeFile(event.dataTransfer?.files[0]);
  });
  const settings = html(
    "div",
    { class: "fields", hidden: true },
    label.field,
    labelled("Positive value", positive),
    score.field,
    labelled("Splits", repeats),
  );
  running(false);
  place.replaceChildren(drop, settings, html("div", { class: "buttons" }, run, halt), bar, said, result);
}

mount(document.querySelector<HTMLElement>("[data-tool='compare']")!);
