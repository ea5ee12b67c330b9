// How large a picture becomes under a scale in three libraries, and where a box then belongs. Sizes are [width, height].
// Sources: mmcv rescale_size, detectron2 ResizeShortestEdge.get_output_shape, torchvision GeneralizedRCNNTransform.

import { impossible, LARGEST, list, number, positive, total, whole } from "./input.mjs";

function pixels(size) {
  if (list(size, "图的大小").length !== 2) impossible("图的大小要写成 [宽, 高]。");
  size.forEach((side) => whole(side, "图的边长", 1));
  return size;
}

const nearest = (side) => Math.floor(side + 0.5);

/** As large as fits both limits, or times a factor; nearest pixel. The limits may come in either order. */
export const mmcvSize = total((size, scale) => {
  const [w, h] = pixels(size);
  let factor = scale;
  if (Array.isArray(scale)) {
    if (list(scale, "scale").length !== 2) impossible("scale 要写成 [上限, 上限] 或倍数。");
    scale.forEach((limit) => positive(limit, "scale 的上限"));
    factor = Math.min(Math.max(...scale) / Math.max(w, h), Math.min(...scale) / Math.min(w, h));
  } else positive(scale, "倍数");
  return [nearest(w * factor), nearest(h * factor)];
});

/** The shorter side first, then shrink until the longer one fits; nearest pixel. */
export const detectron2Size = total((size, short, longest) => {
  const [w, h] = pixels(size);
  whole(short, "短边", 1);
  whole(longest, "长边上限", 1);
  const factor = short / Math.min(w, h);
  const sides = h < w ? [factor * w, short] : [short, factor * h];
  const most = Math.max(...sides);
  return sides.map((side) => nearest(most > longest ? side * (longest / most) : side));
});

/** As large as fits both limits; rounded down. */
export const torchvisionSize = total((size, short, longest) => {
  const [w, h] = pixels(size);
  whole(short, "短边", 1);
  whole(longest, "长边上限", 1);
  const factor = Math.min(short / Math.min(w, h), longest / Math.max(w, h));
  return [Math.floor(w * factor), Math.floor(h * factor)];
});

/** The level 2…5 of a feature pyramid for a box of w × h pixels of the resized picture (FPN, equation 1). */
export const fpnLevel = total((w, h) => {
  const area = positive(w, "框的宽") * positive(h, "框的高");
  return 2 + [112, 224, 448].filter((side) => area >= side * side).length;
});

/** The size classes of COCO that an area in pixels of the original picture belongs to; both ends are included. */
export const cocoSizes = total((area) => {
  number(area, "面积", 0, LARGEST * LARGEST);
  return [["S", 0, 32], ["M", 32, 96], ["L", 96, 1e5]]
    .filter(([, low, high]) => area >= low * low && area <= high * high)
    .map(([name]) => name);
});
