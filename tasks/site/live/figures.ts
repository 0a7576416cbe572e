/// <reference lib="dom" />
/**
 * Pages with figures that move.
 *
 * @module
 */
import "./site.ts";
