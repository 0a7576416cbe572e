/// <reference lib="dom" />
// What runs in a page: axe, which asks about the contrast of one text per kind.
import type axe from "axe-core";

type Evaluate = (
  this: unknown,
  element: Element,
  options: unknown,
  node: unknown,
  context: unknown,
) => boolean | undefined;

/** A rule, and whether it asks about an element. */
interface Rule {
  readonly id: string;
  readonly impact?: axe.ImpactValue;
  matches: (element: Element, node: unknown, context: unknown) => boolean;
}

/** The parts of axe that its types leave out. */
type Axe = typeof axe & {
  _audit: {
    checks: { "color-contrast": { evaluate: Evaluate } };
    rules: readonly Rule[];
  };
  commons: { dom: { isVisibleOnScreen: (element: Element) => boolean } };
};

/** Ground under an element: how it and the elements around it are painted, and those of them that have a colour or a picture. */
interface Ground {
  paint: string;
  boxes: readonly Element[];
}

/**
 * Runs axe in the page, without the rules whose findings are never serious.
 *
 * The contrast takes longest, and of thousands of texts most are painted alike. Those whose own style and ground are equal are one
 * kind, as long as nothing else is painted there: once one of them has enough contrast, so have the others.
 */
export async function runAxe([within, options]: readonly [string, axe.RunOptions]): Promise<axe.AxeResults> {
  const { axe } = globalThis as unknown as { axe: Axe };
  const check = axe._audit.checks["color-contrast"], { evaluate } = check;
  const rule = axe._audit.rules.find(({ id }) => id === "color-contrast")!, { matches } = rule;
  const ofBox = ["background-color", "background-image", "opacity", "mix-blend-mode", "z-index"];
  const plain = "rgba(0, 0, 0, 0)|none|1|normal|auto";
  const ofText = [
    ...["-webkit-text-fill-color", "-webkit-text-stroke-width", "-webkit-text-stroke-color"],
    ...["text-shadow", "font-size", "font-weight"],
  ];
  const styleOf = (element: Element, names: readonly string[]) => {
    const style = getComputedStyle(element);
    return names.map((name) => style.getPropertyValue(name)).join("|");
  };

  const isPicture = (element?: Element) => element?.matches("img, svg, canvas, video, object, iframe") ?? false;

  const grounds = new Map<Element | null, Ground>([[null, { paint: "", boxes: [] }]]);
  const groundOf = (element: Element | null): Ground => {
    const known = grounds.get(element);
    if (known !== undefined) return known;
    const { paint, boxes } = groundOf(element!.parentElement), own = styleOf(element!, ofBox);
    const graphic = isPicture(element!);
    const painted = graphic || !own.startsWith("rgba(0, 0, 0, 0)|none|");
    const ground = own === plain && !graphic
      ? { paint, boxes }
      : { paint: `${paint}/${own}`, boxes: painted ? [...boxes, element!] : boxes };
    grounds.set(element, ground);
    return ground;
  };

  /** Rectangle of an element, with what it scrolls to. */
  const rectOf = (element: Element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const scrolls = /auto|scroll/.test(getComputedStyle(element).overflow);
    return {
      ...{ left, top },
      right: scrolls ? left + element.scrollWidth : right,
      bottom: scrolls ? top + element.scrollHeight : bottom,
    };
  };
  // The colour of the body, if the root has none, is that of all the canvas.
  const canvas = groundOf(document.documentElement).paint === "" ? document.body : document.documentElement;
  const boxes = [...document.querySelectorAll("*")]
    .filter((element) => element !== canvas && groundOf(element).boxes.at(-1) === element)
    .map((element) => ({ element, rect: rectOf(element) }));

  /** Kind of a text; undefined if something other than the elements around it may be painted under it. */
  const kindOf = (element: Element): string | undefined => {
    const { left, top, right, bottom } = element.getBoundingClientRect(), ground = groundOf(element);
    for (const { element: box, rect } of boxes) {
      const around = ground.boxes.includes(box);
      const regular = around
        ? rect.left <= left && rect.top <= top && rect.right >= right && rect.bottom >= bottom
        : rect.left >= right || rect.top >= bottom || rect.right <= left || rect.bottom <= top ||
          element.contains(box);
      if (!regular) return undefined;
    }
    return `${ground.paint} ${styleOf(element, ofText)}`;
  };

  const good = new Set<string>();
  // Whether a text is in sight takes axe as long as its contrast: it is asked of those only whose kind is not known to be good.
  rule.matches = (element) =>
    element.matches("input, select, textarea") ||
    Array.from(element.childNodes).some(({ nodeType, nodeValue }) => nodeType === 3 && nodeValue!.trim() !== "");
  check.evaluate = function (element, options, node, context) {
    const kind = kindOf(element);
    if (kind !== undefined && good.has(kind) || !matches.call(rule, element, node, context)) return true;
    const found = evaluate.call(this, element, options, node, context);
    // Axe cannot tell what a text on a picture stands on.
    const isGood = found === true || isPicture(groundOf(element).boxes.at(-1));
    if (kind !== undefined && isGood && axe.commons.dom.isVisibleOnScreen(element)) good.add(kind);
    return found;
  };
  const lesser = axe._audit.rules.filter(({ impact }) => impact === "minor" || impact === "moderate");
  try {
    const rules = Object.fromEntries(lesser.map(({ id }) => [id, { enabled: false }]));
    return await axe.run(within, { ...options, rules });
  } finally {
    check.evaluate = evaluate;
    rule.matches = matches;
  }
}
