// NMS, soft-NMS (arXiv 1704.04503) and weighted boxes fusion (arXiv 1910.13302) of the boxes of one class, and the same in
// steps with the reason for each. NMS as torchvision's operator, fusion as ensemble-boxes with conf_type "avg".

import { checkedBox, byScore } from "./boxes.mjs";
import { impossible, list, number, oneOf, positive, record, total } from "./input.mjs";

const share = (value, name) => number(value, name, 0, 1);

/** Intersection over union in continuous coordinates; 0 for two empty boxes. */
function overlap(a, b) {
  const [width, height] = [0, 1].map((k) => Math.min(a[k + 2], b[k + 2]) - Math.max(a[k], b[k]));
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both);
}

function scored(boxes, scores) {
  list(boxes, "框").forEach((box, i) => checkedBox(box, `第 ${i + 1} 个框`));
  list(scores, "分数").forEach((score) => number(score, "分数"));
  if (boxes.length !== scores.length) impossible(`${boxes.length} 个框不能有 ${scores.length} 个分数。`);
}

/** Intersection over union of two boxes, continuous coordinates. */
export const iou = total((a, b) => overlap(checkedBox(a), checkedBox(b)));

function suppressed(boxes, scores, threshold) {
  scored(boxes, scores);
  share(threshold, "阈值");
  let rest = byScore(scores);
  const steps = [];
  while (rest.length) {
    const [kept, ...others] = rest;
    const gone = [];
    rest = [];
    for (const index of others) {
      const found = overlap(boxes[kept], boxes[index]);
      if (found > threshold) gone.push({ index, iou: found });
      else rest.push(index);
    }
    steps.push({ kept, gone });
  }
  return steps;
}

/** In steps: [{kept, gone: [{index, iou}…]}…], each kept box with those that it suppresses. */
export const nmsSteps = total(suppressed);

/** Indices kept, best first: a box goes where its IoU with a kept one exceeds the threshold. */
export const nms = total((...given) => suppressed(...given).map(({ kept }) => kept));

function decay(options) {
  const { method, threshold, sigma, floor } = record(options, "选项");
  oneOf(method, ["linear", "gaussian"], "method");
  if (method === "linear" || threshold !== undefined) share(threshold, "阈值");
  if (method === "gaussian" || sigma !== undefined) positive(sigma, "sigma", Infinity);
  number(floor, "floor");
  const weight = method === "linear"
    ? (found) => (found > threshold ? 1 - found : 1)
    : (found) => Math.exp(-(found * found) / sigma);
  return { weight, floor };
}

function decayedBoxes(boxes, scores, options) {
  scored(boxes, scores);
  const { weight, floor } = decay(options);
  let rest = scores.map((score, index) => ({ index, score })).filter(({ score }) => score >= floor);
  const steps = [];
  while (rest.length) {
    const best = rest.reduce((most, item) => (item.score > most.score ? item : most));
    const decayed = [];
    const left = [];
    for (const { index, score } of rest) {
      if (index === best.index) continue;
      const found = overlap(boxes[best.index], boxes[index]);
      const after = score * weight(found);
      if (after !== score) decayed.push({ index, iou: found, before: score, after, gone: after < floor });
      if (after >= floor) left.push({ index, score: after });
    }
    steps.push({ ...best, decayed });
    rest = left;
  }
  return steps;
}

/**
 * In steps: [{index, score, decayed: [{index, iou, before, after, gone}…]}…]. A score that falls below the floor is gone, and so is
 * one that was below it from the start (those are not named).
 */
export const softNmsSteps = total(decayedBoxes);

/** [[index, decayed score]…] in the order of selection. */
export const softNms = total((...given) => decayedBoxes(...given).map(({ index, score }) => [index, score]));

/** Corners averaged by score, and the mean score. */
function average(members) {
  const all = members.reduce((sum, { score }) => sum + score, 0);
  if (all === 0) impossible("要合并的框，分数不能都是 0。");
  return { box: [0, 1, 2, 3].map((k) => members.reduce((sum, { box, score }) => sum + box[k] * score, 0) / all), score: all / members.length };
}

/** In steps: [{model, index, box, score, cluster, iou}…], cluster counted from 0, iou null where a cluster is opened. */
function gather(models, threshold) {
  list(models, "模型").forEach((model, m) => list(model, `第 ${m + 1} 个模型的框`).forEach((item) => {
    checkedBox(record(item, "框").box);
    number(item.score, "分数", 0);
  }));
  share(threshold, "阈值");
  const items = models.flatMap((model, m) => model.map(({ box, score }, index) => ({ model: m, index, box, score })))
    .filter(({ box }) => (box[2] - box[0]) * (box[3] - box[1]) > 0); // ensemble-boxes skips empty boxes
  const clusters = [];
  const steps = byScore(items.map(({ score }) => score)).map((i) => {
    let [cluster, most] = [clusters.length, threshold];
    clusters.forEach(({ merged }, c) => {
      const found = overlap(merged.box, items[i].box);
      if (found > most) [cluster, most] = [c, found];
    });
    const members = [...(clusters[cluster]?.members ?? []), items[i]];
    const merged = average(members);
    clusters[cluster] = { members, merged };
    return { ...items[i], cluster, iou: members.length > 1 ? most : null, merged };
  });
  return { steps, clusters };
}

/** Each box in turn: {model, index, box, score, cluster, iou, merged}; iou is null where it opens a cluster. */
export const fuseSteps = total((models, threshold) => gather(models, threshold).steps);

/** [{box, score}…], best first; a cluster seen by fewer boxes than models loses score in proportion. Not clipped. */
export const fuse = total((models, threshold) => {
  const fused = gather(models, threshold).clusters.map(({ members, merged: { box, score } }) => ({
    box, score: (score * Math.min(models.length, members.length)) / models.length,
  }));
  return fused.sort((a, b) => b.score - a.score);
});
