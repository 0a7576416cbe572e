/// <reference lib="dom" />
/**
 * Page "Audit your loss".
 *
 * @module
 */
import "./site.ts";
import { auditDisplay } from "../../../lib/display/audit_display.ts";
import { countOfProbes } from "../../../lib/audit/report.ts";
import type { ExtraLabel, LabelKind, PredictionKind } from "../../../lib/audit/types.ts";
import type { AuditData, AuditJob, AuditProgress } from "./audit_worker.ts";
import { button, choice, html, keepSettings, labelled, readout, settingsOf } from "./dom.ts";
import { famousLosses, fileName } from "./famous_losses.ts";
import { startJob } from "./jobs.ts";
import { layTables } from "../tables.ts";
import { boxOf, reportOf } from "./report.ts";

const name = "audit";

const outputKinds: Record<PredictionKind & string, string> = {
  probability: "probabilities, 0 to 1",
  simplex: "probabilities of classes, which add up to 1",
  logits: "logits, before the sigmoid or softmax",
  real: "any numbers",
  nonnegative: "numbers of at least 0",
  tanh: "numbers from −1 to 1",
};

const labelKinds: Record<LabelKind | "", string> = {
  "": "usual for these outputs",
  binary: "0 or 1",
  "one-hot": "one-hot",
  index: "the number of the class",
  sign: "−1 or 1",
  real: "any numbers",
  positive: "numbers above 0",
  count: "counts: 0, 1, 2, …",
  probability: "probabilities",
  distribution: "probabilities of classes, which add up to 1",
  none: "none: the labels are not used",
};

const extraKinds: Record<ExtraLabel | "", string> = {
  "": "none",
  mask: "a mask of 0 and 1",
  weight: "a weight above 0",
  event: "an event: 1, or 0 if censored",
};

/** Shows the text with the lines that a report names. */
function listing(text: string, { findings }: AuditData): HTMLElement {
  const marked = new Map(
    [...findings].reverse().flatMap(({ where, cause }) => {
      const line = where?.line?.startsWith(`${fileName}:`) ? Number(where.line.split(":")[1]) : undefined;
      return line === undefined ? [] : [[line, `${where!.op}: ${cause}`] as const];
    }),
  );
  const lines = text.trimEnd().split("\n").map((line, i) => {
    const why = marked.get(i + 1), number = html("span", { class: "number", "aria-hidden": "true" }, String(i + 1));
    return why === undefined
      ? html("span", { class: "line" }, number, `${line}\n`)
      : html("mark", { class: "line" }, number, line, html("span", { class: "why" }, ` ← ${why}`), "\n");
  });
  return html(
    "pre",
    { class: "code listing", tabindex: 0, role: "group", "aria-label": "The loss, with marked lines" },
    ...lines,
  );
}

/** Shows a report: the display of the notebooks, the marked text, every probe. */
function report(text: string, audit: AuditData): Node[] {
  const shown = reportOf(auditDisplay({ ...audit, time: () => ({ loss: 0, reference: 0 }), toJSON: () => audit }));
  const probes = audit.probes.map((probe) =>
    html("tr", {}, html("td", {}, probe.name), html("td", {}, probe.result), html("td", {}, probe.detail))
  );
  const head = ["probe", "result", "detail"].map((word) => html("th", { scope: "col" }, word));
  const table = html("table", {}, html("thead", {}, html("tr", {}, ...head)), html("tbody", {}, ...probes));
  const box = boxOf("table-box", "All probes");
  box.innerHTML = layTables(table.outerHTML);
  const all = html("details", {}, html("summary", {}, `All ${probes.length} probes`), box);
  return [listing(text, audit), shown, all];
}

/** Sets the tool up in its place. */
function mount(place: HTMLElement): void {
  const settings = settingsOf(name), [first] = Object.keys(famousLosses);
  const text = html("textarea", { rows: 14, spellcheck: "false", autocapitalize: "off", autocomplete: "off" });
  const start = (loss: string) => {
    const { text: own, outputs: kind, labels: truth } = famousLosses[loss];
    [text.value, outputs.input.value, labels.input.value, extra.input.value, columns.value] = [
      own,
      kind,
      truth,
      "",
      "",
    ];
    keep();
  };
  const famous = choice(
    "Start from",
    {
      ...Object.fromEntries(Object.entries(famousLosses).map(([key, { title }]) => [key, title])),
      "": "a loss of your own",
    },
    settings.has("text") ? "" : first,
    (loss) => loss === "" ? (text.value = "", keep()) : start(loss),
  );
  const keep = () =>
    keepSettings(name, {
      outputs: outputs.input.value,
      labels: labels.input.value,
      ...(extra.input.value && { extra: extra.input.value }),
      ...(columns.value && { columns: columns.value }),
      text: text.value,
    });
  const outputs = choice("Outputs", outputKinds, settings.get("outputs") ?? "probability", keep);
  const labels = choice("Labels", labelKinds, settings.get("labels") ?? "", keep);
  const extra = choice("Further column of the labels", extraKinds, settings.get("extra") ?? "", keep);
  const columns = html("input", {
    type: "number",
    min: 1,
    max: 100,
    placeholder: "usual number",
    value: settings.get("columns") ?? "",
  });
  const limit = html("input", { type: "number", min: 1, max: 600, value: settings.get("limit") ?? 30 });
  text.value = settings.get("text") ?? famousLosses[first].text;
  text.addEventListener("input", () => {
    famous.input.value = "";
    keep();
  });
  columns.addEventListener("change", keep);
  const said = readout(), result = html("div", { class: "result" });
  let end: (() => void) | undefined;

  const stop = (words: string) => {
    end?.();
    end = undefined;
    [run.disabled, halt.hidden] = [false, true];
    said.say(words);
  };
  const run = button("Audit this loss", () => {
    const source = text.value, seconds = Math.max(1, limit.valueAsNumber || 30);
    [run.disabled, halt.hidden] = [true, false];
    result.replaceChildren();
    said.say("The audit runs.");
    let over: ReturnType<typeof setTimeout> | undefined;
    // The limit is the loss's: a browser may take long to start the worker.
    const limitTime = () => {
      over = setTimeout(
        () =>
          stop(
            `The audit was ended after ${seconds} s: the loss, or one of its gradients, does not return. Look for a loop without an end, or allow more time.`,
          ),
        1000 * seconds,
      );
    };
    const job: AuditJob = {
      text: source,
      options: {
        yPred: outputs.input.value as AuditJob["options"]["yPred"],
        ...(labels.input.value && { yTrue: labels.input.value as AuditJob["options"]["yTrue"] }),
        ...(extra.input.value && { extraLabels: [extra.input.value as ExtraLabel] }),
        ...(columns.value && { columns: columns.valueAsNumber }),
      },
    };
    const ended = startJob<AuditJob, AuditProgress, AuditData>(job, {
      onProgress: (progress) => {
        if (progress === "begun") return limitTime();
        said.say(`The audit runs: ${progress.done} of ${progress.of} rules are done.`, true);
      },
      onError: (message) => stop(message),
      onResult: (audit) => {
        const [worst] = audit.findings;
        result.replaceChildren(...report(source, audit));
        const found = worst ? ` ${worst.message} (${worst.cause}).` : "";
        stop(`${audit.name} is ${audit.verdict} (${countOfProbes(audit.probes)}).${found}`);
      },
    });
    end = () => {
      clearTimeout(over);
      ended();
    };
  });
  const halt = button("Stop", () => stop("The audit was stopped."));
  halt.hidden = true;
  const link = button("Copy a link to this loss", () => {
    keep();
    navigator.clipboard.writeText(location.href).then(
      () => said.say("The link is copied; it holds the text of the loss."),
      () => said.say("The link is in the address bar; it holds the text of the loss."),
    );
  });
  place.replaceChildren(
    famous.field,
    labelled("Loss (yTrue, yPred) => tensor, in TypeScript or JavaScript", text),
    html(
      "div",
      { class: "fields" },
      outputs.field,
      labels.field,
      extra.field,
      labelled("Columns of outputs", columns),
      labelled("Time limit (seconds)", limit),
    ),
    html("div", { class: "buttons" }, run, halt, link),
    said,
    result,
  );
}

mount(document.querySelector<HTMLElement>("[data-tool='audit']")!);
