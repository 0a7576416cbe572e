import type { Progress } from "./worker.ts";

const result = document.querySelector<HTMLElement>("#result")!, line = document.querySelector<SVGElement>("#line")!;
const points: string[] = [], width = 20, height = 200; // pixels per epoch, pixels of an F1 of 1

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
worker.onmessage = ({ data }: MessageEvent<Progress>) => {
  if (data.done) {
    result.textContent = `F1 of the rounded predictions: ${data.f1.toFixed(3)}`;
    return;
  }
  points.push(`${width * data.epoch},${height * (1 - data.f1)}`);
  line.setAttribute("points", points.join(" "));
  result.textContent = `epoch ${data.epoch + 1}: F1 ${data.f1.toFixed(3)}`;
};
