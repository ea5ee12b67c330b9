// RoI Pooling and RoIAlign of one feature map and one box, by the rules of torchvision's roi_pool_kernel.cpp and
// roi_align_common.h, in double precision. A feature map is a list of rows; a box is in pixels of the image.

import { checkedBox } from "./boxes.mjs";
import { impossible, LARGEST, list, number, positive, total, whole, yesNo } from "./input.mjs";

/** How large a feature map is. */
function sizeOf(feature) {
  const [height, width] = [list(feature, "特征图").length, feature[0]?.length];
  if (!width) impossible("特征图至少要有一行一列。");
  for (const row of feature) {
    if (list(row, "特征图的行").length !== width) impossible("特征图的各行要一样长。");
    row.forEach((value) => number(value, "特征图的值"));
  }
  return { height, width };
}

function checkedGrid(box, bins, scale) {
  checkedBox(box);
  if (list(bins, "输出大小").length !== 2) impossible("输出大小要写成 [行, 列]。");
  bins.forEach((count) => whole(count, "输出的行数和列数", 1));
  if (bins[0] * bins[1] > LARGEST) impossible(`输出不能多于 ${LARGEST} 个数。`);
  positive(scale, "scale");
}

/** Nearest integer, halves away from zero, as C's round. */
function rounded(value) {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}

/** The [first, last) cells of each bin along a side of `limit` cells, `low` and `high` in cells. */
function poolBins(low, high, count, limit) {
  const first = rounded(low);
  const size = Math.max(rounded(high) - first + 1, 1); // both ends belong to the region
  const clip = (edge) => Math.min(Math.max(edge, 0), limit);
  return Array.from({ length: count }, (_, i) => [
    clip(first + Math.floor((i * size) / count)),
    clip(first + Math.ceil(((i + 1) * size) / count)),
  ]);
}

function regions({ height, width }, box, bins, scale) {
  checkedGrid(box, bins, scale);
  return {
    rows: poolBins(box[1] * scale, box[3] * scale, bins[0], height),
    columns: poolBins(box[0] * scale, box[2] * scale, bins[1], width),
  };
}

/** The bins of `roiPool`: {rows, columns}, each a list of [first, last) cells inside of the feature map. */
export const poolRegions = total((feature, ...grid) => regions(sizeOf(feature), ...grid));

function pooled(feature, { rows, columns }) {
  // The maximum over rows first: each cell is then read once a row of bins, not once a bin.
  return rows.map(([top, bottom]) => {
    const band = feature.slice(top, bottom);
    const highest = feature[0].map((_, x) => band.reduce((most, row) => Math.max(most, row[x]), -Infinity));
    return columns.map(([left, right]) => {
      const most = highest.slice(left, right).reduce((most, value) => Math.max(most, value), -Infinity);
      return most === -Infinity ? 0 : most;
    });
  });
}

/** rows × columns of numbers: the maximum of each bin, 0 for an empty one. */
export const roiPool = total((feature, ...grid) => pooled(feature, regions(sizeOf(feature), ...grid)));

/** Where the samples of each bin lie; ratio ≤ 0: one for each cell begun. */
function positions(low, length, count, ratio) {
  const width = length / count;
  const number = ratio > 0 ? ratio : Math.ceil(width);
  if (number * count > LARGEST) impossible(`一个方向的取样点不能多于 ${LARGEST} 个。`);
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: number }, (_, j) => low + i * width + ((j + 0.5) * width) / number),
  );
}

/** The two cells that a position reads, and their weights; none beyond [−1, size]. */
function neighbours(position, size) {
  if (position < -1 || position > size) return [];
  const inside = Math.min(Math.max(position, 0), size - 1);
  const low = Math.floor(inside);
  return [[low, 1 - (inside - low)], [Math.min(low + 1, size - 1), inside - low]];
}

function alignSetting({ height, width }, box, bins, scale, samplingRatio, aligned) {
  checkedGrid(box, bins, scale);
  whole(samplingRatio, "samplingRatio", -LARGEST);
  yesNo(aligned, "aligned");
  const [x1, y1, x2, y2] = box.map((end) => end * scale - (aligned ? 0.5 : 0));
  const least = aligned ? 0 : 1; // the old form: at least one cell wide and high
  return {
    height, width,
    ys: positions(y1, Math.max(y2 - y1, least), bins[0], samplingRatio),
    xs: positions(x1, Math.max(x2 - x1, least), bins[1], samplingRatio),
  };
}

/** What one row or column of bins gives to each cell: the sum of the weights of its samples. */
function shares(places, size) {
  return places.map((bin) => {
    const sum = new Map();
    for (const place of bin) {
      for (const [cell, weight] of neighbours(place, size)) sum.set(cell, (sum.get(cell) ?? 0) + weight);
    }
    return { sum: [...sum], count: bin.length };
  });
}

function averaged(feature, { height, width, ys, xs }) {
  const columns = shares(xs, width);
  return shares(ys, height).map((row) => {
    // A bilinear weight is a product, so the sum over the samples of a bin is a product of two sums.
    const mixed = feature[0].map((_, x) => row.sum.reduce((all, [y, weight]) => all + weight * feature[y][x], 0));
    return columns.map((column) => {
      const all = column.sum.reduce((sum, [x, weight]) => sum + weight * mixed[x], 0);
      return all / (row.count * column.count || 1);
    });
  });
}

/** rows × columns of numbers: the mean of bilinear samples in each bin, 0 for a bin without samples. */
export const roiAlign = total((feature, ...grid) => averaged(feature, alignSetting(sizeOf(feature), ...grid)));

/** For each of many boxes what `roiPool` and `roiAlign` (aligned) make of it in one bin: [pool, align]. The map is looked through once. */
export const inOneBin = total((feature, boxes, scale, samplingRatio) => {
  const size = sizeOf(feature);
  return list(boxes, "框").map((box) => [pooled(feature, regions(size, box, [1, 1], scale)), averaged(feature, alignSetting(size, box, [1, 1], scale, samplingRatio, true))].map(([[value]]) => value));
});

/**
 * rows × columns of lists of points {x, y, value, neighbours}: where each sample lies on the feature map, what it reads, and
 * the four cells {row, column, weight} it reads from; no neighbours where the point lies too far outside and reads 0.
 */
export const samples = total((feature, ...grid) => {
  const { height, width, ys, xs } = alignSetting(sizeOf(feature), ...grid);
  if (ys.length * ys[0].length * xs.length * xs[0].length > LARGEST) impossible(`取样点不能多于 ${LARGEST} 个。`);
  const point = (y, x) => {
    const cells = neighbours(y, height).flatMap(([row, wy]) =>
      neighbours(x, width).map(([column, wx]) => ({ row, column, weight: wy * wx })),
    );
    return { x, y, value: cells.reduce((sum, cell) => sum + cell.weight * feature[cell.row][cell.column], 0), neighbours: cells };
  };
  return ys.map((row) => xs.map((column) => row.flatMap((y) => column.map((x) => point(y, x)))));
});

/**
 * The gradient of one output number at the feature map, the same size as the map: for RoI Pooling 1 at the largest cell of
 * the bin (the first of equals), for RoIAlign the bilinear weights over the number of samples.
 */
export const gradient = total((kind, feature, box, bins, scale, [row, column], samplingRatio = 0, aligned = true) => {
  const map = feature.map((line) => line.map(() => 0));
  if (kind === "pool") {
    const { rows, columns } = regions(sizeOf(feature), box, bins, scale);
    let best = null;
    for (let y = rows[row][0]; y < rows[row][1]; y++) {
      for (let x = columns[column][0]; x < columns[column][1]; x++) {
        if (!best || feature[y][x] > feature[best[0]][best[1]]) best = [y, x];
      }
    }
    if (best) map[best[0]][best[1]] = 1;
    return map;
  }
  const { height, width, ys, xs } = alignSetting(sizeOf(feature), box, bins, scale, samplingRatio, aligned);
  const [down, across] = [shares([ys[row]], height)[0], shares([xs[column]], width)[0]];
  for (const [y, wy] of down.sum) for (const [x, wx] of across.sum) map[y][x] = (wy * wx) / (down.count * across.count);
  return map;
});
