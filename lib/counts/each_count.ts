export { countKeys, eachCount } from "./counts.ts";
