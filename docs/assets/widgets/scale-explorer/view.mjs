// One picture and one object under each scale of a list, in three libraries' roundings.

import { cocoSizes, detectron2Size, fpnLevel, mmcvSize, torchvisionSize } from "../kernel/scales.mjs";
import { group, line, picture, rect, round, words } from "../shared/draw.mjs";
import { between, clamp, makeView, whole } from "../shared/view.mjs";

const shorts = ({ list }) => list.split(/[,，、\s]+/).filter(Boolean).map(Number);

/** What becomes of the picture and the object at each short side. */
function outcomes(state) {
  const size = [state.w, state.h];
  return shorts(state).map((short) => {
    const sizes = [mmcvSize(size, [state.longest, short]), detectron2Size(size, short, state.longest), torchvisionSize(size, short, state.longest)];
    const [w, h] = sizes[0];
    const object = [(state.side * w) / state.w, (state.side * h) / state.h];
    const padded = [w, h].map((side) => Math.ceil(side / 32) * 32);
    return { short, sizes, object, level: fpnLevel(...object), waste: 1 - (w * h) / (padded[0] * padded[1]) };
  });
}

const kinds = (side) => cocoSizes(side * side).join("、") || "—";
const WIDTH = 360;

function outside({ boxes }) {
  const sides = boxes.split(/\n/).map((line) => line.trim().split(/[,，\s]+/).map(Number)).filter((numbers) => numbers.length === 2 && numbers.every((number) => number > 0));
  return sides.map(([w, h]) => Math.sqrt(w * h));
}

export const view = makeView({
  name: "scale-explorer",
  title: "一个目标在各个尺度下有多大",
  kernel: "scales",
  example: { w: 640, h: 480, longest: 2000, list: "400, 640, 800, 1200", side: 80, low: 32, high: 512, boxes: "" },
  ask: {
    question: "640×480 的图里一个 80×80 的目标。短边上限从 640 换到 672，它会换 FPN 的层吗？",
    choices: ["不会", "会，从 P2 到 P3", "会，从 P3 到 P4"], right: 1, state: { list: "640, 672" },
    why: "640 时边长 106.6（图取整成 853×640），小于 112，在 P2；672 时正好 112，到了 P3。",
  },
  presets: [
    { text: "笔记的例子", state: {} },
    { text: "短边 640 到 800", state: { longest: 1333, list: "640, 672, 704, 736, 768, 800" } },
    { text: "三家取整不同：1920×1080", state: { w: 1920, h: 1080, longest: 1000, list: "600" } },
    { text: "32 同时是 S 和 M", state: { side: 32 } },
  ],
  repaired(state) {
    const sizes = [state.w, state.h, state.longest].every((side) => whole(side, 1, 10000)) && between(state.side, 1, 10000) && between(state.low, 0, 1e4) && between(state.high, 1, 1e5);
    if (!sizes || typeof state.list !== "string" || typeof state.boxes !== "string") return null;
    const list = shorts(state);
    if (!list.length || list.length > 12 || !list.every((short) => whole(short, 1, 10000))) return null;
    return { ...state, side: Math.min(state.side, state.w, state.h) };
  },
  controls: (state) => [
    { key: "side", label: "目标边长", kind: "range", value: state.side, min: 1, max: Math.min(state.w, state.h), step: 1 },
    { key: "w", label: "图宽", kind: "number", value: state.w, min: 1, max: 10000, step: 1 },
    { key: "h", label: "图高", kind: "number", value: state.h, min: 1, max: 10000, step: 1 },
    { key: "longest", label: "长边上限", kind: "number", value: state.longest, min: 1, max: 10000, step: 1 },
    { key: "list", label: "短边上限", kind: "text", value: state.list },
    { key: "low", label: "范围从", kind: "number", value: state.low, min: 0, max: 1e4, step: 1 },
    { key: "high", label: "到", kind: "number", value: state.high, min: 1, max: 1e5, step: 1 },
    { key: "boxes", label: "粘贴目标的宽和高（原图像素，一行一个）", kind: "area", value: state.boxes, rows: 3 },
  ],
  figure(state) {
    const found = outcomes(state);
    const most = Math.max(...found.map(({ sizes: [[w]] }) => w));
    const height = found.length * 54 + 30;
    const x = (side) => 60 + (290 * Math.log2(Math.max(side, 8) / 8)) / Math.log2(1024 / 8);
    const parts = [112, 224, 448].map((side) => line(x(side), 22, x(side), height - 4, { class: "then" }) + words(x(side), 14, side, { class: "mid" }));
    found.forEach(({ short, object, level, sizes }, i) => {
      const y = 34 + i * 54;
      const side = Math.sqrt(object[0] * object[1]);
      parts.push(words(8, y + 16, short, { class: "bold" }), rect(60, y, x(side) - 60, 20, { class: "now tint" }), words(66, y + 37, `边长 ${round(side, 1)}，P${level}；图 ${sizes[0].join("×")}`),
        rect(8, y + 22, (44 * sizes[0][0]) / most, (44 * sizes[0][0] * state.h) / (most * state.w) / 2, { class: "soft" }));
    });
    parts.push(group({ "data-move": "side", tabindex: "0", role: "slider", "aria-label": "目标边长", "aria-valuenow": round(state.side, 0), "aria-valuemin": "1", "aria-valuemax": String(Math.min(state.w, state.h)) },
      `<circle class="solid" cx="${round(x(Math.sqrt(found[0].object[0] * found[0].object[1])), 1)}" cy="44" r="8"/>`, `<rect class="grab" x="${round(x(Math.sqrt(found[0].object[0] * found[0].object[1])) - 22, 1)}" y="22" width="44" height="44"/>`));
    return picture(WIDTH, height, "目标在各个尺度下的边长", ...parts);
  },
  moved(state, _, dx, __, resize, key) {
    const side = key ? state.side + dx * (resize ? 10 : 1) : state.side * 2 ** ((dx * 7) / 290);
    return { side: clamp(Math.round(side), 1, Math.min(state.w, state.h)) };
  },
  caption: "每个尺度的结果（补到 32 的倍数时，白补的份额）",
  rows: (state) => [
    ["短边上限", "mmcv", "detectron2", "torchvision", "目标边长", "FPN", "范围内", "补边"],
    ...outcomes(state).map(({ short, sizes, object, level, waste }) => {
      const differ = new Set(sizes.map(String)).size > 1 ? "diff" : undefined;
      const side = Math.sqrt(object[0] * object[1]);
      return [short, ...sizes.map((size) => ({ text: size.join("×"), mark: differ })), round(side, 1), `P${level}`, side >= state.low && side <= state.high ? "是" : "否", `${round(100 * waste, 1)}%`];
    }),
  ],
  sentence(state) {
    const found = outcomes(state);
    const levels = [...new Set(found.map(({ level }) => `P${level}`))];
    const sides = outside(state);
    const shares = sides.length ? `粘贴的 ${sides.length} 个目标里，${sides.filter((side) => found.every(({ sizes: [[w]] }) => (side * w) / state.w < state.low || (side * w) / state.w > state.high)).length} 个在任何尺度下都落在 ${state.low} 到 ${state.high} 之外。` : "";
    const drawn = found.length > 1 ? "训练时每张图从这几个尺度里抽一个，一次前向；几个都算一遍的是测试时增强。" : "";
    return `原图里边长 ${round(state.side, 0)}，COCO 算 ${kinds(state.side)}（不随缩放变）；缩放以后落在 ${levels.join("、")}。${drawn}${shares}`;
  },
});
