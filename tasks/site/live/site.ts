/// <reference lib="dom" />
/**
 * Every page: the outline, the boxes that scroll, and the buttons that copy code.
 *
 * @module
 */
import { button, html } from "./dom.ts";

/** Opens a list where there is room for it. */
function openWhere(query: string, list: HTMLDetailsElement | null): void {
  const roomy = matchMedia(query), place = () => void (list && (list.open = roomy.matches));
  place();
  roomy.addEventListener("change", place);
}
openWhere("(min-width: 78rem)", document.querySelector(".outline details"));
openWhere("(min-width: 60rem)", document.querySelector(".masthead details"));

// Boxes that scroll can be reached with the keyboard; those that have nothing to scroll need no stop on the way.
const boxes = document.querySelectorAll<HTMLElement>("[data-scroll]");
const observer = new ResizeObserver(() => {
  for (const box of boxes) {
    if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
});
// A font that comes late, or a fold that opens, changes the content of a box and not the window.
for (const box of boxes) for (const part of [box, ...box.children]) observer.observe(part);

const copied = html("div", { class: "hidden", role: "status", "aria-live": "polite" });
document.body.append(copied);

/** Writes a text to the clipboard; the older way is for browsers that keep the newer one from pages of the disk. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = html("textarea", { class: "hidden", "aria-hidden": true, tabindex: -1 }, text);
    const focused = document.activeElement as HTMLElement | null;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return done;
  }
}

for (const box of document.querySelectorAll<HTMLElement>("main .code-box")) {
  const pre = box.querySelector("pre")!, words = "Copy";
  const own = button(words, async () => {
    const done = await copy(pre.textContent ?? "");
    own.textContent = done ? "Copied" : "Select and copy by hand";
    copied.replaceChildren(html("p", {}, done ? "The code is copied." : "The code could not be copied."));
  });
  own.className = "copy";
  own.setAttribute("aria-label", `Copy: ${pre.getAttribute("aria-label")}`);
  const reset = () => void (own.textContent = words);
  own.addEventListener("blur", reset);
  box.addEventListener("pointerleave", reset);
  box.append(own);
}
