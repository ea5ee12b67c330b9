"""kernel/convolution.mjs against PyTorch's own layers, TensorFlow's rule (conv_sizes.py, tested there) and brute force."""

import random

import pytest

from .conftest import NOT_NUMBERS, cases_of, is_error

CASES = cases_of("conv-sizer")


@pytest.fixture(scope="module")
def sizes(code):
    return code("deep-learning", "conv_sizes")


def layer(dice: random.Random) -> dict:
    kind = dice.choice(["conv", "transposed", "maxpool", "avgpool"])
    made = {"kind": kind, "n": dice.randint(1, 40), "k": dice.randint(1, 9), "s": dice.randint(1, 6), "p": dice.randint(0, 5)}
    if kind != "avgpool":
        made["d"] = dice.choice([1, 1, 2, 3])
    if kind.endswith("pool"):
        made["ceil"] = dice.random() < 0.5
    if kind == "transposed":
        made["outputPadding"] = dice.randint(0, 3)
    if dice.random() < 0.2:
        del made["p"]
    if dice.random() < 0.2:
        del made["s"]
    return made


def torch_size(made: dict) -> int | None:
    """What PyTorch makes of it, or None where it refuses."""
    import torch
    import torch.nn.functional as F

    n, k, s, p, d = made["n"], made["k"], made.get("s", 1), made.get("p", 0), made.get("d", 1)
    x, w = torch.zeros(1, 1, n, n), torch.zeros(1, 1, k, k)
    try:
        out = {
            "conv": lambda: F.conv2d(x, w, stride=s, padding=p, dilation=d),
            "transposed": lambda: F.conv_transpose2d(x, w, stride=s, padding=p, dilation=d, output_padding=made["outputPadding"]),
            "maxpool": lambda: F.max_pool2d(x, k, s, p, d, made["ceil"]),
            "avgpool": lambda: F.avg_pool2d(x, k, s, p, made["ceil"]),
        }[made["kind"]]()
    except RuntimeError:
        return None
    return out.shape[-1] or None


@pytest.mark.torch
def test_sizes_are_those_of_torch(kernel, dice):
    made = [layer(dice) for _ in range(CASES)]
    refused = 0
    for case, answer in zip(made, kernel("convolution", [["outputSize", case] for case in made])):
        theirs = torch_size(case)
        if theirs is None:
            refused += 1
            assert is_error(answer), case
        else:
            assert answer["out"] == theirs, case
    assert CASES / 50 < refused < CASES / 2  # the cases hold what PyTorch refuses, too


def touched(n: int, out: int, s: int, span: int, before: int) -> tuple[int, int]:
    """Cells outside of 0 … n − 1 from the first to the last that windows reach, the first window starting at −before."""
    return before, max(-before + (out - 1) * s + span - n, 0)


def test_cells_outside_are_those_that_windows_touch(kernel, dice):
    made = [case for case in (layer(dice) for _ in range(CASES)) if case["kind"] != "transposed"]
    for case, answer in zip(made, kernel("convolution", [["outputSize", case] for case in made])):
        if "error" not in answer:
            span = case.get("d", 1) * (case["k"] - 1) + 1
            assert (answer["before"], answer["after"]) == touched(case["n"], answer["out"], case.get("s", 1), span, case.get("p", 0)), case


def test_cells_cut_off_by_a_transposed_convolution_are_what_is_missing_of_its_whole_length(kernel, dice):
    made = [case for case in (layer(dice) for _ in range(CASES)) if case["kind"] == "transposed"]
    for case, answer in zip(made, kernel("convolution", [["outputSize", case] for case in made])):
        if "error" not in answer and case["outputPadding"] <= case.get("p", 0):
            whole = (case["n"] - 1) * case.get("s", 1) + case.get("d", 1) * (case["k"] - 1) + 1
            assert answer["before"] + answer["out"] + answer["after"] == whole, case


def test_same_and_valid_are_those_of_tensorflow_and_the_lower_form_puts_the_odd_one_before(kernel, sizes, dice):
    made = [{"kind": dice.choice(["conv", "maxpool", "avgpool"]), "n": dice.randint(1, 60), "k": dice.randint(1, 9),
             "s": dice.randint(1, 6), "d": dice.choice([1, 1, 2, 3])} for _ in range(CASES)]
    rules = ["SAME", "SAME_UPPER", "SAME_LOWER", "VALID"]
    answers = iter(kernel("convolution", [["outputSize", {**case, "rule": rule}] for case in made for rule in rules]))
    for case in made:
        n, k, s, d = case["n"], case["k"], case["s"], case["d"]
        less, more = sizes.same_padding(n, k, s, d)
        same, upper, lower, valid = (next(answers) for _ in rules)
        assert same == upper == {"out": sizes.same_size(n, s), "before": less, "after": more}, case
        assert lower == {"out": sizes.same_size(n, s), "before": more, "after": less}, case
        if n < sizes.effective_kernel(k, d):
            assert is_error(valid), case
        else:
            assert valid == {"out": sizes.valid_size(n, k, s, d), "before": 0, "after": 0}, case


def keras_length(n: int, k: int, s: int, d: int, padding: str) -> int:
    """deconv_output_length of Keras without output padding."""
    span = k + (k - 1) * (d - 1)
    return n * s if padding == "SAME" else n * s + max(span - s, 0)


def test_transposed_sizes_are_those_of_keras(kernel, dice):
    made = [{"kind": "transposed", "n": dice.randint(1, 40), "k": dice.randint(1, 9), "s": dice.randint(1, 6), "d": dice.choice([1, 1, 2]),
             "rule": dice.choice(["SAME", "VALID"])} for _ in range(CASES)]
    for case, answer in zip(made, kernel("convolution", [["outputSize", case] for case in made])):
        assert answer["out"] == keras_length(case["n"], case["k"], case["s"], case["d"], case["rule"]), case
        if case["rule"] == "SAME":  # the gradient of the SAME convolution that makes n out of n · s
            span = case["d"] * (case["k"] - 1) + 1
            cut = max((case["n"] - 1) * case["s"] + span - case["n"] * case["s"], 0)
            assert (answer["before"], answer["after"]) == (cut // 2, cut - cut // 2), case


def test_the_cases_of_the_note(kernel):
    calls = [
        {"kind": "maxpool", "n": 3, "k": 2, "s": 2, "p": 1, "ceil": True}, {"kind": "maxpool", "n": 3, "k": 1, "s": 3, "ceil": True},
        {"kind": "conv", "n": 224, "k": 7, "s": 2, "p": 3}, {"kind": "maxpool", "n": 112, "k": 3, "s": 2, "ceil": True},
        {"kind": "conv", "n": 224, "k": 7, "s": 2, "rule": "SAME"}, {"kind": "maxpool", "n": 9, "k": 3, "d": 2, "p": 2},
    ]
    answers = kernel("convolution", [["outputSize", case] for case in calls])
    assert [answer.get("out") for answer in answers] == [2, 1, 112, 56, 112, None]
    assert answers[4]["before"] == 2 and answers[4]["after"] == 3


# Chains


def test_chains_are_those_of_the_note_s_recursion(kernel, sizes, code, dice):
    field = code("deep-learning", "receptive_field").receptive_field
    made = []
    for _ in range(CASES):
        layers = [{"k": dice.randint(1, 7), "s": dice.randint(1, 3), "p": dice.randint(0, 3), "d": dice.choice([1, 1, 2])} for _ in range(dice.randint(0, 6))]
        made.append((dice.randint(1, 300), layers))
    failed = 0
    for (n, layers), answer in zip(made, kernel("convolution", [["chain", *case] for case in made])):
        lengths = [n]
        for one in layers:
            lengths.append(sizes.torch_size(lengths[-1], **one))
        if min(lengths) < 1:
            failed += 1
            assert is_error(answer), (n, layers)
            continue
        r, j, left = field([(one["k"], one["s"], one["p"], one["d"]) for one in layers])
        assert answer == {"sizes": lengths[1:], "jump": j, "receptiveField": r, "firstCentre": left + (r - 1) / 2}, (n, layers)
    assert 0 < failed < CASES / 2


@pytest.mark.torch
def test_what_a_unit_sees_and_how_much_is_what_the_gradient_says(kernel, dice):
    import torch
    import torch.nn.functional as F

    made = [[{"k": dice.randint(1, 5), "s": dice.randint(1, 2), "p": 0, "d": dice.choice([1, 2])} for _ in range(dice.randint(1, 4))] for _ in range(60)]
    weights = kernel("convolution", [["effectiveWeights", layers] for layers in made])
    chains = kernel("convolution", [["chain", 200, layers] for layers in made])
    for layers, row, chain in zip(made, weights, chains):
        x = torch.zeros(1, 1, 200, dtype=torch.float64, requires_grad=True)
        y = x
        for one in layers:
            y = F.conv1d(y, torch.full((1, 1, one["k"]), 1 / one["k"], dtype=torch.float64), stride=one["s"], dilation=one["d"])
        y[0, 0, 1].backward()
        seen = x.grad[0, 0].nonzero().flatten().tolist()
        assert (seen[0], seen[-1]) == (chain["jump"], chain["jump"] + chain["receptiveField"] - 1)
        assert row == pytest.approx(x.grad[0, 0, seen[0]:seen[-1] + 1].tolist(), abs=1e-12)
        assert y.shape[-1] == chain["sizes"][-1]


def test_solutions_are_all_there_and_all_right(kernel, sizes):
    (found,) = kernel("convolution", [["solve", 224, 56]])
    by_hand = [
        {"k": k, "s": s, "p": p, "d": d} for s in range(1, 5) for d in (1, 2) for k in range(1, 12) if k > 1 or d == 1
        for p in range(sizes.effective_kernel(k, d) // 2 + 1) if sizes.torch_size(224, k, s, p, d) == 56
    ]
    assert found == by_hand and {"k": 7, "s": 4, "p": 3, "d": 1} in found


# Impossible input


def test_impossible_layers_are_told_and_not_reckoned(kernel):
    good = {"kind": "conv", "n": 8, "k": 3, "s": 1, "p": 1, "d": 1}
    bad = [{**good, field: value} for field in ("n", "k", "s", "p", "d") for value in (*NOT_NUMBERS, -1, 1.5, 10**6 + 1)]
    bad += [{**good, "n": 0}, {**good, "k": 0}, {**good, "s": 0}, {**good, "d": 0}, {**good, "outputPadding": -1}, {**good, "outputPadding": None}]
    bad += [{**good, "ceil": value} for value in (1, "true", None)] + [{**good, "kind": value} for value in ("Conv", None, 1)]
    bad += [{**good, "rule": value} for value in ("same", None)] + [{key: value for key, value in good.items() if key != gone} for gone in ("kind", "n", "k")]
    bad += [None, [], "conv", 3, {"undefined": 1}]
    answers = kernel("convolution", [["outputSize", case] for case in bad] + [["outputSize"]])
    assert [case for case, answer in zip([*bad, ()], answers) if not is_error(answer)] == []


def test_impossible_chains_are_told(kernel):
    bad = [[0, []], ["8", []], [8, None], [8, {}], [8, [None]], [8, [{}]], [8, [{"k": 9}]], [8], [], [8, [{"k": 3, "s": None}]], [1.5, []],
           [10, [{"k": 1, "s": 10**6}] * 9]]
    assert all(map(is_error, kernel("convolution", [["chain", *case] for case in bad])))
