// What views have in common, without a page: checks of a state that came from an address, and the table.

import { table } from "./draw.mjs";

export const between = (value, low, high) => typeof value === "number" && value >= low && value <= high;
export const whole = (value, low, high) => Number.isInteger(value) && between(value, low, high);
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** A view as widget.mjs wants it; the table is made of its caption and rows. */
export function makeView(view) {
  return { presets: [], table: (state) => table(view.caption, view.rows(state)), ...view };
}
