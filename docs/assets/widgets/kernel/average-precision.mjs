// Matching of detections to truths by the rules of VOC and COCO, average precision in exact fractions, and COCO's twelve numbers.
// Sources: py-faster-rcnn lib/datasets/voc_eval.py, pycocotools 2.0.11 cocoeval.py and maskApi.c.

import { checkedBox, byScore } from "./boxes.mjs";
import { impossible, LARGEST, list, number, oneOf, record, total, whole, yesNo } from "./input.mjs";

const EPSILON = 2 ** -52;

function id(value, name) {
  if (typeof value !== "string") number(value, name);
  return value;
}

function checkedTruth(truth, i) {
  const name = `第 ${i + 1} 个真值`;
  const { image, cls, box, difficult = false, area } = record(truth, name);
  id(image, `${name}的图`);
  id(cls, `${name}的类`);
  checkedBox(box, `${name}的框`);
  yesNo(difficult, `${name}的 difficult`);
  if (area !== undefined) number(area, `${name}的 area`, 0, LARGEST * LARGEST);
  return { image, cls, box, difficult, area: area ?? (box[2] - box[0]) * (box[3] - box[1]) };
}

function checkedDetection(detection, i) {
  const name = `第 ${i + 1} 个检测`;
  const { image, cls, box, score } = record(detection, name);
  id(image, `${name}的图`);
  id(cls, `${name}的类`);
  checkedBox(box, `${name}的框`);
  number(score, `${name}的分数`);
  return { image, cls, box, score };
}

const truthsOf = (truths) => list(truths, "真值").map(checkedTruth);
const detectionsOf = (detections) => list(detections, "检测").map(checkedDetection);

/**
 * Overlap of a detection and a truth as maskApi.c reckons it from x, y, width and height: divided by the union, or by the
 * detection alone where the truth is a crowd.
 */
function cocoOverlap(detection, truth, extra, crowd) {
  const sides = [0, 1].map((k) => {
    const [a, b] = [detection, truth].map((box) => ({ low: box[k], length: box[k + 2] - box[k] + extra }));
    return { within: Math.min(a.low + a.length, b.low + b.length) - Math.max(a.low, b.low), a: a.length, b: b.length };
  });
  const [x, y] = sides;
  if (x.within <= 0 || y.within <= 0) return 0;
  const both = x.within * y.within;
  return both / (crowd ? x.a * y.a : x.a * y.a + x.b * y.b - both);
}

/** VOC: the truth of greatest IoU, taken or not. → index into truths, or −1 */
function vocChoice(overlaps) {
  let best = -1;
  overlaps.forEach((found, i) => {
    if (best < 0 || found > overlaps[best]) best = i;
  });
  return best;
}

/** COCO: the best of the truths that are left; an ignored one only where no other is good enough. → index or −1 */
function cocoChoice(overlaps, enough, ignored, taken, crowds) {
  for (const kind of [false, true]) {
    let best = -1;
    overlaps.forEach((found, i) => {
      if (ignored[i] !== kind || (taken[i] && !crowds[i]) || !enough(found)) return;
      if (best < 0 || found >= overlaps[best]) best = i;
    });
    if (best >= 0) return best;
  }
  return -1;
}

/**
 * What became of each detection of the class, best score first: {index, flag, overlaps, truth}. `flag` is 1, 0 or null,
 * `overlaps` its IoU with each truth of the picture, as {truth, iou} where `truth` is an index into the truths given.
 */
function matched({ truths, detections, cls, threshold, rule, plusOne, strict }) {
  const own = truths.map((truth, index) => ({ ...truth, index })).filter((truth) => truth.cls === cls);
  const found = detections.map((detection, index) => ({ ...detection, index })).filter((detection) => detection.cls === cls);
  const limit = rule === "coco" ? Math.min(threshold, 1 - 1e-10) : threshold;
  const enough = (value) => (strict ? value > threshold : value >= limit);
  const taken = new Set();
  return byScore(found.map(({ score }) => score)).map((i) => {
    const detection = found[i];
    const here = own.filter(({ image }) => image === detection.image);
    const values = here.map((truth) => cocoOverlap(detection.box, truth.box, plusOne ? 1 : 0, rule === "coco" && truth.difficult));
    const difficult = here.map((truth) => truth.difficult);
    const choice = rule === "voc"
      ? vocChoice(values)
      : cocoChoice(values, enough, difficult, here.map(({ index }) => taken.has(index)), difficult);
    const told = { index: detection.index, overlaps: here.map(({ index }, t) => ({ truth: index, iou: values[t] })) };
    if (choice < 0 || !enough(values[choice])) return { ...told, flag: 0, truth: null };
    const { index } = here[choice];
    if (difficult[choice]) return { ...told, flag: null, truth: index };
    if (taken.has(index)) return { ...told, flag: 0, truth: index };
    taken.add(index);
    return { ...told, flag: 1, truth: index };
  });
}

function matchSetting(setting) {
  const { truths, detections, cls, threshold, rule, plusOne = false, strict = false } = record(setting, "输入");
  id(cls, "cls");
  number(threshold, "阈值", 0, 1);
  oneOf(rule, ["voc", "coco"], "rule");
  yesNo(plusOne, "plusOne");
  yesNo(strict, "strict");
  return { truths: truthsOf(truths), detections: detectionsOf(detections), cls, threshold, rule, plusOne, strict };
}

/** The same input as `match` → [{index, flag, truth, overlaps}…], best score first: why each flag is what it is. */
export const matchSteps = total((setting) => matched(matchSetting(setting)));

/**
 * {truths, detections, cls, threshold, rule, plusOne, strict} → {flags, positives}: the class's detections in score order as
 * 1 (finds a truth), 0 (does not) or null (found a difficult truth), and how many truths count.
 */
export const match = total((setting) => {
  const whole = matchSetting(setting);
  const positives = whole.truths.filter(({ cls, difficult }) => cls === whole.cls && !difficult).length;
  return { flags: matched(whole).map(({ flag }) => flag), positives };
});

// Exact fractions of BigInt

function divisor(a, b) {
  while (b) [a, b] = [b, a % b];
  return a;
}

function lowest(numerator, denominator) {
  const common = divisor(numerator, denominator);
  return common > 1n ? [numerator / common, denominator / common] : [numerator, denominator];
}

/** Sum of [numerator, denominator] pairs, halves first, so that most of the numbers stay small. */
function sum(fractions) {
  if (fractions.length === 0) return [0n, 1n];
  if (fractions.length === 1) return lowest(...fractions[0]);
  const middle = fractions.length >> 1;
  const [[a, b], [c, d]] = [sum(fractions.slice(0, middle)), sum(fractions.slice(middle))];
  return lowest(a * d + c * b, b * d);
}

/** A quotient of BigInt as the nearest Number. */
function quotient(numerator, denominator) {
  const shift = BigInt(Math.max(denominator.toString(2).length - numerator.toString(2).length + 64, 0));
  return Number((numerator << shift) / denominator) / 2 ** Number(shift);
}

function plain([numerator, denominator]) {
  const numbers = [numerator, denominator].map(Number);
  if (numbers.every(Number.isSafeInteger)) {
    return { numerator: numbers[0], denominator: numbers[1], value: numbers[0] / numbers[1] };
  }
  return { numerator, denominator, value: quotient(numerator, denominator) };
}

/**
 * The envelope as steps from left to right: {hits, true and seen}: up to recall hits / positives the best precision is tp / seen.
 */
function envelopeSteps(flags) {
  const points = [];
  let [tp, seen] = [0, 0];
  for (const flag of flags) {
    if (flag === null) continue;
    seen += 1;
    tp += flag;
    if (flag) points.push({ hits: tp, tp, seen });
  }
  const envelope = [];
  for (const point of points) {
    // A later point that is as precise covers the earlier ones: tp / seen ≥ tp' / seen'.
    while (envelope.length && point.tp * envelope.at(-1).seen >= envelope.at(-1).tp * point.seen) envelope.pop();
    envelope.push(point);
  }
  return envelope;
}

function checkedFlags(flags, positives) {
  list(flags, "标记").forEach((flag) => {
    if (flag !== 1 && flag !== 0 && flag !== null) impossible("标记只能是 1、0 或 null。");
  });
  whole(positives, "真值个数", 0);
  if (positives === 0) impossible("没有真值，召回率没有分母；COCO 记 −1，不进平均。");
  const hits = flags.filter((flag) => flag === 1).length;
  if (hits > positives) impossible(`找对了 ${hits} 个，真值却只有 ${positives} 个。`);
}

/** [{from, to, precision: [tp, seen]}…]: the envelope over recall, in numbers of truths found. */
export const envelope = total((flags, positives) => {
  checkedFlags(flags, positives);
  let from = 0;
  return envelopeSteps(flags).map(({ hits, tp, seen }) => {
    const step = { from, to: hits, precision: [tp, seen] };
    from = hits;
    return step;
  });
});

/**
 * flags (1, 0, null) in score order, number of truths, and 11 (VOC to 2009), 101 (COCO) or "all" (area, VOC since 2010)
 * → {numerator, denominator, value} in lowest terms; both are BigInt where one is no safe integer.
 */
export const averagePrecision = total((flags, positives, mode) => {
  oneOf(mode, [11, 101, "all"], "取点法");
  checkedFlags(flags, positives);
  const terms = [];
  let before = 0;
  for (const { hits, tp, seen } of envelopeSteps(flags)) {
    if (mode === "all") terms.push([BigInt(hits - before) * BigInt(tp), BigInt(seen)]);
    else {
      // Points i / last with before < i · positives / last ≤ hits; the first step has the point 0 too.
      const last = mode - 1;
      const upTo = (found) => Math.floor((found * last) / positives);
      const points = upTo(hits) - (before ? upTo(before) : -1);
      terms.push([BigInt(points) * BigInt(tp), BigInt(seen)]);
    }
    before = hits;
  }
  const [numerator, denominator] = sum(terms);
  return plain(lowest(numerator, denominator * BigInt(mode === "all" ? positives : mode)));
});

// COCO's twelve numbers, with pycocotools' own floating point

const THRESHOLDS = Array.from({ length: 10 }, (_, i) => (i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9)));
const RECALLS = Array.from({ length: 101 }, (_, i) => i * 0.01);
const AREAS = { all: [0, 1e10], small: [0, 1024], medium: [1024, 9216], large: [9216, 1e10] };
const MOST = 100; // detections a picture and class

const inside = (area, [low, high]) => area >= low && area <= high;

/** One picture and class: each kept detection's score and, a threshold, whether it hit and whether it is ignored. */
function evaluatePicture(truths, detections, range) {
  const ignored = truths.map(({ area, difficult }) => difficult || !inside(area, range));
  const crowds = truths.map(({ difficult }) => difficult);
  const best = byScore(detections.map(({ score }) => score)).slice(0, MOST).map((i) => detections[i]);
  const overlaps = best.map(({ box }) => truths.map((truth) => cocoOverlap(box, truth.box, 0, truth.difficult)));
  const outside = best.map(({ box }) => !inside((box[2] - box[0]) * (box[3] - box[1]), range));
  const marks = THRESHOLDS.map((threshold) => {
    const taken = truths.map(() => false);
    return best.map((_, d) => {
      const limit = Math.min(threshold, 1 - 1e-10);
      const choice = cocoChoice(overlaps[d], (found) => found >= limit, ignored, taken, crowds);
      if (choice < 0) return { hit: false, ignored: outside[d] };
      taken[choice] = true;
      return { hit: true, ignored: ignored[choice] };
    });
  });
  return { scores: best.map(({ score }) => score), marks, positives: ignored.filter((out) => !out).length };
}

/** Pictures of one class, area range and limit → {precision: 101 numbers a threshold, recall: a number}, or null. */
function accumulate(pictures, most) {
  const positives = pictures.reduce((all, picture) => all + picture.positives, 0);
  if (positives === 0) return null;
  const order = byScore(pictures.flatMap(({ scores }) => scores.slice(0, most)));
  return THRESHOLDS.map((_, t) => {
    const marks = pictures.flatMap((picture) => picture.marks[t].slice(0, most));
    let [tp, fp] = [0, 0];
    const recalls = [];
    const precisions = [];
    for (const i of order) {
      if (!marks[i].ignored) marks[i].hit ? (tp += 1) : (fp += 1);
      recalls.push(tp / positives);
      precisions.push(tp / (fp + tp + EPSILON));
    }
    for (let i = precisions.length - 1; i > 0; i--) precisions[i - 1] = Math.max(precisions[i - 1], precisions[i]);
    let at = 0;
    const sampled = RECALLS.map((recall) => {
      while (at < recalls.length && recalls[at] < recall) at += 1;
      return precisions[at] ?? 0;
    });
    return { precision: sampled, recall: recalls.at(-1) ?? 0 };
  });
}

function mean(values) {
  return values.length ? values.reduce((all, value) => all + value, 0) / values.length : -1;
}

const sorted = (ids) => [...new Set(ids)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/**
 * {truths, detections, images, classes} → AP, AP50, AP75, AP of small, medium and large, AR with 1, 10 and 100 detections
 * a picture, AR of small, medium and large; −1 where nothing can be judged. A truth's `difficult` is COCO's iscrowd, its area
 * is that of the box unless given. Truths of pictures and classes not listed do not count; a detection must be in a listed
 * picture, as pycocotools asks.
 */
export const cocoSummary = total((setting) => {
  const { truths, detections, images, classes } = record(setting, "输入");
  const checked = { truths: truthsOf(truths), detections: detectionsOf(detections) };
  const pictures = sorted(list(images, "images").map((image) => id(image, "images 里的编号")));
  const kinds = sorted(list(classes, "classes").map((cls) => id(cls, "classes 里的编号")));
  checked.detections.forEach(({ image }, i) => {
    if (!pictures.includes(image)) impossible(`第 ${i + 1} 个检测的图不在 images 里。`);
  });
  const evaluated = (range) => kinds.map((cls) => pictures.map((image) => {
    const [own, found] = [checked.truths, checked.detections].map((all) => all.filter((item) => item.image === image && item.cls === cls));
    return evaluatePicture(own, found, AREAS[range]);
  }));
  const ranges = Object.fromEntries(Object.keys(AREAS).map((range) => [range, evaluated(range)]));
  const of = (range, most) => ranges[range].map((one) => accumulate(one, most)).filter(Boolean);
  const precision = (range, only) => mean(of(range, MOST).flatMap((one) => one.filter((_, t) => only === undefined || t === only).flatMap((at) => at.precision)));
  const recall = (range, most) => mean(of(range, most).flatMap((one) => one.map((at) => at.recall)));
  return [
    precision("all"), precision("all", 0), precision("all", 5), precision("small"), precision("medium"), precision("large"),
    recall("all", 1), recall("all", 10), recall("all", MOST), recall("small", MOST), recall("medium", MOST), recall("large", MOST),
  ];
});
