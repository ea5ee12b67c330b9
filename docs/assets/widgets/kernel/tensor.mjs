// Small tensors with a graph, as PyTorch keeps it: shared memory, version counters, saved values, gradients that are tensors.
// Source of the formulas: derivatives.yaml of PyTorch 2.13; of the texts: its errors, seen on 2.13.0.

import { impossible } from "./input.mjs";

const MOST = 9; // elements

/** What PyTorch or Python would raise; `text` is the last line that Python prints. */
export class Raised extends Error {
  constructor(kind, text) {
    super(text);
    this.text = `${kind}: ${text}`;
  }
}

export function raise(text, kind = "RuntimeError") {
  throw new Raised(kind, text);
}

export const FLOAT = "float32";
export const DOUBLE = "float64";
export const LONG = "int64";
export const BOOL = "bool";
const NAMES = { [FLOAT]: "Float", [DOUBLE]: "Double", [LONG]: "Long", [BOOL]: "Bool" };
const RANK = [BOOL, LONG, FLOAT, DOUBLE];
export const floating = (dtype) => dtype === FLOAT || dtype === DOUBLE;
const kept = { [FLOAT]: Math.fround, [DOUBLE]: (x) => x, [LONG]: Math.trunc, [BOOL]: (x) => Number(x !== 0) };

export const count = (shape) => shape.reduce((all, side) => all * side, 1);
export const sizes = (shape) => `[${shape.join(", ")}]`;

/** What is on while a statement runs: modes, and everything made so far. */
export class World {
  constructor() {
    this.recording = true;
    this.inference = false;
    this.anomaly = false;
    this.tensors = [];
    this.sequence = 0;
    this.passes = []; // what the last backward carried: {op, v, gives}
  }
}

export class Tensor {
  constructor(world, values, shape, dtype, memory) {
    if (count(shape) > MOST || shape.length > 2) impossible(`这里的张量最多两维、${MOST} 个数。`);
    this.world = world;
    this.shape = shape;
    this.dtype = dtype;
    this.memory = memory?.values ?? values.map(kept[dtype]);
    this.places = memory?.places ?? values.map((_, i) => i);
    this.version = memory?.version ?? { count: 0 };
    this.base = memory?.base ?? null; // whose view it is
    this.requiresGrad = false;
    this.node = null;
    this.grad = null;
    this.keepsGrad = false;
    this.inference = world.inference;
    this.id = world.tensors.push(this);
  }

  get values() {
    return this.places.map((place) => this.memory[place]);
  }

  get leaf() {
    return this.node === null;
  }

  get name() {
    return `torch.${NAMES[this.dtype]}Tensor`;
  }

  write(values) {
    this.places.forEach((place, i) => (this.memory[place] = kept[this.dtype](values[i])));
  }
}

export function make(world, values, shape, dtype = FLOAT) {
  return new Tensor(world, values, shape, dtype);
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
  return name.replace(/Backward0$/, "").replace(/Backward(?=\d+$)/, "");
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
      const hint = tensor.world.anomaly
        ? " Hint: the backtrace further above shows the operation that failed to compute its gradient. The variable in question was changed in there or anywhere later. Good luck!"
        : " Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False).";
      raise(`one of the variables needed for gradient computation has been modified by an inplace operation: [${tensor.name} ${sizes(tensor.shape)}]${of} is at version ${tensor.version.count}; expected version ${this.version} instead.${hint}`);
    }
    if (this.node === tensor.node) return tensor;
    const then = viewOf(tensor, tensor.places, tensor.shape); // as it was when it was saved
    then.node = this.node;
    then.requiresGrad = this.node !== null;
    return then;
  }
}

export class Node {
  constructor(world, name, inputs, back) {
    this.name = name;
    this.inputs = inputs.map((tensor) => ({ tensor, node: tensor.node, leaf: tensor.leaf && tensor.requiresGrad, needs: tensor.requiresGrad }));
    this.back = back;
    this.saved = [];
    this.sequence = world.sequence++;
  }
}

/**
 * A tensor and, where the graph is recorded, its node. `saves(needs, result)` names what is kept as {what: tensor};
 * `back(gradient, kept)` gives one gradient for each input (or null).
 */
function result(world, name, inputs, values, shape, dtype, { saves = () => ({}), back, memory }) {
  const made = memory ?? new Tensor(world, values, shape, dtype);
  if (!world.recording || world.inference || !floating(dtype) || !inputs.some((tensor) => tensor.requiresGrad)) return made;
  const node = new Node(world, name, inputs, back);
  made.node = node;
  made.requiresGrad = true;
  node.saved = Object.entries(saves(node.inputs.map(({ needs }) => needs), made)).map(([what, tensor]) => new Saved(tensor, what));
  return made;
}

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
  const index = (flat) => {
    let [rest, place, step] = [flat, 0, 1];
    for (let i = to.length - 1; i >= 0; i--) {
      const side = from[i - to.length + from.length];
      const at = rest % to[i];
      rest = (rest - at) / to[i];
      if (side > 1) place += at * step;
      step *= side ?? 1;
    }
    return place;
  };
  return Array.from({ length: count(to) }, (_, flat) => index(flat));
}

/** Sum a gradient over the dimensions that were spread. */
function gathered(gradient, shape) {
  if (sizes(gradient.shape) === sizes(shape)) return gradient;
  const places = spread(shape, gradient.shape);
  const values = new Array(count(shape)).fill(0);
  const add = kept[gradient.dtype];
  gradient.values.forEach((value, i) => (values[places[i]] = add(values[places[i]] + value)));
  return result(gradient.world, shape.length ? "SumBackward1" : "SumBackward0", [gradient], values, shape, gradient.dtype, { back: (g) => [expand(g, gradient.shape)] });
}

function expand(tensor, shape) {
  const values = spread(tensor.shape, shape).map((place) => tensor.values[place]);
  return result(tensor.world, "ExpandBackward0", [tensor], values, shape, tensor.dtype, { back: (g) => [gathered(g, tensor.shape)] });
}

// Numbers of Python become tensors of no dimension that give way to the other's type.

export function wrapped(world, value, like) {
  if (value instanceof Tensor) return value;
  if (typeof value !== "number" && typeof value !== "bigint" && typeof value !== "boolean") impossible("这里要一个数或张量。");
  const own = typeof value === "number" ? (floating(like.dtype) ? like.dtype : FLOAT) : typeof value === "bigint" && like.dtype === BOOL ? LONG : like.dtype;
  const made = make(world, [Number(value)], [], own);
  made.number = true;
  return made;
}

function common(a, b) {
  if (a.dtype === b.dtype) return a.dtype;
  // A tensor with dimensions goes before one without, which goes before a number of Python, within a kind.
  const weight = (tensor) => (tensor.number ? 0 : tensor.shape.length ? 2 : 1);
  const kind = (tensor) => (floating(tensor.dtype) ? 2 : tensor.dtype === LONG ? 1 : 0);
  const [first, second] = weight(a) >= weight(b) ? [a, b] : [b, a];
  if (weight(first) > weight(second) && kind(first) >= kind(second)) return first.dtype;
  return RANK[Math.max(RANK.indexOf(a.dtype), RANK.indexOf(b.dtype))];
}

function pairwise(name, one, other, compute, { dtype, saves, back }) {
  const { world } = one instanceof Tensor ? one : other;
  const [a, b] = [wrapped(world, one, other), wrapped(world, other, one)];
  const shape = broadcast(a.shape, b.shape);
  const type = dtype?.(common(a, b)) ?? common(a, b);
  const [x, y] = [a, b].map((tensor) => spread(tensor.shape, shape).map((place) => kept[floating(type) ? type : tensor.dtype](tensor.values[place])));
  return result(world, name, [a, b], x.map((value, i) => compute(value, y[i])), shape, type, {
    saves: saves && ((needs, made) => saves(needs, made, a, b)),
    back: back && ((g, kept) => back(g, kept, a, b).map((part, i) => part && gathered(cast(part, [a, b][i].dtype), [a, b][i].shape))),
  });
}

const real = (dtype) => (floating(dtype) ? dtype : FLOAT);

function cast(tensor, dtype) {
  if (tensor.dtype === dtype) return tensor;
  return result(tensor.world, "ToCopyBackward0", [tensor], tensor.values, tensor.shape, dtype, { back: (g) => [cast(g, tensor.dtype)] });
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
    saves: ([first, second], _, x, y) => ({ ...(first && { other: y }), ...(second && { self: x }) }),
    back: (g, { self, other }) => [other && OPS.mul(g, other), self && OPS.mul(g, self)],
  }),
  div: (a, b) => pairwise("DivBackward0", a, b, (x, y) => x / y, {
    dtype: real,
    saves: ([, second], _, x, y) => ({ other: y, ...(second && { self: x }) }),
    back: (g, { self, other }) => [OPS.div(g, other), self && OPS.mul(OPS.neg(g), OPS.div(OPS.div(self, other), other))],
  }),
  pow(a, b) {
    if (!(b instanceof Tensor)) {
      const e = Number(b);
      const dtype = typeof b === "number" && !floating(a.dtype) ? FLOAT : a.dtype;
      return result(a.world, "PowBackward0", [a], a.values.map((x) => power(x, e)), a.shape, dtype, {
        saves: () => ({ self: a }),
        back: (g, { self }) => [e === 0 ? OPS.mul(g, 0) : OPS.mul(g, OPS.mul(OPS.pow(self, typeof b === "bigint" ? b - 1n : e - 1), b))],
      });
    }
    const scalar = !(a instanceof Tensor);
    return pairwise(scalar ? "PowBackward2" : "PowBackward1", a, b, power, {
      saves: (_, made, x, y) => ({ ...(!scalar && { self: x }), exponent: y, result: made }),
      back(g, { self, exponent, result: made }, x, y) {
        const base = self ?? x;
        const toBase = x.requiresGrad ? OPS.mul(g, OPS.mul(exponent, OPS.pow(base, OPS.sub(exponent, 1)))) : null;
        return [toBase, y.requiresGrad ? OPS.mul(g, OPS.mul(made, OPS.log(base))) : null];
      },
    });
  },
  neg: (a) => unary("NegBackward0", a, (x) => -x, { back: (g) => [OPS.neg(g)] }),
  exp: (a) => unary("ExpBackward0", a, Math.exp, { saves: (_, made) => ({ result: made }), back: (g, { result: y }) => [OPS.mul(g, y)] }),
  log: (a) => unary("LogBackward0", a, Math.log, { saves: () => ({ self: a }), back: (g, { self }) => [OPS.div(g, self)] }),
  sqrt: (a) => unary("SqrtBackward0", a, Math.sqrt, { saves: (_, made) => ({ result: made }), back: (g, { result: y }) => [OPS.div(g, OPS.mul(y, 2))] }),
  sin: (a) => unary("SinBackward0", a, Math.sin, { saves: () => ({ self: a }), back: (g, { self }) => [OPS.mul(g, OPS.cos(self))] }),
  cos: (a) => unary("CosBackward0", a, Math.cos, { saves: () => ({ self: a }), back: (g, { self }) => [OPS.mul(g, OPS.neg(OPS.sin(self)))] }),
  tanh: (a) => unary("TanhBackward0", a, Math.tanh, { saves: (_, made) => ({ result: made }), back: (g, { result: y }) => [called("TanhBackwardBackward0", OPS.mul(g, OPS.sub(1n, OPS.mul(y, y))))] }),
  sigmoid: (a) => unary("SigmoidBackward0", a, (x) => 1 / (1 + Math.exp(-x)), {
    saves: (_, made) => ({ result: made }), back: (g, { result: y }) => [called("SigmoidBackwardBackward0", OPS.mul(g, OPS.mul(OPS.sub(1n, y), y)))],
  }),
  relu: (a) => unary("ReluBackward0", a, (x) => (x > 0 ? x : x === x ? 0 : x), {
    keepsType: true, saves: (_, made) => ({ result: made }), back: (g, { result: y }) => [threshold(g, y)],
  }),
  abs: (a) => unary("AbsBackward0", a, Math.abs, { keepsType: true, saves: () => ({ self: a }), back: (g, { self }) => [OPS.mul(g, sign(self))] }),
  clone: (a) => unary("CloneBackward0", a, (x) => x, { keepsType: true, back: (g) => [g] }),
  sum(a, dim, keep = false) {
    if (dim === undefined) return reduced("SumBackward0", a, 1);
    const axis = dimension(a, dim);
    const shape = a.shape.map((side, i) => (i === axis ? 1 : side));
    const places = spread(shape, a.shape);
    const values = new Array(count(shape)).fill(0);
    a.values.forEach((value, i) => (values[places[i]] = kept[a.dtype](values[places[i]] + value)));
    const out = keep ? shape : shape.filter((_, i) => i !== axis);
    return result(a.world, "SumBackward1", [a], values, out, a.dtype === BOOL ? LONG : a.dtype, { back: (g) => [expand(OPS.reshape(g, shape), a.shape)] });
  },
  mean: (a) => (floating(a.dtype) ? reduced("MeanBackward0", a, a.places.length) : raise("mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long")),
  norm: (a) => result(a.world, "LinalgVectorNormBackward0", [a], [Math.sqrt(a.values.reduce((all, x) => kept[a.dtype](all + kept[a.dtype](x * x)), 0))], [], a.dtype, {
    saves: (_, made) => ({ self: a, result: made }),
    back: (g, { self, result: y }) => [OPS.mul(g, OPS.where(compare(y, 0n, (p, q) => p === q), 0n, OPS.div(self, y)))],
  }),
  where: (condition, a, b) => {
    const { world } = condition;
    const like = a instanceof Tensor ? a : b instanceof Tensor ? b : make(world, [0], [], typeof a === "number" || typeof b === "number" ? FLOAT : LONG);
    const [x, y] = [wrapped(world, a, like), wrapped(world, b, like)];
    const shape = broadcast(broadcast(condition.shape, x.shape), y.shape);
    const [test, yes, no] = [condition, x, y].map((tensor) => spread(tensor.shape, shape).map((place) => tensor.values[place]));
    return result(world, "WhereBackward0", [x, y], test.map((on, i) => (on ? yes[i] : no[i])), shape, common(x, y), {
      saves: () => ({ condition }),
      back: (g, { condition: test }) => [gathered(OPS.where(test, g, 0n), x.shape), gathered(OPS.where(test, 0n, g), y.shape)],
    });
  },
  stack(list) {
    const [first] = list;
    if (!first) raise("stack expects a non-empty TensorList");
    list.forEach((tensor, i) => {
      if (sizes(tensor.shape) !== sizes(first.shape)) raise(`stack expects each tensor to be equal size, but got ${sizes(first.shape)} at entry 0 and ${sizes(tensor.shape)} at entry ${i}`);
    });
    const type = list.reduce((all, tensor) => common({ dtype: all, shape: first.shape }, tensor), first.dtype);
    return result(first.world, "StackBackward0", list, list.flatMap((tensor) => tensor.values), [list.length, ...first.shape], type, {
      back: (g) => list.map((_, i) => OPS.select(g, [i])),
    });
  },
  /** One index or two, from the left. */
  select(a, indices) {
    return indices.reduce((tensor, index) => {
      if (!tensor.shape.length) raise("invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number", "IndexError");
      const [side, ...rest] = tensor.shape;
      if (index < -side || index >= side) raise(`index ${index} is out of bounds for dimension 0 with size ${side}`, "IndexError");
      const from = ((index + side) % side) * count(rest);
      const memory = viewOf(tensor, tensor.places.slice(from, from + count(rest)), rest);
      return result(tensor.world, "SelectBackward0", [tensor], [], rest, tensor.dtype, {
        memory, back: (g) => [placed(g, tensor.shape, from)],
      });
    }, a);
  },
  reshape(a, shape) {
    if (sizes(shape) === sizes(a.shape)) return a;
    if (count(shape) !== a.places.length) raise(`shape '${sizes(shape)}' is invalid for input of size ${a.places.length}`);
    return result(a.world, "ViewBackward0", [a], [], shape, a.dtype, { memory: viewOf(a, a.places, shape), back: (g) => [OPS.reshape(g, a.shape)] });
  },
  t(a, name = "TBackward0") {
    if (a.shape.length < 2) return result(a.world, name, [a], [], a.shape, a.dtype, { memory: viewOf(a, a.places, a.shape), back: (g) => [OPS.t(g, name)] });
    const [rows, columns] = a.shape;
    const places = Array.from({ length: rows * columns }, (_, i) => a.places[(i % rows) * columns + Math.floor(i / rows)]);
    return result(a.world, name, [a], [], [columns, rows], a.dtype, { memory: viewOf(a, places, [columns, rows]), back: (g) => [OPS.t(g, name)] });
  },
  matmul(a, b) {
    if (!a.shape.length || !b.shape.length) raise(`both arguments to matmul need to be at least 1D, but they are ${a.shape.length}D and ${b.shape.length}D`);
    if (a.dtype !== b.dtype) raise(`expected m1 and m2 to have the same dtype, but got: ${a.dtype} != ${b.dtype}`);
    const [left, right] = [a.shape.length === 1 ? [1, ...a.shape] : a.shape, b.shape.length === 1 ? [...b.shape, 1] : b.shape];
    if (left[1] !== right[0]) {
      if (a.shape.length === 1 && b.shape.length === 1) raise(`inconsistent tensor size, expected tensor [${left[1]}] and src [${right[0]}] to have the same number of elements, but got ${left[1]} and ${right[0]} elements respectively`);
      if (b.shape.length === 1) raise(`size mismatch, got input (${left[0]}), mat (${left[0]}x${left[1]}), vec (${right[0]})`);
      raise(`mat1 and mat2 shapes cannot be multiplied (${left.join("x")} and ${right.join("x")})`);
    }
    const round = kept[a.dtype];
    const [x, y] = [a.values, b.values];
    const values = Array.from({ length: left[0] * right[1] }, (_, i) => {
      const [row, column] = [Math.floor(i / right[1]), i % right[1]];
      let all = 0;
      for (let k = 0; k < left[1]; k++) all = round(all + round(x[row * left[1] + k] * y[k * right[1] + column]));
      return all;
    });
    const shape = [...(a.shape.length === 1 ? [] : [left[0]]), ...(b.shape.length === 1 ? [] : [right[1]])];
    const name = a.shape.length === 1 ? (b.shape.length === 1 ? "DotBackward0" : "SqueezeBackward4") : b.shape.length === 1 ? "MvBackward0" : "MmBackward0";
    const made = result(a.world, name, [a, b], values, shape, a.dtype, {
      saves: ([first, second]) => ({ ...(first && { other: b }), ...(second && { self: a }) }),
      back(g, { self, other }) {
        if (name === "DotBackward0") return [other && OPS.mul(g, other), self && OPS.mul(g, self)];
        const grid = OPS.reshape(g, [left[0], right[1]]);
        return [
          other && OPS.reshape(OPS.matmul(grid, OPS.t(OPS.reshape(other, right))), a.shape),
          self && OPS.reshape(OPS.matmul(OPS.t(OPS.reshape(self, left)), grid), b.shape),
        ];
      },
    });
    if (name === "SqueezeBackward4") made.version.count = 1; // a row times a matrix loses a dimension in place
    return made;
  },
  cast,
};

const zeros = (tensor) => make(tensor.world, tensor.values.map(() => 0), tensor.shape, tensor.dtype);

/** The gradient of relu: it depends on the output, too, though with slope 0. */
function threshold(g, output) {
  const on = compare(output, 0n, (p, q) => p > q);
  return result(g.world, "ThresholdBackwardBackward0", [g, output], g.values.map((value, i) => (on.values[i] ? value : 0)), g.shape, g.dtype, {
    back: (gg) => [OPS.where(on, gg, 0n), zeros(output)],
  });
}

function sign(tensor) {
  return unary("SgnBackward0", tensor, Math.sign, { keepsType: true, back: () => [zeros(tensor)] });
}

function unary(name, a, compute, { keepsType = false, saves, back }) {
  const dtype = keepsType || name === "NegBackward0" ? a.dtype : real(a.dtype);
  return result(a.world, name, [a], a.values.map((x) => compute(x)), a.shape, dtype, { saves, back });
}

function reduced(name, a, over) {
  const round = kept[a.dtype];
  const all = a.values.reduce((sum, value) => round(sum + value), 0);
  return result(a.world, name, [a], [all / over], [], a.dtype === BOOL ? LONG : a.dtype, {
    back: (g) => [name === "SumBackward0" ? expand(g, a.shape) : called("DivBackward1", OPS.div(expand(g, a.shape), BigInt(over)))],
  });
}

function dimension(a, dim) {
  const most = Math.max(a.shape.length, 1);
  if (dim < -most || dim >= most) raise(`Dimension out of range (expected to be in range of [${-most}, ${most - 1}], but got ${dim})`, "IndexError");
  return (dim + most) % most;
}

/** A gradient of a part, with zeros around it. */
function placed(g, shape, from) {
  const values = new Array(count(shape)).fill(0);
  g.values.forEach((value, i) => (values[from + i] = value));
  return result(g.world, "SelectBackwardBackward0", [g], values, shape, g.dtype, {
    back: (gg) => [OPS.reshape(cut(gg, from, g.places.length), g.shape)],
  });
}

function cut(tensor, from, length) {
  return result(tensor.world, "SliceBackward0", [tensor], tensor.values.slice(from, from + length), [length], tensor.dtype, {
    back: (g) => [placed(g, tensor.shape, from)],
  });
}

export function compare(a, b, test) {
  const tensor = a instanceof Tensor ? a : b;
  const [x, y] = [wrapped(tensor.world, a, tensor), wrapped(tensor.world, b, tensor)];
  const shape = broadcast(x.shape, y.shape);
  const [p, q] = [x, y].map((one) => spread(one.shape, shape).map((place) => one.values[place]));
  return make(tensor.world, p.map((value, i) => Number(test(value, q[i]))), shape, BOOL);
}

// In place

function outsideInference(tensor) {
  if (tensor.inference && !tensor.world.inference) {
    raise("Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.");
  }
}

function mayChange(tensor) {
  if (!tensor.world.recording) return;
  if (tensor.base?.leaf && tensor.base.requiresGrad && tensor.requiresGrad) raise("a view of a leaf Variable that requires grad is being used in an in-place operation.");
  if (tensor.leaf && tensor.requiresGrad) raise("a leaf Variable that requires grad is being used in an in-place operation.");
  if (tensor.base && tensor.base.node && tensor.requiresGrad) impossible("改一个中间量的一部分（视图）会改写整段图，这里没有做；对整个张量操作就可以。");
}

/** `compute` gives the new tensor from the old one; its values and its node become the tensor's. */
export function inPlace(tensor, compute) {
  mayChange(tensor);
  const old = tensor.world.recording && tensor.requiresGrad ? Object.assign(viewOf(tensor, tensor.places, tensor.shape), { node: tensor.node, requiresGrad: true }) : tensor;
  const made = compute(old);
  if (RANK.indexOf(made.dtype) > RANK.indexOf(tensor.dtype) && floating(made.dtype) && !floating(tensor.dtype)) {
    raise(`result type ${NAMES[made.dtype]} can't be cast to the desired output type ${NAMES[tensor.dtype]}`);
  }
  if (sizes(made.shape) !== sizes(tensor.shape)) {
    raise(`output with shape ${sizes(tensor.shape)} doesn't match the broadcast shape ${sizes(made.shape)}`);
  }
  const values = made.values;
  const before = tensor.values;
  tensor.write(values);
  outsideInference(tensor); // PyTorch complains after the value has changed
  if (!tensor.world.inference) tensor.version.count += 1;
  if (!made.node) return tensor;
  for (const saved of made.node.saved) {
    if (saved.tensor === made) [saved.tensor, saved.version] = [tensor, tensor.version.count];
    else if (saved.tensor === old) {
      saved.tensor = make(tensor.world, before, tensor.shape, tensor.dtype); // the operation kept a copy
      saved.version = 0;
    }
  }
  tensor.node = made.node;
  tensor.requiresGrad = true;
  for (const saved of made.node.saved) if (saved.tensor === tensor) saved.node = made.node;
  return tensor;
}

/** tensor[indices] = value */
export function assignItem(tensor, indices, value) {
  const part = OPS.select(detached(tensor), indices);
  if (tensor.world.recording && tensor.leaf && tensor.requiresGrad) raise("a view of a leaf Variable that requires grad is being used in an in-place operation.");
  mayChange(tensor);
  const given = wrapped(tensor.world, value, tensor);
  if (given.shape.length > part.shape.length) raise(`expand(${tensor.name}{${sizes(given.shape)}}, size=${sizes(part.shape)}): the number of sizes provided (${part.shape.length}) must be greater or equal to the number of dimensions in the tensor (${given.shape.length})`);
  const from = tensor.places.indexOf(part.places[0]);
  part.write(spread(given.shape, part.shape).map((place) => given.values[place]));
  outsideInference(tensor);
  tensor.version.count += 1;
  if (!tensor.world.recording || !(tensor.requiresGrad || given.requiresGrad)) return;
  const old = { ...tensorEdge(tensor) };
  const node = new Node(tensor.world, "CopySlices", [], (g) => {
    const outside = make(g.world, g.values.map((_, i) => Number(i < from || i >= from + part.places.length)), g.shape, BOOL);
    return [called("MulBackward0", OPS.where(outside, g, 0n)), gathered(OPS.reshape(cut(g, from, part.places.length), part.shape), given.shape)];
  });
  node.inputs = [old, tensorEdge(given)];
  const kept = new Saved(given, "fn"); // the copy is let go after one pass, whatever becomes of its values
  kept.unpack = () => (kept.freed ? twice() : given);
  node.saved = [kept];
  tensor.node = node;
  tensor.requiresGrad = true;
}

function tensorEdge(tensor) {
  return { tensor, node: tensor.node, leaf: tensor.leaf && tensor.requiresGrad, needs: tensor.requiresGrad };
}

/** The same memory without the graph; `apart`: with a version counter of its own, as .data has. */
export function detached(tensor, apart = false) {
  const made = viewOf(tensor, tensor.places, tensor.shape, apart ? { count: 0 } : tensor.version);
  made.base = null;
  made.inference = tensor.inference;
  return made;
}

// Backward

function nan(tensor) {
  return tensor.values.some(Number.isNaN);
}

/** Run `work` with the graph recorded or not. */
export function recorded(world, on, work) {
  const before = world.recording;
  world.recording = on;
  try {
    return work();
  } finally {
    world.recording = before;
  }
}

function plus(a, b) {
  return a ? OPS.add(a, b) : b;
}

/** Nodes from a root, each once. */
function reachable(root) {
  const found = new Set();
  const waiting = [root];
  while (waiting.length) {
    const node = waiting.pop();
    if (!node || found.has(node)) continue;
    found.add(node);
    node.inputs.forEach((edge) => edge.node && waiting.push(edge.node));
  }
  return found;
}

function leads(edge, needed, wanted) {
  return edge.node ? needed.has(edge.node) : wanted.includes(edge.tensor);
}

/** The nodes on a way to a wanted tensor: autograd.grad runs no other. */
function leading(nodes, wanted) {
  const needed = new Set(nodes.filter((node) => wanted.some((one) => one.node === node)));
  for (const node of [...nodes].reverse()) if (node.inputs.some((edge) => leads(edge, needed, wanted))) needed.add(node);
  return needed;
}

/**
 * Carry `v` from a tensor back through the graph. `wanted`: collect the gradients of these tensors instead of adding them to
 * leaves; the result is a Map from tensor to gradient.
 */
export function carry(root, v, { retain, create, wanted = null }) {
  const { world } = root;
  const collected = new Map();
  const leaves = new Map();
  const reach = (tensor, node, gradient) => {
    for (const one of wanted ?? []) {
      if (one === tensor && one.node === node) collected.set(one, plus(collected.get(one), gradient));
    }
  };
  recorded(world, create, () => {
    const nodes = [...(root.node ? reachable(root.node) : [])].sort((a, b) => b.sequence - a.sequence);
    const needed = wanted && leading(nodes, wanted);
    const arriving = new Map();
    const outputs = new Map(); // node → the tensor it made, to keep a gradient at
    for (const tensor of world.tensors) if (tensor.node && nodes.includes(tensor.node)) outputs.set(tensor.node, tensor);
    const deliver = (edge, gradient) => {
      if (!edge.needs) return;
      if (edge.node && needed && !needed.has(edge.node)) return;
      if (edge.node) {
        arriving.set(edge.node, plus(arriving.get(edge.node), gradient));
        return;
      }
      reach(edge.tensor, null, gradient);
      if (!wanted && edge.leaf) leaves.set(edge.tensor, plus(leaves.get(edge.tensor), gradient));
    };
    deliver(tensorEdge(root), v);
    for (const node of nodes) {
      const gradient = arriving.get(node);
      if (!gradient) continue;
      for (const one of wanted ?? []) if (one.node === node) collected.set(one, gradient);
      if (needed && !node.inputs.some((edge) => leads(edge, needed, wanted))) continue; // nothing wanted lies behind it
      const made = outputs.get(node);
      if (made?.keepsGrad) made.grad = plus(made.grad, create ? OPS.clone(gradient) : detached(gradient));
      const unpacked = Object.fromEntries(node.saved.map((saved) => [saved.what, saved.unpack()]));
      const gives = node.back(gradient, unpacked);
      if (world.anomaly) {
        gives.forEach((given, i) => {
          if (given && node.inputs[i].needs && nan(given)) raise(`Function '${node.name}' returned nan values in its ${i}th output.`);
        });
      }
      world.passes.push({ id: made?.id ?? null, op: shortName(node), v: gradient.values, gives: gives.map((given, i) => (given && node.inputs[i].needs ? { to: node.inputs[i].tensor.id, value: given.values } : null)).filter(Boolean) });
      if (!retain) node.saved.forEach((saved) => (saved.freed = true));
      gives.forEach((given, i) => given && deliver(node.inputs[i], given));
    }
    for (const [leaf, gradient] of leaves) {
      if (!leaf.grad) leaf.grad = create ? gradient : make(world, gradient.values, leaf.shape, leaf.dtype);
      else if (create) leaf.grad = OPS.add(leaf.grad, gradient);
      else inPlace(leaf.grad, (old) => OPS.add(old, gradient));
    }
  });
  return collected;
}

/** The v that goes with an output: given, or 1 for a single element. */
export function seed(root, given) {
  if (given) {
    if (sizes(given.shape) !== sizes(root.shape)) {
      raise(`Mismatch in shape: grad_output[0] has a shape of torch.Size(${sizes(given.shape)}) and output[0] has a shape of torch.Size(${sizes(root.shape)}).`);
    }
    if (!root.requiresGrad) raise("element 0 of tensors does not require grad and does not have a grad_fn");
    return cast(given, root.dtype);
  }
  if (root.requiresGrad && root.places.length !== 1) raise("grad can be implicitly created only for scalar outputs");
  if (!root.requiresGrad) raise("element 0 of tensors does not require grad and does not have a grad_fn");
  return make(root.world, [1], root.shape, root.dtype);
}
