// The learning rate over iterations in three libraries, and the linear scaling rule.

import { firstDifference, learningRate, linearScaling } from "../kernel/schedules.mjs";
import { clamp } from "../kernel/input.mjs";
import { line, path, picture, rect, round, tag, words } from "../shared/draw.mjs";
import { moving, slider } from "../shared/moving.mjs";
import { makeView, numberField, numbersIn, rangeField, remembered, textField, tick, wholeBetween } from "../shared/view.mjs";

const KINDS = [["mmengine", "mmengine（3.x）"], ["torch", "PyTorch"], ["mmdet2", "MMDetection 2.x"]];
const [WIDTH, HEIGHT, LEFT] = [360, 210, 44];

/** Everything that follows from the numbers of a training. */
function plan(state) {
  const perEpoch = Math.ceil(state.images / (state.gpus * state.perGpu));
  const scaling = linearScaling(state);
  const options = { base: state.scaled ? scaling.rate : state.base, itersPerEpoch: perEpoch, warmupIters: state.warmup, startFactor: state.start, milestones: numbersIn(state.steps), gamma: state.gamma };
  return { perEpoch, total: perEpoch * state.epochs, ...scaling, options };
}

/** How many iterations are shown. */
const span = (state) => Math.min(state.near ? 2 * state.warmup : Infinity, plan(state).total);
const six = (value) => Number(value.toPrecision(6));
const at = (iteration, options, by) => learningRate(iteration, { ...options, by });

/** Each place once, in order, up to an end. */
const ordered = (places, end) => [...new Set(places)].filter((place) => place < end).sort((a, b) => a - b);

const acrossOf = (end) => (iteration) => LEFT + ((WIDTH - LEFT - 12) * iteration) / end;
const upOf = ({ base }) => (rate) => HEIGHT - 40 - (HEIGHT - 70) * (rate / base);

/** Where the rates lie in the picture: it is the same wherever the cursor is. */
const curves = remembered((options, end) => {
  const { itersPerEpoch, warmupIters, milestones } = options;
  const even = Array.from({ length: 161 }, (_, i) => Math.round(((end - 1) * i) / 160));
  const edges = [...milestones.map((one) => one * itersPerEpoch), warmupIters].flatMap((place) => [place - 1, place, place + 1]);
  const places = ordered([...even, ...edges], end);
  return [["mmdet2", "then"], ["mmengine", "now"], ["torch", "dot"]].map(([by, mark]) => path(places.map((place) => [acrossOf(end)(place), upOf(options)(at(place, options, by))]), mark));
});

function code(state) {
  const { options, perEpoch } = plan(state);
  const list = options.milestones.join(", ");
  const rate = six(options.base);
  const start = Math.abs(state.start - 1 / 3) < 1e-9 ? "1.0 / 3" : state.start; // the third of the year 2019 as a quotient
  const many = state.accumulation > 1;
  const groups = state.mult === 1 ? "" : `, paramwise_cfg=dict(custom_keys={'backbone': dict(lr_mult=${state.mult})})`;
  const backbone = state.mult === 1 ? "" : `optimizer = torch.optim.SGD([\n    dict(params=model.backbone.parameters(), lr=${six(rate * state.mult)}),\n    dict(params=[one for name, one in model.named_parameters() if not name.startswith('backbone.')]),\n], lr=${rate})\n`;
  return [
    ["3.x（mmengine）", `optim_wrapper = dict(optimizer=dict(lr=${rate})${many ? `, accumulative_counts=${state.accumulation}` : ""}${groups})\nparam_scheduler = [\n    dict(type='LinearLR', start_factor=${start}, by_epoch=False, begin=0, end=${state.warmup}),\n    dict(type='MultiStepLR', begin=0, end=${state.epochs}, by_epoch=True, milestones=[${list}], gamma=${state.gamma}),\n]`],
    ["2.x", `optimizer = dict(lr=${rate}${groups})\n${many ? `optimizer_config = dict(type='GradientCumulativeOptimizerHook', cumulative_iters=${state.accumulation})\n` : ""}lr_config = dict(policy='step', warmup='linear', warmup_iters=${state.warmup}, warmup_ratio=${start}, step=[${list}], gamma=${state.gamma})`],
    ["PyTorch", `${backbone}${many ? `# 每 ${state.accumulation} 次迭代 optimizer.step() 和 zero_grad() 一次，loss 先除以 ${state.accumulation}\n` : ""}warmup = torch.optim.lr_scheduler.LinearLR(optimizer, ${start}, total_iters=${state.warmup})  # 每次迭代 step()\nsteps = torch.optim.lr_scheduler.MultiStepLR(optimizer, [${list}], ${state.gamma})  # 每 ${perEpoch} 次迭代 step()`],
  ];
}

/** What a training goes on with after a break: with its schedule, or with its weights alone. */
function resuming({ resume }, options) {
  const rate = (place) => six(at(place, options, "mmengine"));
  return resume ? `第 ${resume} 轮以后中断：--resume 从 ${rate(resume * options.itersPerEpoch)} 接着走，只读权重（load_from）从 ${rate(0)} 重新预热。` : "";
}

export const view = makeView({
  name: "lr-schedule",
  example: { images: 117266, gpus: 2, perGpu: 2, accumulation: 1, epochs: 12, base: 0.02, baseBatch: 16, scaled: true, warmup: 500, start: 0.001, steps: "8, 11", gamma: 0.1, mult: 1, resume: 0, near: true, cursor: 499 },
  ask: {
    question: "预热 500 次迭代（从 0 数）。mmengine 在第几次迭代第一次用上完整的学习率？",
    choices: ["第 499 次", "第 500 次", "第 501 次"], right: 0, state: { cursor: 499 },
    why: "mmengine 的 LinearLR 到 end − 1 为止，第 499 次就满；PyTorch 和 2.x 要到第 500 次。",
  },
  presets: [
    ["2019 年的命令：2 卡 × 2 张", { start: 1 / 3, cursor: 0 }],
    ["8 卡 × 2 张", { gpus: 8 }],
    ["1 卡 × 2 张，累积 8", { gpus: 1, accumulation: 8 }],
    ["看整程", { near: false }],
    ["第 9 轮中断，续训", { near: false, resume: 9, cursor: 9 * 29317 }],
    ["骨干学得慢：× 0.1", { mult: 0.1 }],
  ],
  repaired: (state) => ([state.base, state.start, state.gamma].every((one) => one > 0) && numbersIn(state.steps).every((one) => wholeBetween(one, 1, 1000))
    ? { ...state, cursor: state.cursor < span(state) ? state.cursor : span(state) - 1 } : null),
  controls: (state) => [
    rangeField("cursor", "第几次迭代", 0, span(state) - 1, 1),
    tick("near", "只看预热"),
    tick("scaled", "按总批量缩放"),
    ...[["images", "训练图", 1, 1e7], ["gpus", "卡数", 1, 1024], ["perGpu", "每卡张数", 1, 1024], ["accumulation", "梯度累积", 1, 1024], ["epochs", "轮数", 1, 1000], ["warmup", "预热迭代", 2, 1e6], ["baseBatch", "基准总批量", 1, 1e5], ["resume", "在第几轮以后中断", 0, state.epochs - 1]]
      .map((one) => numberField(...one)),
    numberField("base", "基准学习率", 0, 100, { step: 0.001 }),
    numberField("start", "预热起点", 0, 1, { step: 0.001 }),
    numberField("gamma", "每步乘", 0, 1, { step: 0.1 }),
    numberField("mult", "骨干的倍数", 0, 100, { step: 0.1 }),
    textField("steps", "里程碑（轮）"),
  ],
  figure(state) {
    const { options, perEpoch } = plan(state);
    const to = span(state);
    const [x, y] = [acrossOf(to), upOf(options)];
    const parts = [line(LEFT, y(0), WIDTH - 8, y(0)), line(LEFT, y(0), LEFT, 20)];
    for (let i = 0; i <= 4; i++) {
      const iteration = Math.round((to * i) / 4);
      parts.push(line(x(iteration), y(0), x(iteration), y(0) + 4), words(x(iteration), y(0) + 17, to > 99999 && i % 2 ? "" : iteration, i === 4 ? "end" : "mid"), words(x(iteration), y(0) + 32, `${round(iteration / perEpoch, 2)} 轮`, i === 4 ? "end mute" : "mid mute"));
    }
    parts.push(words(LEFT - 4, y(options.base) + 5, round(options.base, 5), "end"), words(LEFT - 4, y(0), "0", "end"));
    if (state.resume && x(state.resume * perEpoch) < WIDTH) parts.push(line(x(state.resume * perEpoch), 20, x(state.resume * perEpoch), y(0), "then"), words(x(state.resume * perEpoch) + 4, 32, "中断", "mute"));
    parts.push(curves(options, to));
    parts.push(slider("cursor", "迭代", [0, state.cursor, to - 1], line(x(state.cursor), 20, x(state.cursor), y(0), "trap"), rect(x(state.cursor) - 22, 20, 44, y(0) - 20, "grab")));
    return picture(WIDTH, HEIGHT, "学习率曲线", ...parts);
  },
  listen: moving,
  moved(state, _, dx, __, resize, key) {
    const step = key ? dx * (resize ? 100 : 1) : (dx * span(state)) / (WIDTH - LEFT - 12);
    return { cursor: clamp(Math.round(state.cursor + step), 0, span(state) - 1) };
  },
  rows(state) {
    const { options, total } = plan(state);
    const places = ordered([0, state.warmup - 1, state.warmup, state.cursor, ...options.milestones.map((one) => one * options.itersPerEpoch)], total);
    const row = (name, place, times = 1) => {
      const rates = KINDS.map(([by]) => times * at(place, options, by));
      const differ = rates.some((rate) => Math.abs(rate - rates[0]) > 1e-12);
      return [name, Math.floor(place / options.itersPerEpoch), ...rates.map((rate) => ({ text: six(rate), mark: differ ? "diff" : undefined }))];
    };
    return [
      ["迭代", "轮", ...KINDS.map(([, text]) => text)], ...places.map((place) => row(place, place)),
      ...(state.resume ? [row("续训（--resume）", state.resume * options.itersPerEpoch), row("只读权重（load_from）", 0)] : []),
      ...(state.mult === 1 ? [] : [row(`骨干，第 ${state.cursor} 次`, state.cursor, state.mult)]),
    ];
  },
  sentence(state) {
    const { options, perEpoch, rate, autoScaleLr, total } = plan(state);
    const first = firstDifference(options, "mmengine", "torch", Math.min(total, 2 * state.warmup));
    const switched = state.accumulation > 1 ? `；--auto-scale-lr 不算累积，只给 ${six(autoScaleLr)}` : "";
    return `总批量 ${state.gpus * state.perGpu * state.accumulation}，线性缩放得 ${six(rate)}${switched}。每轮 ${perEpoch} 次迭代；第 ${state.cursor} 次是 ${KINDS.map(([by, text]) => `${text} ${six(at(state.cursor, options, by))}`).join("，")}。${first === null ? "" : `mmengine 与 PyTorch 从第 ${first} 次起不同。`}${resuming(state, options)}${state.mult === 1 ? "" : `骨干处处是它的 ${state.mult} 倍，两条曲线同形。`}`;
  },
  extra: (state) => code(state).flatMap(([name, text]) => [tag("p", {}, `配置，${name}：`), tag("pre", { class: "w-code", tabindex: "0" }, text)]),
});
export { code };
