/// <reference lib="dom" />
/**
 * Pages with figures that move: each takes the place of its still drawing.
 *
 * @module
 */
import "./site.ts";
import { html } from "./dom.ts";
import { dragTheStart } from "./figures/drag_the_start.ts";
import { moveTheThreshold } from "./figures/move_the_threshold.ts";
import { shuffleTheBatches } from "./figures/shuffle_the_batches.ts";
import { startOnTheTail } from "./figures/start_on_the_tail.ts";
import { whoGetsAnArrow } from "./figures/who_gets_an_arrow.ts";

/** Figure that moves: instead of the still drawing, or, with a title of its own, after it. */
interface Live {
  set: (place: HTMLElement) => void;
  title?: string;
}

const figures: Record<string, Live> = {
  "drag-the-start": { set: dragTheStart },
  "move-the-threshold": { set: moveTheThreshold },
  "who-gets-an-arrow": {
    set: whoGetsAnArrow,
    title: "Who gets an arrow? Centre and tail decide which rows have a gradient: drag a row, choose a step",
  },
  "start-on-the-tail": {
    set: startOnTheTail,
    title: "Start on the tail: choose a cell and watch dead, slow and learning trainings",
  },
  "shuffle-the-batches": {
    set: shuffleTheBatches,
    title: "Shuffle the batches: draw what you expect first, then see the mean and the angle",
  },
};

for (const figure of document.querySelectorAll<HTMLElement>("figure[data-live]")) {
  const live = figures[figure.dataset.live!], still = figure.querySelector(".figure-box");
  if (!live || !still) continue;
  const place = html("div", { class: "live" });
  live.set(place); // a figure that cannot be set up stays still
  if (live.title === undefined) still.replaceWith(place);
  else {
    place.prepend(html("p", { class: "rb-title" }, html("strong", {}, live.title)));
    (figure.closest(".rb-row") ?? figure).after(place);
  }
}
