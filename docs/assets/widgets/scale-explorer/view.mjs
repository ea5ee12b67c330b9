// One picture and one object under each scale of a list, in three libraries' roundings.

import { cocoSizes, detectron2Size, fpnLevel, mmcvSize, torchvisionSize } from "../kernel/scales.mjs";
import { circle, line, picture, rect, round, words } from "../shared/draw.mjs";
import { moving, slider } from "../shared/moving.mjs";
import { between, makeView, numberField, numbersIn, rangeField, textField, wholeBetween } from "../shared/view.mjs";

/** What becomes of the picture and the object at each short side. */
function outcomes(state) {
  const size = [state.w, state.h];
  return numbersIn(state.list).map((short) => {
    const sizes = [mmcvSize(size, [state.longest, short]), detectron2Size(size, short, state.longest), torchvisionSize(size, short, state.longest)];
    const [w, h] = sizes[0];
    const object = [(state.side * w) / state.w, (state.side * h) / state.h];
    const padded = (side) => Math.ceil(side / 32) * 32;
    return { short, sizes, side: Math.sqrt(object[0] * object[1]), level: `P${fpnLevel(...object)}`, waste: 1 - (w * h) / (padded(w) * padded(h)) };
  });
}

function outside({ boxes }) {
  const sides = boxes.split("\n").map(numbersIn).filter((numbers) => numbers.length === 2 && numbers.every((number) => number > 0));
  return sides.map(([w, h]) => Math.sqrt(w * h));
}

export const view = makeView({
  name: "scale-explorer",
  example: { w: 640, h: 480, longest: 2000, list: "400, 640, 800, 1200", side: 80, low: 32, high: 512, boxes: "" },
  ask: {
    question: "640×480 的图里一个 80×80 的目标。短边上限从 640 换到 672，它会换 FPN 的层吗？",
    choices: ["不会", "会，从 P2 到 P3", "会，从 P3 到 P4"], right: 1, state: { list: "640, 672" },
    why: "640 时边长 106.6（图取整成 853×640），小于 112，在 P2；672 时正好 112，到了 P3。",
  },
  presets: [
    ["笔记的例子", {}],
    ["短边 640 到 800", { longest: 1333, list: "640, 672, 704, 736, 768, 800" }],
    ["三家取整不同：1920×1080", { w: 1920, h: 1080, longest: 1000, list: "600" }],
    ["32 同时是 S 和 M", { side: 32 }],
  ],
  repaired(state) {
    const list = numbersIn(state.list);
    return wholeBetween(list.length, 1, 12) && list.every((short) => wholeBetween(short, 1, 10000)) && { ...state, side: Math.min(state.side, state.w, state.h) };
  },
  controls: (state) => [
    rangeField("side", "目标边长", 1, Math.min(state.w, state.h), 1),
    numberField("w", "图宽", 1, 10000),
    numberField("h", "图高", 1, 10000),
    numberField("longest", "长边上限", 1, 10000),
    textField("list", "短边上限"),
    numberField("low", "范围从", 0, 1e4, { step: "any" }),
    numberField("high", "到", 1, 1e5, { step: "any" }),
    textField("boxes", "粘贴目标的宽和高（原图像素，一行一个）", 3),
  ],
  figure(state) {
    const found = outcomes(state);
    const most = Math.max(...found.map(({ sizes: [[w]] }) => w));
    const x = (side) => 60 + (290 * Math.log2(Math.max(side, 8) / 8)) / 7; // from 8 to 1024
    const borders = [112, 224, 448];
    const parts = borders.map((side) => words(x(side), 14, side, "mid"));
    found.forEach(({ short, side, level, sizes }, i) => {
      const y = 34 + i * 54;
      parts.push(borders.map((border) => line(x(border), y - 8, x(border), y + 22, "then")), words(8, y + 16, short, "bold"), rect(60, y, x(side) - 60, 20, "now tint"), words(66, y + 37, `边长 ${round(side, 1)}，${level}；图 ${sizes[0].join("×")}`),
        rect(8, y + 22, (44 * sizes[0][0]) / most, (22 * sizes[0][1]) / most, "soft"));
    });
    const at = x(found[0].side);
    parts.push(slider("side", "目标边长", [1, state.side, Math.min(state.w, state.h)], circle(at, 44, 8, "solid"), rect(at - 22, 22, 44, 44, "grab")));
    return picture(360, found.length * 54 + 30, "目标在各个尺度下的边长", parts);
  },
  listen: moving,
  moved(state, _, dx, __, resize, key) {
    const side = key ? state.side + dx * (resize ? 10 : 1) : state.side * 2 ** ((dx * 7) / 290);
    return { side: Math.max(Math.round(side), 1) };
  },
  rows: (state) => [
    ["短边上限", "mmcv", "detectron2", "torchvision", "目标边长", "FPN", "范围内", "补边"],
    ...outcomes(state).map(({ short, sizes, side, level, waste }) => {
      const differ = new Set(sizes.map(String)).size > 1 ? "diff" : undefined;
      return [short, ...sizes.map((size) => ({ text: size.join("×"), mark: differ })), round(side, 1), level, between(side, state.low, state.high) ? "是" : "否", `${round(100 * waste, 1)}%`];
    }),
  ],
  sentence(state) {
    const found = outcomes(state);
    const levels = [...new Set(found.map(({ level }) => level))];
    const sides = outside(state);
    const shares = sides.length ? `粘贴的 ${sides.length} 个目标里，${sides.filter((side) => found.every(({ sizes: [[w]] }) => !between((side * w) / state.w, state.low, state.high))).length} 个在任何尺度下都落在 ${state.low} 到 ${state.high} 之外。` : "";
    const drawn = found.length > 1 ? "训练时每张图从这几个尺度里抽一个，一次前向；几个都算一遍的是测试时增强。" : "";
    return `原图里边长 ${state.side}，COCO 算 ${cocoSizes(state.side ** 2).join("、")}（不随缩放变）；缩放以后落在 ${levels.join("、")}。${drawn}${shares}`;
  },
});
