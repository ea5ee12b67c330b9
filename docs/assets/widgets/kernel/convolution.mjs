// Sizes of convolution and pooling along one direction, in PyTorch, TensorFlow, Keras and ONNX; receptive fields.
// Sources: the documentation of torch.nn and tf.nn ("Notes on padding"), Keras' deconv_output_length, ONNX ConvTranspose;
// the recursion: Araujo, Norris, Sim, Distill 2019, doi 10.23915/distill.00021.

import { impossible, list, oneOf, record, total, whole, yesNo } from "./input.mjs";

/** What says which cells a window takes: `span` counts them from the first tap to the last. */
function windowOf({ k, s = 1, d = 1 }) {
  whole(k, "核 k", 1);
  whole(s, "步长 s", 1);
  whole(d, "膨胀 d", 1);
  return { k, s, d, span: d * (k - 1) + 1 };
}

/** The layer with its defaults filled in. */
function checkedLayer(layer) {
  const { kind, n, p = 0, ceil = false, outputPadding = 0, rule = "torch" } = record(layer, "层");
  oneOf(kind, ["conv", "transposed", "maxpool", "avgpool"], "kind");
  oneOf(rule, ["torch", "SAME", "VALID", "SAME_UPPER", "SAME_LOWER"], "rule");
  whole(n, "输入边长 n", 1);
  whole(p, "填充 p", 0);
  whole(outputPadding, "outputPadding", 0);
  yesNo(ceil, "ceil");
  return { kind, n, p, ceil, outputPadding, rule, ...windowOf(layer) };
}

/** Split what is to be put on both sides; the odd one goes after, or before for SAME_LOWER. */
function halves(all, rule) {
  const before = Math[rule === "SAME_LOWER" ? "ceil" : "floor"](all / 2);
  return { before, after: all - before };
}

function transposed({ n, s, p, d, outputPadding, rule, span }) {
  const more = Math.max(span - s, 0);
  if (rule === "VALID") return { out: n * s + more, before: 0, after: 0 };
  if (rule !== "torch") return { out: n * s, ...halves(more, rule) };
  const nearest = Math.max(s, d) - 1;
  if (outputPadding > nearest) impossible(`outputPadding 要小于步长或膨胀，最大是 ${nearest}。`);
  const all = (n - 1) * s + span + outputPadding;
  const out = all - 2 * p;
  if (out < 1) impossible(`裁得一格不剩，p 最大是 ${Math.floor((all - 1) / 2)}。`);
  return { out, before: p, after: Math.max(p - outputPadding, 0) };
}

function torch({ kind, n, k, s, p, d, ceil, rule, span }) {
  const pool = kind !== "conv";
  if (kind === "avgpool" && d > 1) impossible("PyTorch 的平均池化没有膨胀，d 只能是 1。");
  if (pool && 2 * p > k) impossible(`池化的填充不能超过核的一半，p 最大是 ${Math.floor(k / 2)}。`);
  const steps = (n + 2 * p - span) / s;
  let out = Math.floor(steps) + 1;
  // With ceil one window more, if it does not start right of the input.
  if (pool && ceil && out * s < n + p) out = Math.ceil(steps) + 1;
  if (out < 1) impossible(`输入连填充 ${n + 2 * p} 格，放不下 ${span} 格的核；${rule === "VALID" ? `n 至少是 ${span}` : `p 至少是 ${Math.ceil((span - n) / 2)}`}。`);
  return { out, before: p, after: Math.max((out - 1) * s + span - n - p, 0) };
}

function same({ n, s, rule, span }) {
  const out = Math.ceil(n / s);
  return { out, ...halves(Math.max((out - 1) * s + span - n, 0), rule) };
}

/**
 * {kind, n, k, s, p, d, ceil, outputPadding, rule} → {out, before, after}: the output length, and the cells outside of the
 * input that windows touch on each side (transposed: the cells cut off). Fields that a kind or rule has no use for are
 * checked and not used. Pooling with ceil may have a kernel longer than its input, as PyTorch allows.
 */
export const outputSize = total((layer) => {
  const full = checkedLayer(layer);
  if (full.kind === "transposed") return transposed(full);
  if (full.rule === "torch") return torch(full);
  return full.rule === "VALID" ? torch({ ...full, kind: "conv", p: 0 }) : same(full);
});

/**
 * n and layers {k, s, p, d}, first one first → {sizes, jump, receptiveField, firstCentre}: the length after each layer, the
 * pixels between two units, the pixels a unit sees, and the pixel in the middle of what unit 0 sees, counted from 0.
 * A layer may carry kind, ceil and rule as in `outputSize`; without kind it is a convolution.
 */
export const chain = total((n, layers) => {
  whole(n, "输入边长 n", 1);
  let [jump, receptiveField, firstCentre, size] = [1, 1, 0, n];
  const sizes = list(layers, "层").map((layer, i) => {
    const full = { kind: "conv", ...layer, n: size };
    const fail = (sentence) => impossible(`第 ${i + 1} 层：${sentence}`);
    if (full.kind === "transposed") fail("转置卷积没有固定的感受野。");
    const { out, before, error } = outputSize(full);
    if (error) fail(error);
    const { s, span } = windowOf(full);
    receptiveField += (span - 1) * jump;
    firstCentre += ((span - 1) / 2 - before) * jump;
    jump *= s;
    size = out;
    if (![jump, receptiveField, 2 * firstCentre].every(Number.isSafeInteger)) fail("感受野太大。");
    return size;
  });
  return { sizes, jump, receptiveField, firstCentre };
});

/**
 * The share of each pixel in one unit above layers {k, s, p, d} with even weights and nothing but sums between them:
 * as many numbers as the receptive field, their sum is 1.
 */
export const effectiveWeights = total((layers) => {
  let row = [1];
  let jump = 1;
  for (const layer of list(layers, "层")) {
    const { k, s, d, span } = windowOf(record(layer, "层"));
    const length = row.length + (span - 1) * jump;
    if (length > 1e5) impossible("感受野太大。");
    const wider = new Array(length).fill(0);
    for (let tap = 0; tap < k; tap++) row.forEach((weight, i) => (wider[i + tap * d * jump] += weight / k));
    row = wider;
    jump *= s;
  }
  return row;
});

/** n and wanted length → every {k, s, p, d} with k ≤ 11, s ≤ 4 and d ≤ 2 that PyTorch's convolution turns one into the other with. */
export const solve = total((n, out) => {
  whole(n, "输入边长 n", 1);
  whole(out, "输出边长", 1);
  const found = [];
  for (let s = 1; s <= 4; s++) {
    for (let d = 1; d <= 2; d++) {
      for (let k = d; k <= 11; k++) { // a kernel of 1 cannot be dilated
        const span = d * (k - 1) + 1;
        for (let p = 0; p <= span / 2; p++) if (Math.floor((n + 2 * p - span) / s) + 1 === out) found.push({ k, s, p, d });
      }
    }
  }
  return found;
});
