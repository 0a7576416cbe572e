/// <reference lib="dom" />
/**
 * Every page: the outline and the boxes that scroll.
 *
 * @module
 */

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
