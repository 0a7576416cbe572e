// The list of headings is open where there is room for it in the margin.
const outline = document.querySelector(".outline details");
const roomy = matchMedia("(min-width: 78rem)");
const place = () => outline && (outline.open = roomy.matches);
place();
roomy.addEventListener("change", place);

// Boxes that scroll can be reached with the keyboard; those that have nothing to scroll need no stop on the way.
const update = () => {
  for (const box of document.querySelectorAll("[data-scroll]")) {
    if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
update();
addEventListener("load", update);
addEventListener("resize", update);
document.addEventListener("toggle", update, true);
