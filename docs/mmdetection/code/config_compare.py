"""把翻译出来的配置与 3.3.0 的同名配置逐值比较。

只比 MMEngine 的 Config、Runner 和测试脚本真正读的键（READ）：别的顶层名字只是拼装时用的变量。
"""

from dataclasses import dataclass, replace

from config_desk import leaves
from config_reader import Value, plain

READ = ("model", "train_dataloader", "val_dataloader", "test_dataloader", "train_cfg", "val_cfg", "test_cfg", "optim_wrapper")
READ += ("param_scheduler", "val_evaluator", "test_evaluator", "default_hooks", "custom_hooks", "env_cfg", "visualizer", "default_scope")
READ += ("log_processor", "log_level", "load_from", "resume", "auto_scale_lr", "randomness", "tta_model", "tta_pipeline", "work_dir")
READ += ("custom_imports", "find_unused_parameters")
LISTS = ("param_scheduler", "val_evaluator", "test_evaluator")  # MMEngine 收一项，也收一列；一项的一列就是这一项


@dataclass(frozen=True)
class Difference:
    """一个叶子的比较：``same``、``other``（值不同）、``mine``（只有翻译出来的有）、``theirs``（只有 3.3.0 的有）。"""

    kind: str
    path: str
    mine: Value | None
    theirs: Value | None


def compare(mine: dict[str, Value], theirs: dict[str, Value]) -> list[Difference]:
    """两边所有的叶子，按路径排好。"""
    listed = {name for name in LISTS if any(name in tops and tops[name].items for tops in (mine, theirs))}
    ours, others = (_leaves({name: _listed(value) if name in listed else value for name, value in tops.items()}) for tops in (mine, theirs))
    return [_difference(path, ours.get(path), others.get(path)) for path in dict.fromkeys([*ours, *others])]


def _leaves(tops: dict[str, Value]) -> dict[str, Value]:
    return {path: leaf for name in READ if name in tops for path, leaf in leaves(tops[name], name)}


def _listed(value: Value) -> Value:
    return replace(value, data=[value]) if isinstance(value.data, dict) else value


def _difference(path: str, mine: Value | None, theirs: Value | None) -> Difference:
    if mine is None or theirs is None:
        return Difference("mine" if theirs is None else "theirs", path, mine, theirs)
    return Difference("same" if equal(plain(mine), plain(theirs)) else "other", path, mine, theirs)


def equal(first: object, second: object) -> bool:
    """值相同：0.1 与 1/10 相同，(1, 2) 与 [1, 2] 相同，True 与 1 不同。"""
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(equal, first, second))
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, float) or isinstance(second, float):
        both = isinstance(first, int | float) and isinstance(second, int | float)
        return both and abs(first - second) <= 1e-12 * max(abs(first), abs(second))
    return type(first) is type(second) and first == second
