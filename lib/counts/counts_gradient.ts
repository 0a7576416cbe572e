export { byLabel, countsGradient, finite, toFloat32 } from "./counts.ts";
