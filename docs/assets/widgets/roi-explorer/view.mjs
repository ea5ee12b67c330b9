// One box on a feature map: where RoI Pooling and RoIAlign read, what comes out, what moves when the box moves.

import { gradient, inOneBin, poolRegions, roiAlign, roiPool, samples } from "../kernel/roi.mjs";
import { circle, line, path, picture, rect, round, spot, words } from "../shared/draw.mjs";
import { corner, handle, isBox, movedBox, moving, sideFields } from "../shared/moving.mjs";
import { choice, makeView, numberField, remembered, tick, wholeBetween } from "../shared/view.mjs";

const FEATURES = {
  ramp: ["10·行 + 列", (row, column) => 10 * row + column],
  centre: ["每格写自己中心的横坐标", (_, column) => column + 0.5],
  spot: ["中间一格是 9", (row, column) => (row === 3 && column === 3 ? 9 : 0)],
};
const KINDS = [["pool", "RoI Pooling"], ["false", "RoIAlign，aligned=False"], ["true", "RoIAlign，aligned=True"]];
const MAP = 304; // the side of the drawn map

const mapOf = remembered((feature, side) => Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_, column) => FEATURES[feature][1](row, column))));
const featureOf = ({ feature, side }) => mapOf(feature, side);

/** What the kernel asks for: the map, the box, the bins and the scale. */
const gridOf = (state) => [featureOf(state), state.box, [state.bins, state.bins], 1 / state.stride];

const points = (state) => samples(...gridOf(state), state.ratio, state.kind === "true").flat(2);

const placeOf = (side) => (cell) => 20 + (cell * MAP) / side;

/** The cells; where there is room also their values, and the point in the middle where a value stands. The same wherever the box is. */
const cells = remembered((feature, side) => {
  const at = placeOf(side);
  const mark = side > 8 ? "soft" : "";
  const grid = Array.from({ length: side + 1 }, (_, i) => [line(at(i), at(0), at(i), at(side), mark), line(at(0), at(i), at(side), at(i), mark)]);
  if (side > 8) return grid;
  return [grid, mapOf(feature, side).map((row, y) => row.map((value, x) => [words(at(x) + 3, at(y) + 13, value, "mute"), rect(at(x + 0.5) - 1, at(y + 0.5) - 1, 2, 2)]))];
});

function map(state) {
  const { box, bins, side, stride, kind } = state;
  const [CELL, at] = [MAP / side, placeOf(side)];
  const parts = [cells(state.feature, side)];
  if (state.backwards) {
    gradient(kind, ...gridOf(state), [0, 0], state.ratio, kind === "true").forEach((row, y) => row.forEach((weight, x) => weight && parts.push(rect(at(x) + CELL / 12, at(y) + CELL / 12, (CELL * 10) / 12, (CELL * 10) / 12, "tint now"), side > 8 ? "" : words(at(x) + CELL / 2, at(y) + CELL / 2 + 5, round(weight, 2), "mid bold"))));
  }
  if (kind === "pool") {
    const { rows, columns } = poolRegions(...gridOf(state));
    rows.forEach(([top, bottom], i) => columns.forEach(([left, right], j) => {
      const inset = (CELL / 12) * (1 + ((i + j) % 2)); // neighbours may share a row or a column: drawn one inside of the other
      if (right > left && bottom > top) parts.push(rect(at(left) + inset, at(top) + inset, (right - left) * CELL - 2 * inset, (bottom - top) * CELL - 2 * inset, "now"));
    }));
  }
  const [x1, y1, x2, y2] = box.map((end) => at(end / stride));
  const borders = (low, high) => Array.from({ length: bins - 1 }, (_, i) => low + ((high - low) * (i + 1)) / bins);
  const inner = [borders(x1, x2).map((x) => line(x, y1, x, y2, "now")), borders(y1, y2).map((y) => line(x1, y, x2, y, "now"))];
  const dot = (point, i) => {
    const [x, y] = [at(point.x + 0.5), at(point.y + 0.5)]; // a value stands in the middle of its cell
    return spot(i, `取样点 ${i + 1}`, i === state.point ? circle(x, y, 6, "trap") : circle(x, y, 4, "solid"));
  };
  const label = `框：左 ${round(box[0], 1)}，上 ${round(box[1], 1)}，右 ${round(box[2], 1)}，下 ${round(box[3], 1)}`;
  parts.push(handle("box", `${label}，方向键移动，加 Shift 改大小`, ...["then", "grab"].map((mark) => rect(x1, y1, x2 - x1, y2 - y1, mark))), kind !== "pool" && inner, corner("box", x2, y2, "solid"), kind !== "pool" && points(state).map(dot));
  return parts;
}

/** Output against a shift of 0 … one stride: a stair for one, a slope for the other. */
function slide(state, y) {
  const [x1, y1, x2, y2] = state.box;
  const boxes = Array.from({ length: 17 }, (_, i) => (i * state.stride) / 16).map((by) => [x1 + by, y1, x2 + by, y2]);
  const found = inOneBin(featureOf(state), boxes, 1 / state.stride, state.ratio);
  const [stair, slope] = [0, 1].map((k) => found.map((values) => values[k] - found[0][k]));
  const [low, high] = [Math.min, Math.max].map((end) => end(...stair, ...slope));
  const place = (i, value) => [30 + i * 20, y + 80 - (70 * (value - low)) / (high - low || 1)];
  return [
    words(8, y - 6, `框右移 0 到 ${state.stride} 像素，1×1 的输出变了多少：`), line(28, y + 82, 352, y + 82),
    path(stair.flatMap((value, i, all) => [place(i, all[i - 1] ?? 0), place(i, value)]).slice(1), "then"), path(slope.map((value, i) => place(i, value)), "now"),
    words(30, y + 98, "虚线 RoI Pooling，实线 RoIAlign（True）", "mute"),
  ];
}

export const view = makeView({
  name: "roi-explorer",
  example: { box: [17, 34, 84, 95], bins: 2, ratio: 2, stride: 16, side: 8, feature: "ramp", kind: "true", point: 0, backwards: false },
  ask: {
    question: "步长 16，框整个右移 2 个像素。RoI Pooling 的输出会变吗？",
    choices: ["一定变 0.125", "可能不变", "一定变 1"], right: 1, state: { kind: "pool", box: [19, 34, 86, 95] },
    why: "坐标先四舍五入到整格，移 2 个像素常常还在同一格：先不动，再跳一次。RoIAlign 每次正好变 0.125。",
  },
  presets: [
    ["笔记的框", {}],
    ["665 ÷ 32", { side: 25, stride: 32, box: [0, 0, 665, 665], bins: 7, kind: "pool" }],
    ["差半格", { feature: "centre", stride: 1, box: [1.3, 1.3, 6.7, 6.7], bins: 4 }],
    ["0.2 格的小框", { feature: "centre", stride: 1, box: [5, 5, 5.2, 5.2], kind: "false" }],
    ["伸出边界", { box: [80, 34, 160, 95] }],
    ["点随框变（ratio 0）", { ratio: 0, box: [8, 8, 120, 120] }],
    ["梯度", { backwards: true, feature: "spot" }],
  ],
  repaired: (state) => (isBox(state.box, -400, 800) && wholeBetween(state.point, 0, 5000) ? { ...state, box: state.box.map((end) => Math.round(end * 10) / 10) } : null),
  controls: (state) => [
    choice("kind", "看哪一种", KINDS),
    choice("feature", "特征图", Object.entries(FEATURES).map(([key, [text]]) => [key, text])),
    choice("side", "特征图边长", [8, 25].map((one) => [one, one])),
    numberField("bins", "输出几×几", 1, 7),
    numberField("ratio", "sampling_ratio", 0, 4),
    choice("stride", "步长", [1, 4, 8, 16, 32].map((one) => [one, one])),
    ...sideFields(state.box, -400, 800, 0.1, (box) => ({ box })),
    tick("backwards", "看左上块的梯度"),
  ],
  picked: (_, point) => ({ point: Number(point) }),
  listen: moving,
  moved: ({ box, side, stride }, _, dx, dy, resize, key) => ({
    box: movedBox(box, key ? [dx, dy] : [dx, dy].map((by) => Math.round((by / MAP) * side * stride * 10) / 10), resize, -Infinity, Infinity, 0),
  }),
  figure: (state) => picture(360, 460, `${state.side}×${state.side} 的特征图`, map(state), slide(state, 352)),
  rows(state) {
    const grid = gridOf(state);
    const found = [roiPool(...grid), roiAlign(...grid, state.ratio, false), roiAlign(...grid, state.ratio, true)];
    return [["块（bin）", ...KINDS.map(([, text]) => text)], ...found[0].flatMap((line, row) => line.map((_, column) => [`${row}, ${column}`, ...found.map((one) => round(one[row][column]))]))];
  },
  sentence(state) {
    const { box, stride, kind } = state;
    const start = `框在特征图上是 ${box.map((end) => round(end / stride)).join("、")}；`;
    if (kind === "pool") {
      const { rows, columns } = poolRegions(...gridOf(state));
      const told = (list) => list.map(([first, last]) => (last > first ? `${first}–${last - 1}` : "空")).join("，");
      const read = columns.filter(([first, last]) => last > first);
      const spanned = read.length ? `；一共占 ${read.at(-1)[1] - read[0][0]} 列` : ""; // from the first to the last, ends included
      return `${start}取整以后，列分成 ${told(columns)}，行分成 ${told(rows)}${spanned}。`;
    }
    const all = points(state);
    const point = all[state.point] ?? all.at(-1);
    if (!point) return `${start}宽高为零，没有取样点，输出 0。`;
    if (!point.neighbours.length) return `${start}这个取样点在外面，读 0。`;
    const sum = point.neighbours.map(({ row, column, weight }) => `${round(weight, 3)}×${featureOf(state)[row][column]}`).join(" + ");
    const place = kind === "true" ? `连续坐标 (${round(point.x + 0.5, 3)}, ${round(point.y + 0.5, 3)})，各减 0.5，` : "坐标不减 0.5，直接当下标，";
    return `${start}标出的取样点：${place}是下标第 ${round(point.y, 3)} 行、第 ${round(point.x, 3)} 列，读 ${sum} = ${round(point.value)}。`;
  },
});
