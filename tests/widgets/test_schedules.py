"""kernel/schedules.mjs against mmengine's and torch's schedulers, run step by step, and mmcv 1.x's hook as it is written."""

import random

import pytest

from .conftest import NOT_NUMBERS, cases_of, is_error

CASES = cases_of("lr-schedule")


def setting(dice: random.Random) -> dict:
    return {
        "base": dice.choice([0.02, 0.01, 1.0, dice.uniform(1e-4, 2)]), "itersPerEpoch": dice.randint(1, 9), "warmupIters": dice.choice([0, 1, 2, dice.randint(3, 20)]),
        "startFactor": dice.choice([0.001, 1 / 3, 1.0, dice.uniform(0.01, 1)]), "milestones": [dice.randint(1, 6) for _ in range(dice.randint(0, 3))],
        "gamma": dice.choice([0.1, 0.5, 1.0]),
    }


def optimizer(base):
    import torch

    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)


def walk(made, warm, steps, made_optimizer, iterations):
    """The rate at each iteration: the warm-up is stepped after each of them, the steps after each epoch."""
    rates = []
    for iteration in range(iterations):
        rates.append(made_optimizer.param_groups[0]["lr"])
        made_optimizer.step()
        if warm:
            warm.step()
        if (iteration + 1) % made["itersPerEpoch"] == 0:
            steps.step()
    return rates


def mmengine(made, iterations):
    from mmengine.optim.scheduler import LinearLR, MultiStepLR

    ours = optimizer(made["base"])
    warm = made["warmupIters"] and LinearLR(ours, start_factor=made["startFactor"], by_epoch=False, begin=0, end=made["warmupIters"])
    return walk(made, warm, MultiStepLR(ours, made["milestones"], made["gamma"], by_epoch=True, begin=0, end=10**6), ours, iterations)


def torch_rates(made, iterations):
    from torch.optim.lr_scheduler import LinearLR, MultiStepLR

    ours = optimizer(made["base"])
    warm = made["warmupIters"] and LinearLR(ours, start_factor=made["startFactor"], total_iters=made["warmupIters"])
    return walk(made, warm, MultiStepLR(ours, made["milestones"], made["gamma"]), ours, iterations)


def mmdet2(made, iterations):
    """StepLrUpdaterHook.get_lr and LrUpdaterHook.before_train_iter with warmup="linear", statement by statement."""
    rates = []
    for iteration in range(iterations):
        exponent = len(made["milestones"])
        for i, milestone in enumerate(made["milestones"]):
            if iteration // made["itersPerEpoch"] < milestone:
                exponent = i
                break
        regular = made["base"] * made["gamma"] ** exponent
        if iteration < made["warmupIters"]:
            k = (1 - iteration / made["warmupIters"]) * (1 - made["startFactor"])
            regular *= 1 - k
        rates.append(regular)
    return rates


@pytest.mark.torch
@pytest.mark.parametrize(("by", "reference"), [("mmengine", mmengine), ("torch", torch_rates), ("mmdet2", mmdet2)])
def test_each_iteration_is_as_in_the_library(kernel, dice, by, reference):
    made = [setting(dice) for _ in range(CASES)]
    iterations = 40
    ours = iter(kernel("schedules", [["learningRate", i, {**one, "by": by}] for one in made for i in range(iterations)]))
    for one in made:
        assert [next(ours) for _ in range(iterations)] == pytest.approx(reference(one, iterations), rel=1e-9), one


def test_mmengine_is_full_one_iteration_earlier(kernel):
    made = {"base": 0.02, "itersPerEpoch": 7330, "warmupIters": 500, "startFactor": 0.001, "milestones": [8, 11], "gamma": 0.1}
    rates = kernel("schedules", [["learningRate", i, {**made, "by": by}] for by in ("mmengine", "torch", "mmdet2") for i in (498, 499, 500)])
    assert [rate == pytest.approx(0.02, rel=1e-12) for rate in rates] == [False, True, True, False, False, True, False, False, True]
    assert kernel("schedules", [["firstDifference", made, "mmengine", "torch", 90000], ["firstDifference", made, "torch", "mmdet2", 90000]]) == [1, None]


def test_scaling_is_that_of_the_note_and_the_switch_does_not_know_of_accumulation(kernel, code, dice):
    scaled = code("mmdetection", "learning_rate").scaled
    made = [{"base": dice.uniform(0.001, 1), "baseBatch": dice.choice([16, 256, dice.randint(1, 512)]), "gpus": dice.randint(1, 64),
             "perGpu": dice.randint(1, 64), "accumulation": dice.randint(1, 8)} for _ in range(CASES)]
    for one, answer in zip(made, kernel("schedules", [["linearScaling", one] for one in made])):
        switch = scaled(one["base"], one["baseBatch"], one["gpus"], one["perGpu"])
        assert answer == {"rate": pytest.approx(switch * one["accumulation"], rel=1e-12), "autoScaleLr": pytest.approx(switch, rel=1e-12)}


def test_impossible_input_is_told(kernel):
    good = {"base": 0.02, "itersPerEpoch": 10, "warmupIters": 5, "startFactor": 0.1, "milestones": [2], "gamma": 0.1, "by": "torch"}
    bad = [[0, {**good, field: value}] for field in ("base", "itersPerEpoch", "warmupIters", "startFactor", "gamma") for value in (*NOT_NUMBERS, -1)]
    bad += [[0, {key: value for key, value in good.items() if key != gone}] for gone in good]
    bad += [[0, {**good, "startFactor": 1.5}], [0, {**good, "startFactor": 0}], [0, {**good, "base": 0}], [0, {**good, "itersPerEpoch": 0}]]
    bad += [[0, {**good, "milestones": value}] for value in (None, 2, ["2"], [1.5], [-1], [None])] + [[0, {**good, "by": "keras"}], [0, {**good, "by": "mmdet2", "milestones": [0]}]]
    bad += [[value, good] for value in (*NOT_NUMBERS, -1, 0.5)] + [[0], [], [0, None]]
    scaling = {"base": 0.02, "baseBatch": 16, "gpus": 2, "perGpu": 2, "accumulation": 1}
    scalings = [{**scaling, field: value} for field in scaling for value in (*NOT_NUMBERS, 0, -1)] + [{key: value for key, value in scaling.items() if key != gone} for gone in scaling]
    answers = kernel("schedules", [["learningRate", *case] for case in bad] + [["linearScaling", one] for one in scalings])
    assert [case for case, answer in zip([*bad, *scalings], answers) if not is_error(answer)] == []
