/// <reference lib="dom" />
// What runs in a page: axe, which asks about the contrast of one text per kind.
import type axe from "axe-core";

type Evaluate = (this: unknown, element: Element, ...rest: unknown[]) => boolean | undefined;

/** The parts of axe that its types leave out. */
type Axe = typeof axe & {
  _audit: {
    checks: { "color-contrast": { evaluate: Evaluate } };
    rules: readonly { id: string; impact?: axe.ImpactValue }[];
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
  check.evaluate = function (element, ...rest) {
    const kind = axe.commons.dom.isVisibleOnScreen(element) ? kindOf(element) : undefined;
    if (kind !== undefined && good.has(kind)) return true;
    const found = evaluate.call(this, element, ...rest);
    // Axe cannot tell what a text on a picture stands on.
    if (kind !== undefined && (found === true || isPicture(groundOf(element).boxes.at(-1)))) good.add(kind);
    return found;
  };
  const lesser = axe._audit.rules.filter(({ impact }) => impact === "minor" || impact === "moderate");
  try {
    const rules = Object.fromEntries(lesser.map(({ id }) => [id, { enabled: false }]));
    return await axe.run(within, { ...options, rules });
  } finally {
    check.evaluate = evaluate;
  }
}
