// Layers one after the other: sizes, where the windows lie in two frameworks, and what a unit sees.

import { chain, effectiveWeights, outputSize, solve } from "../kernel/convolution.mjs";
import { clamp } from "../kernel/input.mjs";
import { circle, group, picture, rect, round, tag, words } from "../shared/draw.mjs";
import { h, pasteArea } from "../shared/html.mjs";
import { choice, fits, itemField, makeView, numberField, press, rangeField, tick, wholeBetween } from "../shared/view.mjs";

const KINDS = { conv: "卷积", maxpool: "最大池化", avgpool: "平均池化", transposed: "转置卷积" };
const layer = (k, s = 1, p = 0, d = 1, kind = "conv") => ({ kind, k, s, p, d, ceil: false, skip: 0 });
const MOST = 60;

const STRIDES = [1, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1]; // of the blocks of ResNet-50

function resnet50(first) {
  const blocks = STRIDES.flatMap((s) => [layer(1, first ? s : 1), layer(3, first ? 1 : s, 1), { ...layer(1), skip: 3 }]);
  return [layer(7, 2, 3), layer(3, 2, 1, 1, "maxpool"), ...blocks];
}

const RULES = ["torch", "SAME"];
const grows = ({ kind }) => kind === "transposed";

/** As the kernel's chain; where a layer is transposed there are sizes and no receptive field. */
function run(n, layers, rule) {
  const ruled = layers.map((one) => ({ ...one, rule }));
  if (!layers.some(grows)) return chain(n, ruled);
  const all = [n];
  for (const one of ruled) {
    const { out, error } = outputSize({ ...one, n: all.at(-1) });
    if (error) return { error: `第 ${all.length} 层：${error}` };
    all.push(out);
  }
  return { sizes: all.slice(1) };
}

/** The layers with each block that a shortcut passes by in place of the block: a 1×1 convolution with its strides. */
function shortest(layers) {
  const kept = [];
  for (const one of layers) {
    kept.push(one);
    if (one.skip) kept.push(layer(1, kept.splice(-one.skip).reduce((all, { s }) => all * s, 1)));
  }
  return kept;
}

/** Blocks lie one after the other: no shortcut reaches into another's. */
function apart(layers) {
  return layers.every(({ skip }, i) => skip <= i + 1 && layers.slice(i + 1 - skip, i).every((inside) => !inside.skip));
}

/** Both chains, and what one unit of the last layer sees in each. Where a layer is transposed the cells to look at are those of the last one's input. */
function seen(state) {
  return RULES.map((rule) => {
    const name = rule === "torch" ? "PyTorch" : rule;
    const found = run(state.n, state.layers, rule);
    if (found.error) return { ...found, name };
    const [before, out] = [state.n, ...found.sizes].slice(-2);
    const cells = found.jump ? out : before;
    const unit = Math.min(state.unit, cells - 1);
    const centre = found.firstCentre + unit * found.jump;
    const half = (found.receptiveField - 1) / 2;
    return { ...found, name, rule, before, out, cells, unit, centre, half, low: centre - half, high: centre + half };
  });
}

const WIDTH = 360;
const cellOf = (count) => Math.min((WIDTH - 16) / count, 28); // how wide one is drawn

/** The last layer, transposed: where one cell of its input is added, and what is cut off at the ends. */
function spreads({ name, out, unit, before: n, rule }, state, y) {
  const last = state.layers.at(-1);
  if (!grows(last)) return words(8, y + 20, `${name}：${out} 格；前面有转置卷积，没有固定的感受野`);
  const { before, after } = outputSize({ ...last, n, rule });
  const whole = before + out + after;
  const cell = cellOf(whole);
  const wide = Math.max(cell - 1, 0.4);
  const taps = Array.from({ length: last.k }, (_, t) => unit * last.s + t * last.d);
  const parts = [words(8, y, `${name}：输入第 ${unit} 格加到 ${last.k} 格；裁去前 ${before}、后 ${after}，得 ${out} 格`, "bold")];
  for (let i = 0; i < whole; i++) {
    const x = 8 + i * cell;
    const inside = i >= before && i < before + out;
    parts.push(rect(x + 0.5, y + 44, wide, 22, inside ? (taps.includes(i) ? "now tint" : "cell") : "then"));
    if (taps.includes(i)) parts.push(rect(x + 0.5, y + 14, wide, 26, "solid"));
    if (inside && cell >= 18) parts.push(words(x + cell / 2, y + 60, i - before, "mid"));
  }
  return parts;
}

function strip(side, state, y, weights) {
  const { name, out, jump, firstCentre, half, centre, low, high, unit } = side;
  if (side.error) return words(8, y + 20, `${name}：放不下`, "trap");
  if (!jump) return spreads(side, state, y);
  const left = Math.min(0, Math.floor(firstCentre - half));
  const right = Math.max(state.n - 1, Math.ceil(firstCentre + (out - 1) * jump + half));
  const cell = cellOf(right - left + 1);
  const x = (pixel) => 8 + (pixel - left) * cell;
  const most = Math.max(...weights);
  const parts = [words(8, y, `${name}：第 ${unit} 格看见 ${round(low, 1)} 到 ${round(high, 1)}，中心 ${round(centre, 1)}`, "bold")];
  weights.forEach((weight, i) => {
    const tall = 30 * (weight / most);
    parts.push(rect(x(low + i), y + 40 - tall, Math.max(cell - 1, 0.4), tall, "solid"));
  });
  if (cell >= 5) {
    for (let pixel = left; pixel <= right; pixel++) {
      const real = pixel >= 0 && pixel < state.n;
      const inside = pixel >= low && pixel <= high;
      parts.push(rect(x(pixel) + 1, y + 44, cell - 2, 22, real ? (inside ? "now tint" : "cell") : "then"));
      if (real && cell >= 18) parts.push(words(x(pixel) + cell / 2, y + 60, pixel, "mid"));
    }
  } else {
    for (const [from, to, mark] of [[left, 0, "then"], [state.n, right + 1, "then"], [0, state.n, "cell"], [low, high + 1, "now"]]) {
      parts.push(rect(x(from), y + 44, (to - from) * cell, 22, mark));
    }
  }
  for (let i = 0; i < Math.min(out, 200); i++) {
    const at = x(firstCentre + i * jump) + cell / 2;
    const wide = Math.max(cell, 8);
    parts.push(group({ "data-pick": i, tabindex: i === unit ? "0" : "-1", role: "button", "aria-label": `第 ${i} 格` },
      circle(at, y + 76, i === unit ? 6 : 4, i === unit ? "solid" : "cell"), rect(at - wide / 2, y + 66, wide, 22, "grab")));
  }
  return parts;
}

/** Which numbers one cell of a single convolution multiplies and adds, along this direction; what lies outside is the 0 that was put there. */
function summed(state, unit) {
  const [{ kind, k, s, p, d }] = state.layers;
  if (state.layers.length > 1 || kind !== "conv" || k > 7) return "";
  const terms = Array.from({ length: k }, (_, tap) => {
    const pixel = unit * s - p + tap * d;
    return `w${tap}·${pixel >= 0 && pixel < state.n ? `x${pixel}` : "0"}`;
  });
  return `PyTorch 的第 ${unit} 格 = ${terms.join(" + ")}。`;
}

function sentence(state) {
  const [torch, tf] = seen(state);
  if (torch.error || tf.error) return torch.error ?? tf.error;
  const sizes = torch.out === tf.out ? `两家都得 ${torch.out} 格` : `PyTorch 得 ${torch.out} 格，SAME 得 ${tf.out} 格`;
  if (!torch.jump) return `${sizes}；转置卷积没有固定的感受野：输出的各格收到的输入格数不一样。`;
  const gap = Math.abs(tf.centre - torch.centre);
  const paths = state.layers.some(({ skip }) => skip) ? `有捷径，感受野取最长的路：主路 ${torch.receptiveField}，一路走捷径只有 ${chain(state.n, shortest(state.layers)).receptiveField}。` : "";
  return `${paths}${summed(state, torch.unit)}${sizes}，第 ${torch.unit} 格的中心${gap ? `错开 ${round(gap, 1)} 个像素` : "在同一个像素"}。`;
}

function layerControls({ layers, at }) {
  const its = itemField("layers", layers, at);
  return [
    choice("kind", "类型", Object.entries(KINDS), its("kind")),
    ...[["k", "核 k", 1, 15], ["s", "步长 s", 1, 8], ["p", "填充 p", 0, 10], ["d", "膨胀 d", 1, 6], ["skip", "捷径跨过几层，到这层为止", 0, Math.min(at + 1, 6)]]
      .map(([key, label, min, max]) => numberField(key, label, min, max, its(key))),
    ...(layers[at].kind.endsWith("pool") ? [tick("ceil", "ceil_mode", its("ceil"))] : []),
  ];
}

export const view = makeView({
  name: "conv-sizer",
  small: ["n", "k", "s", "p"],
  example: { n: 8, layers: [layer(3, 2, 1)], at: 0, unit: 0, out: 4 },
  ask: {
    question: "8 个像素，核 3，步长 2。PyTorch 补 1，TensorFlow 写 SAME，都得 4 格。第 0 格的中心是同一个像素吗？",
    choices: ["是同一个", "错开 1 个", "错开 2 个"], right: 1, state: { unit: 0 },
    why: "PyTorch 左右各补 1，中心是像素 0；SAME 一共只补 1 格，补在右边，中心是像素 1。",
  },
  presets: [
    ["错一格：n = 8", {}],
    ["不错：n = 7", { n: 7 }],
    ["224 过 7×7、步长 2", { n: 224, layers: [layer(7, 2, 3)], out: 112 }],
    ["五层步长 2", { n: 224, layers: Array(5).fill(layer(3, 2, 1)), at: 4 }],
    ["ResNet-50 v1：483", { n: 512, layers: resnet50(true), unit: 8 }],
    ["ResNet-50 v1.5：427", { n: 512, layers: resnet50(false), unit: 8 }],
    ["ceil 丢一窗", { n: 3, layers: [{ ...layer(2, 2, 1, 1, "maxpool"), ceil: true }] }],
    ["转置卷积：4 → 8", { n: 4, unit: 1, layers: [layer(4, 2, 1, 1, "transposed")] }],
    ["十层核 3", { n: 40, layers: Array(10).fill(layer(3, 1, 1)), unit: 20 }],
  ],
  repaired(state) {
    if (!wholeBetween(state.layers.length, 1, MOST)) return null;
    const layers = state.layers.map((one) => ({ ...layer(one?.k), ...one })); // addresses written by hand leave out what is usual
    const good = wholeBetween(state.unit, 0, 5000) && layers.every((one, at) => typeof one.ceil === "boolean" && layerControls({ layers, at }).every(fits));
    return good && apart(layers) && { ...state, layers, at: clamp(Math.round(state.at) || 0, 0, layers.length - 1) };
  },
  controls(state) {
    const [{ cells = 1, unit = 0 }] = seen(state);
    return [
      numberField("n", "输入 n", 1, 2000),
      rangeField("unit", "看第几格", 0, cells - 1, 1, { value: unit }),
      choice("at", "改第几层", state.layers.map((one, i) => [i, `${i + 1}：${one.k}×${one.k} 步 ${one.s}`])),
      ...layerControls(state),
      press("add", "加一层", () => ({ layers: [...state.layers, layer(3, 1, 1)], at: state.layers.length })),
      press("remove", "去掉这层", () => ({ layers: state.layers.filter((_, i) => i !== state.at) })),
      numberField("out", "反推：要得到", 1, 2000),
    ];
  },
  picked: (_, unit) => ({ unit: Number(unit) }),
  figure(state) {
    const weights = effectiveWeights(state.layers);
    return picture(WIDTH, 220, "像素条", seen(state).map((side, i) => strip(side, state, 16 + i * 106, weights.error ? [1] : weights)));
  },
  rows(state) {
    const [torch, tf] = RULES.map((rule) => state.layers.map((_, i) => run(state.n, state.layers.slice(0, i + 1), rule)));
    return [
      ["层", "PyTorch", "SAME", "SAME 补前、后", "感受野", "步长", "中心 PyTorch", "中心 SAME"],
      ...state.layers.map((one, i) => {
        const [ours, theirs] = [torch[i], tf[i]];
        const pad = outputSize({ ...one, n: i ? tf[i - 1].sizes?.at(-1) : state.n, rule: "SAME" });
        const told = (value) => value ?? "—";
        return [
          `${i + 1} ${KINDS[one.kind]} k${one.k} s${one.s} p${one.p}${one.d > 1 ? ` d${one.d}` : ""}${one.skip ? `，捷径跨 ${one.skip} 层` : ""}`,
          { text: ours.error ?? ours.sizes.at(-1), mark: ours.error && "diff" }, told(theirs.sizes?.at(-1)), pad.error ? "—" : `${pad.before}、${pad.after}`,
          told(ours.receptiveField), told(ours.jump), told(ours.firstCentre), { text: told(theirs.firstCentre), mark: ours.firstCentre !== theirs.firstCentre && "diff" },
        ];
      }),
    ];
  },
  sentence,
  extra(state, widget) {
    const found = solve(state.n, state.out);
    const ways = found.slice(0, 24).map(({ k, s, p, d }) => `${k}、${s}、${p}${d > 1 ? `、${d}` : ""}`).join("；");
    const text = `${state.n} → ${state.out} 的 k、s、p、d：${ways || "k ≤ 11、s ≤ 4、d ≤ 2 里没有"}${found.length > 24 ? `；……一共 ${found.length} 种` : ""}。`;
    if (!widget.kept) {
      const area = pasteArea("粘贴 print(model) 的输出，读成上面的层");
      const told = h("p");
      widget.on(area, "input", () => readModel(area.value, widget, told));
      widget.kept = [area, told];
    }
    return [tag("p", {}, text), ...widget.kept];
  },
});

/** The convolutions and pools of blocks; where it branches, those of the main path. */
function mainPath(blocks) {
  return blocks.flatMap(({ kind, rounds, arms, layer: made, spec }) => {
    if (kind === "repeat") return mainPath(rounds.flat());
    if (kind === "layer") {
      const { kernel, s, p, d, ceil = false } = spec;
      return kernel ? [{ ...layer(kernel[0], [s].flat()[0], p, d, made.type), ceil }] : [];
    }
    const main = mainPath(arms[0].blocks);
    if (kind === "res" && wholeBetween(main.length, 1, 6) && !main.some(({ skip }) => skip)) main.at(-1).skip = main.length;
    return main;
  });
}

/** Layers of what print(model) says. */
async function readModel(printed, widget, told) {
  const { fromTorch, parse } = await import("../kernel/network.mjs");
  const text = fromTorch(printed);
  if (text.error) {
    told.textContent = text.error;
    return;
  }
  const parsed = parse(text);
  const layers = mainPath(parsed.blocks);
  const fits = widget.set({ ...view.example, n: parsed.layers[0].in[1], layers });
  told.textContent = `读到 ${layers.length} 层${fits ? "（分支按主路；捷径记下跨过几层）" : `，超出了这里能画的：最多 ${MOST} 层，核不超过 15`}。`;
}
