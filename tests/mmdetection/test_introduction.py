"""The page "introduction": what its own small loop, registry and configs claim about MMEngine and MMDetection."""

import ast
import re

import pytest

from .wheel import load, package, tree

LIBRA = "configs/libra_rcnn/libra-faster-rcnn_x101-64x4d_fpn_1x_coco.py"


@pytest.fixture(scope="module")
def text(notes):
    return (notes / "introduction.md").read_text(encoding="utf-8")


def called_hooks(function: ast.FunctionDef) -> list[str]:
    """The places at which a function calls hooks, in the order of the source."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "call_hook"]
    return [call.args[0].value for call in sorted(calls, key=lambda call: call.lineno)]


def test_the_page_s_loop_calls_its_hooks_in_the_order_of_mmengine(notes):
    methods = {
        node.name: node
        for loop in tree(package("mmengine") / "runner" / "loops.py").body
        if isinstance(loop, ast.ClassDef) and loop.name == "EpochBasedTrainLoop"
        for node in loop.body
        if isinstance(node, ast.FunctionDef)
    }
    train, epoch, step = (called_hooks(methods[name]) for name in ("run", "run_epoch", "run_iter"))
    real = [train[0], epoch[0], *step, *epoch[1:], *train[1:]]
    own = next(node for node in ast.walk(tree(notes / "code" / "hooks.py")) if isinstance(node, ast.FunctionDef) and node.name == "train")
    assert called_hooks(own) == real
    assert real[0] == "before_train" and real[-1] == "after_train" and len(real) == 6


def test_a_step_is_counted_after_its_hooks_were_called(text, notes):
    """Why the page adds one to ``runner.iter``: here and in MMEngine the count grows after ``after_train_iter``."""
    loops = (package("mmengine") / "runner" / "loops.py").read_text(encoding="utf-8").partition("class IterBasedTrainLoop")[0]
    own = (notes / "code" / "hooks.py").read_text(encoding="utf-8")
    assert loops.index("'after_train_iter'") < loops.index("self._iter += 1")
    assert own.index('call_hook("after_train_iter")') < own.index("self.iter += 1")
    hook = (package("mmengine") / "hooks" / "hook.py").read_text(encoding="utf-8")
    assert "dividend = runner.iter + 1 - start" in hook and "def every_n_train_iters" in hook
    assert "`(runner.iter + 1) % 100 == 0`" in text and "`self.every_n_train_iters(runner, 100)`" in text


def test_the_six_hooks_are_those_of_the_config(text, notes):
    hooks = load("configs/_base_/default_runtime.py").default_hooks
    table = (notes / "code" / "hooks.out").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^\| \d+ \| `(\w+)` \| `(\w+)` \|", table, re.MULTILINE))
    assert shown == {key: hook.type for key, hook in hooks.items()} and len(shown) == 6 and "默认写着六个" in text
    levels = [int(level) for level in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)]
    assert levels == sorted(levels) and len(levels) == 6
    number = {name: level for level, name in re.findall(r"^\| (\d+) \| `\w+` \| `(\w+)` \|", table, re.MULTILINE)}
    assert "存盘（90）排在学习率调度（70）之后" in text
    assert (number["CheckpointHook"], number["ParamSchedulerHook"]) == ("90", "70")


def test_a_hook_without_a_priority_of_its_own_is_normal_as_the_example_assumes(text):
    source = (package("mmengine") / "hooks" / "hook.py").read_text(encoding="utf-8")
    assert re.search(r"\n    priority = 'NORMAL'\n", source)
    info = (package("mmengine") / "hooks" / "runtime_info_hook.py").read_text(encoding="utf-8")
    assert "priority = 'VERY_HIGH'" in info
    level = re.search(r"^    VERY_HIGH = (\d+)$", (package("mmengine") / "runner" / "priority.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert f"优先级 VERY_HIGH（{level[1]}），在这六个之前跑" in text
    assert "runtime_info" in (package("mmengine") / "runner" / "runner.py").read_text(encoding="utf-8")


def test_the_four_groups_name_real_keys(text):
    config = load(LIBRA)
    table = re.search(r"\| 组 \| 键 .*?\n\n", text, re.DOTALL)[0]
    keys = {key for row in table.split("\n")[2:] if row for key in re.findall(r"`(\w+)`", row.split("|")[2])}
    assert len(keys) == 10 and keys <= set(config.keys())


def test_the_heads_of_a_cascade_are_a_list():
    assert isinstance(load("configs/cascade_rcnn/cascade-rcnn_r50_fpn_1x_coco.py").model.roi_head.bbox_head, list)


def test_bfp_does_not_take_what_fpn_leaves_behind():
    """The self-test: type BFP over the base's FPN keeps out_channels and num_outs, which BFP does not know."""
    cls = next(node for node in tree(package() / "models" / "necks" / "bfp.py").body if isinstance(node, ast.ClassDef))
    init = next(node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    assert not {"out_channels", "num_outs"} & {argument.arg for argument in init.args.args}
    assert isinstance(load(LIBRA).model.neck, list)


@pytest.mark.torch
def test_adamw_refuses_the_momentum_that_a_merge_would_leave():
    import torch

    with pytest.raises(TypeError, match="momentum"):
        torch.optim.AdamW([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
