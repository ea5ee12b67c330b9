// The learning rate over iterations in three libraries, and the linear scaling rule.

import { firstDifference, learningRate, linearScaling } from "../kernel/schedules.mjs";
import { group, line, path, picture, round, words } from "../shared/draw.mjs";
import { h } from "../shared/html.mjs";
import { between, makeView, whole } from "../shared/view.mjs";

const KINDS = [["mmengine", "mmengine（3.x）"], ["torch", "PyTorch"], ["mmdet2", "MMDetection 2.x"]];
const [WIDTH, HEIGHT, LEFT] = [360, 210, 44];

/** Everything that follows from the numbers of a training. */
function plan(state) {
  const { images, gpus, perGpu, accumulation, epochs } = state;
  const perEpoch = Math.ceil(images / (gpus * perGpu));
  const { rate, autoScaleLr } = linearScaling({ base: state.base, baseBatch: state.baseBatch, gpus, perGpu, accumulation });
  const options = { base: state.scaled ? rate : state.base, itersPerEpoch: perEpoch, warmupIters: state.warmup, startFactor: state.start, milestones: milestones(state), gamma: state.gamma };
  return { perEpoch, total: perEpoch * epochs, rate, autoScaleLr, options };
}

/** A number as a configuration is written: the third of the year 2019 as a quotient. */
const written = (value) => (Math.abs(value - 1 / 3) < 1e-9 ? "1.0 / 3" : String(value));

const milestones = ({ steps }) => steps.split(/[,，、\s]+/).filter(Boolean).map(Number);
const at = (iteration, options, by) => learningRate(iteration, { ...options, by });

function curve(by, options, from, to, x, y) {
  const places = new Set();
  for (let i = 0; i <= 160; i++) places.add(Math.round(from + ((to - from) * i) / 160));
  for (const milestone of options.milestones) for (const near of [-1, 0]) places.add(milestone * options.itersPerEpoch + near);
  for (const near of [-1, 0, 1]) places.add(options.warmupIters + near);
  const shown = [...places].filter((place) => place >= from && place <= to).sort((a, b) => a - b);
  return shown.map((place) => [x(place), y(at(place, options, by))]);
}

function code(state) {
  const { options, perEpoch } = plan(state);
  const list = options.milestones.join(", ");
  const rate = Number(options.base.toPrecision(6));
  const start = written(state.start);
  const many = state.accumulation > 1;
  const groups = state.mult === 1 ? "" : `paramwise_cfg=dict(custom_keys={'backbone': dict(lr_mult=${state.mult})})`;
  const backbone = state.mult === 1 ? "" : `optimizer = torch.optim.SGD([\n    dict(params=model.backbone.parameters(), lr=${Number((rate * state.mult).toPrecision(6))}),\n    dict(params=[one for name, one in model.named_parameters() if not name.startswith('backbone.')]),\n], lr=${rate})\n`;
  return [
    ["3.x（mmengine）", `optim_wrapper = dict(optimizer=dict(lr=${rate})${many ? `, accumulative_counts=${state.accumulation}` : ""}${groups && `, ${groups}`})\nparam_scheduler = [\n    dict(type='LinearLR', start_factor=${start}, by_epoch=False, begin=0, end=${state.warmup}),\n    dict(type='MultiStepLR', begin=0, end=${state.epochs}, by_epoch=True, milestones=[${list}], gamma=${state.gamma}),\n]`],
    ["2.x", `optimizer = dict(lr=${rate}${groups && `, ${groups}`})\n${many ? `optimizer_config = dict(type='GradientCumulativeOptimizerHook', cumulative_iters=${state.accumulation})\n` : ""}lr_config = dict(policy='step', warmup='linear', warmup_iters=${state.warmup}, warmup_ratio=${start}, step=[${list}], gamma=${state.gamma})`],
    ["PyTorch", `${backbone}${many ? `# 每 ${state.accumulation} 次迭代 optimizer.step() 和 zero_grad() 一次，loss 先除以 ${state.accumulation}\n` : ""}warmup = torch.optim.lr_scheduler.LinearLR(optimizer, ${start}, total_iters=${state.warmup})  # 每次迭代 step()\nsteps = torch.optim.lr_scheduler.MultiStepLR(optimizer, [${list}], ${state.gamma})  # 每 ${perEpoch} 次迭代 step()`],
  ];
}

/** What a training goes on with after a break: with its schedule, or with its weights alone. */
function resuming(state, options) {
  if (!state.resume) return "";
  const [before, anew] = [state.resume * options.itersPerEpoch, 0].map((place) => Number(at(place, options, "mmengine").toPrecision(6)));
  return `第 ${state.resume} 轮以后中断：--resume 从 ${before} 接着走，只读权重（load_from）从 ${anew} 重新预热。`;
}

export const view = makeView({
  name: "lr-schedule",
  title: "学习率日程与线性缩放",
  kernel: "schedules",
  example: { images: 117266, gpus: 2, perGpu: 2, accumulation: 1, epochs: 12, base: 0.02, baseBatch: 16, scaled: true, warmup: 500, start: 0.001, steps: "8, 11", gamma: 0.1, mult: 1, resume: 0, near: true, cursor: 499 },
  ask: {
    question: "预热 500 次迭代（从 0 数）。mmengine 在第几次迭代第一次用上完整的学习率？",
    choices: ["第 499 次", "第 500 次", "第 501 次"], right: 0, state: { cursor: 499 },
    why: "mmengine 的 LinearLR 到 end − 1 为止，第 499 次就满；PyTorch 和 2.x 要到第 500 次。",
  },
  presets: [
    { text: "2019 年的命令：2 卡 × 2 张", state: { start: 1 / 3, cursor: 0 } },
    { text: "8 卡 × 2 张", state: { gpus: 8 } },
    { text: "1 卡 × 2 张，累积 8", state: { gpus: 1, accumulation: 8 } },
    { text: "看整程", state: { near: false } },
    { text: "第 9 轮中断，续训", state: { near: false, resume: 9, cursor: 9 * 29317 } },
    { text: "骨干学得慢：× 0.1", state: { mult: 0.1 } },
  ],
  repaired(state) {
    const numbers = whole(state.images, 1, 1e7) && whole(state.gpus, 1, 1024) && whole(state.perGpu, 1, 1024) && whole(state.accumulation, 1, 1024) && whole(state.epochs, 1, 1000);
    const rates = between(state.base, 1e-8, 100) && whole(state.baseBatch, 1, 1e5) && whole(state.warmup, 2, 1e6) && between(state.start, 1e-6, 1) && between(state.gamma, 1e-6, 1) && between(state.mult, 0, 100) && whole(state.resume, 0, state.epochs - 1);
    if (!numbers || !rates || typeof state.scaled !== "boolean" || typeof state.near !== "boolean" || typeof state.steps !== "string" || !whole(state.cursor, 0, 1e9)) return null;
    if (!milestones(state).every((one) => whole(one, 1, 1000))) return null;
    const { total } = plan(state);
    return { ...state, cursor: Math.min(state.cursor, (state.near ? Math.min(2 * state.warmup, total) : total) - 1) };
  },
  controls: (state) => [
    { key: "cursor", label: "第几次迭代", kind: "range", value: state.cursor, min: 0, max: (state.near ? Math.min(2 * state.warmup, plan(state).total) : plan(state).total) - 1, step: 1 },
    { key: "near", label: "只看预热", kind: "check", value: state.near },
    { key: "scaled", label: "按总批量缩放", kind: "check", value: state.scaled },
    ...[["images", "训练图", 1, 1e7], ["gpus", "卡数", 1, 1024], ["perGpu", "每卡张数", 1, 1024], ["accumulation", "梯度累积", 1, 1024], ["epochs", "轮数", 1, 1000], ["warmup", "预热迭代", 2, 1e6], ["baseBatch", "基准总批量", 1, 1e5], ["resume", "在第几轮以后中断", 0, state.epochs - 1]]
      .map(([key, label, min, max]) => ({ key, label, kind: "number", value: state[key], min, max, step: 1 })),
    ...[["base", "基准学习率", 100, 0.001], ["start", "预热起点", 1, 0.001], ["gamma", "每步乘", 1, 0.1], ["mult", "骨干的倍数", 100, 0.1]].map(([key, label, max, step]) => ({ key, label, kind: "number", value: state[key], min: 0, max, step })),
    { key: "steps", label: "里程碑（轮）", kind: "text", value: state.steps },
  ],
  figure(state) {
    const { options, total, perEpoch } = plan(state);
    const to = state.near ? Math.min(2 * state.warmup, total) : total;
    const x = (iteration) => LEFT + ((WIDTH - LEFT - 12) * iteration) / to;
    const most = options.base;
    const y = (rate) => HEIGHT - 40 - (HEIGHT - 70) * (rate / most);
    const parts = [line(LEFT, y(0), WIDTH - 8, y(0)), line(LEFT, y(0), LEFT, 20)];
    for (let i = 0; i <= 4; i++) {
      const iteration = Math.round((to * i) / 4);
      parts.push(line(x(iteration), y(0), x(iteration), y(0) + 4), words(x(iteration), y(0) + 17, to > 99999 && i % 2 ? "" : iteration, { class: i === 4 ? "end" : "mid" }), words(x(iteration), y(0) + 32, `${round(iteration / perEpoch, 2)} 轮`, { class: i === 4 ? "end mute" : "mid mute" }));
    }
    parts.push(words(LEFT - 4, y(most) + 5, round(most, 5), { class: "end" }), words(LEFT - 4, y(0), "0", { class: "end" }));
    if (state.resume && x(state.resume * perEpoch) < WIDTH) parts.push(line(x(state.resume * perEpoch), 20, x(state.resume * perEpoch), y(0), { class: "then" }), words(x(state.resume * perEpoch) + 4, 32, "中断", { class: "mute" }));
    parts.push(path(curve("mmdet2", options, 0, to - 1, x, y), { class: "then" }), path(curve("mmengine", options, 0, to - 1, x, y), { class: "now" }), path(curve("torch", options, 0, to - 1, x, y), { class: "dot" }));
    parts.push(group({ "data-move": "cursor", tabindex: "0", role: "slider", "aria-label": "迭代", "aria-valuenow": state.cursor, "aria-valuemin": "0", "aria-valuemax": to - 1 },
      line(x(state.cursor), 20, x(state.cursor), y(0), { class: "trap" }), `<rect class="grab" x="${round(x(state.cursor) - 22, 1)}" y="20" width="44" height="${round(y(0) - 20, 1)}"/>`));
    return picture(WIDTH, HEIGHT, "学习率曲线", ...parts);
  },
  moved(state, _, dx, __, resize, key) {
    const to = state.near ? Math.min(2 * state.warmup, plan(state).total) : plan(state).total;
    const step = key ? dx * (resize ? 100 : 1) : (dx * to) / (WIDTH - LEFT - 12);
    return { cursor: Math.min(Math.max(Math.round(state.cursor + step), 0), to - 1) };
  },
  caption: "光标处的学习率（实线 mmengine，点线 PyTorch，虚线 2.x）",
  rows(state) {
    const { options, total } = plan(state);
    const places = [...new Set([0, state.warmup - 1, state.warmup, state.cursor, ...options.milestones.map((one) => one * options.itersPerEpoch)])].filter((place) => place < total).sort((a, b) => a - b);
    const row = (name, epoch, place, times = 1) => {
      const rates = KINDS.map(([by]) => times * at(place, options, by));
      const differ = rates.some((rate) => Math.abs(rate - rates[0]) > 1e-12);
      return [name, epoch, ...rates.map((rate) => ({ text: Number(rate.toPrecision(6)), mark: differ ? "diff" : undefined }))];
    };
    const resumed = state.resume * options.itersPerEpoch;
    return [
      ["迭代", "轮", ...KINDS.map(([, text]) => text)], ...places.map((place) => row(place, Math.floor(place / options.itersPerEpoch), place)),
      ...(state.resume ? [row("续训（--resume）", state.resume, resumed), row("只读权重（load_from）", 0, 0)] : []),
      ...(state.mult === 1 ? [] : [row(`骨干，第 ${state.cursor} 次`, Math.floor(state.cursor / options.itersPerEpoch), state.cursor, state.mult)]),
    ];
  },
  sentence(state) {
    const { options, perEpoch, rate, autoScaleLr, total } = plan(state);
    const first = firstDifference(options, "mmengine", "torch", Math.min(total, 2 * state.warmup));
    const scale = `总批量 ${state.gpus * state.perGpu * state.accumulation}，线性缩放得 ${Number(rate.toPrecision(6))}`;
    const switched = state.accumulation > 1 ? `；--auto-scale-lr 不算累积，只给 ${Number(autoScaleLr.toPrecision(6))}` : "";
    return `${scale}${switched}。每轮 ${perEpoch} 次迭代；第 ${state.cursor} 次是 ${KINDS.map(([by, text]) => `${text} ${Number(at(state.cursor, options, by).toPrecision(6))}`).join("，")}。${first === null ? "" : `mmengine 与 PyTorch 从第 ${first} 次起不同。`}${resuming(state, options)}${state.mult === 1 ? "" : `骨干处处是它的 ${state.mult} 倍，两条曲线同形。`}`;
  },
  extra: (state) => [
    h("p", { text: "学得对不对，看验证集的 mAP 升不升；损失上下跳或突然变大，多半是学习率太大：除以 2 到 10。" }),
    ...code(state).flatMap(([name, text]) => [h("p", { text: `配置，${name}：` }), h("pre", { class: "w-code", tabindex: "0", text })]),
  ],
});
export { code };
