/// <reference lib="dom" />
/**
 * Elements, inputs and the address of a page.
 *
 * @module
 */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string;

function filled<T extends Element>(element: T, attributes: Attributes, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** Makes an element of HTML. */
export const html = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] => filled(document.createElement(name), attributes, children);

/** Makes an element of SVG. */
export const svg = <K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

let labels = 0;

/** Joins a label and its input. */
export function labelled(text: string, input: HTMLElement, ...more: Child[]): HTMLElement {
  input.id ||= `live-${++labels}`;
  return html("div", { class: "field" }, html("label", { for: input.id }, text), input, ...more);
}

/** A slider with its label and its value in words. */
interface Slider {
  readonly field: HTMLElement;
  readonly input: HTMLInputElement;
  /** Shows a value without calling `onChange`. */
  set(value: number): void;
}

/** Options of {@linkcode slider}: positions are `min` … `max` by `step`; `text` says the value at a position. */
interface SliderOptions {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  text: (position: number) => string;
  onChange: (position: number) => void;
}

/** Makes a slider. */
export function slider({ label, min, max, step, value, text, onChange }: SliderOptions): Slider {
  const input = html("input", { type: "range", min, max, step }), output = html("output", {}, "");
  const set = (position: number) => {
    input.value = String(position);
    output.textContent = text(input.valueAsNumber);
    input.setAttribute("aria-valuetext", text(input.valueAsNumber));
  };
  input.addEventListener("input", () => {
    set(input.valueAsNumber);
    onChange(input.valueAsNumber);
  });
  const field = labelled(label, input, output);
  output.setAttribute("for", input.id);
  set(value);
  return { field, input, set };
}

const slopes = [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 70, 100];

/** Makes a slider of slopes, from the identity (1) to nearly `round` (100). */
export function slopeSlider(label: string, value: number, onChange: (slope: number) => void): Slider {
  const place = (slope: number) =>
    slopes.reduce((best, one, i) => Math.abs(one - slope) < Math.abs(slopes[best] - slope) ? i : best, 0);
  const made = slider({
    ...{ label, min: 0, max: slopes.length - 1, step: 1, value: place(value) },
    text: (i) => String(slopes[i]),
    onChange: (i) => onChange(slopes[i]),
  });
  return { ...made, set: (slope) => made.set(place(slope)) };
}

/** Makes a list to choose from. */
export function choice(
  label: string,
  options: Readonly<Record<string, string>>,
  value: string,
  onChange: (value: string) => void = () => {},
): { field: HTMLElement; input: HTMLSelectElement } {
  const entries = Object.entries(options).map(([name, words]) => html("option", { value: name }, words));
  const input = html("select", {}, ...entries);
  input.value = value;
  input.addEventListener("change", () => onChange(input.value));
  return { field: labelled(label, input), input };
}

/** Makes a button. */
export function button(text: string, onClick: () => void): HTMLButtonElement {
  const made = html("button", { type: "button" }, text);
  made.addEventListener("click", onClick);
  return made;
}

/** Sentence on the state of a figure or a tool. */
type Readout = HTMLElement & {
  /** Shows a sentence; screen readers hear it, but not while something is `going` on. */
  say(text: string, going?: boolean): void;
};

/** Makes the sentence of a figure or a tool. */
export function readout(): Readout {
  const element = html("p", { class: "readout", role: "status", "aria-live": "polite" });
  return Object.assign(element, {
    say: (text: string, going = false) => {
      element.setAttribute("aria-busy", String(going));
      if (element.textContent !== text) element.textContent = text;
    },
  });
}

/** Reads the part of the address after #, as settings; those of other figures are none. */
export function settingsOf(name: string): URLSearchParams {
  const settings = new URLSearchParams(location.hash.slice(1));
  return settings.get("live") === name ? settings : new URLSearchParams();
}

/** Writes settings into the address, so that a link holds them; the reader's history stays as it is. */
export function keepSettings(name: string, settings: Readonly<Record<string, string | number>>): void {
  const entries = Object.entries(settings).map(([key, value]) => [key, String(value)]);
  history.replaceState(null, "", `#${new URLSearchParams([["live", name], ...entries])}`);
}

/** Tells whether the reader wants no motion. */
export const reducedMotion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
