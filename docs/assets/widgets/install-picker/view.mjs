// Python, torch, CUDA and card → the commands, from the data file of the note.

import { tag } from "../shared/draw.mjs";
import { choice, makeView } from "../shared/view.mjs";

function choices(questions, key) {
  const given = questions[key];
  if (Array.isArray(given)) return given.map((one) => [one, one === "cpu" ? "不用 CUDA" : one]);
  return Object.entries(given).map(([id, one]) => [id, one.label ?? one]);
}

/** The first rule whose every named field fits. */
export function way(matrix, state) {
  const rule = matrix.rules.find(({ when }) => Object.entries(when).every(([key, fits]) => fits.includes(state[key])));
  const found = matrix.ways[rule.way];
  const { torch, card } = matrix.questions;
  const filled = (text) => text
    .replaceAll("{index}", state.cuda === "cpu" ? "cpu" : `cu${state.cuda.replace(".", "")}`)
    .replaceAll("{torch}", torch[state.torch].version)
    .replaceAll("{arch}", card[state.card].capability ?? "");
  return { ...found, reason: filled(found.reason), commands: found.commands.map(filled) };
}

/** The nearest choice that has commands: as few answers changed as do it, versions first; [key, id] for each, or null. */
export function nearest(matrix, state) {
  const others = ["python", "torch", "cuda"].map((key) => {
    const all = choices(matrix.questions, key).map(([id]) => id);
    const here = all.indexOf(state[key]);
    return all.map((id, i) => [key, id, Math.abs(i - here)]).filter(([, , far]) => far).sort((a, b) => a[2] - b[2]);
  });
  const pairs = others.flatMap((one, i) => others.slice(i + 1).flatMap((other) => one.flatMap((a) => other.map((b) => [a, b])))).sort((a, b) => a[0][2] + a[1][2] - b[0][2] - b[1][2]);
  const fits = (changes) => way(matrix, { ...state, ...Object.fromEntries(changes) }).commands.length;
  return [...others.flat().map((one) => [one]), ...pairs].find(fits)?.map(([key, id]) => [key, id]) ?? null;
}

const minutes = (found) => (found.minutes ? `${found.minutes} 分钟${found.guessed ? `（${found.guessed}）` : ""}` : "—");

const LABELS = { system: "系统", python: "Python", torch: "torch", cuda: "CUDA", card: "显卡" };

export function makePicker(matrix) {
  const { questions } = matrix;
  return makeView({
    name: "install-picker",
    noPicture: true,
    example: { system: "linux", python: "3.11", torch: "2.7-2.13", cuda: "cpu", card: "none" },
    ask: {
      question: "Linux，Python 3.10，torch 2.1，CUDA 12.1，RTX 30。要自己编译 mmcv 吗？",
      choices: ["要", "不要，有现成的包"], right: 1, state: { python: "3.10", torch: "2.1", cuda: "12.1", card: "ampere" },
      why: "torch 2.1 有按 CUDA 11.8 和 12.1 编好的 mmcv 2.1.0；更新的 torch 才要编译。",
    },
    presets: [
      ["只用 CPU", {}],
      ["RTX 30，现成的包", { python: "3.10", torch: "2.1", cuda: "12.1", card: "ampere" }],
      ["RTX 50", { torch: "2.7-2.13", cuda: "12.8", card: "blackwell" }],
      ["RTX 50，旧的 torch", { torch: "2.1", cuda: "12.1", card: "blackwell" }],
      ["Python 3.14", { python: "3.14" }],
    ],
    controls: () => Object.entries(LABELS).map(([key, label]) => choice(key, label, choices(questions, key))),
    figure: (state) => tag("pre", { class: "w-code w-lines", tabindex: "0", "aria-label": "命令" }, way(matrix, state).commands.join("\n") || "没有命令：见下一句。"),
    rows(state) {
      const found = way(matrix, state);
      const list = [["走哪条", found.title], ["为什么", found.reason], ["大约", minutes(found)], ["跑过的", found.ran ?? "没有"], ["没有跑过的", found.not_run || "—"]];
      const others = (found.instead ?? []).map((id) => matrix.ways[id]).filter(({ python }) => !python || python.includes(state.python));
      const told = others.map((other) => ["另一条路", `${other.title}：${other.reason}${other.not_run}`]);
      return [["项目", "说明"], ...[...list, ...told].map(([name, text]) => [name, { text, mark: "long" }])];
    },
    sentence(state) {
      const found = way(matrix, state);
      const start = `${found.title}：${found.reason}`;
      if (found.commands.length) return `${start}大约 ${minutes(found)}。`;
      const told = nearest(matrix, state)?.map(([key, id]) => `${LABELS[key]} 换成 ${choices(questions, key).find(([one]) => one === id)[1]}`);
      return told ? `${start}最近的可行选择：${told.join("，")}。` : start;
    },
  });
}

