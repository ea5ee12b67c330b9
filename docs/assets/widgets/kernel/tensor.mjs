// Small tensors with a graph, as PyTorch keeps it: shared memory, version counters, saved values, gradients that are tensors.
// Source of the formulas: derivatives.yaml of PyTorch 2.13; of the texts: its errors, seen on 2.13.0.

import { impossible } from "./input.mjs";

const MOST = 9; // elements

/** What PyTorch or Python would raise: the last line that Python prints. */
export class Raised extends Error {}

export function raise(text, kind = "RuntimeError") {
  throw new Raised(`${kind}: ${text}`);
}

// Types, as error texts name them, from the lowest to the highest.
export const BOOL = "Bool";
export const LONG = "Long";
export const FLOAT = "Float";
export const DOUBLE = "Double";
const RANK = [BOOL, LONG, FLOAT, DOUBLE];
/** The type of two that holds the values of both. */
export const higher = (one, other) => (RANK.indexOf(one) > RANK.indexOf(other) ? one : other);
export const floating = (dtype) => dtype === FLOAT || dtype === DOUBLE;
const kept = { [FLOAT]: Math.fround, [DOUBLE]: (x) => x, [LONG]: Math.trunc, [BOOL]: (x) => Number(x !== 0) };

const count = (shape) => shape.reduce((all, side) => all * side, 1);
export const filled = (shape, value) => new Array(count(shape)).fill(value);
export const sizes = (shape) => `[${shape.join(", ")}]`;

/** What is on while a statement runs, and everything made so far. */
export const newWorld = () => ({
  recording: true, inference: false, anomaly: false, tensors: [],
  passes: [], // what the last backward carried: {id, op, v}
});

export class Tensor {
  requiresGrad = false;
  node = null;
  grad = null;
  keepsGrad = false;
  number = false; // of Python

  constructor(world, values, shape, dtype, memory) {
    if (count(shape) > MOST || shape.length > 2 || Math.min(...shape) < 0) impossible(`这里的张量最多两维、${MOST} 个数。`);
    this.world = world;
    this.shape = shape;
    this.dtype = dtype;
    this.memory = memory?.values ?? values.map(kept[dtype]);
    this.places = memory?.places ?? values.map((_, i) => i);
    this.version = memory?.version ?? { count: 0 };
    this.base = memory?.base ?? null; // whose view it is
    this.inference = world.inference;
    this.id = world.tensors.push(this);
  }

  get values() {
    return this.places.map((place) => this.memory[place]);
  }

  get leaf() {
    return this.node === null;
  }

  /** Its values where another shape repeats them. */
  over(shape) {
    const { values } = this;
    return spread(this.shape, shape).map((place) => values[place]);
  }

  /** A new tensor of these values, or of one value everywhere, in this one's shape and type. */
  like(values, { shape = this.shape, dtype = this.dtype } = {}) {
    return new Tensor(this.world, Array.isArray(values) ? values : filled(shape, values), shape, dtype);
  }

  write(values) {
    this.places.forEach((place, i) => (this.memory[place] = kept[this.dtype](values[i])));
  }
}

/** The same memory seen otherwise. */
function viewOf(tensor, places, shape, version = tensor.version) {
  const base = tensor.base ?? tensor;
  return new Tensor(tensor.world, [], shape, tensor.dtype, { values: tensor.memory, places, version, base });
}

function twice() {
  raise("Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.");
}

/** As error texts name a node: MulBackward0 is Mul, PowBackward2 is Pow2. */
export function shortName({ name }) {
  return name.replace(/Backward0?(?=\d*$)/, "");
}

/** A value kept for the way back, and how often its memory had been changed then. */
class Saved {
  constructor(tensor, what) {
    if (tensor.inference && !tensor.world.inference) {
      raise("Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`.");
    }
    this.tensor = tensor;
    this.what = what;
    this.version = tensor.version.count;
    this.node = tensor.node;
    this.freed = false;
  }

  unpack() {
    const { tensor } = this;
    if (this.freed) twice();
    if (tensor.version.count !== this.version) {
      const of = this.node ? `, which is output 0 of ${shortName(this.node)},` : "";
      if (tensor.world.anomaly) impossible("detect_anomaly 里的这句报错，这里没有。");
      raise(`one of the variables needed for gradient computation has been modified by an inplace operation: [torch.${tensor.dtype}Tensor ${sizes(tensor.shape)}]${of} is at version ${tensor.version.count}; expected version ${this.version} instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False).`);
    }
    if (this.node === tensor.node) return tensor;
    const then = viewOf(tensor, tensor.places, tensor.shape); // as it was when it was saved
    then.node = this.node;
    then.requiresGrad = this.node !== null;
    return then;
  }
}

/** How a tensor was made; `order` grows from one node to the next. */
const nodeOf = (world, name, inputs, back) => ({ name, inputs: inputs.map(tensorEdge), back, saved: [], order: world.tensors.length });

/**
 * A tensor and, where the graph is recorded, its node. `saves(needs, result)` names what is kept as {what: tensor};
 * `back(gradient, kept)` gives one gradient for each input (or null). `made` is a view that is there already.
 */
function result(name, inputs, values, { shape = inputs[0].shape, dtype = inputs[0].dtype, saves = () => ({}), back, made = inputs[0].like(values, { shape, dtype }) }) {
  const { world } = made;
  if (!world.recording || world.inference || !floating(made.dtype) || !inputs.some((tensor) => tensor.requiresGrad)) return made;
  const node = nodeOf(world, name, inputs, back);
  made.node = node;
  made.requiresGrad = true;
  node.saved = Object.entries(saves(node.inputs.map(({ needs }) => needs), made)).filter(([, tensor]) => tensor).map(([what, tensor]) => new Saved(tensor, what));
  return made;
}

/** The same memory in other places or another shape. */
const seen = (name, tensor, places, shape, back) => result(name, [tensor], [], { made: viewOf(tensor, places, shape), back: (g) => [back(g)] });

/** A gradient that PyTorch reckons in one operation of its own: only the name differs. */
function called(name, tensor) {
  if (tensor.node) tensor.node.name = name;
  return tensor;
}

// Broadcasting

function broadcast(a, b) {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => {
    const [x, y] = [a, b].map((shape) => shape[i - length + shape.length] ?? 1);
    if (x !== y && x !== 1 && y !== 1) raise(`The size of tensor a (${x}) must match the size of tensor b (${y}) at non-singleton dimension ${i}`);
    return x === 1 ? y : x;
  });
}

/** For each element of `to`, the element of `from` that stands there. */
function spread(from, to) {
  const [[rows, columns], [, wide]] = [from, to].map((shape) => [1, 1, ...shape].slice(-2));
  return Array.from({ length: count(to) }, (_, i) => (rows > 1 ? Math.floor(i / wide) * columns : 0) + (columns > 1 ? i % wide : 0));
}

/** The values of a tensor summed over the dimensions that are 1 in a shape. */
function summed(tensor, shape) {
  const places = spread(shape, tensor.shape);
  const sums = filled(shape, 0);
  tensor.values.forEach((value, i) => (sums[places[i]] = kept[tensor.dtype](sums[places[i]] + value)));
  return sums;
}

/** Sum a gradient over the dimensions that were spread. */
function gathered(gradient, shape) {
  if (sizes(gradient.shape) === sizes(shape)) return gradient;
  return result(shape.length ? "SumBackward1" : "SumBackward0", [gradient], summed(gradient, shape), { shape, back: (g) => [expand(g, gradient.shape)] });
}

function expand(tensor, shape) {
  return result("ExpandBackward0", [tensor], tensor.over(shape), { shape, back: (g) => [gathered(g, tensor.shape)] });
}

// Numbers of Python become tensors of no dimension that give way to the other's type.

const TYPES = { boolean: BOOL, bigint: LONG, number: FLOAT };
export const typeOf = (value) => TYPES[typeof value];
export const isNumber = (value) => typeof value in TYPES;
const numeric = (value) => (isNumber(value) ? Number(value) : impossible("这里要一个数或张量。"));

function wrapped(value, like) {
  if (value instanceof Tensor) return value;
  const made = like.like([numeric(value)], { shape: [], dtype: higher(like.dtype, typeOf(value)) });
  made.number = true;
  return made;
}

/** The higher type; of two real ones, a tensor with dimensions goes before one without. */
function common(a, b) {
  const [scalar, other] = a.shape.length ? [b, a] : [a, b];
  return floating(scalar.dtype) && floating(other.dtype) && !scalar.shape.length && other.shape.length ? other.dtype : higher(a.dtype, b.dtype);
}

function pairwise(name, one, other, compute, { dtype = (own) => own, saves, back }) {
  const both = [wrapped(one, other), wrapped(other, one)];
  const [a, b] = both;
  const shape = broadcast(a.shape, b.shape);
  const type = dtype(common(a, b));
  const [x, y] = both.map((tensor) => tensor.over(shape).map(kept[floating(type) ? type : tensor.dtype]));
  return result(name, both, x.map((value, i) => compute(value, y[i])), {
    shape, dtype: type, saves: saves && ((needs, made) => saves(needs, made, a, b)),
    back: (g, kept) => back(g, kept, a, b).map((part, i) => part && gathered(cast(part, both[i].dtype), both[i].shape)),
  });
}

const real = (dtype) => higher(dtype, FLOAT);

export function cast(tensor, dtype) {
  if (tensor.dtype === dtype) return tensor;
  return result("ToCopyBackward0", [tensor], tensor.values, { dtype, back: (g) => [cast(g, tensor.dtype)] });
}

/** PyTorch's float32 power: the small exponents are multiplied out. */
function power(x, e) {
  if (e === 2) return x * x;
  if (e === 3) return x * Math.fround(x * x);
  if (e === 0.5) return Math.sqrt(x);
  if (e === -1) return 1 / x;
  return x ** e;
}

export const OPS = {
  add: (a, b) => pairwise("AddBackward0", a, b, (x, y) => x + y, { back: (g) => [g, g] }),
  sub: (a, b) => pairwise(a instanceof Tensor ? "SubBackward0" : "RsubBackward1", a, b, (x, y) => x - y, { back: (g) => [g, OPS.neg(g)] }),
  mul: (a, b) => pairwise("MulBackward0", a, b, (x, y) => x * y, {
    saves: ([first, second], _, x, y) => ({ other: first && y, self: second && x }),
    back: (g, { self, other }) => [other && OPS.mul(g, other), self && OPS.mul(g, self)],
  }),
  div: (a, b) => (a instanceof Tensor ? pairwise("DivBackward0", a, b, (x, y) => x / y, {
    dtype: real,
    saves: ([, second], _, x, y) => ({ other: y, self: second && x }),
    back: (g, { self, other }) => [OPS.div(g, other), self && OPS.mul(OPS.neg(g), OPS.div(OPS.div(self, other), other))],
  }) : OPS.mul(called("ReciprocalBackward0", OPS.pow(b, -1n)), a)),
  pow(a, b) {
    if (!(b instanceof Tensor)) {
      const e = numeric(b);
      return result("PowBackward0", [a], a.values.map((x) => power(x, e)), {
        dtype: higher(a.dtype, typeOf(b)), saves: () => ({ self: a }),
        back: (g, { self }) => [e === 0 ? OPS.mul(g, 0) : OPS.mul(g, OPS.mul(OPS.pow(self, typeof b === "bigint" ? b - 1n : e - 1), b))],
      });
    }
    const scalar = !(a instanceof Tensor);
    return pairwise(scalar ? "PowBackward2" : "PowBackward1", a, b, power, {
      saves: (_, made, x, y) => ({ self: !scalar && x, exponent: y, result: made }),
      back(g, { self, exponent, result: made }, x, y) {
        const base = self ?? x;
        const toBase = x.requiresGrad ? OPS.mul(g, OPS.mul(exponent, OPS.pow(base, OPS.sub(exponent, 1)))) : null;
        return [toBase, y.requiresGrad ? OPS.mul(g, OPS.mul(made, OPS.log(base))) : null];
      },
    });
  },
  sum(a, dim, keep = false) {
    if (a.dtype === BOOL) return OPS.sum(cast(a, LONG), dim, keep);
    const whole = dim === undefined;
    const most = Math.max(a.shape.length, 1);
    if (dim < -most || dim >= most) impossible(`这个张量没有第 ${dim} 维。`);
    const side = (_, i) => i === (dim + most) % most;
    const shape = whole ? [] : a.shape.map((length, i) => (side(length, i) ? 1 : length));
    return result(whole ? "SumBackward0" : "SumBackward1", [a], summed(a, shape), {
      shape: keep ? shape : shape.filter((length, i) => !side(length, i)),
      back: (g) => [expand(OPS.reshape(g, shape), a.shape)],
    });
  },
  mean(a) {
    const number = a.places.length;
    if (!floating(a.dtype)) impossible("mean 要小数。");
    return result("MeanBackward0", [a], [summed(a, [])[0] / number], { shape: [], back: (g) => [called("DivBackward1", OPS.div(expand(g, a.shape), BigInt(number)))] });
  },
  norm: (a) => result("LinalgVectorNormBackward0", [a], [Math.sqrt(a.values.reduce((all, x) => kept[a.dtype](all + kept[a.dtype](x * x)), 0))], {
    shape: [], saves: (_, made) => ({ self: a, result: made }),
    back: (g, { self, result: y }) => [OPS.mul(g, OPS.where(compare(y, 0n, (p, q) => p === q), 0n, OPS.div(self, y)))],
  }),
  where: (condition, a, b) => {
    const like = [a, b].find((one) => one instanceof Tensor) ?? condition;
    const [x, y] = [a, b].map((one) => wrapped(one, like));
    const shape = broadcast(broadcast(condition.shape, x.shape), y.shape);
    const [test, yes, no] = [condition, x, y].map((tensor) => tensor.over(shape));
    return result("WhereBackward0", [x, y], test.map((on, i) => (on ? yes[i] : no[i])), {
      shape, dtype: common(x, y), saves: () => ({ condition }),
      back: (g, { condition: test }) => [gathered(OPS.where(test, g, 0n), x.shape), gathered(OPS.where(test, 0n, g), y.shape)],
    });
  },
  stack(list) {
    const [{ shape }] = list;
    if (list.some((one) => sizes(one.shape) !== sizes(shape))) impossible("stack 要几个一样大的张量。");
    return result("StackBackward0", list, list.flatMap((tensor) => tensor.values), {
      shape: [list.length, ...shape], dtype: list.map(({ dtype }) => dtype).reduce(higher), back: (g) => list.map((_, i) => OPS.select(g, [i])),
    });
  },
  clone: (a) => result("CloneBackward0", [a], a.values, { back: (g) => [g] }),
  zero: (a) => result("ZeroBackward0", [a], filled(a.shape, 0), { back: (g) => [g.like(0)] }),
  /** One index or two, from the left. */
  select(a, indices) {
    return indices.reduce((tensor, index) => {
      if (!tensor.shape.length) raise("invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number", "IndexError");
      const [side, ...rest] = tensor.shape;
      if (index < -side || index >= side) raise(`index ${index} is out of bounds for dimension 0 with size ${side}`, "IndexError");
      const from = ((index + side) % side) * count(rest);
      return seen("SelectBackward0", tensor, tensor.places.slice(from, from + count(rest)), rest, (g) => placed(g, tensor, index, from));
    }, a);
  },
  reshape(a, shape) {
    return sizes(shape) === sizes(a.shape) ? a : seen("ViewBackward0", a, a.places, shape, (g) => OPS.reshape(g, a.shape));
  },
  t(a, name = "TBackward0") {
    const [rows = 1, columns = 1] = a.shape;
    const places = a.places.map((_, i) => a.places[(i % rows) * columns + Math.floor(i / rows)]);
    return seen(name, a, places, [...a.shape].reverse(), (g) => OPS.t(g, name));
  },
  matmul(a, b) {
    if (!a.shape.length || !b.shape.length) raise(`both arguments to matmul need to be at least 1D, but they are ${a.shape.length}D and ${b.shape.length}D`);
    const [row, column] = [a, b].map(({ shape }) => shape.length === 1); // which is a vector
    const [left, right] = [row ? [1, ...a.shape] : a.shape, column ? [...b.shape, 1] : b.shape];
    const [[rows, inner], [others, columns]] = [left, right];
    if (a.dtype !== b.dtype) {
      if (row && column) raise(`dot : expected both vectors to have same dtype, but found ${a.dtype} and ${b.dtype}`);
      impossible("@ 的两边要是同一种数。");
    }
    if (inner !== others) {
      const [x, y] = [left, right].map((shape) => shape.join("x"));
      if (row && column) raise(`inconsistent tensor size, expected tensor [${inner}] and src [${others}] to have the same number of elements, but got ${inner} and ${others} elements respectively`);
      raise(column ? `size mismatch, got input (${rows}), mat (${x}), vec (${others})` : `mat1 and mat2 shapes cannot be multiplied (${x} and ${y})`);
    }
    const round = kept[a.dtype];
    const [x, y] = [a.values, b.values];
    const values = Array.from({ length: rows * columns }, (_, i) => {
      let all = 0;
      for (let k = 0; k < inner; k++) all = round(all + round(x[Math.floor(i / columns) * inner + k] * y[k * columns + (i % columns)]));
      return all;
    });
    const name = row ? (column ? "DotBackward0" : "SqueezeBackward4") : column ? "MvBackward0" : "MmBackward0";
    const made = result(name, [a, b], values, {
      shape: [rows, columns].filter((_, i) => ![row, column][i]), saves: ([first, second]) => ({ other: first && b, self: second && a }),
      back(g, { self, other }) {
        if (row && column) return [other && OPS.mul(g, other), self && OPS.mul(g, self)];
        const grid = OPS.reshape(g, [rows, columns]);
        return [
          other && OPS.reshape(OPS.matmul(grid, OPS.t(OPS.reshape(other, right))), a.shape),
          self && OPS.reshape(OPS.matmul(OPS.t(OPS.reshape(self, left)), grid), b.shape),
        ];
      },
    });
    if (row && !column) made.version.count = 1; // a row times a matrix loses a dimension in place
    return made;
  },
};

/** The gradient of relu: it depends on the output, too, though with slope 0. */
function threshold(g, output) {
  const on = compare(output, 0n, (p, q) => p > q);
  return result("ThresholdBackwardBackward0", [g, output], g.values.map((value, i) => (on.values[i] ? value : 0)), {
    back: (gg) => [OPS.where(on, gg, 0n), output.like(0)],
  });
}

/** Operations of one tensor: the value, what is saved of them, and the gradient from the one that arrives and what was saved. */
export const UNARY = {
  neg: [(x) => -x, "", (g) => OPS.neg(g)],
  exp: [Math.exp, "result", (g, y) => OPS.mul(g, y)],
  log: [Math.log, "self", (g, x) => OPS.div(g, x)],
  sqrt: [Math.sqrt, "result", (g, y) => OPS.div(g, OPS.mul(y, 2))],
  sin: [Math.sin, "self", (g, x) => OPS.mul(g, OPS.cos(x))],
  cos: [Math.cos, "self", (g, x) => OPS.mul(g, OPS.neg(OPS.sin(x)))],
  tanh: [Math.tanh, "result", (g, y) => called("TanhBackwardBackward0", OPS.mul(g, OPS.sub(1n, OPS.mul(y, y))))],
  sigmoid: [(x) => 1 / (1 + Math.exp(-x)), "result", (g, y) => called("SigmoidBackwardBackward0", OPS.mul(g, OPS.mul(OPS.sub(1n, y), y)))],
  relu: [(x) => Math.max(x, 0), "result", threshold],
  abs: [Math.abs, "self", (g, x) => OPS.mul(g, OPS.sgn(x))],
  sgn: [Math.sign, "", (g) => g.like(0)],
};
const KEEP_TYPE = ["neg", "relu", "abs", "sgn"]; // the others make whole numbers real
for (const [key, [compute, saved, gradient]] of Object.entries(UNARY)) {
  OPS[key] = (a) => result(`${key[0].toUpperCase()}${key.slice(1)}Backward0`, [a], a.values.map((x) => compute(x)), {
    dtype: KEEP_TYPE.includes(key) ? a.dtype : real(a.dtype), saves: (_, made) => saved && { [saved]: saved === "self" ? a : made }, back: (g, kept) => [gradient(g, kept[saved])],
  });
}

/** A gradient of a part, with zeros around it. */
function placed(g, { shape }, index, from) {
  const values = filled(shape, 0);
  g.values.forEach((value, i) => (values[from + i] = value));
  return result("SelectBackwardBackward0", [g], values, { shape, back: (gg) => [OPS.select(gg, [index])] });
}

export const compare = (a, b, test) => pairwise("", a, b, (x, y) => Number(test(x, y)), { dtype: () => BOOL });

// In place

/** Count a change of the memory; where it is not allowed, PyTorch complains after the value has changed. */
function countChange(tensor) {
  if (!tensor.inference) tensor.version.count += 1;
  else if (!tensor.world.inference) raise("Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.");
}

/** Nothing that requires grad is changed in place where it is a leaf; a part of one is a view. */
function mayChange(tensor, part = tensor.base) {
  if (!tensor.world.recording || !tensor.requiresGrad) return;
  if (tensor.leaf || tensor.base?.leaf) raise(`${part ? "a view of " : ""}a leaf Variable that requires grad is being used in an in-place operation.`);
  if (tensor.base) impossible("这里不能只改中间量的一部分，请改整个张量。");
}

/** `compute` gives the new tensor from the old one; its values and its node become the tensor's. */
export function inPlace(tensor, compute) {
  mayChange(tensor);
  const old = tensor.world.recording && tensor.requiresGrad ? Object.assign(viewOf(tensor, tensor.places, tensor.shape), { node: tensor.node, requiresGrad: true }) : tensor;
  const made = compute(old);
  if (floating(made.dtype) && !floating(tensor.dtype)) raise(`result type ${made.dtype} can't be cast to the desired output type ${tensor.dtype}`);
  if (sizes(made.shape) !== sizes(tensor.shape)) {
    raise(`output with shape ${sizes(tensor.shape)} doesn't match the broadcast shape ${sizes(made.shape)}`);
  }
  const before = tensor.values;
  tensor.write(made.values);
  countChange(tensor);
  if (!made.node) return tensor;
  tensor.node = made.node;
  tensor.requiresGrad = true;
  for (const saved of made.node.saved) {
    if (saved.tensor === old) Object.assign(saved, { tensor: tensor.like(before), version: 0 }); // the operation kept a copy
    if (saved.tensor === made) Object.assign(saved, { tensor, version: tensor.version.count });
    if (saved.tensor === tensor) saved.node = made.node;
  }
  return tensor;
}

/** tensor[indices] = value */
export function assignItem(tensor, indices, value) {
  const part = OPS.select(detached(tensor), indices);
  mayChange(tensor, part);
  const given = wrapped(value, tensor);
  if (given.shape.length > part.shape.length) impossible("等号右边的维数太多。");
  part.write(given.over(part.shape));
  countChange(tensor);
  if (!tensor.world.recording || !(tensor.requiresGrad || given.requiresGrad)) return;
  const node = nodeOf(tensor.world, "CopySlices", [tensor, given], (g) => {
    const outside = g.like(tensor.places.map((place) => Number(!part.places.includes(place))), { dtype: BOOL });
    return [called("MulBackward0", OPS.where(outside, g, 0n)), gathered(OPS.select(g, indices), given.shape)];
  });
  const kept = new Saved(given, "fn"); // the copy is let go after one pass, whatever becomes of its values
  kept.unpack = () => (kept.freed ? twice() : given);
  node.saved = [kept];
  tensor.node = node;
  tensor.requiresGrad = true;
}

function tensorEdge(tensor) {
  return { tensor, node: tensor.node, needs: tensor.requiresGrad };
}

/** The same memory without the graph; `apart`: with a version counter of its own, as .data has. */
export function detached(tensor, apart = false) {
  const made = viewOf(tensor, tensor.places, tensor.shape, apart ? { count: 0 } : tensor.version);
  made.base = null;
  made.inference = tensor.inference;
  return made;
}

// Backward

/** Run `work` in other modes. */
export function during(world, modes, work) {
  const before = { ...world };
  Object.assign(world, modes);
  try {
    return work();
  } finally {
    for (const mode of Object.keys(modes)) world[mode] = before[mode];
  }
}

const plus = (a, b) => (a ? OPS.add(a, b) : b);

/** Nodes from a root, each once, in the order in which they were made. */
function reachable(root) {
  const found = new Set([root]);
  for (const { inputs } of found) inputs.forEach(({ node }) => node && found.add(node)); // those added are gone through, too
  return [...found].sort((a, b) => a.order - b.order);
}

/** Where a gradient arrives: at the node that made a tensor, or at a leaf itself. */
const arrival = ({ node, tensor }) => node ?? tensor;

/** The places on a way to a wanted tensor: autograd.grad goes nowhere else. `nodes` are in the order in which they were made. */
function leading(nodes, wanted) {
  const needed = new Set(wanted.map((tensor) => arrival(tensorEdge(tensor))));
  for (const node of nodes) if (node.inputs.some((edge) => needed.has(arrival(edge)))) needed.add(node);
  return needed;
}

/**
 * Carry `v` from a tensor back through the graph. `wanted`: only to these tensors, and add nothing to leaves.
 * The result is a Map from each node or leaf reached to its gradient.
 */
export function carry(root, v, { retain, create = false, wanted = null }) {
  const { world } = root;
  const arriving = new Map();
  during(world, { recording: create }, () => {
    const nodes = root.node ? reachable(root.node) : [];
    const needed = wanted && leading(nodes, wanted);
    const outputs = new Map(world.tensors.map((tensor) => [tensor.node, tensor])); // node → the tensor it made, to keep a gradient at
    const deliver = (edge, gradient) => {
      const place = arrival(edge);
      if (edge.needs && (!needed || needed.has(place))) arriving.set(place, plus(arriving.get(place), gradient));
    };
    deliver(tensorEdge(root), v);
    for (const node of nodes.reverse()) {
      const gradient = arriving.get(node);
      if (!gradient) continue;
      if (needed && !node.inputs.some((edge) => needed.has(arrival(edge)))) continue; // nothing wanted lies behind it
      const made = outputs.get(node);
      if (made?.keepsGrad) made.grad = plus(made.grad, create ? OPS.clone(gradient) : detached(gradient));
      world.passes.push({ id: made?.id ?? null, op: shortName(node), v: gradient.values });
      node.back(gradient, Object.fromEntries(node.saved.map((saved) => [saved.what, saved.unpack()]))).forEach((given, i) => {
        if (!given) return;
        if (world.anomaly && node.inputs[i].needs && given.values.some(Number.isNaN)) raise(`Function '${node.name}' returned nan values in its ${i}th output.`);
        deliver(node.inputs[i], given);
      });
      if (!(retain ?? create)) node.saved.forEach((saved) => (saved.freed = true));
    }
    if (wanted) return;
    for (const [leaf, gradient] of arriving) {
      if (!(leaf instanceof Tensor)) continue;
      if (!leaf.grad) leaf.grad = create ? gradient : leaf.like(gradient.values);
      else if (create) leaf.grad = OPS.add(leaf.grad, gradient);
      else inPlace(leaf.grad, (old) => OPS.add(old, gradient));
    }
  });
  return arriving;
}

/** The v that goes with an output: given, or 1 for a single element. */
export function seed(root, given) {
  if (given && sizes(given.shape) !== sizes(root.shape)) {
    raise(`Mismatch in shape: grad_output[0] has a shape of torch.Size(${sizes(given.shape)}) and output[0] has a shape of torch.Size(${sizes(root.shape)}).`);
  }
  if (!root.requiresGrad) raise("element 0 of tensors does not require grad and does not have a grad_fn");
  if (given) return cast(given, root.dtype);
  if (root.places.length !== 1) raise("grad can be implicitly created only for scalar outputs");
  return root.like(1);
}
