// The same boxes through NMS, both soft-NMS and weighted boxes fusion, with the reason for each.

import { fuse, iou, nms, nmsSteps, softNms, softNmsSteps } from "../kernel/merging.mjs";
import { line, picture, rect, round, words } from "../shared/draw.mjs";
import { corner, handle, isBox, movedBox, moving } from "../shared/moving.mjs";
import { choice, fits, itemField, makeView, numberField, press, rangeField, replaced, tick } from "../shared/view.mjs";

const box = (x1, y1, x2, y2, score, model = 0, cls = 0) => ({ box: [x1, y1, x2, y2], score, model, cls });
const KINDS = [["hard", "NMS"], ["linear", "soft-NMS 线性"], ["gaussian", "soft-NMS 高斯"], ["wbf", "WBF"]];
const SIZE = 300;
const NOTE = [box(0.1, 0.1, 0.5, 0.5, 0.9), box(0.12, 0.12, 0.52, 0.52, 0.8, 1), box(0.3, 0.1, 0.7, 0.5, 0.7), box(0.6, 0.6, 0.9, 0.9, 0.6)];

/** What `run` makes of the boxes that are looked at together, all or class by class: of their numbers, corners and scores. */
function together({ boxes, byClass }, run) {
  const kinds = boxes.map(({ cls }) => byClass && cls);
  return [...new Set(kinds)].flatMap((kind) => {
    const own = [...boxes.keys()].filter((i) => kinds[i] === kind);
    return run(own, own.map((i) => boxes[i].box), own.map((i) => boxes[i].score));
  });
}

/** The boxes that NMS keeps. */
const survivors = (state, threshold) => together(state, (own, corners, given) => nms(corners, given, threshold).map((k) => own[k]));

/** After each of the three rules the score of each box that is left. */
function scores(state) {
  const { boxes, threshold, sigma, floor } = state;
  const soft = (method) => together(state, (own, corners, given) => softNms(corners, given, { method, threshold, sigma, floor }).map(([k, score]) => [own[k], score]));
  return { hard: new Map(survivors(state, threshold).map((i) => [i, boxes[i].score])), linear: new Map(soft("linear")), gaussian: new Map(soft("gaussian")) };
}

function fused(state) {
  return together(state, (own) => fuse([0, 1].map((model) => own.map((i) => state.boxes[i]).filter((one) => one.model === model)).filter((list) => list.length), state.threshold));
}

/** From 0 to 1, the thresholds between which NMS keeps the same boxes, the lower included: [low, high, kept]. */
function lives(state) {
  const critical = [...new Set([0, 1, ...state.boxes.flatMap((a, i) => state.boxes.slice(i + 1).map((b) => iou(a.box, b.box)))])].sort((a, b) => a - b);
  return critical.slice(1).map((high, i) => [critical[i], high, survivors(state, critical[i])]);
}

/** Why each box is gone or weaker: sentences in the order of the rule. */
function reasons(state) {
  const { threshold, sigma, floor, kind } = state;
  return together(state, (own, corners, given) => (kind === "hard"
    ? nmsSteps(corners, given, threshold).flatMap(({ kept, gone }) => gone.map(({ index, iou: found }) => `${own[index] + 1} 号被 ${own[kept] + 1} 号压下：${round(found, 2)} > ${round(threshold, 2)}`))
    : softNmsSteps(corners, given, { method: kind, threshold, sigma, floor }).flatMap(({ index: by, decayed }) => decayed.map(({ index, iou: found, before, after, gone }) => `${own[index] + 1} 号因 ${own[by] + 1} 号（IoU ${round(found, 2)}）从 ${round(before, 3)} 降到 ${round(after, 3)}${gone ? "，丢掉" : ""}`))));
}

function pictureOf(state) {
  const after = scores(state)[state.kind]; // none of WBF
  const place = (value) => 8 + value * SIZE;
  const drawn = ({ box: [x1, y1, x2, y2] }, mark) => rect(place(x1), place(y1), (x2 - x1) * SIZE, (y2 - y1) * SIZE, mark);
  const parts = [rect(8, 8, SIZE, SIZE, "soft"), after ? [] : fused(state).map((one) => drawn(one, "now tint"))];
  for (const i of [...state.boxes.keys()].filter((k) => k !== state.at).concat(state.at)) {
    const { box: [x1, y1, x2, y2], score, model } = state.boxes[i];
    const now = after?.get(i);
    const gone = after && now === undefined;
    const label = `${i + 1} 号，分 ${round(score, 2)}，${gone ? "被删" : after ? `变成 ${round(now, 3)}` : `模型${"甲乙"[model]}`}；方向键移动，加 Shift 改大小`;
    parts.push(handle(i, label, ...[now === undefined ? "then" : "now", "grab"].map((mark) => drawn(state.boxes[i], mark)),
      words(place(x1) + 4, place(y1) + 15 + 16 * (i % 2), `${i + 1}：${gone ? "删" : round(now ?? score, 2)}`, "bold")),
    corner(i, place(x2), place(y2)));
  }
  return parts;
}

/** A bar a box: solid where it lives. The dashed line is the threshold. */
function bars(state, top) {
  const spans = lives(state);
  const x = (value) => 34 + value * 280;
  const parts = [words(8, top - 6, "每个框在哪些阈值下活下来（NMS）：")];
  state.boxes.forEach((_, i) => {
    parts.push(words(8, top + 15 + i * 22, i + 1, "bold"), spans.map(([low, high, kept]) => rect(x(low), top + 4 + i * 22, x(high) - x(low), 13, kept.includes(i) ? "solid" : "then")));
  });
  const bottom = top + state.boxes.length * 22 + 4;
  parts.push(line(x(state.threshold), top, x(state.threshold), bottom, "trap"), [0, 1].map((end) => words(x(end), bottom + 14, end, "mid")), words(x(state.threshold), bottom + 14, round(state.threshold, 2), "mid bold"));
  return parts;
}

/** The controls of one box. */
function itsFields(boxes, at) {
  const its = itemField("boxes", boxes, at);
  return [
    rangeField("score", "它的分", 0.01, 1, 0.01, its("score")),
    choice("model", "它来自", [[0, "模型甲"], [1, "模型乙"]], its("model")),
    choice("cls", "它的类", [[0, "人"], [1, "车"]], its("cls")),
  ];
}

export const view = makeView({
  name: "nms-explorer",
  example: { boxes: NOTE, threshold: 0.3, sigma: 0.5, floor: 0.001, kind: "hard", at: 0, byClass: false },
  ask: {
    question: "2 号几乎就是 1 号，3 号是挨着 1 号的另一个物体（IoU 0.33）。阈值 0.3 的 NMS 留下哪几个？",
    choices: ["1、3、4", "1、4", "全部"], right: 1, state: { kind: "hard", threshold: 0.3 },
    why: "0.33 也大于 0.3，3 号被误删；soft-NMS 只把它降到 0.4667，留着。",
  },
  presets: [
    ["笔记的四个框", {}],
    ["一群人", { boxes: [box(0.1, 0.1, 0.4, 0.9, 0.95), box(0.22, 0.1, 0.52, 0.9, 0.9), box(0.34, 0.12, 0.64, 0.9, 0.85), box(0.46, 0.1, 0.76, 0.92, 0.8)], threshold: 0.5 }],
    ["一个物体，四次", { boxes: [box(0.2, 0.2, 0.7, 0.7, 0.95), box(0.22, 0.2, 0.72, 0.7, 0.9), box(0.2, 0.24, 0.7, 0.74, 0.85), box(0.26, 0.26, 0.7, 0.7, 0.8)], threshold: 0.5 }],
    ["挤着的人，旁边是重复框", { boxes: [box(0.05, 0.1, 0.35, 0.9, 0.95), box(0.12, 0.1, 0.42, 0.9, 0.9), box(0.6, 0.2, 0.9, 0.6, 0.85), box(0.6, 0.3, 0.9, 0.7, 0.8)], threshold: 0.61 }],
    ["恰好等于阈值", { boxes: [box(0.1, 0.1, 0.5, 0.5, 0.9), box(0.1, 0.1, 0.5, 0.3, 0.8)], threshold: 0.5 }],
    ["两个模型：WBF", { kind: "wbf", threshold: 0.55 }],
  ],
  repaired(state) {
    const { boxes } = state;
    const good = Array.isArray(boxes) && boxes.length > 0 && boxes.length <= 8 && boxes.every((one, at) => one && isBox(one.box, 0, 1) && itsFields(boxes, at).every(fits));
    return good && { ...state, at: boxes[state.at] ? state.at : boxes.length - 1 };
  },
  controls: (state) => [
    choice("kind", "规则", KINDS),
    rangeField("threshold", "阈值", 0, 1, 0.01),
    rangeField("sigma", "σ（高斯）", 0.05, 2, 0.05),
    numberField("floor", "丢弃线", 0, 1, { step: 0.001 }),
    choice("at", "改哪个框", state.boxes.map((_, i) => [i, `${i + 1} 号`])),
    ...itsFields(state.boxes, state.at),
    tick("byClass", "类与类分开"),
    press("add", "加一个框", () => ({ boxes: [...state.boxes, box(0.4, 0.4, 0.7, 0.7, 0.5)], at: state.boxes.length })),
    press("remove", "去掉这个", () => ({ boxes: state.boxes.filter((_, i) => i !== state.at) })),
  ],
  listen: moving,
  moved({ boxes }, key, dx, dy, resize, pressed) {
    const at = Number(key);
    const unit = pressed ? 100 : SIZE;
    const ends = movedBox(boxes[at].box, [dx / unit, dy / unit], resize, 0, 1, 0.02);
    return { boxes: replaced(boxes, at, { ...boxes[at], box: ends.map((end) => Math.round(end * 1000) / 1000) }), at };
  },
  figure: (state) => picture(330, 352 + state.boxes.length * 22, "框与阈值", pictureOf(state), bars(state, 332)),
  rows(state) {
    const after = Object.values(scores(state));
    return [["框", "原分", "NMS", "线性", "高斯"], ...state.boxes.map(({ score }, i) => [i + 1, round(score, 4), ...after.map((left) => (left.has(i) ? round(left.get(i), 4) : { text: "删", mark: "diff" }))])];
  },
  sentence(state) {
    if (state.kind === "wbf") {
      const found = fused(state).map(({ box: ends, score }) => `[${ends.map((end) => round(end, 4)).join(", ")}] 分 ${round(score, 4)}`);
      return `WBF 合成 ${found.length} 个框：${found.join("；")}。`;
    }
    const kept = [...scores(state)[state.kind].keys()].sort((a, b) => a - b).map((i) => i + 1);
    const told = reasons(state);
    return `留下 ${kept.join("、")} 号。${told.length ? `${told.join("；")}。` : ""}`;
  },
});
