// A small language for networks: one layer a line → shapes, parameters, multiply-adds.
// Shapes are [channels, height, width]; a vector of n is [n, 1, 1]. Multiply-adds count conv and fc, without bias.

import { outputSize } from "./convolution.mjs";
import { impossible, LARGEST, total, whole } from "./input.mjs";

const DEEPEST = 50; // braces within braces
const LONGEST = 10000; // layers, each repetition counted
const OPENS = /^(res|branch|x(\d+))$/; // words that a brace follows

export const times = (shape) => shape.join("×");
export const NEEDS_MAP = ["conv", "proj", "maxpool", "avgpool", "gap"];

/** Text → statements {line, words, arms}; arms, where there are braces, is a list of lists of statements. */
function statements(text, errors) {
  const plain = text.replace(/\r\n?/g, "\n").replace(/[；｛｝｜]/g, (mark) => mark.normalize("NFKC"));
  const all = [];
  const open = []; // statements whose brace is not closed yet
  let list = all;
  let line = 1;
  let now = null; // what is being read
  const begun = () => (now ??= { line, words: [] });
  const close = () => {
    if (now) list.push(now);
    now = null;
  };
  for (const { 0: mark, index } of plain.matchAll(/[\n{}|;]|[^\s{}|;]+/g)) {
    if (mark === "\n") {
      line += 1;
      // A brace may stand on the line below its word.
      if (!OPENS.test(now?.words[0]) || !/^\s*\{/.test(plain.slice(index))) close();
    } else if (mark === ";") close();
    else if (mark === "{") {
      if (open.length >= DEEPEST) impossible(`花括号最多套 ${DEEPEST} 层。`);
      open.push(Object.assign(begun(), { arms: [[]], around: list }));
      close();
      list = open.at(-1).arms[0];
    } else if (mark === "}" || mark === "|") {
      close();
      if (!open.length) errors.push({ line, message: `这里的 ${mark} 没有配对的 {。` });
      else if (mark === "}") list = open.pop().around;
      else {
        list = [];
        open.at(-1).arms.push(list);
      }
    } else begun().words.push(mark);
  }
  close();
  for (const one of open) errors.push({ line: one.line, message: "这一行的 { 没有用 } 关上。" });
  return all;
}

// Words → what a layer is

function wrong(sentence, word) {
  impossible(`${sentence}，这里${word === undefined ? "没写" : `写的是 ${word}`}。`);
}

/** Whether so few slips make one word of another. */
function like(a, b, slips) {
  if (a === b) return true;
  if (a[0] === b[0]) return like(a.slice(1), b.slice(1), slips);
  return slips > 0 && [[1, 0], [0, 1], [1, 1]].some(([i, j]) => like(a.slice(i), b.slice(j), slips - 1));
}

function known(word, choices) {
  if (choices.includes(word)) return;
  const [best] = [1, 2].flatMap((slips) => choices.filter((choice) => like(word, choice, slips)));
  impossible(`不认识 ${word}，${best ? `最像的是 ${best}` : `可以写 ${choices.join("、")}`}。`);
}

function count(word, name, low = 1) {
  if (!/^\d+$/.test(word)) wrong(`${name}要是整数`, word);
  return whole(Math.min(word, Number.MAX_VALUE), name, low);
}

function kernelOf(word) {
  const [, ...sides] = /^(\d+)[x×](\d+)$/.exec(word) ?? [];
  if (!sides.length) wrong(`核要写成 ${/^\d+$/.test(word) ? `${word}x${word}` : "3x3"} 这样`, word);
  return sides.map((side) => count(side, "核"));
}

/** Options after the fixed words: letters with a number, and a word. → {s, p, …, nobias, ceil} */
function options(words, letters, ...flags) {
  const found = {};
  for (const word of words) {
    const [, letter, digits = 1] = /^([a-z])(\d+)$/.exec(word) ?? [];
    known(word, [...[...letters].map((one) => one + digits), ...flags]);
    const name = letter ?? word;
    if (name in found) impossible(`${name} 写了两次。`);
    found[name] = letter ? count(digits, letter, letter === "p" ? 0 : 1) : true;
  }
  return found;
}

function none(words) {
  if (words.length) impossible(`这一行多了 ${words.join(" ")}。`);
}

// Each kind of layer: its words and the shape it is given → what is different: {out, params, macs, spec}

function sides(kind, shape, kernel, given) {
  return kernel.map((k, i) => {
    const { out, error } = outputSize({ kind, n: shape[i + 1], k, s: k, ...given });
    if (error) impossible(`${i ? "宽" : "高"} ${shape[i + 1]}：${error}`);
    return out;
  });
}

function inGroups(channels, g, name) {
  let off = 0;
  while (channels % (g - off) && channels % (g + off)) off += 1;
  if (off) impossible(`${name} ${channels} 不能平分成 ${g} 组，最近的是 g${channels % (g - off) ? g + off : g - off}。`);
}

function conv([channels, kernel, ...rest], shape) {
  const out = count(channels, "通道数");
  const k = kernelOf(kernel);
  const { s = 1, p = 0, d = 1, g = 1, nobias } = options(rest, "spdg", "nobias");
  inGroups(shape[0], g, "输入通道");
  inGroups(out, g, "输出通道");
  const [height, width] = sides("conv", shape, k, { s, p, d });
  const weights = (shape[0] / g) * k[0] * k[1] * out;
  return { out: [out, height, width], params: weights + (nobias ? 0 : out), macs: weights * height * width, spec: { kernel: k, s, p, d, g, bias: !nobias } };
}

const pooling = (kind) => ([kernel, ...rest], shape) => {
  const k = kernelOf(kernel);
  const found = options(rest, "sp", "ceil");
  const { s, p = 0, ceil = false } = found;
  return { out: [shape[0], ...sides(kind, shape, k, found)], spec: { kernel: k, s: s ? [s, s] : k, p, ceil } };
};

function project([channels, ...rest], shape) {
  options(rest, "s");
  const made = conv([channels, "1x1", ...rest, "nobias"], shape);
  return { ...made, params: made.params + 2 * made.out[0] };
}

function fc([units, ...rest], shape) {
  const out = count(units, "单元数");
  const { nobias } = options(rest, "", "nobias");
  const [channels, height, width] = shape;
  if (height * width !== 1) impossible(`全连接收的是一列数，现在是 ${times(shape)}：前面加一行 flatten（得 ${channels * height * width}）或 gap（得 ${channels}）。`);
  return { out: [out, 1, 1], params: channels * out + (nobias ? 0 : out), macs: channels * out, spec: { bias: !nobias } };
}

function dropout([share, ...rest]) {
  none(rest);
  if (!/^(\d+(\.\d*)?|\.\d+)$/.test(share) || share > 1) wrong("丢掉的比例在 0 与 1 之间", share);
  return { spec: { share: Number(share) } };
}

const simple = (made = () => ({})) => (words, shape) => {
  none(words);
  return made(shape);
};

const LAYERS = {
  input(sizes) {
    none(sizes.slice(3));
    return { out: ["通道", "高", "宽"].map((name, i) => count(sizes[i], name)) };
  },
  conv, fc, dropout, maxpool: pooling("maxpool"), avgpool: pooling("avgpool"),
  bn: simple(([channels]) => ({ params: 2 * channels })),
  relu: simple(), tanh: simple(), sigmoid: simple(),
  gap: simple(([channels]) => ({ out: [channels, 1, 1] })),
  flatten: simple(([channels, height, width]) => ({ out: [channels * height * width, 1, 1] })),
};
const WORDS = [...Object.keys(LAYERS), "res", "branch", "x6"];

/** Statements → blocks as they are nested; `layers` gets them one after the other, `errors` what is faulty. */
function blocksOf([first = { line: 1, words: [] }, ...others], layers, errors) {
  function add(statement, given, { out = given, params = 0, macs = 0 }) {
    const layer = { line: statement.line, type: statement.words[0], in: given ?? out, out, params, macs };
    if (layers.push(layer) > LONGEST) impossible(`展开以后超过 ${LONGEST} 层。`);
    if ([params, macs, ...out].every(Number.isSafeInteger)) return layer;
    layers.pop();
    impossible("这一层大得数不清。");
  }

  /** One statement → {state, block}; where it is impossible its error is noted once, and the state stays. Too many layers are an error of the whole. */
  function attempt(statement, state, inShortcut) {
    const done = total(run)(statement, state, inShortcut);
    if (!done.error) return done;
    if (layers.length > LONGEST) impossible(done.error);
    if (!statement.faulty) errors.push({ line: statement.line, message: done.error });
    statement.faulty = true;
    return { state };
  }

  function series(list, state, inShortcut) {
    const blocks = [];
    let now = state;
    for (const statement of list) {
      const done = attempt(statement, now, inShortcut);
      if (done.block) blocks.push(done.block);
      now = done.state;
    }
    return { blocks, state: now };
  }

  function run(statement, state, inShortcut) {
    const { words: [word, ...rest], arms } = statement;
    if (!state && (word !== "input" || arms)) impossible("第一行要写 input 通道 高 宽，例如 input 3 224 224。");
    const [, opens, number] = OPENS.exec(word) ?? [];
    if (opens && !arms) impossible(`${word} 后面要跟 { … }。`);
    if (opens) {
      none(rest);
      return number ? repeat(statement, count(number, "重复次数"), state) : split(statement, word === "res", state);
    }
    if (arms) wrong("{ 前面要写 res、branch 或 x6 这样的重复次数", word);
    if (word === "input" && state) impossible("input 只能是第一行。");
    if (word !== "proj") known(word, WORDS);
    else if (!inShortcut) impossible("proj 只能写在 res { … | … } 的竖线右边。");
    const { shape, flat = false } = state ?? {};
    const made = (LAYERS[word] ?? project)(rest, shape);
    const layer = add(statement, shape, made);
    return {
      state: { shape: layer.out, flat: word === "flatten" || word === "fc" || (flat && !NEEDS_MAP.includes(word)) },
      block: { kind: "layer", layer, words: statement.words, spec: made.spec ?? {}, flat },
    };
  }

  /** Arms beside each other: a sum (res) of two, or a join (branch). */
  function split(statement, isSum, state) {
    const { words: [kind], arms: lists } = statement;
    if (isSum && lists.length > 2) impossible("res 里最多一道竖线：左边是主路，右边是捷径。");
    if (isSum && !lists[0].length) impossible("res 的主路里要有层。");
    const before = errors.length;
    const ends = (isSum ? [lists[0], lists[1] ?? []] : lists).map((list, i) => series(list, state, isSum && i));
    const shapes = ends.map((end) => end.state.shape);
    const [[channels, height, width]] = shapes;
    const odd = shapes.find((shape) => (isSum && shape[0] !== channels) || shape[1] !== height || shape[2] !== width);
    if (odd) {
      if (errors.length > before) return { state }; // the line that is to blame has its error
      if (!isSum) impossible(`各支的高和宽要一样：${times(shapes[0])} 与 ${times(odd)} 接不上。`);
      const stride = state.shape[1] / height;
      const fits = Number.isInteger(stride) && Math.ceil(state.shape[2] / stride) === width;
      impossible(`两路加不起来：主路 ${times(shapes[0])}，捷径 ${times(odd)}${fits ? `；捷径写 proj ${channels} s${stride} 就行` : ""}。`);
    }
    const out = isSum ? shapes[0] : [shapes.reduce((all, shape) => all + shape[0], 0), height, width];
    const layer = add(statement, isSum ? out : state.shape, { out });
    const arms = ends.map((end) => ({ blocks: end.blocks, flat: end.state.flat }));
    const flat = arms.some((arm) => arm.flat);
    return { state: { shape: out, flat }, block: { kind, layer, arms, flat } };
  }

  function repeat(statement, number, state) {
    if (statement.arms.length > 1) impossible("重复里没有竖线；分支写 branch { … | … }。");
    const rounds = [];
    let now = state;
    for (let i = 0; i < number; i++) {
      const { blocks, state: next } = series(statement.arms[0], now);
      if (blocks.length) rounds.push(blocks);
      else if (i) break; // nothing in it: one look is enough
      now = next;
    }
    return { state: now, block: rounds.length ? { kind: "repeat", line: statement.line, number, rounds } : null };
  }

  const { state, block } = attempt(first);
  return block ? [block, ...series(others, state).blocks] : []; // without a first shape nothing else can be told
}

/** What parse gives, checked before it is drawn or translated: with layers, and without a faulty line where `clean`. */
export function checked(parsed, clean = true) {
  const { layers, blocks, errors } = parsed;
  if (clean && errors?.length) impossible(`先改正第 ${errors[0].line} 行：${errors[0].message}`);
  if (![layers, blocks, errors].every(Array.isArray) || !layers.length) impossible("还没有网络。");
  return parsed;
}

/**
 * Text → {layers: [{line, type, in, out, params, macs}], params, macs, errors: [{line, message}], blocks}. `layers` lists input, each
 * repetition, and one entry for a sum (res) or a join (branch); `blocks` is the same as it is nested, for drawing and translating.
 */
export const parse = total((text) => {
  if (text.length > LARGEST) impossible(`文字最长 ${LARGEST} 个字符。`);
  const errors = [];
  const layers = [];
  const blocks = blocksOf(statements(text, errors), layers, errors);
  const sum = (key) => layers.reduce((all, layer) => all + layer[key], 0);
  errors.sort((a, b) => a.line - b.line);
  return { layers, params: sum("params"), macs: sum("macs"), errors, blocks };
});
