// What is parsed, as a program for PyTorch; and PyTorch's print(model) read back.

import { impossible, total } from "./input.mjs";
import { checked, parse } from "./network-language.mjs";

const pair = ([a, b]) => (a === b ? String(a) : `(${a}, ${b})`);
const python = (name, fixed, named) => `nn.${name}(${[...fixed, ...named.map(([key, value]) => `${key}=${value}`)].join(", ")})`;
const unless = (name, value, usual) => (value === usual ? [] : [[name, value]]);

const pooling = (name) => (_, { kernel, s, p, ceil }) => python(name, [pair(kernel)], [...unless("stride", pair(s), pair(kernel)), ...unless("padding", p, 0), ...(ceil ? [["ceil_mode", "True"]] : [])]);

const MODULES = {
  conv: ({ in: [channels], out: [units] }, { kernel, s, p, d, g, bias }) => python("Conv2d", [channels, units, pair(kernel)], [
    ...unless("stride", s, 1), ...unless("padding", p, 0), ...unless("dilation", d, 1), ...unless("groups", g, 1), ...(bias ? [] : [["bias", "False"]]),
  ]),
  proj: ({ in: [channels], out: [units] }, { s }) => `nn.Sequential(${python("Conv2d", [channels, units, 1], [...unless("stride", s, 1), ["bias", "False"]])}, nn.BatchNorm2d(${units}))`,
  maxpool: pooling("MaxPool2d"), avgpool: pooling("AvgPool2d"),
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
