// What is parsed, as a program for PyTorch; and PyTorch's print(model) read back.

import { impossible, total } from "./input.mjs";
import { checked, NEEDS_MAP, parse } from "./network-language.mjs";

const OPTIONS = { s: ["stride", 1], p: ["padding", 0], d: ["dilation", 1], g: ["groups", 1] }; // letter → PyTorch's name, and what it is unsaid

/** A table of the modules that have no options, and the same name in both languages. */
const plain = (entry) => Object.fromEntries(["ReLU", "Tanh", "Sigmoid", "Flatten"].map(entry));

const pair = ([a, b]) => (a === b ? a : `(${a}, ${b})`);
const call = (name, ...given) => `nn.${name}(${given.filter((one) => one !== false).join(", ")})`;
const indented = (lines) => lines.map((text) => `    ${text}`);

/** The options of a layer that differ from what they are unsaid; a pool's stride, which is a pair, is not one of them. */
function named(spec) {
  return Object.entries(OPTIONS).filter(([letter, [, usual]]) => spec[letter] > usual).map(([letter, [name]]) => `${name}=${spec[letter]}`);
}

const pool = (name) => (_, spec) => {
  const [kernel, stride] = [pair(spec.kernel), pair(spec.s)];
  return call(name, kernel, stride !== kernel && `stride=${stride}`, ...named(spec), spec.ceil && "ceil_mode=True");
};

const MODULES = {
  conv: ({ in: [channels], out: [units] }, spec) => call("Conv2d", channels, units, pair(spec.kernel), ...named(spec), !spec.bias && "bias=False"),
  proj: (layer, spec) => call("Sequential", MODULES.conv(layer, spec), call("BatchNorm2d", layer.out[0])),
  maxpool: pool("MaxPool2d"), avgpool: pool("AvgPool2d"),
  fc: ({ in: [channels], out: [units] }, { bias }) => call("Linear", channels, units, !bias && "bias=False"),
  bn: ({ in: [channels] }, _, flat) => call(`BatchNorm${flat ? 1 : 2}d`, channels),
  dropout: (_, { share }) => call("Dropout", share),
  gap: () => call("AdaptiveAvgPool2d", 1),
  ...plain((type) => [type.toLowerCase(), () => call(type)]),
};

/** One block as lines of Python, each a module or a part of one. */
function modules({ kind, layer, spec, flat, arms, rounds }) {
  if (kind === "repeat") return rounds.flat().flatMap(modules);
  if (kind === "layer") {
    const { type } = layer;
    if (type === "input") return [];
    const lines = [];
    if (flat && NEEDS_MAP.includes(type)) lines.push(`nn.Unflatten(1, (${layer.in[0]}, 1, 1)),`);
    if (!flat && type === "fc") lines.push("nn.Flatten(),");
    return [...lines, `${MODULES[type](layer, spec, flat)},`];
  }
  const inside = arms.flatMap((arm) => {
    const lines = arm.blocks.flatMap(modules);
    if (flat && !arm.flat) lines.push("nn.Flatten(),");
    return lines.length ? ["nn.Sequential(", ...indented(lines), "),"] : ["nn.Identity(),"];
  });
  return [`${kind === "res" ? "Sum" : "Join"}(`, ...indented(inside), "),"];
}

const CLASSES = [["Sum", "added", "sum(arm(x) for arm in self.arms)"], ["Join", "joined along the channels", "torch.cat([arm(x) for arm in self.arms], 1)"]];

/** A Python program whose `model` has the same shapes and parameters. */
export const toTorch = total((parsed) => {
  const { blocks, layers } = checked(parsed);
  const model = indented(blocks.flatMap(modules)).join("\n");
  const classes = CLASSES.filter(([name]) => model.includes(`${name}(`)).map(([name, done, result]) => `

class ${name}(nn.Module):
    """Every arm sees the same input; their outputs are ${done}."""

    def __init__(self, *arms):
        super().__init__()
        self.arms = nn.ModuleList(arms)

    def forward(self, x):
        return ${result}
`);
  return `import torch
from torch import nn
${classes.join("")}${classes.length ? "\n" : ""}
model = nn.Sequential(
${model}
)

if __name__ == "__main__":
    model.eval()  # batch normalisation of a single picture
    print(model(torch.zeros(1, ${layers[0].in.join(", ")})).shape)
`;
});

// PyTorch's print(model) → the language

/** Indented lines → {name, many, type, line, inside: text between brackets, children}. */
function tree(printed) {
  const stack = [{ children: [] }];
  printed.split(/\r\n?|\n/).forEach((text, i) => {
    const said = text.trim();
    if (/^\)*$/.test(said)) {
      stack.splice(Math.max(stack.length - said.length, 1));
      return;
    }
    const found = /^(?:\(([^)]*)\): )?(?:(\d+) x )?(\w+)\((?:(.*)\))?$/.exec(said);
    if (!found) impossible(`第 ${i + 1} 行看不懂：${said}`);
    const [, name, many = 1, type, inside] = found;
    const node = { name, many: Number(many), type, line: i + 1, inside, children: [] };
    stack.at(-1).children.push(node);
    if (inside === undefined) stack.push(node);
  });
  return stack[0].children;
}

/** "3, 64, kernel_size=(7, 7), bias=False" → {0: "3", 1: "64", kernel_size: "(7, 7)", bias: "False"} */
function values({ inside = "" }) {
  const parts = inside.matchAll(/(?:(\w+)=)?(\([^)]*\)|[^\s,()=]+)/g);
  return Object.fromEntries([...parts].map(([, key, value], i) => [key ?? i, value]));
}

const two = (text = "") => {
  const numbers = (text.match(/\d+/g) ?? []).map(Number);
  return numbers.length === 1 ? [numbers[0], numbers[0]] : numbers;
};

function cannot({ line }, what) {
  impossible(`第 ${line} 行：${what} 在这个语言里写不出来。`);
}

/** The number of an option, which must be the same in both directions. */
function option(letter, found, node) {
  const [name, usual] = OPTIONS[letter];
  const text = found[name];
  if (text === undefined) return usual;
  const [a, b] = two(text);
  if (a === undefined || a !== b) cannot(node, `${name}=${text}`);
  return a;
}

const READERS = {
  Conv2d(node) {
    const found = values(node);
    const options = Object.entries(OPTIONS).map(([letter, [, usual]]) => {
      const value = option(letter, found, node);
      return value > usual ? ` ${letter}${value}` : "";
    });
    return `conv ${found[1] ?? ""} ${two(found.kernel_size).join("x")}${options.join("")}${found.bias === "False" ? " nobias" : ""}`;
  },
  Linear(node) {
    const { out_features: units, bias } = values(node);
    return `fc ${units}${bias === "False" ? " nobias" : ""}`;
  },
  MaxPool2d: pooled("maxpool"), AvgPool2d: pooled("avgpool"),
  // Another size than 1 changes nothing where the picture has the size that the network was made for.
  AdaptiveAvgPool2d: ({ inside }) => (two(inside).every((side) => side === 1) ? "gap" : ""),
  Dropout: (node) => `dropout ${values(node).p ?? 0.5}`,
  BatchNorm2d: () => "bn", BatchNorm1d: () => "bn", Identity: () => "", Unflatten: () => "",
  ...plain((type) => [type, () => type.toLowerCase()]),
};
READERS.Dropout2d = READERS.Dropout;

function pooled(word) {
  return (node) => {
    const found = values(node);
    const kernel = two(found.kernel_size);
    if (option("d", found, node) !== 1) cannot(node, `dilation=${found.dilation}`);
    const p = option("p", found, node);
    const asKernel = !found.stride || String(two(found.stride)) === String(kernel);
    return `${word} ${kernel.join("x")}${asKernel ? "" : ` s${option("s", found, node)}`}${p ? ` p${p}` : ""}${found.ceil_mode === "True" ? " ceil" : ""}`;
  };
}

const child = (node, name) => node.children.find((one) => one.name === name);
const series = (nodes) => nodes.flatMap(read);

/** torchvision's BasicBlock and Bottleneck: conv1 bn1 relu conv2 bn2 (relu conv3 bn3), downsample beside it, relu after the sum. */
function residual(node) {
  const steps = [1, 2, 3].filter((i) => child(node, `conv${i}`));
  const body = steps.flatMap((i) => [...(i > 1 ? ["relu"] : []), ...series([child(node, `conv${i}`), child(node, `bn${i}`)])]);
  const beside = series(child(node, "downsample")?.children ?? []).join("; ").replace(/^conv (\d+) 1x1( s\d+)? nobias; bn$/, "proj $1$2");
  return [`res { ${body.join("; ")}${beside && ` | ${beside}`} }`, "relu"];
}

function linesOf(node) {
  const { type, children } = node;
  if (!children.length) {
    if (!Object.hasOwn(READERS, type)) cannot(node, type);
    return [READERS[type](node)].filter(Boolean);
  }
  if (["conv1", "bn1", "conv2", "relu"].every((name) => child(node, name))) return residual(node);
  if (type !== "Sum" && type !== "Join") return series(children);
  const arms = child(node, "arms").children.flatMap((arm) => Array(arm.many).fill((arm.type === "Sequential" ? series(arm.children) : linesOf(arm)).join("; ")));
  return [`${type === "Sum" ? "res" : "branch"} { ${arms.join(" | ")} }`];
}

function read(node) {
  const lines = linesOf(node);
  return node.many > 1 ? [`x${node.many} {`, ...lines.map((text) => `  ${text}`), "}"] : lines;
}

const SIDES = [224, 32, 28, 227, 299, 256, 64, 128, 96, 8, 16, 48, ...Array.from({ length: 512 }, (_, i) => i + 1)];

/** Every Linear's in_features in the order of the print, to find the size of the picture by. */
function features(nodes) {
  return nodes.flatMap((node) => Array(node.many).fill(node.type === "Linear" ? [Number(values(node).in_features)] : features(node.children)).flat());
}

/** Flatten before the first fc where the print does not have it: models often do it in `forward`. */
function withFlatten(lines) {
  const first = lines.findIndex((text) => text.startsWith("fc "));
  const before = lines.slice(0, first);
  if (first < 0 || before.includes("flatten") || before.every((text) => text.startsWith("dropout"))) return lines;
  return [...before, "flatten", ...lines.slice(first)];
}

/**
 * What print(model) says → the language, `input` first. The print does not have the size of the picture: it is the usual one
 * that the fully connected layers fit. Known: nn.Sequential of the language's layers, torchvision's residual blocks, and toTorch's own.
 */
export const fromTorch = total((printed) => {
  const nodes = tree(printed);
  const body = withFlatten(series(nodes)).join("\n");
  if (!body) impossible("没有认出一层网络。");
  const wanted = features(nodes);
  if (wanted.length && !/2d\(/.test(printed)) return `input ${wanted[0]} 1 1\n${body}\n`;
  const [, channels = 3] = /(?:Conv|BatchNorm)2d\((\d+)/.exec(printed) ?? [];
  const whole = (side) => `input ${channels} ${side} ${side}\n${body}\n`;
  for (const side of SIDES) {
    const { layers, errors } = parse(whole(side));
    const given = layers?.filter(({ type }) => type === "fc").map((layer) => layer.in[0]);
    if (errors?.length === 0 && String(given) === String(wanted)) return whole(side);
  }
  const [fault] = parse(whole(224)).errors;
  impossible(fault ? `读出来的网络接不上：${fault.message}` : `没有一种方形的图让全连接收到 ${wanted.join("、")} 个数。`);
});
