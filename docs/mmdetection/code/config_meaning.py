"""老配置说了什么：从一堆顶层的名字，读成几样有类型的东西，默认值也补明白。

1.x 和 2.x 靠“没有写”表达很多意思：没有 runner 就是按轮训练，按迭代训练时 ``by_epoch`` 默认是 False，
``Resize`` 不写 ``keep_ratio`` 就是 True。3.x 的默认值往往相反，所以先把意思读全，再去写新的。
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from config_names import Names
from config_reader import OldConfig, Value

# 哪些键说出了年代。SURE：别的年代的 mmdet 不收它，或者没有人读它。HINT：两个年代都收，只能猜：2.x 也收 imgs_per_gpu，
# 2.0 到 2.2 也写 out_size，1.1 起 mmcv 也合并 _base_；自己写的类收什么都行，所以写在那里面的 SURE 也只算 HINT。
# 猜的本身，和只靠它的每个结论（num_classes 减不减一），都要人来定。
SURE = {
    "1": ["model.bbox_roi_extractor", "model.*head.target_means", "model.*.anchor_scales"],
    "2": ["data.samples_per_gpu", "model.roi_head", "model.*.bbox_coder", "model.*.anchor_generator", "model.train_cfg", "runner"],
    "3": ["train_dataloader", "optim_wrapper", "param_scheduler", "val_evaluator", "default_hooks", "env_cfg", "train_cfg.max_epochs"],
}
SURE["3"] += ["train_cfg.max_iters", "train_cfg.val_interval", "model.data_preprocessor", "data_preprocessor", "*.type=PackDetInputs"]
HINT = {"1": ["data.imgs_per_gpu", "model.*.out_size", "model.*.sample_num"], "2": ["_base_"]}
PAST = ["data.samples_per_gpu", "data.imgs_per_gpu", "runner", "optimizer_config", "lr_config", "total_epochs"]  # 3.x 不读的
NEW_BASE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+_[^/]*\.py$")  # 3.x 写 cascade-rcnn_r50，2.x 写 cascade_rcnn_r50


DICTS = {"model", "data", "optimizer", "optimizer_config", "evaluation", "runner", "log_config", "checkpoint_config", "dist_params", "custom_imports"}


class Age(NamedTuple):
    """配置是哪一代的（"1"、"2"、"3"；看不出或自相矛盾是 ""）、凭哪些键、是不是只凭 HINT 猜的。"""

    number: str
    signs: list[str]
    guess: Value | None = None  # 猜的：凭的那个键的值


@dataclass(frozen=True)
class Schedule:
    """训练多久、学习率怎样走。``by_epoch`` 是训练循环的单位；``lr_by_epoch`` 是学习率的单位，可以不同。"""

    by_epoch: bool
    length: Value | None  # 多少轮或多少次迭代
    loop: Value | None  # runner.type
    lr: Value | None  # lr_config
    lr_by_epoch: bool
    every: Value | None  # 隔多久评测一次


@dataclass(frozen=True)
class Loading:
    """一个数据加载器：批量、工作进程、数据集（dict，或一列要接起来的）。"""

    split: str
    batch: Value | None
    workers: Value | None
    dataset: Value


@dataclass(frozen=True)
class Old:
    """一份老配置的意思。``tops`` 是全部顶层的名字；``odd`` 是该写成 dict 却不是的，不在 ``tops`` 里。"""

    age: Age
    model: Value | None
    schedule: Schedule
    loadings: dict[str, Loading]
    data_root: str
    tops: dict[str, Value]
    odd: list[tuple[str, Value]]


def age_of(config: OldConfig, names: Names) -> Age:
    """配置的年代。确凿的先看；互相矛盾的不猜；只有含糊的，猜，并说是猜的。"""
    places = [place for name, value in config.tops.items() for place in _places(name, value, names)]
    places += [("_base_", value, True) for value in _base_names(config)]
    new = [f"_base_ {value.data}" for value in _base_names(config) if _is_new(str(value.data), names)]
    certain = [(path, value) for path, value, known in places if known]
    doubtful = [(path, value) for path, value, known in places if not known]
    sure = {age: _signs(patterns, certain) for age, patterns in SURE.items()}
    hints = {age: _signs(patterns, certain + doubtful) | _signs(SURE[age], doubtful) for age, patterns in HINT.items()}
    if new or sure["3"]:
        past = _signs(PAST, certain)
        return Age("" if past else "3", [*sure["3"], *new, *past])
    for found in (sure, hints):
        if found["1"] and found["2"]:
            return Age("", [*found["1"], *found["2"]])
    if sure["1"] or sure["2"]:
        return Age("1", [*sure["1"]]) if sure["1"] else Age("2", [*sure["2"]])
    for age, found in hints.items():
        if found:
            return Age(age, [*found], next(iter(found.values())))
    return Age("", [])


def _base_names(config: OldConfig) -> list[Value]:
    return [*config.missing, *config.bases]


def _is_new(base: str, names: Names) -> bool:
    """底稿是 3.x 的：``mmdet::`` 的写法，或者名字有连字符，而 3.3.0 正有这个文件。"""
    name = base.rpartition("/")[2]
    return base.startswith("mmdet::") or bool(NEW_BASE.match(name)) and name in names.files


def _signs(patterns: list[str], paths: list[tuple[str, Value]]) -> dict[str, Value]:
    """写了的键 → 第一处的值。"""
    found = ((sign, next((value for path, value in paths if fnmatchcase(path, sign)), None)) for sign in patterns)
    return {sign.rpartition("=")[2]: value for sign, value in found if value is not None}


def _places(path: str, value: Value, names: Names, known: bool = True) -> list[tuple[str, Value, bool]]:
    """这个值和里面一切的路径，外加它所在的类 3.3.0 认不认得；列表不加下标，``type`` 另记一条 ``路径.type=类名``。"""
    found, kind = [(path, value, known)], value.get("type")
    inside = kind is None or names.has(str(kind))
    for key, inner in value.keys.items():
        found += _places(f"{path}.{key}", inner, names, inside)
        found += [(f"{path}.type={inner.data}", inner, True)] if key == "type" else []
    for inner in value.items:
        found += _places(path, inner, names, known)
    return found


def read_meaning(config: OldConfig, age: Age) -> Old:
    """老配置 → 意思。"""
    tops = {name: value for name, value in config.tops.items() if name not in DICTS or isinstance(value.data, dict)}
    data = tops.get("data")
    root = tops.get("data_root")
    return Old(
        age=age,
        model=tops.get("model"),
        schedule=_schedule(tops),
        loadings=_loadings(data) if data is not None else {},
        data_root=root.data if root is not None and isinstance(root.data, str) else "",
        tops=tops,
        odd=[(name, value) for name, value in config.tops.items() if name not in tops],
    )


def _schedule(tops: dict[str, Value]) -> Schedule:
    runner, lr, evaluation = (tops.get(name) for name in ("runner", "lr_config", "evaluation"))
    loop = runner.at("type") if runner is not None else None
    iterations = runner.at("max_iters") if runner is not None else None
    iterations = iterations or tops.get("total_iters")
    by_epoch = not (loop is not None and "Iter" in str(loop.data)) and iterations is None
    epochs = (runner.at("max_epochs") if runner is not None else None) or tops.get("total_epochs")
    said = lr.get("by_epoch") if lr is not None else None
    return Schedule(
        by_epoch=by_epoch,
        length=epochs if by_epoch else iterations,
        loop=loop,
        lr=lr,
        lr_by_epoch=by_epoch if said is None else bool(said),  # 按迭代训练时 mmcv 1.x 把默认值改成 False
        every=evaluation.at("interval") if evaluation is not None else None,
    )


def _loadings(data: Value) -> dict[str, Loading]:
    batch = data.at("samples_per_gpu") or data.at("imgs_per_gpu")
    found = {}
    for split in ("train", "val", "test"):
        dataset = data.at(split)
        if dataset is None:
            continue
        own = data.at(f"{split}_dataloader")
        own_batch = own.at("samples_per_gpu") if own is not None else None
        own_batch = own_batch or (dataset.at("samples_per_gpu") if split != "train" else batch)
        workers = (own.at("workers_per_gpu") if own is not None else None) or data.at("workers_per_gpu")
        found[split] = Loading(split, own_batch, workers, dataset)
    return found
