// Three pictures with truths and detections: every mark, the precision–recall curve, and average precision under each rule.

import { averagePrecision, cocoSummary, envelope, matchSteps } from "../kernel/average-precision.mjs";
import { circle, line, path, picture, rect, round, spot, tag, words } from "../shared/draw.mjs";
import { h, pasteArea } from "../shared/html.mjs";
import { corner, handle, isBox, movedBox, moving, sideFields } from "../shared/moving.mjs";
import { choice, fits, itemField, makeView, rangeField, replaced, tick, wholeBetween } from "../shared/view.mjs";

const truth = (image, box, cls = 1, difficult = false) => ({ image, cls, box, difficult });
const found = (image, box, score, cls = 1) => ({ image, cls, box, score });
const TRUTHS = [truth(1, [10, 10, 50, 50]), truth(1, [60, 20, 100, 80]), truth(2, [20, 20, 80, 60]), truth(2, [100, 100, 140, 150]), truth(3, [30, 30, 90, 90])];
const DETECTIONS = [
  found(1, [12, 12, 52, 52], 0.95), found(3, [100, 10, 150, 60], 0.9), found(2, [20, 25, 80, 65], 0.8), found(1, [62, 20, 102, 78], 0.7),
  found(1, [8, 8, 48, 48], 0.6), found(2, [110, 130, 150, 180], 0.5), found(3, [36, 30, 96, 90], 0.4),
];
const RULES = [["voc", "VOC（> 阈值，加一）"], ["mmdet", "mmdet VOCMetric（≥，加一）"], ["coco", "COCO（≥，换下一个）"]];
const MODES = [[11, "11 点"], ["all", "全点"], [101, "101 点"]];
const CLASSES = [[1, "类甲"], [2, "类乙"]];
const ORIGINS = [[8, 22], [188, 22], [8, 222]]; // of the pictures 1, 2 and 3
const SCALE = 0.86;

/** What becomes of the detections, best score first; what is cut away is of no class. */
function steps(state, rule = state.rule) {
  const detections = state.detections.map((one) => (one.score < state.cut ? { ...one, cls: "" } : one));
  return matchSteps({ ...state, detections, rule: rule === "coco" ? "coco" : "voc", plusOne: rule !== "coco", strict: rule === "voc" });
}

const counted = ({ truths, cls }) => truths.filter((one) => one.cls === cls && !one.difficult).length;

/** AP by each way to take points, under one rule of matching. */
function averages(state, rule) {
  const flags = steps(state, rule).map(({ flag }) => flag);
  return MODES.map(([mode]) => averagePrecision(flags, counted(state), mode));
}

function fraction({ numerator, denominator, value, error }) {
  return error ? "—" : `${numerator}/${denominator} = ${round(value, 6)}`;
}

/** The detections from the highest score to the lowest, each with what is found by then. */
function ranked(state) {
  const positives = counted(state);
  let [tp, seen] = [0, 0];
  const list = steps(state).map((step) => {
    if (step.flag !== null) [tp, seen] = [tp + step.flag, seen + 1];
    return { ...state.detections[step.index], ...step, tp, seen, recall: tp / positives, precision: seen ? tp / seen : 1 };
  });
  return { positives, list };
}

const LOOKS = { TP: "now", FP: "then", 不计: "dot" };

function pictures(state, { list }) {
  const marks = new Map(list.map(({ index, flag }) => [index, told(flag)]));
  return ORIGINS.map(([x, y], k) => {
    const draw = (kind, i, one, more) => {
      if (one.image !== k + 1 || one.cls !== state.cls) return "";
      const [key, real, mark] = [kind + i, kind === "t", marks.get(i)];
      const [x1, y1, x2, y2] = one.box.map((end, side) => end * SCALE + [x, y][side % 2]);
      const at = real ? [x2 - 15, y2 - 3] : [[x1, y2 + 13], [x1, y1 - 3], [x2 + 3, y2]][i % 3];
      const chosen = state.at === key;
      const label = `${real ? "真值" : "检测"} ${i + 1}：${one.box.map((end) => round(end, 1)).join("、")}${more}`;
      return [handle(key, label, ...[real ? "truth" : LOOKS[mark], "grab"].map((look) => rect(x1, y1, x2 - x1, y2 - y1, look)), words(...at, real ? "真" : `${i + 1} ${mark}`, chosen ? "bold" : "")), chosen && corner(key, x2, y2)];
    };
    return [
      rect(x, y, 166, 170, "soft"), words(x + 166, y - 6, `图 ${k + 1}`, "bold end"),
      state.truths.map((one, i) => draw("t", i, one, one.difficult ? "，难例" : "")),
      state.detections.map((one, i) => marks.has(i) && draw("d", i, one, `，分 ${one.score}，${marks.get(i)}`)),
    ];
  });
}

function curve(state, { list, positives }) {
  const [left, top, size] = [206, 240, 136];
  const x = (recall) => left + recall * size;
  const y = (precision) => top + (1 - precision) * size;
  const parts = [line(left, top + size, left + size, top + size), line(left, top, left, top + size), words(left + size, top + size + 17, "召回率", "end"), words(left, top - 8, "精确率")];
  if (!positives) return [parts, words(left + 8, top + 60, "没有真值")];
  for (const { from, to, precision: [tp, seen] } of envelope(list.map(({ flag }) => flag), positives)) {
    const [x1, x2, y1] = [x(from / positives), x(to / positives), y(tp / seen)];
    parts.push(line(x1, y1, x2, y1, "now"), rect(x1, y1, x2 - x1, top + size - y1, "tint area"));
  }
  parts.push(path(list.map(({ recall, precision }) => [x(recall), y(precision)]), "then"));
  const working = list.filter(({ score }) => score >= state.work).length - 1;
  list.forEach(({ recall, precision, tp, seen, flag }, i) => parts.push(spot(i, `第 ${i + 1} 个检测：找对 ${tp} 个，看过 ${seen} 个`, circle(x(recall), y(precision), i === working ? 8 : 5, i === state.pick ? "trap" : flag ? "solid" : "cell"))));
  return parts;
}

/** Where the rules part: the first detection that two of them mark differently, or the points. */
function parting(state, values) {
  const [voc, coco] = ["voc", "coco"].map((rule) => steps(state, rule));
  const at = voc.findIndex((step, i) => step.flag !== coco[i].flag);
  if (at >= 0) return `VOC 与 COCO 从第 ${at + 1} 名（${voc[at].index + 1} 号）起不同：VOC 判 ${told(voc[at].flag)}，COCO 判 ${told(coco[at].flag)}。`;
  return new Set(values.map(({ value }) => round(value, 9))).size > 1 ? "标记相同，分歧只在取哪些点：11 点、101 点取样，全点量面积。" : "三种取法在这里相同。";
}

const told = (flag) => (flag === null ? "不计" : flag ? "TP" : "FP");

/** What AP (area) would gain with one detection mended: taken out, or every miss found. */
function gains(state) {
  const { truths, detections } = state;
  const area = (changed) => averages({ ...state, detections: changed })[1].value ?? 0;
  const marks = steps(state);
  const without = marks.filter(({ flag }) => flag === 0).map((step) => [`去掉 ${step.index + 1} 号（${reason(step, state)}）`, detections.filter((_, i) => i !== step.index)]);
  const missed = truths.flatMap((one, i) => (one.cls !== state.cls || one.difficult || marks.some(({ truth: at, flag }) => flag && at === i) ? [] : [[`找到漏掉的真值 ${i + 1}`, [...detections, { ...one, score: 1 }]]]));
  return [...without, ...missed].map(([what, changed]) => [what, area(changed) - area(detections)]).sort((a, b) => b[1] - a[1]);
}

const likest = ({ overlaps }) => Math.max(0, ...overlaps.map(({ iou }) => iou));

function reason(step, { threshold }) {
  if (step.truth !== null || likest(step) >= threshold) return "重复";
  return likest(step) > 0.1 ? "框偏了" : "背景";
}

/** The sentence of one point: detection, truth, runner-up and IoU. */
function pointed(state) {
  const step = steps(state)[state.pick];
  if (!step) return "";
  const [best, next] = [...step.overlaps].sort((a, b) => b.iou - a.iou);
  const name = ({ truth: i, iou }) => `真值 ${i + 1}（IoU ${round(iou, 4)}）`;
  return `第 ${state.pick + 1} 名是 ${step.index + 1} 号，${told(step.flag)}：${best ? `最像${name(best)}${next ? `，其次${name(next)}` : ""}` : "这张图没有真值"}。`;
}

function sums(state) {
  return [["匹配", ...MODES.map(([, text]) => text)], ...RULES.map(([rule, text]) => [text, ...averages(state, rule).map((one) => ({ text: fraction(one), mark: rule === state.rule ? "bold" : undefined }))])];
}

function ranks(state) {
  const { list, positives } = ranked(state);
  return [
    ["名次", "检测", "分", "最大 IoU", "标记", "召回率", "精确率"],
    ...list.map(({ index, image, score, overlaps, flag, tp, seen }, i) => [i + 1, `${index + 1} 号（图 ${image}）`, score, round(likest({ overlaps }), 4), flag ? "TP" : { text: told(flag), mark: "diff" }, positives ? `${tp}/${positives}` : "—", `${tp}/${seen}`]),
  ];
}

/** The list and the index that the key of a box stands for: d2 is the third detection. */
const place = (key) => [key[0] === "t" ? "truths" : "detections", Number(key.slice(1))];

const boxes = ({ truths, detections }) => [...detections.map((_, i) => [`d${i}`, `检测 ${i + 1}`]), ...truths.map((_, i) => [`t${i}`, `真值 ${i + 1}`])];

/** The controls of one box. */
function itsFields(list, items, at) {
  const its = itemField(list, items, at);
  return [
    list === "truths" ? tick("difficult", "难例／人群", its("difficult")) : rangeField("score", "它的分", 0, 1, 0.01, its("score")),
    choice("its", "它的类", CLASSES, its("cls")),
  ];
}

export const view = makeView({
  name: "map-playground",
  example: { truths: TRUTHS, detections: DETECTIONS, cls: 1, threshold: 0.5, rule: "coco", cut: 0, work: 0.5, at: "d0", pick: 4 },
  ask: {
    question: "把 6 号检测（0.50 分，FP）的分改成 0.99，AP 会变吗？",
    choices: ["不变", "变大", "变小"], right: 2, state: { detections: DETECTIONS.map((one, i) => (i === 5 ? { ...one, score: 0.99 } : one)), at: "d5", pick: 0 },
    why: "它排到了最前，前三个 TP 处的精确率从 1、2/3、3/4 降到 1/2、1/2、3/5。改成 0.45 则次序不动，AP 不变。",
  },
  presets: [
    ["笔记的例子", {}],
    ["两个真值挨着", { truths: [truth(1, [0, 0, 100, 100]), truth(1, [20, 0, 120, 100])], detections: [found(1, [5, 0, 105, 100], 0.9), found(1, [8, 0, 108, 100], 0.8)] }],
    ["难例不计", { truths: TRUTHS.map((one, i) => (i === 1 ? { ...one, difficult: true } : one)) }],
    ["评测前卡 0.6", { cut: 0.6 }],
    ["全对", { detections: TRUTHS.map((one, i) => found(one.image, one.box, 0.9 - i / 10)) }],
  ],
  repaired(state) {
    const good = (list, most) => Array.isArray(state[list]) && state[list].length <= most && state[list].every((one, i) => one && ORIGINS[one.image - 1] && isBox(one.box, 0, 1000) && itsFields(list, state[list], i).every(fits));
    if (!good("truths", 12) || !good("detections", 20) || !wholeBetween(state.pick, 0, 20)) return null;
    const keys = boxes(state).map(([key]) => key);
    return keys.length && { ...state, at: keys.includes(state.at) ? state.at : keys[0] };
  },
  controls(state) {
    const [list, index] = place(state.at);
    const box = itemField(list, state[list], index)("box");
    return [
      choice("rule", "匹配", RULES), rangeField("threshold", "IoU 阈值", 0.05, 0.95, 0.05), rangeField("work", "工作点的分", 0, 1, 0.05), rangeField("cut", "评测前卡分", 0, 1, 0.05),
      choice("at", "改哪个框", boxes(state)), ...itsFields(list, state[list], index), choice("cls", "评哪个类", CLASSES),
      ...sideFields(box.value, 0, 1000, "any", box.change),
    ];
  },
  picked: (_, pick) => ({ pick: Number(pick) }),
  listen: moving,
  moved(state, key, dx, dy, resize, pressed) {
    const [list, index] = place(key);
    const one = state[list][index];
    const by = pressed ? [dx, dy] : [dx, dy].map((side) => Math.round(side / SCALE));
    return { at: key, [list]: replaced(state[list], index, { ...one, box: movedBox(one.box, by, resize, 0, Infinity, 1) }) };
  },
  figure(state) {
    const found = ranked(state);
    return picture(364, 402, "三张图与 PR 曲线", pictures(state, found), curve(state, found));
  },
  rows: (state) => [...sums(state), [], ...ranks(state)], // two tables
  sentence(state) {
    const values = averages(state);
    const [eleven, area, hundred] = values;
    if (eleven.error) return eleven.error;
    const working = ranked(state).list.filter(({ score }) => score >= state.work).at(-1);
    const at = working ? `工作点（分 ≥ ${round(state.work, 2)}）：召回率 ${round(working.recall, 3)}，精确率 ${round(working.precision, 3)}；移动它，AP 不变。` : "工作点以上没有检测。";
    return `11 点 ${fraction(eleven)}；全点 ${fraction(area)}；101 点 ${fraction(hundred)}。${parting(state, values)}${at}${pointed(state)}`;
  },
  extra(state, widget) {
    const list = gains(state).slice(0, 6).map(([what, gain]) => `${what}：${gain >= 0 ? "+" : ""}${round(gain, 4)}`);
    const summary = cocoSummary({ truths: state.truths, detections: state.detections.filter(({ score }) => score >= state.cut), images: [1, 2, 3], classes: [1, 2] });
    if (!widget.kept) {
      const areas = ["真值的 JSON（images、annotations、categories）", "结果的 JSON（一个列表）"].map(pasteArea);
      const answer = h("p", {}, "粘贴两段小的 COCO JSON，得到 pycocotools 的十二个数；不离开本机。");
      for (const area of areas) widget.on(area, "input", () => (answer.textContent = pasted(...areas.map(({ value }) => value))));
      widget.kept = [...areas, answer];
    }
    return [tag("p", {}, `先改哪个错（全点 AP 的变化）：${list.join("；") || "没有错"}。`), tag("p", {}, twelve(summary)), ...widget.kept];
  },
});

const NAMES = ["AP", "AP50", "AP75", "AP_S", "AP_M", "AP_L", "AR@1", "AR@10", "AR@100", "AR_S", "AR_M", "AR_L"];
const twelve = (numbers) => (numbers.error ? numbers.error : `COCO 的十二个数：${NAMES.map((name, i) => `${name} ${round(numbers[i], 6)}`).join("，")}。`);

/** COCO's own JSON → the twelve numbers as a sentence. */
export function pasted(truth, results) {
  if (!truth.trim() || !results.trim()) return "两段都要：真值和结果。";
  try {
    const [given, list] = [JSON.parse(truth), JSON.parse(results)];
    const item = ({ image_id: image, category_id: cls, bbox: [x, y, w, h], iscrowd, area, score }) => ({ image, cls, box: [x, y, x + w, y + h], difficult: Boolean(iscrowd), area, score });
    return twelve(cocoSummary({
      truths: given.annotations.map(item), detections: list.map(item),
      images: given.images.map(({ id }) => id), classes: given.categories.map(({ id }) => id),
    }));
  } catch (error) {
    return `读不懂：${error.message}`;
  }
}
