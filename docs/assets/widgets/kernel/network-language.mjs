// A small language for networks: one layer a line → shapes, parameters, multiply-adds.
// Shapes are [channels, height, width]; a vector of n is [n, 1, 1]. Multiply-adds count conv and fc, without bias.

import { outputSize } from "./convolution.mjs";
import { impossible, LARGEST, total } from "./input.mjs";

const DEEPEST = 50; // braces within braces
const LONGEST = 10000; // layers, each repetition counted

/** Stops one faulty line; the sentence is its error. */
class Fault extends Error {}

function fault(sentence) {
  throw new Fault(sentence);
}

export const times = (shape) => shape.join("×");

// Text → statements {line, words, arms}; arms is null or a list of lists of statements

const MARKS = { "；": ";", "｛": "{", "｝": "}", "｜": "|" };

function tokens(text) {
  const found = [];
  text.split(/\r\n|\r|\n/).forEach((line, i) => {
    const marks = line.replace(/[；｛｝｜]/g, (mark) => MARKS[mark]).match(/[{}|;]|[^\s{}|;]+/g) ?? [];
    found.push(...marks.map((mark) => ({ mark, line: i + 1 })), { mark: "\n", line: i + 1 });
  });
  return found;
}

function statements(found, errors) {
  let at = 0;
  const tell = (line, message) => errors.push({ line, message });

  function block(depth) {
    const list = [];
    let words = [];
    let line = 0;
    const close = () => {
      if (words.length) list.push({ line, words, arms: null });
      words = [];
    };
    for (; at < found.length; at++) {
      const { mark, line: here } = found[at];
      if (mark === "\n") {
        // A brace may stand on the line below its word.
        if (/^(res|branch|x\d+)$/.test(words[0] ?? "") && found.slice(at).find((next) => next.mark !== "\n")?.mark === "{") continue;
        close();
      } else if (mark === ";") close();
      else if (mark === "}" || mark === "|") {
        close();
        if (depth > 0) return list;
        tell(here, `这里的 ${mark} 没有配对的 {。`);
      } else if (mark === "{") {
        if (depth >= DEEPEST) impossible(`花括号最多套 ${DEEPEST} 层。`);
        const opened = { line: words.length ? line : here, words, arms: [] };
        words = [];
        do {
          at += 1;
          opened.arms.push(block(depth + 1));
        } while (found[at]?.mark === "|");
        if (!found[at]) tell(opened.line, "这一行的 { 没有用 } 关上。");
        list.push(opened);
      } else {
        if (!words.length) line = here;
        words.push(mark);
      }
    }
    close();
    return list;
  }

  return block(0);
}

// Words → what a layer is

function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
    row = next;
  }
  return row[b.length];
}

/** The choice that reads most like a word, in words. */
function nearestOf(word, choices) {
  const best = choices.reduce((found, choice) => (distance(word, choice) < distance(word, found) ? choice : found));
  return distance(word, best) <= 2 ? `，最像的是 ${best}` : `，可以写 ${choices.join("、")}`;
}

function count(word, name, low = 1) {
  if (word === undefined) fault(`少了${name}。`);
  if (!/^\d+$/.test(word)) fault(`${name}要是整数，这里写的是 ${word}。`);
  const value = Number(word);
  if (value < low) fault(`${name}至少是 ${low}。`);
  if (value > LARGEST) fault(`${name}最大是 ${LARGEST}。`);
  return value;
}

function kernelOf(word) {
  if (word === undefined) fault("少了核的大小，例如 3x3。");
  const sides = /^(\d+)[x×](\d+)$/.exec(word);
  if (!sides) fault(`核要写成 3x3 这样${/^\d+$/.test(word) ? `，这里最近的是 ${word}x${word}` : `，这里写的是 ${word}`}。`);
  return [count(sides[1], "核"), count(sides[2], "核")];
}

/** Options after the fixed words: letters with a number, and words. → {s, p, …, nobias, ceil} */
function options(words, letters, flags) {
  const found = {};
  for (const word of words) {
    const [, letter, digits] = /^([a-z])(\d+)$/.exec(word) ?? [];
    const name = letter ?? word;
    if (letter ? !letters.includes(letter) : !flags.includes(word)) {
      fault(`不认识 ${word}${nearestOf(word, [...letters.map((one) => `${one}${digits ?? 1}`), ...flags])}。`);
    }
    if (name in found) fault(`${name} 写了两次。`);
    found[name] = letter ? count(digits, letter, letter === "p" ? 0 : 1) : true;
  }
  return found;
}

function none(words) {
  if (words.length) fault(`这一行多了 ${words.join(" ")}。`);
}

// Each kind of layer: its words and the shape it is given → {out, params, macs, spec}

function sides(kind, shape, kernel, { s, p = 0, d = 1, ceil = false }) {
  return [0, 1].map((k) => {
    const found = outputSize({ kind, n: shape[k + 1], k: kernel[k], s: s ?? kernel[k], p, d, ceil });
    if (found.error) fault(`${k ? "宽" : "高"} ${shape[k + 1]}：${found.error}`);
    return found.out;
  });
}

function inGroups(channels, g, name) {
  if (channels % g === 0) return;
  const legal = Array.from({ length: Math.min(channels, 1000) }, (_, i) => i + 1).filter((one) => channels % one === 0);
  const best = legal.reduce((a, b) => (Math.abs(b - g) < Math.abs(a - g) ? b : a));
  fault(`${name} ${channels} 不能平分成 ${g} 组，最近的是 g${best}。`);
}

function conv([channels, kernel, ...rest], shape) {
  const out = count(channels, "通道数");
  const k = kernelOf(kernel);
  const { s = 1, p = 0, d = 1, g = 1, nobias = false } = options(rest, ["s", "p", "d", "g"], ["nobias"]);
  inGroups(shape[0], g, "输入通道");
  inGroups(out, g, "输出通道");
  const [height, width] = sides("conv", shape, k, { s, p, d });
  const weights = (shape[0] / g) * k[0] * k[1] * out;
  return {
    out: [out, height, width], params: weights + (nobias ? 0 : out), macs: weights * height * width,
    spec: { kernel: k, s, p, d, g, bias: !nobias },
  };
}

function pool(kind, [kernel, ...rest], shape) {
  const k = kernelOf(kernel);
  const { s, p = 0, ceil = false } = options(rest, ["s", "p"], ["ceil"]);
  const [height, width] = sides(kind, shape, k, { s, p, ceil });
  return { out: [shape[0], height, width], params: 0, macs: 0, spec: { kernel: k, s: s ? [s, s] : k, p, ceil } };
}

function project([channels, ...rest], shape) {
  const { s = 1 } = options(rest, ["s"], []);
  const made = conv([channels, "1x1", `s${s}`, "nobias"], shape);
  return { ...made, params: made.params + 2 * made.out[0] };
}

function fc([units, ...rest], shape) {
  const out = count(units, "单元数");
  const { nobias = false } = options(rest, [], ["nobias"]);
  if (shape[1] * shape[2] !== 1) fault(`全连接收的是一列数，现在是 ${times(shape)}：前面加一行 flatten（得 ${shape[0] * shape[1] * shape[2]}）或 gap（得 ${shape[0]}）。`);
  return { out: [out, 1, 1], params: shape[0] * out + (nobias ? 0 : out), macs: shape[0] * out, spec: { bias: !nobias } };
}

function dropout([share, ...rest], shape) {
  none(rest);
  if (share === undefined) fault("少了丢掉的比例，例如 dropout 0.5。");
  if (!/^(\d+(\.\d*)?|\.\d+)$/.test(share) || Number(share) > 1) fault(`丢掉的比例在 0 与 1 之间，这里写的是 ${share}。`);
  return { out: shape, params: 0, macs: 0, spec: { share: Number(share) } };
}

const plain = (out, params) => (words, shape) => {
  none(words);
  return { out: out(shape), params: params(shape), macs: 0, spec: {} };
};
const unchanged = (shape) => shape;
const zero = () => 0;

const LAYERS = {
  conv, fc, dropout, proj: project,
  maxpool: (words, shape) => pool("maxpool", words, shape),
  avgpool: (words, shape) => pool("avgpool", words, shape),
  bn: plain(unchanged, ([channels]) => 2 * channels),
  relu: plain(unchanged, zero), tanh: plain(unchanged, zero), sigmoid: plain(unchanged, zero),
  gap: plain(([channels]) => [channels, 1, 1], zero),
  flatten: plain(([channels, height, width]) => [channels * height * width, 1, 1], zero),
};
const WORDS = ["input", ...Object.keys(LAYERS).filter((word) => word !== "proj"), "res", "branch", "x6"];

// Statements → layers, one after the other, and blocks as they are nested

class Reading {
  constructor(errors) {
    this.errors = errors;
    this.layers = [];
    this.faulty = new Set();
  }

  /** Run one statement; where it is faulty note its error once and return the state as it was. */
  attempt(statement, state, run) {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (!this.faulty.has(statement)) this.errors.push({ line: statement.line, message: error.message });
      this.faulty.add(statement);
      return { state, block: null };
    }
  }

  add(statement, type, given, made) {
    if (this.layers.length >= LONGEST) impossible(`展开以后超过 ${LONGEST} 层。`);
    const { out, params, macs } = made;
    if (![params, macs, ...out].every(Number.isSafeInteger)) fault("这一层大得数不清。");
    const layer = { line: statement.line, type, in: given, out, params, macs };
    this.layers.push(layer);
    return layer;
  }

  series(list, state, inShortcut = false) {
    const blocks = [];
    let now = state;
    for (const statement of list) {
      const done = this.attempt(statement, now, () => this.statement(statement, now, inShortcut));
      if (done.block) blocks.push(done.block);
      now = done.state;
    }
    return { blocks, state: now };
  }

  statement(statement, state, inShortcut) {
    const { words: [word, ...rest], arms } = statement;
    const repeat = /^x(\d+)$/.exec(word ?? "");
    if (arms) {
      if (word === "res") return this.sum(statement, rest, state);
      if (word === "branch") return this.join(statement, rest, state);
      if (repeat) return this.repeat(statement, count(repeat[1], "重复次数"), rest, state);
      fault(word === undefined ? "{ 前面要写 res、branch 或 x6 这样的重复次数。" : `${word} 后面不能有 {${nearestOf(word, ["res", "branch", "x6"])}。`);
    }
    if (word === "res" || word === "branch" || repeat) fault(`${word} 后面要跟 { … }。`);
    if (word === "input") fault("input 只能是第一行。");
    if (word === "proj" && !inShortcut) fault("proj 只能写在 res { … | … } 的竖线右边。");
    if (!Object.hasOwn(LAYERS, word)) fault(`没有 ${word} 这种层${nearestOf(word, WORDS)}。`);
    const made = LAYERS[word](rest, state.shape);
    const layer = this.add(statement, word, state.shape, made);
    const flat = word === "flatten" || word === "fc" || (state.flat && !["conv", "maxpool", "avgpool", "gap", "proj"].includes(word));
    return { state: { shape: made.out, flat }, block: { kind: "layer", layer, words: statement.words, spec: made.spec, flat: state.flat } };
  }

  sum(statement, rest, state) {
    none(rest);
    if (statement.arms.length > 2) fault("res 里最多一道竖线：左边是主路，右边是捷径。");
    if (!statement.arms[0].length) fault("res 的主路里要有层。");
    const before = this.errors.length;
    const body = this.series(statement.arms[0], state);
    const shortcut = this.series(statement.arms[1] ?? [], state, true);
    const [a, b] = [body.state.shape, shortcut.state.shape];
    if (times(a) !== times(b)) {
      if (this.errors.length > before) return { state, block: null }; // the line that is to blame has its error
      const stride = state.shape[1] / a[1];
      const whole = Number.isInteger(stride) && Math.ceil(state.shape[2] / stride) === a[2];
      fault(`两路加不起来：主路 ${times(a)}，捷径 ${times(b)}${whole ? `；捷径写 proj ${a[0]} s${stride} 就行` : ""}。`);
    }
    const layer = this.add(statement, "res", a, { out: a, params: 0, macs: 0 });
    const flat = body.state.flat || shortcut.state.flat;
    const arms = [body, shortcut].map((arm) => ({ blocks: arm.blocks, flat: arm.state.flat }));
    return { state: { shape: a, flat }, block: { kind: "res", layer, arms, flat } };
  }

  join(statement, rest, state) {
    none(rest);
    const before = this.errors.length;
    const arms = statement.arms.map((arm) => this.series(arm, state));
    const shapes = arms.map((arm) => arm.state.shape);
    const odd = shapes.find((shape) => shape[1] !== shapes[0][1] || shape[2] !== shapes[0][2]);
    if (odd) {
      if (this.errors.length > before) return { state, block: null };
      fault(`各支的高和宽要一样：${times(shapes[0])} 与 ${times(odd)} 接不上。`);
    }
    const out = [shapes.reduce((all, [channels]) => all + channels, 0), shapes[0][1], shapes[0][2]];
    const layer = this.add(statement, "branch", state.shape, { out, params: 0, macs: 0 });
    const flat = arms.some((arm) => arm.state.flat);
    return { state: { shape: out, flat }, block: { kind: "branch", layer, arms: arms.map((arm) => ({ blocks: arm.blocks, flat: arm.state.flat })), flat } };
  }

  repeat(statement, number, rest, state) {
    none(rest);
    if (statement.arms.length > 1) fault("重复里没有竖线；分支写 branch { … | … }。");
    const rounds = [];
    let now = state;
    for (let i = 0; i < number; i++) {
      const { blocks, state: next } = this.series(statement.arms[0], now);
      if (blocks.length) rounds.push(blocks);
      else if (i) break; // nothing in it: one look is enough
      now = next;
    }
    return { state: now, block: rounds.length ? { kind: "repeat", line: statement.line, number, rounds } : null };
  }
}

function readInput(statement) {
  if (!statement) fault("还没有网络：第一行写 input 通道 高 宽，例如 input 3 224 224。");
  const { words: [word, ...sizes], arms } = statement;
  if (word !== "input" || arms) fault("第一行要写 input 通道 高 宽，例如 input 3 224 224。");
  none(sizes.slice(3));
  return ["通道", "高", "宽"].map((name, i) => count(sizes[i], name));
}

/** What parse gives, checked before it is drawn or translated: with layers, and without a faulty line where `clean`. */
export function checked(parsed, clean = true) {
  if (!parsed || !Array.isArray(parsed.layers) || !Array.isArray(parsed.blocks) || !Array.isArray(parsed.errors)) {
    impossible("这里要的是 parse 的结果。");
  }
  if (clean && parsed.errors.length) impossible(`先改正第 ${parsed.errors[0].line} 行：${parsed.errors[0].message}`);
  if (!parsed.layers.length) impossible("还没有网络。");
  return parsed;
}

/**
 * Text → {layers: [{line, type, in, out, params, macs}], params, macs, errors: [{line, message}], blocks}. `layers` lists input, each
 * repetition, and one entry for a sum (res) or a join (branch); `blocks` is the same as it is nested, for drawing and translating.
 */
export const parse = total((text) => {
  if (typeof text !== "string") impossible("网络要写成一段文字。");
  if (text.length > LARGEST) impossible(`文字最长 ${LARGEST} 个字符。`);
  const errors = [];
  const list = statements(tokens(text), errors);
  const reading = new Reading(errors);
  let blocks = [];
  try {
    const shape = readInput(list[0]);
    const layer = reading.add(list[0], "input", shape, { out: shape, params: 0, macs: 0 });
    blocks = [{ kind: "layer", layer, words: list[0].words, spec: {}, flat: false }];
    blocks.push(...reading.series(list.slice(1), { shape, flat: false }).blocks);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    errors.push({ line: list[0]?.line ?? 1, message: error.message }); // without a first shape nothing else can be told
  }
  const sum = (key) => reading.layers.reduce((all, layer) => all + layer[key], 0);
  errors.sort((a, b) => a.line - b.line);
  return { layers: reading.layers, params: sum("params"), macs: sum("macs"), errors, blocks };
});
