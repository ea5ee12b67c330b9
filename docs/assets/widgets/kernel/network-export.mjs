// What network.mjs has parsed, drawn (SVG, TikZ for PlotNeuralNet) and translated (PyTorch), and PyTorch's print read back.
// The TikZ uses Box and Ball of HarisIqbal88/PlotNeuralNet@e96bc85, with its init.tex.

import { impossible, total } from "./input.mjs";
import { parse } from "./network.mjs";

function checked(parsed, clean = true) {
  if (!parsed || !Array.isArray(parsed.layers) || !Array.isArray(parsed.blocks) || !Array.isArray(parsed.errors)) {
    impossible("这里要的是 parse 的结果。");
  }
  if (clean && parsed.errors.length) impossible(`先改正第 ${parsed.errors[0].line} 行：${parsed.errors[0].message}`);
  if (!parsed.layers.length) impossible("还没有网络。");
  return parsed;
}

const times = (shape) => shape.join("×");
const shown = (shape) => (shape[1] === 1 && shape[2] === 1 ? String(shape[0]) : times(shape));
const grouped = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");

/** 1,234 as it is, more as 12.3 K, 4.09 G. */
export function short(value) {
  const [unit, size] = [["G", 1e9], ["M", 1e6], ["K", 1e4]].find(([, least]) => value >= least) ?? ["", 1];
  return unit ? `${(value / (unit === "K" ? 1e3 : size)).toPrecision(3)} ${unit}` : grouped(value);
}

// PyTorch

const pair = ([a, b]) => (a === b ? String(a) : `(${a}, ${b})`);
const python = (name, fixed, named) => `nn.${name}(${[...fixed, ...named.map(([key, value]) => `${key}=${value}`)].join(", ")})`;
const unless = (name, value, usual) => (value === usual ? [] : [[name, value]]);

const MODULES = {
  conv: ({ in: [channels], out: [units] }, { kernel, s, p, d, g, bias }) => python("Conv2d", [channels, units, pair(kernel)], [
    ...unless("stride", s, 1), ...unless("padding", p, 0), ...unless("dilation", d, 1), ...unless("groups", g, 1), ...(bias ? [] : [["bias", "False"]]),
  ]),
  proj: ({ in: [channels], out: [units] }, { s }) => `nn.Sequential(${python("Conv2d", [channels, units, 1], [...unless("stride", s, 1), ["bias", "False"]])}, nn.BatchNorm2d(${units}))`,
  maxpool: (_, { kernel, s, p, ceil }) => python("MaxPool2d", [pair(kernel)], [...unless("stride", pair(s), pair(kernel)), ...unless("padding", p, 0), ...(ceil ? [["ceil_mode", "True"]] : [])]),
  avgpool: (_, { kernel, s, p, ceil }) => python("AvgPool2d", [pair(kernel)], [...unless("stride", pair(s), pair(kernel)), ...unless("padding", p, 0), ...(ceil ? [["ceil_mode", "True"]] : [])]),
  fc: ({ in: [given], out: [units] }, { bias }) => python("Linear", [given, units], bias ? [] : [["bias", "False"]]),
  dropout: (_, { share }) => python("Dropout", [share], []),
  relu: () => "nn.ReLU()", tanh: () => "nn.Tanh()", sigmoid: () => "nn.Sigmoid()", gap: () => "nn.AdaptiveAvgPool2d(1)", flatten: () => "nn.Flatten()",
};

const NEEDS_MAP = ["conv", "proj", "maxpool", "avgpool", "gap"];

/** One block as lines of Python, each a module or a part of one. */
function modules(block) {
  if (block.kind === "repeat") return block.rounds.flatMap((blocks) => blocks.flatMap(modules));
  if (block.kind === "layer") {
    const { layer, spec, flat } = block;
    if (layer.type === "input") return [];
    const lines = [];
    if (flat && NEEDS_MAP.includes(layer.type)) lines.push(`nn.Unflatten(1, (${layer.in[0]}, 1, 1)),`);
    if (!flat && layer.type === "fc") lines.push("nn.Flatten(),");
    const norm = `nn.BatchNorm${flat ? 1 : 2}d(${layer.in[0]})`;
    return [...lines, `${layer.type === "bn" ? norm : MODULES[layer.type](layer, spec)},`];
  }
  const arms = block.arms.map((arm) => {
    const inside = arm.blocks.flatMap(modules);
    if (block.flat && !arm.flat) inside.push("nn.Flatten(),");
    return inside.length ? ["nn.Sequential(", ...inside.map((line) => `    ${line}`), "),"] : ["nn.Identity(),"];
  });
  return [`${block.kind === "res" ? "Sum" : "Join"}(`, ...arms.flat().map((line) => `    ${line}`), "),"];
}

const CLASSES = {
  Sum: `class Sum(nn.Module):
    """Every arm sees the same input; their outputs are added."""

    def __init__(self, *arms):
        super().__init__()
        self.arms = nn.ModuleList(arms)

    def forward(self, x):
        return sum(arm(x) for arm in self.arms)
`,
  Join: `class Join(nn.Module):
    """Every arm sees the same input; their outputs are joined along the channels."""

    def __init__(self, *arms):
        super().__init__()
        self.arms = nn.ModuleList(arms)

    def forward(self, x):
        return torch.cat([arm(x) for arm in self.arms], 1)
`,
};

/** A Python program whose `model` has the same shapes and parameters. */
export const toTorch = total((parsed) => {
  const { blocks, layers } = checked(parsed);
  const lines = blocks.flatMap(modules);
  const used = Object.keys(CLASSES).filter((name) => lines.some((line) => line.trim() === `${name}(`));
  return [
    "import torch", "from torch import nn", "",
    ...used.flatMap((name) => ["", CLASSES[name], ""].join("\n").trimEnd().split("\n").concat("")),
    ...(used.length ? [""] : []),
    "model = nn.Sequential(", ...lines.map((line) => `    ${line}`), ")", "",
    'if __name__ == "__main__":',
    "    model.eval()  # batch normalisation of a single picture",
    `    print(model(torch.zeros(1, ${layers[0].in.join(", ")})).shape)`, "",
  ].join("\n");
});

// TikZ

const COLOURS = { conv: "\\ConvColor", maxpool: "\\PoolColor", avgpool: "\\PoolColor", gap: "\\PoolColor", fc: "\\FcColor", proj: "\\ConvColor", input: "white" };

/** Boxes and lines for PlotNeuralNet, one after the other from left to right. */
class Plot {
  constructor(side) {
    this.side = side;
    this.lines = [];
    this.names = 0;
  }

  name() {
    this.names += 1;
    return `b${this.names}`;
  }

  connect(from, to) {
    if (from) this.lines.push(`\\draw [connection] (${from}-east) -- node {\\midarrow} (${to}-west);`);
  }

  box(layer, { x, y, last }) {
    const [channels, height] = layer.out;
    const name = this.name();
    const tall = Math.max((40 * height) / this.side, 2);
    const wide = Math.max(Math.log2(channels) / 2, 0.5);
    this.lines.push(
      `\\pic at (${x.toFixed(2)},${y},0) {Box={name=${name}, caption=${layer.type}, xlabel={{${channels}, }}, zlabel=${height}, ` +
      `fill=${COLOURS[layer.type]}, height=${tall.toFixed(1)}, depth=${tall.toFixed(1)}, width=${wide.toFixed(1)}}};`,
    );
    this.connect(last, name);
    return { x: x + wide * 0.2 + 1.8 + tall * 0.04, y, last: name };
  }

  ball(mark, { x, y }, lasts) {
    const name = this.name();
    this.lines.push(`\\pic at (${x.toFixed(2)},${y},0) {Ball={name=${name}, fill=\\SumColor, opacity=0.6, radius=2.5, logo=$${mark}$}};`);
    for (const last of lasts) this.connect(last, name);
    return { x: x + 2, y, last: name };
  }

  series(blocks, place) {
    return blocks.reduce((now, block) => this.block(block, now), place);
  }

  block(block, place) {
    if (block.kind === "layer") return block.layer.type in COLOURS ? this.box(block.layer, place) : place;
    if (block.kind === "repeat") return block.rounds.reduce((now, blocks) => this.series(blocks, now), place);
    // Arms stand one above the other; an empty one is a line over the others.
    const ends = block.arms.map((arm, i) => (arm.blocks.length ? this.series(arm.blocks, { ...place, y: place.y + i * 9 }) : null));
    const x = Math.max(...ends.map((end) => end?.x ?? place.x)) + 0.5;
    const ball = this.ball(block.kind === "res" ? "+" : "\\Vert", { x, y: place.y }, ends.flatMap((end) => (end?.last ? [end.last] : [])));
    if (ends.includes(null) && place.last) {
      this.lines.push(`\\draw [copyconnection] (${place.last}-north) -- ++(0,2,0) coordinate (${ball.last}-over) -- (${ball.last}-over -| ${ball.last}-north) -- node {\\copymidarrow} (${ball.last}-north);`);
    }
    return ball;
  }
}

/** A LaTeX file; it stands in a folder of a PlotNeuralNet checkout, beside layers/, as its own examples do. */
export const toTikz = total((parsed) => {
  const { blocks, layers } = checked(parsed);
  const plot = new Plot(layers[0].in[1]);
  plot.series(blocks, { x: 0, y: 0, last: null });
  return String.raw`\documentclass[border=8pt, multi, tikz]{standalone}
\usepackage{import}
\subimport{../layers/}{init}
\usetikzlibrary{positioning}
\def\ConvColor{rgb:yellow,5;red,2.5;white,5}
\def\PoolColor{rgb:red,1;black,0.3}
\def\FcColor{rgb:blue,5;red,2.5;white,5}
\def\SumColor{rgb:blue,5;green,15}
\newcommand{\copymidarrow}{\tikz \draw[-Stealth,line width=0.8mm,draw={rgb:blue,4;red,1;green,1;black,3}] (-0.3,0) -- ++(0.3,0);}
\begin{document}
\begin{tikzpicture}
\tikzstyle{connection}=[ultra thick,every node/.style={sloped,allow upside down},draw=\edgecolor,opacity=0.7]
\tikzstyle{copyconnection}=[ultra thick,every node/.style={sloped,allow upside down},draw={rgb:blue,4;red,1;green,1;black,3},opacity=0.7]
${plot.lines.join("\n")}
\end{tikzpicture}
\end{document}
`;
});

// SVG: a column from top to bottom. A drawn part has a width, a height and draw(centre, top).

const GAP = 16;
const WIDE = 216;
const escape = (text) => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
const line = (...points) => `<polyline class="net-line" fill="none" stroke="#14211f" stroke-width="1.5" points="${points.map((p) => p.join(",")).join(" ")}"/>`;
const words = (x, y, text, anchor = "middle", weight = 400) => `<text x="${x}" y="${y}" font-size="13" font-weight="${weight}" text-anchor="${anchor}" fill="#14211f">${escape(text)}</text>`;

function arrow(x, from, to) {
  return `${line([x, from], [x, to])}<path class="net-head" fill="#14211f" d="M${x - 4} ${to - 6}L${x} ${to}L${x + 4} ${to - 6}z"/>`;
}

function box(x, y, width, height, kind) {
  const fill = { map: "#d7ebe8", pool: "#f4e6d4", end: "#e3e0f0", plain: "#fbfaf7" }[kind];
  return `<rect class="net-${kind}" x="${x - width / 2}" y="${y}" width="${width}" height="${height}" rx="4" fill="${fill}" stroke="#00695c" stroke-width="1.5"/>`;
}

function drawnLayer({ layer, words: said }) {
  const kind = { conv: "map", proj: "map", fc: "end", maxpool: "pool", avgpool: "pool", gap: "pool" }[layer.type] ?? "plain";
  const small = kind === "plain" && layer.type !== "input" && layer.type !== "flatten";
  const height = small ? 24 : 44;
  const counts = layer.params ? `，参数 ${short(layer.params)}${layer.macs ? `，${short(layer.macs)} MACs` : ""}` : "";
  const told = `${shown(layer.out)}${counts}`;
  return {
    width: Math.max(WIDE, told.length * 9), height,
    draw(x, y) {
      const title = words(x, y + 17, said.join(" "), "middle", small ? 400 : 700);
      return box(x, y, this.width, height, kind) + title + (small ? "" : words(x, y + 36, told));
    },
  };
}

function column(blocks) {
  const parts = blocks.map(drawn);
  return {
    width: Math.max(24, ...parts.map((part) => part.width)),
    height: parts.reduce((all, part) => all + part.height + GAP, 0) - (parts.length ? GAP : 0),
    draw(x, y) {
      let top = y;
      return parts.map((part, i) => {
        const head = i ? arrow(x, top - GAP, top) : "";
        const body = part.draw(x, top);
        top += part.height + GAP;
        return head + body;
      }).join("");
    },
  };
}

/** Columns side by side from one point at the top to a mark at the bottom; an empty one is a line. */
function split(arms, mark) {
  const parts = arms.map((arm) => column(arm.blocks));
  const width = parts.reduce((all, part) => all + part.width, 0) + GAP * (parts.length - 1);
  const tall = Math.max(...parts.map((part) => part.height));
  return {
    width, height: tall + 2 * GAP + 40,
    draw(x, y) {
      const [top, bottom] = [y + GAP, y + GAP + tall];
      let left = x - width / 2;
      const middles = parts.map((part) => {
        const middle = left + part.width / 2;
        left += part.width + GAP;
        return middle;
      });
      const drawnArms = parts.map((part, i) => {
        const end = top + part.height;
        return `${line([x, y], [x, y + 6], [middles[i], y + 6], [middles[i], top])}${part.draw(middles[i], top)}${line([middles[i], end], [middles[i], bottom + 8], [x, bottom + 8], [x, bottom + GAP])}`;
      });
      return drawnArms.join("") + mark(x, bottom + GAP);
    },
  };
}

function sumMark(x, y, shape) {
  return `<circle class="net-sum" cx="${x}" cy="${y + 13}" r="12" fill="#fbfaf7" stroke="#00695c" stroke-width="1.5"/>${words(x, y + 18, "+", "middle", 700)}${words(x + 18, y + 18, shown(shape), "start")}`;
}

function joinMark(x, y, shape) {
  return box(x, y, WIDE, 26, "plain") + words(x, y + 18, `拼接：${shown(shape)}`, "middle", 700);
}

function repeated({ number, rounds }) {
  const inside = column(rounds[0]);
  const [width, height] = [inside.width + 64, inside.height + 2 * GAP];
  return {
    width, height,
    draw(x, y) {
      const frame = `<rect class="net-frame" x="${x - width / 2 + 2}" y="${y}" width="${width - 4}" height="${height}" rx="8" fill="none" stroke="#14211f" stroke-width="3"/>`;
      return frame + words(x + width / 2 - 8, y + 18, `×${number}`, "end", 700) + line([x, y], [x, y + GAP]) + inside.draw(x, y + GAP) + line([x, y + height - GAP], [x, y + height]);
    },
  };
}

function drawn(block) {
  if (block.kind === "layer") return drawnLayer(block);
  if (block.kind === "repeat") return repeated(block);
  const mark = block.kind === "res" ? sumMark : joinMark;
  return split(block.arms, (x, y) => mark(x, y, block.layer.out));
}

function sentence(block) {
  if (block.kind === "layer") return `${block.words.join(" ")} 得 ${shown(block.layer.out)}`;
  if (block.kind === "repeat") return `重复 ${block.number} 次（${block.rounds[0].map(sentence).join("，")}）`;
  const arms = block.arms.map((arm) => arm.blocks.map(sentence).join("，") || "原样");
  return `${block.kind === "res" ? "相加" : "拼接"}（${arms.join("；")}）得 ${shown(block.layer.out)}`;
}

/** One Chinese sentence that says all of the picture. */
export const describe = total((parsed) => {
  const { blocks, params, macs } = checked(parsed, false);
  return `${blocks.map(sentence).join("，")}。一共 ${grouped(params)} 个参数，${grouped(macs)} 次乘加。`;
});

/** A picture of its own, text as text; faulty lines are left out of it. */
export const toSvg = total((parsed) => {
  const { blocks } = checked(parsed, false);
  const whole = column(blocks);
  const [width, height] = [Math.ceil(whole.width + 16), Math.ceil(whole.height + 16)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif">` +
    `<title>网络结构</title><desc>${escape(describe(parsed))}</desc>${whole.draw(width / 2, 8)}</svg>`;
});

// PyTorch's print(model) → the language

/** Indented lines → {name, type, inside: text between brackets, children}. */
function tree(printed) {
  const root = { children: [] };
  const stack = [root];
  printed.split(/\r\n|\r|\n/).forEach((text, i) => {
    const said = text.trim();
    if (!said) return;
    if (/^\)+$/.test(said)) {
      for (let closed = 0; closed < said.length; closed++) if (stack.length > 1) stack.pop();
      return;
    }
    const found = /^(?:\(([^)]*)\): )?(?:(\d+) x )?(\w+)\((.*)$/.exec(said);
    if (!found) impossible(`第 ${i + 1} 行看不懂：${said}`);
    const [, name = "", many = "1", type, rest] = found;
    const node = { name, many: Number(many), type, line: i + 1, inside: rest, children: [] };
    stack.at(-1).children.push(node);
    if (rest === "") stack.push(node);
    else if (!rest.endsWith(")")) impossible(`第 ${i + 1} 行没有写完：${said}`);
    else node.inside = rest.slice(0, -1);
  });
  return root.children;
}

/** "3, 64, kernel_size=(7, 7), bias=False" → {0: "3", 1: "64", kernel_size: "(7, 7)", bias: "False"} */
function values(inside) {
  const found = {};
  (inside.match(/(?:\w+=)?(?:\([^)]*\)|[^\s,()=]+)/g) ?? []).forEach((part, i) => {
    const [, key, value] = /^(?:(\w+)=)?(.*)$/.exec(part);
    found[key ?? i] = value;
  });
  return found;
}

const two = (text) => {
  const numbers = (text ?? "").match(/\d+/g)?.map(Number) ?? [];
  return numbers.length === 1 ? [numbers[0], numbers[0]] : numbers;
};

function one(text, usual, node, name) {
  if (text === undefined) return usual;
  const [a, b] = two(text);
  if (a === undefined || a !== b) impossible(`第 ${node.line} 行：${name}=${text} 在这个语言里写不出来。`);
  return a;
}

function poolWords(word, node) {
  const { kernel_size: kernel, stride, padding, ceil_mode: ceil, dilation } = values(node.inside);
  if (one(dilation, 1, node, "dilation") !== 1) impossible(`第 ${node.line} 行：池化的膨胀在这个语言里写不出来。`);
  const [k, s, p] = [two(kernel), stride, one(padding, 0, node, "padding")];
  const step = s === undefined || String(two(s)) === String(k) ? "" : ` s${one(s, 1, node, "stride")}`;
  return `${word} ${k.join("x")}${step}${p ? ` p${p}` : ""}${ceil === "True" ? " ceil" : ""}`;
}

const READERS = {
  Conv2d(node) {
    const found = values(node.inside);
    const [s, p, d, g] = [["stride", 1], ["padding", 0], ["dilation", 1], ["groups", 1]].map(([name, usual]) => one(found[name], usual, node, name));
    const extra = [s > 1 && `s${s}`, p > 0 && `p${p}`, d > 1 && `d${d}`, g > 1 && `g${g}`, found.bias === "False" && "nobias"].filter(Boolean);
    return [["conv", found[1], two(found.kernel_size).join("x"), ...extra].join(" ")];
  },
  Linear(node) {
    const { out_features: units, bias } = values(node.inside);
    return [`fc ${units}${bias === "False" ? " nobias" : ""}`];
  },
  MaxPool2d: (node) => [poolWords("maxpool", node)],
  AvgPool2d: (node) => [poolWords("avgpool", node)],
  AdaptiveAvgPool2d(node) {
    // Another size than 1 changes nothing where the picture has the size that the network was made for.
    return two(node.inside).every((side) => side === 1) ? ["gap"] : [];
  },
  Dropout: (node) => [`dropout ${values(node.inside).p ?? 0.5}`],
  BatchNorm2d: () => ["bn"], BatchNorm1d: () => ["bn"], ReLU: () => ["relu"], Tanh: () => ["tanh"], Sigmoid: () => ["sigmoid"],
  Flatten: () => ["flatten"], Identity: () => [], Unflatten: () => [],
};
READERS.Dropout2d = READERS.Dropout;

const child = (node, name) => node.children.find((one) => one.name === name);
const series = (node) => node.children.flatMap(read);

/** torchvision's BasicBlock and Bottleneck: conv1 bn1 relu conv2 bn2 (relu conv3 bn3), downsample beside it, relu after the sum. */
function residual(node) {
  const steps = ["1", "2", "3"].filter((i) => child(node, `conv${i}`)).map((i) => [...read(child(node, `conv${i}`)), ...read(child(node, `bn${i}`))]);
  const body = steps.flatMap((step, i) => (i ? ["relu", ...step] : step));
  const beside = child(node, "downsample");
  const shortcut = beside ? series(beside) : [];
  const projection = shortcut.length === 2 && /^conv (\d+) 1x1( s\d+)? nobias$/.exec(shortcut[0]);
  const right = projection ? [`proj ${projection[1]}${projection[2] ?? ""}`] : shortcut;
  return [`res { ${body.join("; ")}${right.length ? ` | ${right.join("; ")}` : ""} }`, "relu"];
}

function read(node) {
  const again = (lines) => (node.many > 1 ? [`x${node.many} {`, ...lines.map((text) => `  ${text}`), "}"] : lines);
  if (Object.hasOwn(READERS, node.type) && !node.children.length) return again(READERS[node.type](node));
  if (child(node, "conv1") && child(node, "bn1") && child(node, "conv2") && child(node, "relu")) return again(residual(node));
  if (node.type === "Sum" || node.type === "Join") {
    const arms = child(node, "arms").children.flatMap((arm) => {
      const inside = arm.type === "Sequential" ? series(arm) : read({ ...arm, many: 1 });
      return Array(arm.many).fill(inside.join("; "));
    });
    return again([`${node.type === "Sum" ? "res" : "branch"} { ${arms.join(" | ")} }`]);
  }
  if (!node.children.length) impossible(`第 ${node.line} 行：${node.type} 在这个语言里没有。`);
  return again(series(node));
}

const SIDES = [224, 32, 28, 227, 299, 256, 64, 128, 96, 8, 16, 48, ...Array.from({ length: 512 }, (_, i) => i + 1)];

/** Every Linear's in_features in the order of the print, to find the size of the picture by. */
function features(nodes) {
  return nodes.flatMap((node) => Array(node.many).fill(node.type === "Linear" ? [Number(values(node.inside).in_features)] : features(node.children)).flat());
}

/** Flatten before the first fc where the print does not have it: models often do it in `forward`. */
function withFlatten(lines) {
  const first = lines.findIndex((text) => text.startsWith("fc "));
  return first < 0 || lines.slice(0, first).includes("flatten") || !lines.slice(0, first).some((text) => !text.startsWith("dropout"))
    ? lines : [...lines.slice(0, first), "flatten", ...lines.slice(first)];
}

/**
 * What print(model) says → the language, `input` first. The print does not have the size of the picture: it is the usual one
 * that the fully connected layers fit. Known: nn.Sequential of the language's layers, torchvision's residual blocks, and toTorch's own.
 */
export const fromTorch = total((printed) => {
  if (typeof printed !== "string") impossible("要的是 print(model) 印出的文字。");
  const nodes = tree(printed);
  const lines = withFlatten(nodes.flatMap(read));
  if (!lines.length) impossible("没有认出一层网络。");
  const wanted = features(nodes);
  const body = lines.join("\n");
  if (wanted.length && !/2d\(/.test(printed)) return `input ${wanted[0]} 1 1\n${body}\n`;
  const channels = /(?:Conv|BatchNorm)2d\((\d+)/.exec(printed) ?? [null, 3];
  for (const side of SIDES) {
    const text = `input ${channels[1]} ${side} ${side}\n${body}\n`;
    const { layers, errors } = parse(text);
    const given = layers?.filter(({ type }) => type === "fc").map((layer) => layer.in[0]);
    if (errors?.length === 0 && String(given) === String(wanted)) return text;
  }
  const { errors } = parse(`input ${channels[1]} 224 224\n${body}\n`);
  impossible(errors?.length ? `读出来的网络接不上：${errors[0].message}` : `没有一种方形的图让全连接收到 ${wanted.join("、")} 个数。`);
});
