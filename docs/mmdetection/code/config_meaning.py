"""老配置说了什么：从一堆顶层的名字，读成几样有类型的东西，默认值也补明白。

1.x 和 2.x 靠“没有写”表达很多意思：没有 runner 就是按轮训练，按迭代训练时 ``by_epoch`` 默认是 False，
``Resize`` 不写 ``keep_ratio`` 就是 True。3.x 的默认值往往相反，所以先把意思读全，再去写新的。
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from config_reader import OldConfig, Value

NEW = ["train_dataloader", "optim_wrapper", "param_scheduler", "val_evaluator", "default_hooks", "env_cfg"]
NEW += ["train_cfg.max_epochs", "train_cfg.max_iters", "train_cfg.val_interval", "model.data_preprocessor", "data_preprocessor"]
NEW_BASE = re.compile(r"mmdet::|(.*/)?(?!mstrain-)[a-z0-9]+(-[a-z0-9]+)+_[^/]*\.py$")  # 3.x 写 cascade-rcnn_r50，2.x 写 cascade_rcnn_r50
SIGNS = {
    "1": ["model.bbox_roi_extractor", "model.*head.target_means", "model.*.anchor_scales", "model.*.out_size", "model.*.sample_num"],
    "2": ["data.samples_per_gpu", "model.roi_head", "model.*.bbox_coder", "model.*.anchor_generator", "model.train_cfg", "runner", "_base_"],
}


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
    """一份老配置的意思。``rest`` 是还没有人认领的顶层名字。"""

    age: str
    model: Value | None
    schedule: Schedule
    loadings: dict[str, Loading]
    data_root: str
    tops: dict[str, Value]


def age_of(config: OldConfig) -> tuple[str, list[str]]:
    """年代（"1"、"2"、"3"，看不出或自相矛盾是 ""）和依据。"""
    paths = [path for name, value in config.tops.items() for path in _paths(name, value)]
    written = _base_names(config)
    new = sorted({sign for sign in NEW if sign in paths} | {"PackDetInputs" for path in paths if path.endswith("=PackDetInputs")})
    new += [f"_base_ {name}" for name in written if NEW_BASE.match(name)]
    if new:
        return "3", new
    found = {age: [sign for sign in signs if any(fnmatchcase(path, sign) for path in paths)] for age, signs in SIGNS.items()}
    if written:
        found["2"].append("_base_")
    if not found["1"] and not found["2"] and "data.imgs_per_gpu" in paths:  # 2.x 也收这个键，别的都没说时才算 1.x
        return "1", ["data.imgs_per_gpu"]
    if bool(found["1"]) == bool(found["2"]):
        return "", found["1"] + found["2"]
    age = "1" if found["1"] else "2"
    return age, found[age]


def _base_names(config: OldConfig) -> list[str]:
    return [str(value.data) for value in [*config.missing, *config.bases]]


def _paths(path: str, value: Value) -> list[str]:
    """这个值和里面一切的路径；列表不加下标，``type`` 另记一条 ``路径=类名``。"""
    found = [path]
    for key, inner in value.keys.items():
        found += _paths(f"{path}.{key}", inner)
        found += [f"{path}.type={inner.data}"] if key == "type" else []
    for inner in value.items:
        found += _paths(path, inner)
    return found


def read_meaning(config: OldConfig, age: str) -> Old:
    """老配置 → 意思。"""
    tops = dict(config.tops)
    data = tops.get("data")
    root = tops.get("data_root")
    return Old(
        age=age,
        model=tops.get("model"),
        schedule=_schedule(tops),
        loadings=_loadings(data) if data is not None else {},
        data_root=root.data if root is not None and isinstance(root.data, str) else "",
        tops=tops,
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
