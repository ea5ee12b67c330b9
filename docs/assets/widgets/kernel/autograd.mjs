// Run a small program of tensors step by step, with PyTorch's own output and error text (2.13.0).
// python.mjs reads the program, tensor.mjs holds the values and the graph; here statements run and things are printed.

import { impossible, LARGEST, record, total, whole } from "./input.mjs";
import { parsePython } from "./python.mjs";
import {
  assignItem, BOOL, carry, compare, count, detached, DOUBLE, FLOAT, floating, inPlace, LONG, OPS, raise, Raised, recorded, seed, shortName, sizes, Tensor, World, wrapped,
} from "./tensor.mjs";

const DTYPES = { float32: FLOAT, float64: DOUBLE, int64: LONG, bool: BOOL };

/** What stands behind a name that is no value: torch, a context, a dtype, a function. */
class Thing {
  constructor(kind, fields = {}) {
    Object.assign(this, { kind }, fields);
  }
}

class Tuple {
  constructor(items) {
    this.items = items;
  }
}

const isNumber = (value) => typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
const items = (value) => (value instanceof Tuple ? value.items : Array.isArray(value) ? value : null);

// Printing, as Python and PyTorch do it

/** The digits of a fixed format with ties to even, as Python rounds; JavaScript rounds them up. */
function fixed(value, digits) {
  if (Object.is(value, -0)) return `-${(0).toFixed(digits)}`;
  const scaled = Math.abs(value) * 10 ** digits;
  const tie = scaled % 1 === 0.5 && scaled < 2 ** 50 && scaled / 10 ** digits === Math.abs(value);
  if (!tie || Math.floor(scaled) % 2) return value.toFixed(digits);
  return `${value < 0 ? "-" : ""}${(Math.floor(scaled) / 10 ** digits).toFixed(digits)}`;
}

function scientific(value, digits) {
  if (Object.is(value, -0)) return `-${scientific(0, digits)}`;
  return value.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");
}

const odd = (value) => (Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf");

/** repr of a Python float. */
function floatText(value) {
  if (!Number.isFinite(value)) return odd(value);
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  if (size >= 1e16 || size < 1e-4) {
    const [digits, exponent] = value.toExponential().split("e");
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** How each number of a tensor is written, all of one width: torch/_tensor_str.py. */
function formatter({ values, dtype }) {
  if (!floating(dtype)) {
    const texts = values.map((value) => (dtype === BOOL ? (value ? "True" : "False") : String(value)));
    return texts.map((text) => text.padStart(Math.max(...texts.map((one) => one.length))));
  }
  const finite = values.filter((value) => Number.isFinite(value) && value !== 0);
  const magnitudes = finite.map(Math.abs);
  const whole = finite.every(Number.isInteger);
  const [most, least] = [Math.max(...magnitudes), Math.min(...magnitudes)];
  const powers = finite.length > 0 && (most / least > 1000 || most > 1e8 || least < 1e-4);
  const written = (value, bare) => {
    if (!Number.isFinite(value)) return odd(value);
    if (powers) return scientific(value, 4);
    if (whole) return `${Object.is(value, -0) ? "-0" : value.toFixed(0)}${bare ? "" : "."}`;
    return fixed(value, 4);
  };
  const width = Math.max(1, ...finite.map((value) => written(value, true).length + (whole && !powers ? 1 : 0)));
  return values.map((value) => written(value).padStart(width));
}

/** Rows one below the other, `margin` from the left. */
function nested(texts, margin) {
  if (!Array.isArray(texts)) return texts;
  return `[${texts.map((one) => nested(one)).join(Array.isArray(texts[0]) ? `,\n${" ".repeat(margin)}` : ", ")}]`;
}

function tensorText(tensor) {
  const suffix = [];
  if (tensor.dtype === DOUBLE) suffix.push("dtype=torch.float64");
  if (tensor.node) suffix.push(`grad_fn=<${tensor.node.name}>`);
  else if (tensor.requiresGrad) suffix.push("requires_grad=True");
  return `tensor(${[nested(listOf(formatter(tensor), tensor.shape), 8), ...suffix].join(", ")})`;
}

function text(value, inside = false) {
  if (value === null) return "None";
  if (value === true || value === false) return value ? "True" : "False";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return floatText(value);
  if (typeof value === "string") return inside ? `'${value}'` : value;
  if (value instanceof Tensor) return tensorText(value);
  if (Array.isArray(value)) return `[${value.map((one) => text(one, true)).join(", ")}]`;
  if (value instanceof Tuple) {
    const parts = value.items.map((one) => text(one, true));
    return value.isSize ? `torch.Size([${parts.join(", ")}])` : `(${parts.join(", ")}${parts.length === 1 ? "," : ""})`;
  }
  return impossible("这里印不出这个东西。");
}

// Functions of torch and methods of tensors

const METHODS = ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs", "neg", "clone", "mean", "norm"];
const ARITHMETIC = { "+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow" };
const TESTS = { "<": (x, y) => x < y, ">": (x, y) => x > y, "<=": (x, y) => x <= y, ">=": (x, y) => x >= y, "==": (x, y) => x === y, "!=": (x, y) => x !== y };
const IN_PLACE = [...Object.values(ARITHMETIC), ...METHODS.filter((name) => !["clone", "mean", "norm"].includes(name))];

function sizeOf(tensor) {
  const size = new Tuple(tensor.shape.map(BigInt));
  size.isSize = true;
  return size;
}

function integer(value) {
  if (typeof value === "bigint") return Number(value);
  return impossible("这里要一个整数。");
}

function tensorOf(value, name) {
  if (!(value instanceof Tensor)) impossible(`${name} 要一个张量。`);
  return value;
}

/** What `with` turns on and off. */
const CONTEXTS = { "torch.no_grad": { recording: false }, "torch.inference_mode": { recording: false, inference: true }, "warnings.catch_warnings": {} };

class Machine {
  constructor(limit) {
    this.world = new World();
    this.limit = limit;
    this.steps = [];
    this.output = "";
    const known = [["module", "torch"], ["module", "warnings"], ...["print", "range"].map((name) => ["builtin", name])];
    this.names = new Map([["None", null], ["True", true], ["False", false], ...known.map(([kind, name]) => [name, new Thing(kind, { path: name })])]);
  }

  // Statements

  run(statements) {
    for (const statement of statements) this.statement(statement);
  }

  statement(statement) {
    if (statement.kind === "with") return this.within(statement);
    if (statement.kind === "for") return this.loop(statement);
    this.limit -= 1;
    if (this.limit < 0) impossible("程序太长，停在这里。");
    this.world.passes = [];
    if (statement.kind === "expression") this.value(statement.value);
    else if (statement.kind === "assign") {
      const value = this.value(statement.value);
      statement.targets.forEach((target) => this.assign(target, value));
    } else if (statement.kind === "augment") this.augment(statement);
    return this.keepStep(statement.line);
  }

  within({ items: contexts, body }) {
    const before = { ...this.world };
    for (const { of, as } of contexts) {
      const context = this.value(of);
      if (!(context instanceof Thing) || context.kind !== "context") impossible("with 后面要 torch.no_grad()、torch.inference_mode() 这样的写法。");
      Object.assign(this.world, context.modes);
      if (as) this.names.set(as, new Thing("module", { path: "warnings" }));
    }
    try {
      this.run(body);
    } finally {
      for (const mode of ["recording", "inference", "anomaly"]) this.world[mode] = before[mode];
    }
  }

  loop({ target, over, body }) {
    const all = items(this.value(over));
    if (!all) impossible("for 里要 range(3) 或一个列表。");
    for (const one of all) {
      this.assign(target, one);
      this.run(body);
    }
  }

  assign(target, value) {
    if (target.kind === "name") return this.names.set(target.name, value);
    if (target.kind === "tuple" || target.kind === "list") {
      const parts = items(value);
      if (!parts || parts.length !== target.items.length) impossible("等号两边的个数不一样。");
      return target.items.forEach((one, i) => this.assign(one, parts[i]));
    }
    if (target.kind === "item") {
      const of = this.value(target.of);
      return assignItem(tensorOf(of, "[ ] 左边"), this.indices(target.index), value);
    }
    if (target.kind === "attribute") return this.setAttribute(tensorOf(this.value(target.of), "等号左边"), target.name, value);
    return impossible("等号左边不能这样写。");
  }

  setAttribute(tensor, name, value) {
    if (name === "grad") {
      if (value !== null && sizes(tensorOf(value, ".grad").shape) !== sizes(tensor.shape)) {
        raise(`attempting to assign a gradient of size '${sizes(value.shape)}' to a tensor of size '${sizes(tensor.shape)}'. Please ensure that the gradient and the tensor are the same size`);
      }
      tensor.grad = value;
    } else if (name === "data") {
      inPlaceHidden(tensor, tensorOf(value, ".data"));
    } else if (name === "requires_grad") this.requireGrad(tensor, value);
    else impossible(`这里不能给 .${name} 赋值。`);
  }

  augment({ operator, target, value: node }) {
    const old = this.value(target);
    const other = this.value(node);
    const name = ARITHMETIC[operator];
    if (old instanceof Tensor) {
      if (!name) impossible(`这里没有 ${operator}=。`);
      inPlace(old, (one) => OPS[name](one, other));
      if (target.kind === "item") return; // a view: its memory is the tensor's
    } else this.assign(target, this.binary(operator, old, other));
  }

  // Expressions

  value(node) {
    switch (node.kind) {
      case "constant": return node.value;
      case "name": return this.named(node.name);
      case "tuple": return new Tuple(node.items.map((one) => this.value(one)));
      case "list": return node.items.map((one) => this.value(one));
      case "minus": return this.minus(this.value(node.of));
      case "binary": return this.binary(node.operator, this.value(node.left), this.value(node.right));
      case "item": return this.item(this.value(node.of), node.index);
      case "attribute": return this.attribute(this.value(node.of), node.name);
      case "call": return this.call(node);
      case "joined": return node.parts.map((part) => text(this.value(part))).join("");
      case "format": return this.format(this.value(node.of), node.format);
      default: return impossible("这个写法这里没有。");
    }
  }

  named(name) {
    return this.names.has(name) ? this.names.get(name) : raise(`name '${name}' is not defined`, "NameError");
  }

  format(value, format) {
    if (!format) return text(value);
    const digits = /^\.(\d+)f$/.exec(format);
    const number = value instanceof Tensor && value.places.length === 1 ? value.values[0] : value;
    if (!digits || !isNumber(number)) impossible(`格式 ${format} 这里没有，可以写 .4f。`);
    return fixed(Number(number), Number(digits[1]));
  }

  minus(value) {
    if (value instanceof Tensor) return OPS.neg(value);
    if (typeof value === "boolean") return -BigInt(value);
    if (!isNumber(value)) impossible("负号后面要一个数或张量。");
    return -value;
  }

  binary(operator, a, b) {
    if (a instanceof Tensor || b instanceof Tensor) return this.tensors(operator, a, b);
    if (!isNumber(a) || !isNumber(b)) return impossible(`${operator} 的两边要是数或张量。`);
    return numbers(operator, a, b);
  }

  tensors(operator, a, b) {
    if (operator in TESTS) return compare(a, b, TESTS[operator]);
    if (operator === "@") return OPS.matmul(tensorOf(a, "@ 左边"), tensorOf(b, "@ 右边"));
    const name = ARITHMETIC[operator];
    if (!name) return impossible(`张量之间没有 ${operator}。`);
    if (name === "div" && !(a instanceof Tensor)) return OPS.mul(reciprocal(b), a);
    return OPS[name](a, b);
  }

  indices(node) {
    const index = this.value(node);
    return (index instanceof Tuple ? index.items : [index]).map(integer);
  }

  item(of, index) {
    if (of instanceof Tensor) return OPS.select(of, this.indices(index));
    const all = items(of);
    if (!all) impossible("[ ] 左边要是张量或列表。");
    const at = integer(this.value(index));
    if (at >= all.length || at < -all.length) raise(`${of instanceof Tuple ? "tuple" : "list"} index out of range`, "IndexError");
    return all.at(at);
  }

  attribute(of, name) {
    if (of instanceof Tensor) return this.tensorAttribute(of, name);
    if (of.path === "torch" && name in DTYPES) return new Thing("dtype", { dtype: DTYPES[name] });
    if (of instanceof Thing) return new Thing("member", { of, name, path: `${of.path}.${name}` });
    return impossible(`这里没有 .${name}。`);
  }

  tensorAttribute(tensor, name) {
    switch (name) {
      case "grad": return tensor.grad;
      case "data": return detached(tensor, true);
      case "requires_grad": return tensor.requiresGrad;
      case "is_leaf": return tensor.leaf;
      case "shape": return sizeOf(tensor);
      case "_version": return BigInt(tensor.version.count);
      case "T": return OPS.t(tensor, "PermuteBackward0");
      case "grad_fn": return tensor.node ? new Thing("node", { node: tensor.node }) : null;
      default: return new Thing("method", { tensor, name });
    }
  }

  // Calls

  call(node) {
    if (node.of.kind === "name" && !this.names.has(node.of.name)) impossible(`这个小语言里没有 ${node.of.name}。`); // Python may have it: no NameError
    const called = this.value(node.of);
    if (!(called instanceof Thing)) impossible("这个东西不能调用。");
    const args = node.args.map((one) => this.value(one));
    const named = Object.fromEntries(Object.entries(node.named).map(([key, one]) => [key, this.value(one)]));
    if (called.kind === "builtin") return this.builtin(called.path, args);
    if (called.kind === "method") return this.method(called.tensor, called.name, args, named);
    if (called.kind === "member") return this.member(called.path, args, named, called);
    return impossible("这个东西不能调用。");
  }

  builtin(name, args) {
    if (name === "print") {
      this.output += `${args.map((one) => text(one)).join(" ")}\n`;
      return null;
    }
    const [from, to] = args.length > 1 ? args.map(integer) : [0, integer(args[0])];
    if (to - from > 1000) impossible("循环最多 1000 次。");
    return Array.from({ length: Math.max(to - from, 0) }, (_, i) => BigInt(from + i));
  }

  member(name, args, named, called) {
    const { world } = this;
    if (called.of.kind === "optimizer") return this.optimizer(called.of, called.name, named);
    if (name in CONTEXTS) return new Thing("context", { modes: CONTEXTS[name] });
    switch (name) {
      case "torch.tensor": return this.tensor(args[0], named);
      case "torch.ones": case "torch.zeros": return this.filled(args, named, name.endsWith("ones") ? 1 : 0);
      case "torch.ones_like": case "torch.zeros_like": return this.filled([sizeOf(args[0])], { dtype: new Thing("dtype", { dtype: args[0].dtype }), ...named }, name.includes("ones") ? 1 : 0);
      case "torch.stack": return OPS.stack((items(args[0]) ?? impossible("stack 要一个列表。")).map((one) => tensorOf(one, "stack")));
      case "torch.where": return OPS.where(tensorOf(args[0], "where"), args[1], args[2]);
      case "torch.autograd.detect_anomaly": case "torch.autograd.set_detect_anomaly": return new Thing("context", { modes: { anomaly: args[0] ?? true } });
      case "torch.autograd.grad": return this.grad(args, named);
      case "torch.optim.SGD": return this.sgd(args, named);
      case "warnings.simplefilter": return null;
      default: {
        const method = /^torch\.(\w+)$/.exec(name)?.[1];
        if (method && args[0] instanceof Tensor && [...METHODS, "sum", ...Object.values(ARITHMETIC)].includes(method)) return this.method(args[0], method, args.slice(1), named);
        return impossible(`这个小语言里没有 ${name}。`);
      }
    }
  }

  method(tensor, name, args, named) {
    if (METHODS.includes(name)) return OPS[name](tensor);
    if (Object.values(ARITHMETIC).includes(name)) return OPS[name](tensor, args[0]);
    if (name.endsWith("_") && IN_PLACE.includes(name.slice(0, -1))) return inPlace(tensor, (old) => OPS[name.slice(0, -1)](old, ...args));
    switch (name) {
      case "sum": return this.summed(tensor, args[0] ?? named.dim, named.keepdim ?? false);
      case "zero_": return inPlace(tensor, OPS.zero);
      case "item": return scalar(tensor);
      case "tolist": return listOf(tensor.values, tensor.shape, inPython(tensor));
      case "numpy": return tensor.requiresGrad ? raise("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.") : impossible("这里没有 NumPy。");
      case "detach": return detached(tensor);
      case "requires_grad_": return this.requireGrad(tensor, args[0] ?? true);
      case "retain_grad": return this.retainGrad(tensor);
      case "backward": return this.backward(tensor, args, named);
      case "to": return OPS.cast(tensor, args[0]?.dtype ?? named.dtype?.dtype ?? impossible(".to 要一个类型，例如 torch.float64。"));
      default: return impossible(`这个小语言里，张量没有 ${name}。`);
    }
  }

  summed(tensor, dim, keep) {
    return OPS.sum(tensor, dim === undefined ? undefined : integer(dim), keep);
  }

  tensor(value, { dtype, requires_grad: requires = false }) {
    if (value instanceof Tensor) return this.tensor(listOf(value.values, value.shape, inPython(value)), { dtype: dtype ?? new Thing("dtype", { dtype: value.dtype }), requires_grad: requires });
    const shape = [];
    for (let at = value; items(at); [at] = items(at)) shape.push(items(at).length);
    const collect = (one, depth) => {
      const inside = items(one);
      if (!inside) return depth === shape.length && isNumber(one) ? [one] : impossible("torch.tensor 里要是数，各行一样长。");
      if (inside.length !== shape[depth]) raise(`expected sequence of length ${shape[depth]} at dim ${depth} (got ${inside.length})`, "ValueError");
      return inside.flatMap((part) => collect(part, depth + 1));
    };
    const values = collect(value, 0);
    const own = values.some((one) => typeof one === "number") || !values.length ? FLOAT : values.every((one) => typeof one === "boolean") ? BOOL : LONG;
    const made = new Tensor(this.world, values.map(Number), shape, dtype?.dtype ?? own);
    return this.factory(made, requires);
  }

  factory(made, requires) {
    if (!requires) return made;
    if (!floating(made.dtype)) raise("Only Tensors of floating point and complex dtype can require gradients");
    made.requiresGrad = true;
    return made;
  }

  filled(args, { dtype, requires_grad: requires = false }, value) {
    const shape = shapeOf(args);
    return this.factory(new Tensor(this.world, new Array(count(shape)).fill(value), shape, dtype?.dtype ?? FLOAT), requires);
  }

  requireGrad(tensor, on) {
    if (on && tensor.inference && !this.world.inference) raise("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
    if (!on && !tensor.leaf) raise("you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().");
    if (on && !floating(tensor.dtype)) raise("only Tensors of floating point dtype can require gradients");
    tensor.requiresGrad = on;
    return tensor;
  }

  retainGrad(tensor) {
    if (!tensor.requiresGrad) raise("can't retain_grad on Tensor that has requires_grad=False");
    tensor.keepsGrad = !tensor.leaf;
    return null;
  }

  backward(tensor, args, { gradient = args[0] ?? null, create_graph: create = args[2] ?? false, retain_graph: retain = args[1] ?? null }) {
    carry(tensor, seed(tensorOf(tensor, "backward"), gradient), { retain: retain ?? create, create });
    return null;
  }

  grad([outputs, inputs, given], { grad_outputs: vectors = given ?? null, retain_graph: retain = null, create_graph: create = false, allow_unused: allow = null, materialize_grads: zeros = false }) {
    const [root] = items(outputs) ?? [outputs];
    const wanted = items(inputs) ?? [inputs];
    if ((items(outputs)?.length ?? 1) !== 1) impossible("这里一次只对一个输出求导。");
    const vector = items(vectors)?.[0] ?? vectors;
    const v = seed(tensorOf(root, "grad"), vector);
    wanted.forEach((one) => tensorOf(one, "grad").requiresGrad || raise("One of the differentiated Tensors does not require grad"));
    const found = carry(root, v, { retain: retain ?? create, create, wanted });
    return new Tuple(wanted.map((one, i) => {
      const gradient = found.get(one.node ?? one);
      if (gradient) return gradient;
      if (zeros) return one.like(0);
      return allow ? null : raise(`The differentiated Tensor at index ${i} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.`);
    }));
  }

  sgd([parameters], { lr = 0.001 }) {
    const all = (items(parameters) ?? impossible("SGD 要一个列表。")).map((one) => tensorOf(one, "SGD"));
    if (all.some((one) => !one.leaf)) raise("can't optimize a non-leaf Tensor", "ValueError");
    return new Thing("optimizer", { parameters: all, rate: Number(lr) });
  }

  optimizer({ parameters, rate }, name, { set_to_none: none = true }) {
    for (const parameter of parameters) {
      if (!parameter.grad) continue;
      if (name === "zero_grad") parameter.grad = none ? null : parameter.like(0);
      else if (name === "step") recorded(this.world, false, () => inPlace(parameter, (old) => OPS.sub(old, OPS.mul(parameter.grad, rate))));
      else impossible(`优化器没有 ${name}。`);
    }
    return null;
  }

  // What a step looked like

  keepStep(line) {
    const known = new Map([...this.names].filter(([, value]) => value instanceof Tensor).map(([name, value]) => [value, name]));
    const shown = new Set(known.keys());
    for (const { node } of shown) node?.inputs.forEach(({ tensor }) => shown.add(tensor)); // those added are gone through, too
    const written = (tensor) => tensor && listOf(tensor.values.map(plain), tensor.shape);
    const nodes = [...shown].sort((a, b) => a.id - b.id).map((tensor) => ({
      id: tensor.id, op: tensor.node ? shortName(tensor.node) : "leaf", value: written(tensor),
      saved: (tensor.node?.saved ?? []).map((saved) => ({
        name: saved.what, id: saved.tensor.id, value: written(saved.tensor), version: saved.version, now: saved.tensor.version.count, freed: saved.freed,
      })),
      version: tensor.version.count, grad: written(tensor.grad) ?? null, name: known.get(tensor) ?? "", requiresGrad: tensor.requiresGrad,
      inputs: (tensor.node?.inputs ?? []).map((edge) => edge.tensor.id), number: tensor.number === true,
    }));
    const passes = this.world.passes.map((pass) => ({ ...pass, v: pass.v.map(plain) }));
    this.steps.push({ line, nodes, passes, output: this.output });
  }
}

const plain = (value) => (Number.isFinite(value) ? value : odd(value));

function scalar(tensor) {
  if (tensor.places.length !== 1) raise(`a Tensor with ${tensor.places.length} elements cannot be converted to Scalar`);
  return listOf(tensor.values, [], inPython(tensor));
}

/** Values as lists within lists; `leaf` makes of each what it is in Python. */
function listOf(values, shape, leaf = (value) => value) {
  if (!shape.length) return leaf(values[0]);
  const size = values.length / shape[0] || 0;
  return Array.from({ length: shape[0] }, (_, i) => listOf(values.slice(i * size, (i + 1) * size), shape.slice(1), leaf));
}

const inPython = ({ dtype }) => (value) => (dtype === LONG ? BigInt(value) : dtype === BOOL ? value === 1 : value);

function shapeOf(args) {
  const sides = (items(args[0]) ?? args).map(integer);
  sides.forEach((side) => side < 0 && impossible("边长不能是负数。"));
  return sides;
}

function reciprocal(tensor) {
  const one = OPS.pow(tensor, -1n);
  if (one.node) one.node.name = "ReciprocalBackward0";
  return one;
}

/** tensor.data = other: the values change and nothing notices. */
function inPlaceHidden(tensor, other) {
  if (sizes(other.shape) !== sizes(tensor.shape)) impossible(".data 要换成一样大的张量。");
  tensor.write(other.values);
}

function numbers(operator, a, b) {
  const real = typeof a === "number" || typeof b === "number" || operator === "/";
  const [x, y] = real ? [Number(a), Number(b)] : [BigInt(a), BigInt(b)];
  const zero = y === 0 || y === 0n;
  if (zero && operator === "/") raise("division by zero", "ZeroDivisionError");
  switch (operator) {
    case "+": return x + y;
    case "-": return x - y;
    case "*": return x * y;
    case "/": return x / y;
    case "**": return real || y < 0n ? Number(x) ** Number(y) : y > 1000n ? impossible("指数太大。") : x ** y;
    default: return (TESTS[operator] ?? impossible(`数之间没有 ${operator}。`))(x, y);
  }
}

/**
 * A program → {steps, output, error}: after each statement {line, nodes, passes, output} with every tensor that has a name or that one
 * is made from, {id, op, value, saved, version, grad, …}; what print wrote; and the last line that Python prints where it
 * stops, or null. `passes` is what the last backward carried: {id, op, v}. inf and nan are written as words. Options: {limit}, statements at most.
 * A program outside of the small language is impossible input.
 */
export const run = total((program, options = {}) => {
  if (typeof program !== "string") impossible("程序要写成一段文字。");
  if (program.length > LARGEST) impossible(`程序最长 ${LARGEST} 个字符。`);
  const { limit = 1000 } = record(options, "选项");
  whole(limit, "limit", 1);
  const machine = new Machine(limit);
  const statements = parsePython(program);
  let error = null;
  try {
    machine.run(statements);
  } catch (problem) {
    if (!(problem instanceof Raised)) throw problem;
    error = problem.text;
  }
  return { steps: machine.steps, output: machine.output, error };
});
