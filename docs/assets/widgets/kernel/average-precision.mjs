// Matching of detections to truths by the rules of VOC and COCO, average precision in exact fractions, and COCO's twelve numbers.
// Sources: py-faster-rcnn lib/datasets/voc_eval.py, pycocotools 2.0.11 cocoeval.py and maskApi.c.

import { checkedBox, byScore } from "./boxes.mjs";
import { impossible, LARGEST, list, number, oneOf, record, total, whole, yesNo } from "./input.mjs";

function id(value, name) {
  if (typeof value !== "string") number(value, name);
  return value;
}

/** What truths and detections have in common. */
function placed(item, name) {
  const { image, cls, box } = record(item, name);
  id(image, `${name}的图`);
  id(cls, `${name}的类`);
  checkedBox(box, `${name}的框`);
  return { image, cls, box, area: (box[2] - box[0]) * (box[3] - box[1]) };
}

const truthsOf = (truths) => list(truths, "真值").map((truth, i) => {
  const name = `第 ${i + 1} 个真值`;
  const { difficult = false, area } = record(truth, name);
  const one = placed(truth, name);
  yesNo(difficult, `${name}的 difficult`);
  if (area !== undefined) one.area = number(area, `${name}的 area`, 0, LARGEST * LARGEST);
  return { ...one, difficult };
});

const detectionsOf = (detections) => list(detections, "检测").map((detection, i) => {
  const name = `第 ${i + 1} 个检测`;
  return { ...placed(detection, name), score: number(detection.score, `${name}的分数`) };
});

const bestFirst = (detections) => byScore(detections.map(({ score }) => score)).map((i) => detections[i]);

/**
 * Overlap of a detection and a truth as maskApi.c reckons it from x, y, width and height: divided by the union, or by the
 * detection alone where the truth is a crowd.
 */
function cocoOverlap(detection, truth, extra, crowd) {
  const length = (box, k) => box[k + 2] - box[k] + extra;
  const area = (box) => length(box, 0) * length(box, 1);
  const within = (k) => Math.min(detection[k] + length(detection, k), truth[k] + length(truth, k)) - Math.max(detection[k], truth[k]);
  if (within(0) <= 0 || within(1) <= 0) return 0;
  const both = within(0) * within(1);
  return both / (crowd ? area(detection) : area(detection) + area(truth) - both);
}

/** The detections of the class, best score first, each with its `index` and with `here`, the truths of its picture and their `iou`. */
function inOrder({ truths, detections, cls, rule, plusOne }) {
  const [own, found] = [truths, detections].map((all) => all.map((one, index) => ({ ...one, index })).filter((one) => one.cls === cls));
  return bestFirst(found).map((one) => ({
    ...one, here: own.filter(({ image }) => image === one.image).map((truth) => ({ ...truth, iou: cocoOverlap(one.box, truth.box, plusOne ? 1 : 0, rule === "coco" && truth.difficult) })),
  }));
}

/**
 * What became of each detection that is ranked: {index, flag, overlaps, truth}. `flag` is 1, 0 or null, `overlaps` its IoU
 * with each truth of the picture, as {truth, iou} where `truth` is an index into the truths given.
 */
function marked(detections, { threshold, rule, strict }, ignored = ({ difficult }) => difficult) {
  const coco = rule === "coco";
  const limit = coco ? Math.min(threshold, 1 - 1e-10) : threshold;
  const enough = ({ iou }) => (strict ? iou > threshold : iou >= limit);
  // VOC: the truth of greatest IoU, taken or not. COCO: the best of the truths that are left; an ignored one only where no other is good enough.
  const better = coco
    ? (one, best) => (ignored(one) === ignored(best) ? one.iou >= best.iou : ignored(best))
    : (one, best) => one.iou > best.iou;
  const taken = new Set();
  return detections.map(({ index, here }) => {
    const left = coco ? here.filter((truth) => enough(truth) && (truth.difficult || !taken.has(truth.index))) : here;
    const best = left.reduce((most, one) => (better(one, most) ? one : most), left[0]);
    const truth = best && enough(best) ? best.index : null;
    const flag = truth === null ? 0 : ignored(best) ? null : taken.has(truth) ? 0 : 1;
    taken.add(truth);
    return { index, flag, overlaps: here.map((one) => ({ truth: one.index, iou: one.iou })), truth };
  });
}

function matched(setting) {
  const { cls, threshold, rule, plusOne = false, strict = false } = record(setting, "输入");
  id(cls, "cls");
  number(threshold, "阈值", 0, 1);
  oneOf(rule, ["voc", "coco"], "rule");
  yesNo(plusOne, "plusOne");
  yesNo(strict, "strict");
  const [truths, detections] = [truthsOf(setting.truths), detectionsOf(setting.detections)];
  const positives = truths.filter((one) => one.cls === cls && !one.difficult).length;
  return { steps: marked(inOrder({ truths, detections, cls, rule, plusOne }), { threshold, rule, strict }), positives };
}

/** The same input as `match` → [{index, flag, truth, overlaps}…], best score first: why each flag is what it is. */
export const matchSteps = total((setting) => matched(setting).steps);

/**
 * {truths, detections, cls, threshold, rule, plusOne, strict} → {flags, positives}: the class's detections in score order as
 * 1 (finds a truth), 0 (does not) or null (found a difficult truth), and how many truths count.
 */
export const match = total((setting) => {
  const { steps, positives } = matched(setting);
  return { flags: steps.map(({ flag }) => flag), positives };
});

// The curve; flags are 1, 0 and null in score order

/** The envelope as steps from left to right, {tp, seen}: up to recall tp / positives the best precision is tp / seen. */
function envelopeSteps(flags) {
  const steps = [];
  let [tp, seen] = [0, 0];
  for (const flag of flags) {
    if (flag === null) continue;
    seen += 1;
    if (!flag) continue;
    tp += 1;
    // A later point that is as precise covers the earlier ones: tp / seen ≥ tp' / seen'.
    while (steps.length && tp * steps.at(-1).seen >= steps.at(-1).tp * seen) steps.pop();
    steps.push({ tp, seen });
  }
  return steps;
}

function checkedSteps(flags, positives) {
  for (const flag of list(flags, "标记")) if (flag !== null) oneOf(flag, [1, 0], "不是 null 的标记");
  whole(positives, "真值个数", 0);
  if (positives === 0) impossible("没有真值，召回率没有分母；COCO 记 −1，不进平均。");
  const steps = envelopeSteps(flags);
  const hits = steps.at(-1)?.tp ?? 0;
  if (hits > positives) impossible(`找对了 ${hits} 个，真值却只有 ${positives} 个。`);
  return steps;
}

/** [{from, to, precision: [tp, seen]}…]: the envelope over recall, in numbers of truths found. */
export const envelope = total((flags, positives) => checkedSteps(flags, positives).map(({ tp, seen }, i, steps) => ({
  from: steps[i - 1]?.tp ?? 0, to: tp, precision: [tp, seen],
})));

/** A fraction of BigInt in lowest terms, in Numbers where both are safe integers, and its value. */
function plain(numerator, denominator) {
  let [divisor, rest] = [numerator, denominator];
  while (rest) [divisor, rest] = [rest, divisor % rest];
  const exact = [numerator / divisor, denominator / divisor];
  const [top, bottom] = exact.map(Number);
  if (Number.isSafeInteger(bottom)) return { numerator: top, denominator: bottom, value: top / bottom };
  const shift = exact[1].toString(2).length - exact[0].toString(2).length + 64;
  return { numerator: exact[0], denominator: exact[1], value: Number((exact[0] << BigInt(shift)) / exact[1]) / 2 ** shift };
}

/**
 * flags (1, 0, null) in score order, number of truths, and 11 (VOC to 2009), 101 (COCO) or "all" (area, VOC since 2010)
 * → {numerator, denominator, value} in lowest terms; both are BigInt where one is no safe integer.
 */
export const averagePrecision = total((flags, positives, mode) => {
  const area = oneOf(mode, [11, 101, "all"], "取点法") === "all";
  let [top, bottom] = [0n, 1n];
  let before = area ? 0 : -1;
  for (const { tp, seen } of checkedSteps(flags, positives)) {
    // Points i / last with before < i · positives / last ≤ tp; the first step has the point 0 too.
    const upTo = area ? tp : Math.floor((tp * (mode - 1)) / positives);
    [top, bottom] = [top * BigInt(seen) + BigInt((upTo - before) * tp) * bottom, bottom * BigInt(seen)];
    before = upTo;
  }
  return plain(top, bottom * BigInt(area ? positives : mode));
});

// COCO's twelve numbers, with pycocotools' own floating point

const THRESHOLDS = Array.from({ length: 10 }, (_, i) => 0.5 + i * ((0.95 - 0.5) / 9));
const RECALLS = Array.from({ length: 101 }, (_, i) => i * 0.01);

const mean = (values) => (values.length ? values.reduce((all, value) => all + value, 0) / values.length : -1);

const sorted = (ids) => [...new Set(ids)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/**
 * {truths, detections, images, classes} → AP, AP50, AP75, AP of small, medium and large, AR with 1, 10 and 100 detections
 * a picture, AR of small, medium and large; −1 where nothing can be judged. A truth's `difficult` is COCO's iscrowd, its area
 * is that of the box unless given. Truths of pictures and classes not listed do not count; a detection must be in a listed
 * picture, as pycocotools asks.
 */
export const cocoSummary = total((setting) => {
  const { truths, detections, images, classes } = record(setting, "输入");
  const [real, found] = [truthsOf(truths), detectionsOf(detections)];
  const pictures = sorted(list(images, "images").map((image) => id(image, "images 里的编号")));
  const kinds = sorted(list(classes, "classes").map((cls) => id(cls, "classes 里的编号")));
  const place = new Map(pictures.map((image, i) => [image, i]));
  found.forEach(({ image }, i) => {
    if (!place.has(image)) impossible(`第 ${i + 1} 个检测的图不在 images 里。`);
  });
  const byPicture = bestFirst(found).sort((a, b) => place.get(a.image) - place.get(b.image));
  const each = kinds.map((cls) => {
    const own = real.filter((one) => one.cls === cls && place.has(one.image));
    const its = byPicture.filter((one) => one.cls === cls);
    return { own, its, order: inOrder({ truths: own, detections: its, cls, rule: "coco" }) };
  });

  /** Of each class that has truths of such an area: at each threshold the precisions and the recall, by the best `most` detections of each picture. */
  const judged = (most, low, high) => each.flatMap(({ own, its, order }) => {
    const outside = ({ area }) => area < low || area > high;
    const ignored = (truth) => truth.difficult || outside(truth);
    const positives = own.filter((truth) => !ignored(truth)).length;
    if (!positives) return [];
    const used = order.filter(({ index, image }) => its[index - most]?.image !== image);
    return [THRESHOLDS.map((threshold) => {
      const steps = envelopeSteps(marked(used, { threshold, rule: "coco" }, ignored).map(({ flag }, i) => (flag === 0 && outside(used[i]) ? null : flag)));
      const precisions = RECALLS.map((recall) => {
        const step = steps.find(({ tp }) => tp / positives >= recall);
        return step ? step.tp / (step.seen + 2 ** -52) : 0; // as NumPy's spacing(1)
      });
      return { precisions, recall: (steps.at(-1)?.tp ?? 0) / positives };
    })];
  });
  const sizes = [judged(100, 0, 1e10), judged(100, 0, 1024), judged(100, 1024, 9216), judged(100, 9216, 1e10)];
  const precision = (of, ...span) => mean(of.flatMap((one) => one.slice(...span)).flatMap(({ precisions }) => precisions));
  const recall = (of) => mean(of.flat().map((one) => one.recall));
  const [all, ...parts] = sizes;
  return [precision(all), precision(all, 0, 1), precision(all, 5, 6), ...parts.map((one) => precision(one)), ...[1, 10].map((most) => recall(judged(most, 0, 1e10))), ...sizes.map(recall)];
});
