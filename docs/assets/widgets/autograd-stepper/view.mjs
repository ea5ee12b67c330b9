// A small program statement by statement: what each tensor holds, what was saved for the way back, what came back, and PyTorch's error.

import { run } from "../kernel/autograd.mjs";
import { group, line, picture, rect, round, tag, words } from "../shared/draw.mjs";
import { makeView, press, rangeField, remembered, replaced, textField, wholeBetween } from "../shared/view.mjs";

/** The programs of the note: what each is called, the step that it opens on, and its text. */
const PROGRAMS = [
  ["标量", 2, "w = torch.tensor(3.0, requires_grad=True)\nloss = (2 * w - 1) ** 2\nloss.backward()\nprint(w.grad)"],
  ["非标量", 3, "x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\ny = torch.stack([x[0] * x[1], x[1] ** 2 + x[2]])\nv = torch.tensor([10.0, 1.0])\ny.backward(v)\nprint(x.grad)"],
  ["非标量报错", 2, "x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\ny = torch.stack([x[0] * x[1], x[1] ** 2 + x[2]])\ny.backward()"],
  ["雅可比 2×2", 3, "m = torch.tensor([2.0, 3.0], requires_grad=True)\nk = torch.stack([m[0] ** 2 + 3 * m[1], m[1] ** 2 + 2 * m[0]])\nk.backward(torch.tensor([1.0, 0.0]), retain_graph=True)\nprint(m.grad)\nm.grad = None\nk.backward(torch.tensor([0.0, 1.0]))\nprint(m.grad)"],
  ["累加", 3, "w = torch.tensor(1.0, requires_grad=True)\n(3 * w).backward()\nprint(w.grad)\n(3 * w).backward()\nprint(w.grad)\nw.grad = None\n(3 * w).backward()\nprint(w.grad)"],
  ["走两遍", 3, "w = torch.tensor(3.0, requires_grad=True)\nloss = w ** 2\nloss.backward()\nloss.backward()"],
  ["原地改", 3, "x = torch.tensor([0.5, 1.0], requires_grad=True)\ny = x.sigmoid()\ny.mul_(2)\ny.sum().backward()"],
  [".data", 4, "x = torch.tensor([0.5, 1.0], requires_grad=True)\ny = x.sigmoid()\ny.data.zero_()\ny.sum().backward()\nprint(x.grad)"],
  ["detach", 3, "x = torch.tensor([0.5, 1.0], requires_grad=True)\ny = x.sigmoid()\ny.detach().zero_()\ny.sum().backward()"],
  ["no_grad", 5, "w = torch.tensor([1.0, 2.0], requires_grad=True)\ncut = (w * 3).detach()\nwith torch.no_grad():\n    quiet = w * 3\nprint(cut.requires_grad, quiet.requires_grad)\nquiet.sum().backward()"],
  ["二阶", 2, "x = torch.tensor(2.0, requires_grad=True)\n(slope,) = torch.autograd.grad(x ** 3, x, create_graph=True)\n(curve,) = torch.autograd.grad(slope, x)\nprint(slope, curve)"],
  ["矩阵", 3, "A = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)\nx = torch.tensor([1.0, -1.0], requires_grad=True)\ny = (A @ x).relu()\ny.sum().backward()\nprint(A.grad, x.grad)"],
];

const shown = (value) => (Array.isArray(value) ? `[${value.map(shown).join(", ")}]` : typeof value === "number" ? round(value) : String(value));

const ran = remembered(run);

function here({ program, step }) {
  const { steps = [], output, error } = ran(program);
  const kept = steps.length - 1;
  const last = Math.max(error ? kept + 1 : kept, 0); // the statement that fails has no step of its own: one more place shows it
  return { output, error, last, failing: error !== null && step > kept, step: steps[Math.min(step, kept)] };
}

/** (f(x + h) − f(x − h)) / 2h for each number of a leaf, for the last backward up to a line; NaN where it has none. */
function differences({ program }, upTo) {
  const lines = program.split("\n");
  const at = lines.slice(0, upTo).findLastIndex((text) => text.includes(".backward("));
  const [, of, all] = /^\s*(.+)\.backward\((.*)\)\s*$/.exec(lines[at]) ?? [];
  if (!of) return {};
  const given = all.replace(/(?:^|,\s*)(?:retain_graph|create_graph)=\w+/g, "");
  const doubles = lines.slice(0, at).map((text) => (/\.backward\(|\.grad\b/.test(text) ? "" : text.replace(/(torch\.tensor\(.*)\)\s*$/, "$1, dtype=torch.float64)")));
  const value = (row, text) => {
    const { steps, error } = run([...replaced(doubles, row, text), `result_ = ${given ? `((${of}) * (${given})).sum()` : of}`].join("\n"));
    return error ? NaN : steps.at(-1).nodes.find(({ name }) => name === "result_").value;
  };
  return Object.fromEntries(doubles.flatMap((text, row) => {
    const [, name, numbers] = /^(\w+) = torch\.tensor\((.+), requires_grad=True\)/.exec(lines[row]) ?? [];
    if (!name) return [];
    const parts = numbers.split(/(-?\d+\.?\d*)/); // every second one is a number
    const slope = (part, k) => {
      const [more, less] = [1e-4, -1e-4].map((h) => value(row, text.replace(numbers, replaced(parts, k, Number(part) + h).join(""))));
      return (more - less) / 2e-4;
    };
    return [[name, parts.flatMap((part, k) => (k % 2 ? [slope(part, k)] : []))]];
  }));
}

const changed = ({ freed, version, now }) => !freed && version !== now;
/** What a node keeps for the way back, and whether it has been changed or let go since. */
const savedText = ({ name, version, now, freed }) => `${name} 版本 ${version}${freed ? "（已释放）" : version === now ? "" : `，现在 ${now}`}`;

function graph({ nodes, passes }) {
  const [depth, rows, place] = [new Map(), [], new Map()];
  for (const node of nodes) {
    const row = Math.max(0, ...node.inputs.map((id) => (depth.get(id) ?? -1) + 1));
    depth.set(node.id, row);
    (rows[row] ??= []).push(node);
  }
  const [tall, wide] = [104, 168];
  let y = 8;
  for (const row of rows) {
    row.forEach(({ id }, i) => place.set(id, [8 + (i % 2) * (wide + 8), y + Math.floor(i / 2) * tall]));
    y += Math.ceil(row.length / 2) * tall + 18;
  }
  const links = nodes.flatMap(({ id, inputs, requiresGrad }) => inputs.filter((from) => place.has(from)).map((from) => {
    const [[x1, y1], [x2, y2]] = [from, id].map((one) => place.get(one));
    return line(x1 + wide / 2, y1 + tall - 16, x2 + wide / 2, y2, requiresGrad ? "now" : "then");
  }));
  const boxes = nodes.map((node) => {
    const [x, top] = place.get(node.id);
    const saved = node.saved.map((one) => (one.freed ? "已释放" : savedText(one))).join("，");
    const pass = passes.find(({ id }) => id === node.id);
    return group({ role: "group", "aria-label": `${node.name || "中间量"} ${node.op}` }, rect(x, top, wide, tall - 16, node.saved.some(changed) ? "trap" : node.requiresGrad ? "now tint" : "then"),
      words(x + 6, top + 17, `${node.name ? `${node.name}：` : ""}${node.op === "leaf" ? (node.requiresGrad ? "叶子" : "常量") : node.op}  版本 ${node.version}`, "bold"),
      words(x + 6, top + 35, clip(shown(node.value))), words(x + 6, top + 53, saved && clip(`存 ${saved}`), "mute"),
      words(x + 6, top + 72, node.grad !== null ? clip(`grad ${shown(node.grad)}`) : pass ? clip(`v = ${shown(pass.v)}`) : "", "bold"));
  });
  return { height: y, parts: [links, boxes] };
}

/** As high as the graph becomes: the button for the next step stays where it is. */
const highest = remembered((program) => Math.max(...ran(program).steps.map((step) => graph(step).height)));

const clip = (text) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

export const view = makeView({
  name: "autograd-stepper",
  example: { program: PROGRAMS[0][2], step: 2 },
  ask: {
    question: "loss = w + 1，反传两次，不写 retain_graph。会怎样？",
    choices: ["第二次报错", "不报错，w.grad = 2", "不报错，w.grad = 1"], right: 1, state: { program: "w = torch.tensor(3.0, requires_grad=True)\nloss = w + 1\nloss.backward()\nloss.backward()\nprint(w.grad)", step: 4 },
    why: "加法的反向什么值都不用存，没有东西被释放，于是不报错，加了两次。",
  },
  presets: PROGRAMS.map(([text, step, program]) => [text, { program, step }]),
  repaired: (state) => (typeof state.program === "string" && state.program.length < 5000 && wholeBetween(state.step, 0, 1000) ? { ...state, step: Math.min(state.step, here(state).last) } : null),
  controls: (state) => [
    rangeField("step", "走到第几步", 0, here(state).last, 1),
    press("back", "上一步", () => ({ step: Math.max(state.step - 1, 0) })),
    press("next", "下一步", () => ({ step: state.step + 1 })),
    textField("program", "程序（可以改）", 6),
  ],
  figure(state) {
    const now = here(state);
    if (!now.step) return tag("p", { class: "w-error" }, now.error ?? "程序是空的。");
    const at = now.failing ? lineAfter(state.program, now.step.line) : now.step.line;
    const listing = state.program.split("\n").map((text, i) => `${i + 1 === at ? (now.failing ? "✗ " : "→ ") : "  "}${text}`).join("\n");
    return [
      tag("pre", { class: "w-code", tabindex: "0", "aria-label": "程序，箭头是这一步" }, listing), picture(352, highest(state.program), "计算图", graph(now.step).parts),
      now.failing && tag("p", { class: "w-error" }, now.error),
    ];
  },
  rows(state) {
    const { step } = here(state);
    const numeric = step ? differences(state, step.line) : {};
    return [["名字", "运算", "值", "版本", "存下的", "grad", "有限差分"], ...(step?.nodes ?? []).filter(({ name }) => name).map((node) => [
      node.name, node.op, shown(node.value), node.version,
      { text: node.saved.map(savedText).join("；") || "—", mark: node.saved.some(changed) && "diff" },
      node.grad === null ? "None" : shown(node.grad), numeric[node.name]?.map((value) => (Number.isFinite(value) ? round(value) : "—")).join(", ") ?? "—",
    ])];
  },
  sentence(state) {
    const now = here(state);
    if (!now.step) return now.error ?? "程序是空的。";
    if (now.failing) return `这一句报错，PyTorch 2.13 的原文见图下。${now.output ? `此前印出：${now.output.trim()}` : ""}`;
    const { passes, output, line: at } = now.step;
    const walk = passes.length ? `反向依次经过 ${passes.map(({ op, v }) => `${op}（v = ${shown(v.length === 1 ? v[0] : v)}）`).join("、")}。` : "";
    return `走完第 ${at} 行。${walk}${output ? `印出：${output.trim()}` : ""}`;
  },
});

/** The line of the statement behind a line. */
function lineAfter(program, at) {
  const rest = program.split("\n").findIndex((text, i) => i >= at && /^\s*(?!#|with )\S/.test(text));
  return rest < 0 ? at : rest + 1;
}
