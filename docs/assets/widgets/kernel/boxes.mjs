// What the functions about boxes share.

import { impossible, LARGEST, list, number } from "./input.mjs";

/** Four corners, x1 ≤ x2 and y1 ≤ y2; a box may be empty. */
export function checkedBox(value, name = "框") {
  if (list(value, name).length !== 4) impossible(`${name}要写成 [x1, y1, x2, y2]。`);
  value.forEach((end) => number(end, `${name}的坐标`, -LARGEST, LARGEST));
  if (value[2] < value[0] || value[3] < value[1]) impossible(`${name}的右下角在左上角的左边或上边。`);
  return value;
}

/** Indices from the highest score to the lowest; of equal scores the lower index comes first. */
export function byScore(scores) {
  return scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a]);
}
