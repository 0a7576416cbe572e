/// <reference lib="dom" />
/**
 * The gradient of each of twelve rows under a step that the reader chooses and moves.
 *
 * @module
 */
import {
  countsGradient,
  linearRamp,
  logistic,
  precision,
  round,
  softCounts,
  softsign,
  type Step,
} from "../../../../lib/core.ts";
import { button, choice, html, keepSettings, readout, settingsOf, slider, slopeSlider, svg } from "../dom.ts";
import { arrow, arrowLength, frame, number, path } from "../plot.ts";
import { yPred as outputs, yTrue } from "./twelve_rows.ts";

const name = "who-gets-an-arrow";

/** Steps by their button: the family, and where it stands at first. */
const kinds = {
  round: { words: "round", color: "black", slope: 8, centre: 0.5 },
  asked: { words: "asked ramp", color: "orange", slope: 8, centre: 0 },
  ramp: { words: "ramp at ½", color: "orange", slope: 8, centre: 0.5 },
  logistic: { words: "logistic", color: "vermillion", slope: 8, centre: 0.5 },
  softsign: { words: "softsign", color: "blue", slope: 8, centre: 0.5 },
} as const;

type Kind = keyof typeof kinds;

/** Makes a step; centred at 0, none is anchored. */
export function stepOf(kind: Kind, slope: number, centre: number): Step {
  if (kind === "round") return round({ threshold: Math.max(0.01, centre) });
  const options = { slope, threshold: centre, anchored: centre > 0 };
  if (kind === "logistic") return logistic(options);
  return kind === "softsign" ? softsign(options) : linearRamp({ ...options, anchored: false });
}

/** Computes counts, scores and gradients of the twelve rows. */
function rowsUnder(yPred: readonly number[], step: Step) {
  const counts = softCounts({ yTrue, yPred }, step), hard = softCounts({ yTrue, yPred }, round());
  const gradient = countsGradient({ yTrue, yPred }, step, precision.gradient(counts), new Float32Array(yPred.length));
  const score = (of: typeof counts) => precision.value(of);
  return { counts, hard, gradient, soft: score(counts), decided: score(hard) };
}

/** Sets the figure up in its place. */
export function whoGetsAnArrow(place: HTMLElement): void {
  const settings = settingsOf(name), yPred = [...outputs], asked = settings.get("step") ?? "";
  let kind: Kind = asked in kinds ? asked as Kind : "asked";
  let slope = Number(settings.get("slope") ?? kinds[kind].slope),
    centre = Number(settings.get("centre") ?? kinds[kind].centre);
  settings.get("outputs")?.split(" ").forEach((p, i) => yPred[i] = Math.min(1, Math.max(0, Number(p) || 0)));
  let chosen = 7;
  const unit = { label: "output p", domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] } as const;
  const lane = 22, height = 12 * lane + 74;
  const lanes = frame({
    alt: "Twelve rows on a line from 0 to 1, each with the arrow of its gradient, or a cross where the gradient is 0",
    ...{ width: 360, height, x: unit },
    y: { label: "row", domain: [12.5, 0.5], ticks: Array.from({ length: 12 }, (_, i) => i + 1) },
  }, (p, row, begins) => {
    if (begins) choose(Math.min(11, Math.max(0, Math.round(row) - 1)));
    move(p);
  });
  const curve = frame({
    ...{ alt: "The step from 0 to 1 over the output", height: 170, x: unit },
    y: { label: "step s(p)", domain: [0, 1], ticks: [0, 0.5, 1] },
  });
  const bars = frame({
    ...{ alt: "Soft and hard true positives, false positives and false negatives", height: 170 },
    x: { label: "rows", domain: [0, 8], ticks: [0, 2, 4, 6, 8] },
    y: { label: "soft (full) and hard (outline) counts", domain: [3, 0], ticks: [] },
  });
  const said = readout();
  const choose = (row: number) => {
    chosen = row;
    rowList.input.value = String(row);
    output.set(yPred[row]);
  };
  const move = (p: number) => {
    yPred[chosen] = Math.round(p * 100) / 100;
    output.set(yPred[chosen]);
    update();
  };
  const rowNames = Object.fromEntries(yTrue.map((label, i) => [i, `row ${i + 1}, label ${label}`]));
  const rowList = choice("Row to move", rowNames, String(chosen), (row) => choose(Number(row)));
  const unitSlider = (label: string, max: number, value: number, onChange: (value: number) => void) =>
    slider({ label, value, onChange, min: 0, max, step: 0.01, text: number });
  const output = unitSlider("Output of this row", 1, yPred[chosen], move);
  const centreSlider = unitSlider("Centre of the step", 0.99, centre, (value) => {
    centre = value;
    update();
  });
  const steepness = slopeSlider("Slope of the step", slope, (value) => {
    slope = value;
    update();
  });
  const buttons = (Object.keys(kinds) as Kind[]).map((own) => {
    const made = button(kinds[own].words, () => {
      kind = own;
      [slope, centre] = [kinds[own].slope, kinds[own].centre];
      steepness.set(slope);
      centreSlider.set(centre);
      update();
    });
    return { own, made };
  });

  const update = (keep = true) => {
    const step = stepOf(kind, slope, centre), { words, color } = kinds[kind], line = `var(--rb-${color})`;
    const { counts, hard, gradient, soft, decided } = rowsUnder(yPred, step);
    for (const { own, made } of buttons) made.setAttribute("aria-pressed", String(own === kind));
    steepness.input.disabled = kind === "round";
    lanes.layer.replaceChildren(
      svg("line", {
        x1: lanes.x(0.5),
        x2: lanes.x(0.5),
        y1: 30,
        y2: height - 44,
        stroke: "var(--rb-muted)",
        "stroke-dasharray": "4 4",
      }),
      ...yPred.flatMap((p, i) => {
        const [px, py] = [lanes.x(p), lanes.y(i + 1)];
        // The arrow points where gradient descent on 1 − precision moves the output: up the score.
        const side = Math.sign(gradient[i]), room = side < 0 ? px - 40 : 345 - px;
        const length = side * Math.max(4, Math.min(room - 8, arrowLength(gradient[i], 90)));
        return [
          svg("circle", { class: "grip", cx: px, cy: py, r: 11, fill: "transparent" }),
          svg("circle", {
            ...{ cx: px, cy: py, r: 6, stroke: "var(--rb-ink)", "stroke-width": i === chosen ? 3.5 : 1.5 },
            fill: yTrue[i] === 1 ? "var(--rb-ink)" : "var(--rb-paper)",
          }),
          arrow(px + 8 * side, py, side === 0 ? 0 : length, 0, "var(--rb-vermillion-text)"),
        ];
      }),
    );
    const points = Array.from({ length: 401 }, (_, i) => [i / 400, step.value(i / 400)] as const);
    curve.layer.replaceChildren(svg("path", { d: path(points, curve), fill: "none", stroke: line, "stroke-width": 3 }));
    bars.layer.replaceChildren(...(["tp", "fp", "fn"] as const).flatMap((key, i) => [
      svg("rect", { x: bars.x(0), width: bars.x(counts[key]) - bars.x(0), y: bars.y(i + 0.2), height: 18, fill: line }),
      svg("rect", {
        ...{ x: bars.x(0), width: bars.x(hard[key]) - bars.x(0), y: bars.y(i + 0.2), height: 18 },
        ...{ fill: "none", stroke: "var(--rb-ink)", "stroke-width": 2 },
      }),
      svg("text", { x: bars.x(0) - 6, y: bars.y(i + 0.2) + 14, "text-anchor": "end", fill: "var(--rb-ink)" }, key),
    ]));
    const heard = gradient.filter((g) => g !== 0).length;
    const named = `${words[0].toUpperCase()}${words.slice(1)}${kind === "round" ? "" : ` of slope ${slope}`}`;
    said.say(
      `${named}, centred at ${number(centre)}, gives an arrow to ${heard} of 12 rows; precision is ${
        number(soft, 3)
      } soft ` +
        `and ${number(decided, 3)} of the decisions at 0.5.`,
    );
    if (keep) keepSettings(name, { step: kind, slope, centre, outputs: yPred.join(" ") });
  };
  place.replaceChildren(
    html("div", { class: "buttons", role: "group", "aria-label": "Step" }, ...buttons.map(({ made }) => made)),
    html("div", { class: "frames" }, lanes.box, html("div", {}, curve.box, bars.box)),
    html("div", { class: "fields" }, rowList.field, output.field, steepness.field, centreSlider.field),
    said,
  );
  update(false);
}
