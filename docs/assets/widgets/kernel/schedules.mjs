// The learning rate at an iteration under linear warm-up and steps, in three libraries, and the linear scaling rule.
// mmengine: LinearLR (by_epoch=False) with MultiStepLR; torch: the same two of torch.optim.lr_scheduler, the second stepped
// once an epoch; mmdet2: mmcv 1.x StepLrUpdaterHook with warmup="linear".

import { impossible, list, oneOf, positive, record, total, whole } from "./input.mjs";

const FAR = Number.MAX_SAFE_INTEGER; // iterations are no sizes: long trainings have millions

/** How much of the rate warm-up leaves at an iteration. */
function warm(iteration, by, iters, start) {
  if (iters === 0) return 1;
  // LinearLR of mmengine has its last step before `end`: one iteration of warm-up is all start and never ends.
  const last = by === "mmengine" ? iters - 1 : iters;
  return last ? start + (1 - start) * Math.min(iteration / last, 1) : start;
}

/** How many milestones are reached in an epoch. mmcv 1.x counts up to the first that is not, whatever their order. */
function reached(epoch, by, milestones) {
  if (by !== "mmdet2") return milestones.filter((milestone) => milestone <= epoch).length;
  return [...milestones, Infinity].findIndex((milestone) => milestone > epoch);
}

/**
 * The rate at an iteration (from 0) under {base, itersPerEpoch, warmupIters, startFactor, milestones, gamma, by}; milestones
 * are epochs. Without warm-up startFactor is not needed, without milestones gamma is not.
 */
export const learningRate = total((iteration, options) => {
  const { base, itersPerEpoch, warmupIters, startFactor, milestones, gamma, by } = record(options, "选项");
  whole(iteration, "迭代", 0, FAR);
  positive(base, "基准学习率");
  whole(itersPerEpoch, "每轮迭代数", 1, FAR);
  whole(warmupIters, "预热迭代数", 0, FAR);
  oneOf(by, ["mmengine", "torch", "mmdet2"], "by");
  if (warmupIters > 0 || startFactor !== undefined) positive(startFactor, "预热起点", 1);
  list(milestones, "里程碑").forEach((milestone) => whole(milestone, "里程碑", by === "mmdet2" ? 1 : 0));
  if (milestones.length || gamma !== undefined) positive(gamma, "gamma");
  const steps = reached(Math.floor(iteration / itersPerEpoch), by, milestones);
  return base * warm(iteration, by, warmupIters, startFactor) * (gamma ?? 1) ** steps;
});

/** {base, baseBatch, gpus, perGpu, accumulation} → {rate, autoScaleLr}; auto_scale_lr does not know of accumulation. */
export const linearScaling = total((options) => {
  const { base, baseBatch, gpus, perGpu, accumulation } = record(options, "选项");
  positive(base, "基准学习率");
  whole(baseBatch, "基准总批量", 1);
  whole(gpus, "卡数", 1);
  whole(perGpu, "每卡张数", 1);
  whole(accumulation, "累积次数", 1);
  const autoScaleLr = (base * (gpus * perGpu)) / baseBatch;
  return { rate: autoScaleLr * accumulation, autoScaleLr };
});

/** The first iteration before `end` at which two libraries differ under the same options, or null. */
export const firstDifference = total((options, one, other, end) => {
  whole(end, "迭代", 0, FAR);
  const { itersPerEpoch, warmupIters } = record(options, "选项");
  // Warm-up may differ in any of its iterations; later the rate changes only where an epoch begins.
  const starts = Array.from({ length: Math.ceil(end / itersPerEpoch) }, (_, epoch) => epoch * itersPerEpoch);
  const places = [...Array(Math.min(warmupIters + 1, end)).keys(), ...starts.filter((start) => start > warmupIters)];
  return places.find((place) => {
    const [a, b] = [one, other].map((by) => learningRate(place, { ...options, by }));
    if (a.error || b.error) impossible(a.error ?? b.error);
    return Math.abs(a - b) > 1e-12 * Math.max(a, b);
  }) ?? null;
});
