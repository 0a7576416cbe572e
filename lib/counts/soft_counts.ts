export { softCounts } from "./counts.ts";
