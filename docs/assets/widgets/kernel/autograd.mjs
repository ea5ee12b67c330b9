// Run a small program of tensors step by step, with PyTorch's own output and error text (2.13.0).
// python.mjs reads the program, tensor.mjs holds the values and the graph; here statements run and things are printed.
// Values of Python are JavaScript's: None is null, an int is a bigint, a function takes (args, named), a module is an object of what it holds.

import { impossible, LARGEST, record, total, whole } from "./input.mjs";
import { parsePython } from "./python.mjs";
import {
  assignItem, BOOL, carry, cast, compare, detached, DOUBLE, during, filled, FLOAT, floating, higher, inPlace, isNumber, LONG, newWorld, OPS, raise, Raised, seed, shortName, Tensor, typeOf, UNARY,
} from "./tensor.mjs";

class Tuple extends Array {}
class Size extends Tuple {}

const CONSTANTS = { None: null, True: true, False: false };
const listed = (value) => (Array.isArray(value) ? value : impossible("这里要一个列表。"));
const tensorOf = (value) => (value instanceof Tensor ? value : impossible("这里要一个张量。"));
const integer = (value) => (typeof value === "bigint" ? Number(value) : impossible("这里要一个整数。"));
/** What stands under a name. */
const find = (table, name) => (Object.hasOwn(table, name) ? table[name] : impossible(`这个小语言里没有 ${name}。`));

// Printing, as Python and PyTorch do it

/** A number: its sign, which −0 has too, and what `write` makes of its size. */
function signed(value, write) {
  const size = Math.abs(value);
  const digits = Number.isNaN(value) ? "nan" : size === Infinity ? "inf" : write(size);
  return value < 0 || Object.is(value, -0) ? `-${digits}` : digits;
}

/** A fixed format with ties to even, as Python rounds; JavaScript rounds them up. */
function fixed(size, digits) {
  const text = size.toFixed(digits);
  const tie = (size * 2 ** (digits + 1)) % 2 === 1;
  return tie && text.at(-1) % 2 ? (size * (1 - Number.EPSILON)).toFixed(digits) : text;
}

const scientific = (size, digits) => size.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");

/** repr of a Python float. */
function floatText(size) {
  if (size && (size >= 1e16 || size < 1e-4)) return scientific(size);
  return Number.isInteger(size) ? `${size}.0` : String(size);
}

/** How each number of a tensor is written, all of one width: torch/_tensor_str.py. */
function numberTexts({ values, dtype }) {
  const real = floating(dtype);
  const counts = (value) => !real || (Number.isFinite(value) && value !== 0);
  const counted = values.filter(counts);
  const [most, least] = [Math.max, Math.min].map((extreme) => extreme(...counted.map(Math.abs)));
  const write = most / least > 1000 || most > 1e8 || least < 1e-4 ? (size) => scientific(size, 4)
    : counted.every(Number.isInteger) ? (size) => `${size}.` : (size) => fixed(size, 4);
  const texts = values.map(real ? (value) => signed(value, write) : (value) => text(inPython(dtype)(value)));
  const width = Math.max(...texts.filter((_, i) => counts(values[i])).map((one) => one.length));
  return texts.map((one) => one.padStart(width));
}

/** Rows one below the other, as far from the left as `tensor([` is long. */
function nested(texts) {
  if (!Array.isArray(texts)) return texts;
  return `[${texts.map(nested).join(Array.isArray(texts[0]) ? ",\n        " : ", ")}]`;
}

function tensorText(tensor) {
  const parts = [nested(listOf(numberTexts(tensor), tensor.shape))];
  if (tensor.dtype === DOUBLE) parts.push("dtype=torch.float64");
  if (tensor.node) parts.push(`grad_fn=<${tensor.node.name}>`);
  else if (tensor.requiresGrad) parts.push("requires_grad=True");
  return `tensor(${parts.join(", ")})`;
}

function text(value) {
  if (typeof value === "number") return signed(value, floatText);
  if (["bigint", "string"].includes(typeof value)) return String(value);
  if (value instanceof Tensor) return tensorText(value);
  if (!Array.isArray(value)) return Object.keys(CONSTANTS).find((name) => CONSTANTS[name] === value) ?? impossible("这里印不出这个东西。");
  const parts = value.map((one) => (typeof one === "string" ? `'${one}'` : text(one))).join(", ");
  if (value instanceof Size) return `torch.Size([${parts}])`;
  return value instanceof Tuple ? `(${parts}${value.length === 1 ? "," : ""})` : `[${parts}]`;
}

// Operators, methods of tensors and functions of torch

/** Between two numbers; those that compare serve tensors, too. */
const OPERATORS = {
  "+": (x, y) => x + y, "-": (x, y) => x - y, "*": (x, y) => x * y, "/": (x, y) => x / y, "**": (x, y) => x ** y,
  "<": (x, y) => x < y, ">": (x, y) => x > y, "<=": (x, y) => x <= y, ">=": (x, y) => x >= y, "==": (x, y) => x === y, "!=": (x, y) => x !== y,
};
const ARITHMETIC = { "+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow" };

function binary(operator, a, b) {
  if (a instanceof Tensor || b instanceof Tensor) {
    if (operator === "@") return OPS.matmul(tensorOf(a), tensorOf(b));
    return operator in ARITHMETIC ? OPS[ARITHMETIC[operator]](a, b) : compare(a, b, OPERATORS[operator]);
  }
  if (!isNumber(a) || !isNumber(b) || operator === "@") impossible(`${operator} 的两边要是数或张量。`);
  const power = operator === "**";
  const real = [a, b].some((one) => typeof one === "number") || operator === "/" || (power && b < 0);
  if (operator === "/" && Number(b) === 0) raise("division by zero", "ZeroDivisionError");
  if (power && !real && b > 1000) impossible("指数太大。");
  return OPERATORS[operator](...[a, b].map(real ? Number : BigInt));
}

/** Methods of a tensor that are functions of torch, too; they get (tensor, args, named). */
const SHARED = {
  sum: (tensor, [first], { dim = first, keepdim = false }) => OPS.sum(tensor, dim === undefined ? dim : integer(dim), keepdim),
};
const METHODS = {
  zero_: (tensor) => inPlace(tensor, OPS.zero),
  item: scalar,
  tolist: ({ values, shape, dtype }) => listOf(values, shape, inPython(dtype)),
  numpy: (tensor) => (tensor.requiresGrad ? raise("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.") : impossible("这个小语言里没有 NumPy。")),
  detach: (tensor) => detached(tensor),
  requires_grad_: (tensor, [on = true]) => requireGrad(tensor, on),
  retain_grad(tensor) {
    if (!tensor.requiresGrad) raise("can't retain_grad on Tensor that has requires_grad=False");
    tensor.keepsGrad = !tensor.leaf;
    return null;
  },
  backward(tensor, args, { gradient = args[0], retain_graph: retain = args[1], create_graph: create = args[2] }) {
    carry(tensor, seed(tensor, gradient), { retain, create });
    return null;
  },
  to: (tensor, args, { dtype = args[0] }) => cast(tensor, dtype?.dtype ?? impossible("这里要一个类型，例如 torch.float64。")),
};
for (const name of [...Object.values(ARITHMETIC), ...Object.keys(UNARY)]) {
  SHARED[name] = (tensor, [other]) => OPS[name](tensor, other);
  METHODS[`${name}_`] = (tensor, [other]) => inPlace(tensor, (old) => OPS[name](old, other));
}
for (const name of ["clone", "mean", "norm"]) SHARED[name] = (tensor) => OPS[name](tensor);
Object.assign(METHODS, SHARED);

const ATTRIBUTES = {
  grad: (tensor) => tensor.grad,
  data: (tensor) => detached(tensor, true),
  requires_grad: (tensor) => tensor.requiresGrad,
  is_leaf: (tensor) => tensor.leaf,
  shape: (tensor) => Size.from(tensor.shape.map(BigInt)),
  _version: (tensor) => BigInt(tensor.version.count),
  T: (tensor) => OPS.t(tensor, "PermuteBackward0"),
};

function attribute(of, name) {
  if (of === null) raise(`'NoneType' object has no attribute '${name}'`, "AttributeError");
  if (!(of instanceof Tensor)) return find(typeof of === "object" && !Array.isArray(of) ? of : {}, name);
  return Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name](of) : (...given) => find(METHODS, name)(of, ...given);
}

function setAttribute(tensor, name, value) {
  if (name === "requires_grad") requireGrad(tensor, value);
  else if (name === "grad" && value === null) tensor.grad = null;
  else impossible(`这里不能这样给 .${name} 赋值。`);
}

function requireGrad(tensor, on, those = "only Tensors of floating point dtype") {
  if (on && tensor.inference && !tensor.world.inference) raise("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
  if (!on && !tensor.leaf) raise("you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().");
  if (on && !floating(tensor.dtype)) raise(`${those} can require gradients`);
  tensor.requiresGrad = Boolean(on);
  return tensor;
}

const context = (modes) => () => ({ modes });

/** The module torch. */
function torchIn(world) {
  const made = (values, shape, { dtype, requires_grad: requires = false }, own = FLOAT) => {
    const tensor = new Tensor(world, values, shape, dtype?.dtype ?? own);
    return requireGrad(tensor, requires, "Only Tensors of floating point and complex dtype");
  };
  const full = (value) => (args, named) => {
    const shape = (Array.isArray(args[0]) ? args[0] : args).map(integer);
    return made(filled(shape, value), shape, named);
  };
  const like = (value) => ([tensor], named) => made(tensorOf(tensor).values.fill(value), tensor.shape, named, tensor.dtype);
  return {
    ...Object.fromEntries(Object.entries(SHARED).map(([name, method]) => [name, ([tensor, ...args], named) => method(tensorOf(tensor), args, named)])),
    float32: { dtype: FLOAT }, float64: { dtype: DOUBLE }, int64: { dtype: LONG }, bool: { dtype: BOOL },
    tensor([value], named) {
      const shape = [];
      for (let at = value; Array.isArray(at); [at] = at) shape.push(at.length);
      const even = (one, [side, ...inner]) => (side === undefined ? isNumber(one) : one?.length === side && one.every((part) => even(part, inner)));
      if (!even(value, shape)) impossible("torch.tensor 里要是数，各行一样长。");
      const values = [value].flat(Infinity);
      return made(values.map(Number), shape, named, values.length ? values.map(typeOf).reduce(higher) : FLOAT);
    },
    ones: full(1), zeros: full(0), ones_like: like(1), zeros_like: like(0),
    stack: ([tensors]) => OPS.stack(listed(tensors).map(tensorOf)),
    where: ([condition, a, b]) => OPS.where(tensorOf(condition), a, b),
    no_grad: context({ recording: false }),
    inference_mode: context({ recording: false, inference: true }),
    autograd: { grad: gradients, detect_anomaly: context({ anomaly: true }) },
    optim: { SGD: sgd },
  };
}

function gradients([outputs, inputs, given], { grad_outputs: vectors = given, retain_graph: retain, create_graph: create, allow_unused: allow, materialize_grads: zeros }) {
  const [[root, ...more], wanted, [v]] = [outputs, inputs, vectors].map((one) => [one].flat());
  if (more.length) impossible("这里一次只对一个输出求导。");
  const start = seed(tensorOf(root), v);
  wanted.forEach((one) => tensorOf(one).requiresGrad || raise("One of the differentiated Tensors does not require grad"));
  const found = carry(root, start, { retain, create, wanted });
  return Tuple.from(wanted.map((one, i) => {
    const gradient = found.get(one.node ?? one);
    if (gradient) return gradient;
    if (zeros) return one.like(0);
    return allow ? null : raise(`The differentiated Tensor at index ${i} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.`);
  }));
}

function sgd([parameters], { lr = 0.001 }) {
  const all = listed(parameters).map(tensorOf);
  if (all.some((one) => !one.leaf)) raise("can't optimize a non-leaf Tensor", "ValueError");
  const each = (change) => {
    all.filter(({ grad }) => grad).forEach(change);
    return null;
  };
  return {
    zero_grad: (_, { set_to_none: none = true }) => each((one) => (one.grad = none ? null : one.like(0))),
    step: () => each((one) => during(one.world, { recording: false }, () => inPlace(one, (old) => OPS.sub(old, OPS.mul(one.grad, Number(lr)))))),
  };
}

/** Run statements, at most `limit` of them: what `run` answers. */
function executed(statements, limit) {
  const world = newWorld();
  const steps = [];
  let output = "";
  let left = limit;
  const warnings = { catch_warnings: context({}), simplefilter: () => null };
  const names = new Map(Object.entries({ ...CONSTANTS, torch: torchIn(world), warnings, print, range }));

  function print(args) {
    output += `${args.map(text).join(" ")}\n`;
    return null;
  }

  // Statements

  function statement({ kind, line, targets, target, operator, value, of, body }) {
    if (kind === "with") return within([result(of)].flat(), body);
    if (kind === "for") return loop(target, listed(result(of)), body);
    left -= 1;
    if (left < 0) impossible("程序太长，停在这里。");
    world.passes = [];
    if (kind === "augment") augment(operator, target, result(target), result(value));
    else {
      const given = result(value);
      targets.forEach((one) => assign(one, given));
    }
    return keepStep(line);
  }

  function loop(target, over, body) {
    for (const one of over) {
      assign(target, one);
      body.forEach(statement);
    }
  }

  function within(contexts, body) {
    if (!contexts.every((one) => one?.modes)) impossible("with 后面要 torch.no_grad() 这样的写法。");
    during(world, Object.assign({}, ...contexts.map(({ modes }) => modes)), () => body.forEach(statement));
  }

  function assign({ kind, name, items, of, index }, value) {
    if (kind === "name") names.set(name, value);
    else if (items) {
      if (listed(value).length !== items.length) impossible("等号两边的个数不一样。");
      items.forEach((one, i) => assign(one, value[i]));
    } else if (kind === "item") assignItem(tensorOf(result(of)), indices(index), value);
    else if (kind === "attribute") setAttribute(tensorOf(result(of)), name, value);
    else impossible("等号左边不能这样写。");
  }

  function augment(operator, target, old, other) {
    if (old instanceof Tensor) inPlace(old, (one) => binary(operator, one, other)); // an item is a view: its memory is the tensor's
    else assign(target, binary(operator, old, other));
  }

  // Expressions

  function result(node) {
    const { kind, value, name, items, of, left: first, right: second } = node;
    switch (kind) {
      case "constant": return value;
      case "name": return names.has(name) ? names.get(name) : raise(`name '${name}' is not defined`, "NameError");
      case "tuple": return Tuple.from(items, result);
      case "list": return items.map(result);
      case "minus": return minus(result(of));
      case "binary": return binary(node.operator, result(first), result(second));
      case "item": return item(result(of), node.index);
      case "attribute": return attribute(result(of), name);
      case "call": return call(node);
      case "joined": return node.parts.map((part) => text(result(part))).join("");
      default: return formatted(result(of), node.format);
    }
  }

  const indices = (node) => [result(node)].flat().map(integer);

  function item(of, index) {
    if (of instanceof Tensor) return OPS.select(of, indices(index));
    const found = listed(of).at(integer(result(index)));
    return found === undefined ? raise("list index out of range", "IndexError") : found;
  }

  function call({ of, args, named }) {
    if (of.kind === "name" && !names.has(of.name)) impossible(`这个小语言里没有 ${of.name}。`); // Python may have it: no NameError
    const called = result(of);
    if (typeof called !== "function") impossible("这个东西不能调用。");
    return called(args.map(result), Object.fromEntries(named.map(([key, one]) => [key, result(one)])));
  }

  // What a step looked like

  function keepStep(line) {
    const known = new Map([...names].filter(([, value]) => value instanceof Tensor).map(([name, value]) => [value, name]));
    const shown = new Set(known.keys());
    for (const { node } of shown) node?.inputs.forEach(({ tensor }) => tensor.number || shown.add(tensor)); // those added are gone through, too
    const nodes = [...shown].sort((a, b) => a.id - b.id).map((tensor) => ({
      id: tensor.id, op: tensor.node ? shortName(tensor.node) : "leaf", value: written(tensor),
      saved: (tensor.node?.saved ?? []).map((saved) => ({ name: saved.what, value: written(saved.tensor), version: saved.version, now: saved.tensor.version.count, freed: saved.freed })),
      version: tensor.version.count, grad: written(tensor.grad), name: known.get(tensor) ?? "", requiresGrad: tensor.requiresGrad,
      inputs: (tensor.node?.inputs ?? []).map((edge) => edge.tensor.id),
    }));
    const passes = world.passes.map((pass) => ({ ...pass, v: pass.v.map(plain) }));
    steps.push({ line, nodes, passes, output });
  }

  let error = null;
  try {
    statements.forEach(statement);
  } catch (problem) {
    if (!(problem instanceof Raised)) throw problem;
    error = problem.message;
  }
  return { steps, output, error };
}

/** A tensor of no dimension is formatted as its number. */
function formatted(value, format) {
  const number = value instanceof Tensor && !value.shape.length ? scalar(value) : value;
  if (!format) return text(number);
  const [, digits] = /^\.(\d+)f$/.exec(format) ?? [];
  if (!digits || !isNumber(number)) impossible(`格式 ${format} 这里没有，可以写 .4f。`);
  return signed(Number(number), (size) => fixed(size, Number(digits)));
}

const minus = (value) => (value instanceof Tensor ? OPS.neg(value) : binary("*", -1n, value));

function range(args) {
  const [from, to] = (args.length > 1 ? args : [0n, ...args]).map(integer);
  if (to - from > 1000) impossible("程序太长，停在这里。");
  return Array.from({ length: Math.max(to - from, 0) }, (_, i) => BigInt(from + i));
}

const plain = (value) => (Number.isFinite(value) ? value : signed(value));
const written = (tensor) => tensor && listOf(tensor.values, tensor.shape, plain);

function scalar({ values, dtype }) {
  if (values.length !== 1) raise(`a Tensor with ${values.length} elements cannot be converted to Scalar`);
  return inPython(dtype)(values[0]);
}

/** Values as lists within lists; `leaf` makes of each what it is in Python. */
function listOf(values, shape, leaf = (value) => value) {
  if (!shape.length) return leaf(values[0]);
  const [side, ...inner] = shape;
  const size = values.length / side;
  return Array.from({ length: side }, (_, i) => listOf(values.slice(i * size, (i + 1) * size), inner, leaf));
}

const inPython = (dtype) => (value) => (dtype === LONG ? BigInt(value) : dtype === BOOL ? value === 1 : value);

/**
 * A program → {steps, output, error}: after each statement {line, nodes, passes, output} with every tensor that has a name or that one
 * is made from, {id, op, value, saved, version, grad, …}; what print wrote; and the last line that Python prints where it
 * stops, or null. `passes` is what the last backward carried: {id, op, v}. inf and nan are written as words. Options: {limit}, statements at most.
 * A program outside of the small language is impossible input.
 */
export const run = total((program, options = {}) => {
  if (typeof program !== "string" || program.length > LARGEST) impossible("程序要是一段文字，不能太长。");
  const { limit = 1000 } = record(options, "选项");
  whole(limit, "limit", 1);
  return executed(parsePython(program), limit);
});
