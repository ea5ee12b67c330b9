"""数据：老的 data → 三个 dataloader、两个 evaluator、data_preprocessor。"""

from dataclasses import replace

from config_changed import restate
from config_desk import ABSENT, Desk
from config_early import EARLY, early_pipeline
from config_meaning import Loading, Old
from config_reader import Value
from config_run import DEFAULT
from config_scores import evaluator
from config_steps import META, Preprocessor, Steps, Use, pipeline

WRAPPERS = ("RepeatDataset", "ClassBalancedDataset", "MultiImageMixDataset", "ConcatDataset")
FILES = ("label_file", "hierarchy_file", "meta_file", "image_level_ann_file")  # OpenImages 的：2.x 照原样读，3.x 接在 data_root 后面


def loaders(old: Old, desk: Desk, shared: Preprocessor) -> dict[str, Value]:
    """全部 dataloader 和 evaluator。"""
    made: dict[str, Value] = {}
    train = old.loadings.get("train")
    annotations = _annotations(train.dataset) if train is not None else None
    for split, loading in old.loadings.items():
        made[f"{split}_dataloader"] = _loader(loading, old, desk, shared, annotations)
    data = old.tops.get("data")
    for key, value in data.keys.items() if data is not None else ():
        if key.endswith("_dataloader") or key in ("persistent_workers", "pin_memory", "shuffle"):
            _loader_settings(key, value, made, desk)
    for split in ("val", "test"):
        if split in old.loadings:
            made[f"{split}_evaluator"] = evaluator(old.loadings[split], old, desk)
    return made


def _loader_settings(key: str, value: Value, made: dict[str, Value], desk: Desk) -> None:
    split = key.removesuffix("_dataloader")
    target = made.get(f"{split}_dataloader")
    if key == "persistent_workers" and "train_dataloader" in made:  # 2.x 只给训练用
        made["train_dataloader"].data[key] = desk.carry(value, f"data.{key}")
        return
    for name, inner in value.keys.items() if target is not None else ():
        if name == "persistent_workers":
            target.data[name] = desk.carry(inner, key)
        elif name == "class_aware_sampler" and isinstance(inner.data, dict):
            target.data.pop("batch_sampler", None)  # 2.x 用了它就不分横竖
            target.data["sampler"] = desk.new({"type": "ClassAwareSampler", **{one: desk.carry(said, f"data.{key}.{name}.{one}") for one, said in inner.keys.items()}}, inner)
        elif name not in ("samples_per_gpu", "workers_per_gpu"):
            desk.hand(inner, f"data.{key}.{name}", f"写进 {key}，看它的新写法")
    if target is None:
        desk.hand(value, f"data.{key}", "2.x 不读 data 里的它：要它，就写进各个 dataloader" if key != f"{split}_dataloader" else f"没有 data.{split}：补上数据集再写")


def _loader(loading: Loading, old: Old, desk: Desk, shared: Preprocessor, annotations: Value | None) -> Value:
    train = loading.split == "train"
    workers, batch = loading.workers, loading.batch
    if train and batch is None:
        desk.hand(Value(loading.dataset.line, "", None, loading.dataset.file), "train_dataloader.batch_size", "没有写每张卡几张图：补上 batch_size")
    count = workers.data if workers is not None else 2
    made: dict[str, object] = {
        "batch_size": desk.carry(batch, "batch_size") if batch is not None else (None if train else 1),
        "num_workers": desk.carry(workers, "num_workers") if workers is not None else count,
        "persistent_workers": desk.added(count != 0, "有工作进程才能是 True"),
    }
    if train:
        name = "DefaultSampler" if old.schedule.by_epoch else "InfiniteSampler"
        made["sampler"] = desk.added({"type": name, "shuffle": True}, "训练时打乱；按迭代训练用无限的采样器")
        grouped = not _openimages(loading.dataset)  # 2.x 的 OpenImagesDataset 不分横竖
        made["batch_sampler"] = None if not grouped else desk.added({"type": "AspectRatioBatchSampler"}, "老的 GroupSampler：横图与横图一批")
    else:
        made["drop_last"] = desk.added(False, DEFAULT)
        made["sampler"] = desk.added({"type": "DefaultSampler", "shuffle": False}, "评测不打乱")
    made["dataset"] = _dataset(loading.dataset, f"data.{loading.split}", old, desk, shared, annotations if not train else None)
    return desk.new({key: value for key, value in made.items() if value is not None}, note=DEFAULT)


def _openimages(dataset: Value) -> bool:
    while dataset.at("dataset") is not None:
        dataset = dataset.keys["dataset"]
    return str(dataset.get("type")).startswith("OpenImages")


def _annotations(dataset: Value) -> Value | None:
    """训练流水线里读标注的那一步。"""
    for inner in (dataset, *dataset.items, dataset.at("dataset"), *(dataset.at("datasets").items if dataset.at("datasets") else [])):
        steps = inner.at("pipeline") if inner is not None else None
        for step in steps.items if steps is not None else []:
            if step.get("type") in ("LoadAnnotations", "LoadPanopticAnnotations"):
                return step
        if inner is not None and inner is not dataset and (found := _annotations(inner)) is not None:
            return found
    return None


def _dataset(value: Value, path: str, old: Old, desk: Desk, shared: Preprocessor, annotations: Value | None) -> Value:
    """一个数据集：列表接成 ConcatDataset，外壳照搬，最里面的一层换新写法。"""
    if not value.items and not isinstance(value.data, dict):
        desk.hand(value, path, "看不出是什么数据集")
        return desk.added({}, "数据集没有定")
    many = value.items or _split(value, desk)
    if many:
        inside = [_dataset(one, f"{path}[{index}]", old, desk, shared, annotations) for index, one in enumerate(many)]
        made: dict[str, object] = {"type": "ConcatDataset", "datasets": inside}
        if all(str(one.get("type")).startswith(("VOC", "XML")) for one in many):
            made["ignore_keys"] = ["dataset_type"]
        return desk.new(made, note="几份数据接在一起")
    if value.get("type") in WRAPPERS:
        return _wrapper(value, path, old, desk, shared, annotations)
    return _plain_dataset(value, path, old, desk, shared, annotations)


def _split(value: Value, desk: Desk) -> list[Value]:
    """ann_file 是列表的数据集，拆成几个；目录若也是列表，逐个配上。"""
    files = value.at("ann_file")
    if files is None or not files.items:
        return []
    many = []
    for index, file in enumerate(files.items):
        keys = {**value.keys, "ann_file": file}
        for key in ("img_prefix", "seg_prefix", "proposal_file"):
            if value.at(key) is not None and value.keys[key].items:
                keys[key] = value.keys[key].items[index]
                desk.used.add(value.keys[key])
        many.append(Value(value.line, value.text, keys, value.file))
    desk.used.add(files)
    return many


def _wrapper(value: Value, path: str, old: Old, desk: Desk, shared: Preprocessor, annotations: Value | None) -> Value:
    made: dict[str, object] = {}
    for key, inner in value.keys.items():
        at = f"{path}.{key}"
        if key == "dataset":
            made[key] = _dataset(inner, at, old, desk, shared, annotations)
        elif key == "datasets":
            made[key] = [_dataset(one, f"{at}[{index}]", old, desk, shared, annotations) for index, one in enumerate(inner.items)]
        elif key == "pipeline":
            made[key] = pipeline(inner, Steps(desk, shared, at, Use.TRAIN if annotations is None else Use.TEST), annotations)
        else:
            made[key] = desk.argument(str(value.get("type")), key, inner, at)
    return desk.new({key: inner for key, inner in made.items() if inner is not None})


def _plain_dataset(value: Value, path: str, old: Old, desk: Desk, shared: Preprocessor, annotations: Value | None) -> Value:
    train, kind = annotations is None and not path.startswith(("data.val", "data.test")), str(value.get("type"))
    made: dict[str, object] = {}
    if kind != "None" and not desk.names.has(kind):
        desk.hand(value.keys["type"], f"{path}.type", ABSENT.format(kind) + ("：它读的格式要转成 COCO 的，或者 BaseDetDataset 读的" if kind == "CustomDataset" else ""))
    made["type"] = desk.carry(value.keys["type"], path) if value.at("type") is not None else None
    root, prefix = value.at("data_root"), {}
    base = root.data if root is not None else old.data_root
    cut = root is None and bool(base) and _below(value, base)  # 自己写了 data_root 的，路径本来就从它算起
    if root is not None:
        made["data_root"] = desk.carry(root, path)
    elif cut:
        made["data_root"] = desk.new(base, old.tops.get("data_root"))
    early = early_pipeline(value, path, train, desk) if "pipeline" not in value.keys and "img_scale" in value.keys else None
    for key, inner in value.keys.items():
        at = f"{path}.{key}"
        match key:
            case "type" | "data_root" | "samples_per_gpu":
                pass
            case _ if early is not None and key in EARLY:
                pass  # 在下面变成流水线
            case "ann_file":
                made["ann_file"] = _relative(inner, base if cut else "", desk)
            case _ if key in FILES and kind.startswith("OpenImages"):
                made[key] = _joined_later(inner, base if cut or root is not None else "", at, desk)
            case "img_prefix":
                prefix["sub_data_root" if kind.startswith(("VOC", "XML", "Wider", "WIDER")) else "img"] = _relative(inner, base if cut else "", desk)
            case "seg_prefix":
                prefix["seg"] = _relative(inner, base if cut else "", desk)
            case "classes" if inner.data is None:
                desk.gone(inner, at, "None：就是数据集自己的类别")
            case "classes":
                made["metainfo"] = desk.new({"classes": desk.carry(inner, at)})
            case "filter_empty_gt" | "min_size" if train:
                pass  # 在下面变成 filter_cfg
            case "filter_empty_gt" | "min_size":
                desk.gone(inner, at, "评测时不丢图，也不丢框")
            case "test_mode" if not train:
                desk.gone(inner, at, "评测用的总是 True")
            case "pipeline":
                steps = Steps(desk, shared, at, Use.TRAIN if train else Use.TEST, (*META, "instances", "image_level_labels") if kind.startswith("OpenImages") else META)
                made["pipeline"] = pipeline(inner, steps, _carry_step(annotations, desk))
            case "ins_ann_file":
                desk.gone(inner, at, "评测器自己读它") if not train else desk.hand(inner, at, "训练用不到它：3.3.0 的全景数据集没有这一项")
            case "get_supercategory" if not train:
                pass  # 归评测器
            case _ if kind != "None" and desk.doubt(kind, "", key) == "" and key != "proposal_file":
                made[key] = desk.carry(inner, at)
            case _:
                desk.hand(inner, at, f"3.3.0 的 {kind} 没有这一项" if key != "proposal_file" else "3.x 由 LoadProposals 和 proposal_file 读，格式也变了")
    if early is not None:
        steps = Steps(desk, shared, path, Use.TRAIN if train else Use.TEST)
        made["pipeline"] = pipeline(early, steps, _carry_step(annotations, desk))
    if prefix:
        made["data_prefix"] = prefix
    if kind.startswith("OpenImages") and "meta_file" not in made:
        desk.hand(value.keys["type"], f"{path}.meta_file", "3.3.0 的 OpenImagesDataset 没有它不行：每张图的大小写在里面，框照它换成像素")
    made |= _filtered(value, kind, desk) if train else {"test_mode": desk.added(True, "评测用")}
    made["backend_args"] = None
    return desk.new({key: inner for key, inner in made.items() if inner is not None or key == "backend_args"}, note="3.3.0 的写法")


def _carry_step(step: Value | None, desk: Desk) -> Value | None:
    """评测时读标注的那一步：照训练的，但不读语义图（评测集常常没有，全景除外）。"""
    if step is None:
        return None
    seen = {key: inner for key, inner in step.keys.items() if key != "with_seg" or "Panoptic" in str(step.get("type"))}
    return desk.carry(restate(replace(step, data=seen), "pipeline.LoadAnnotations", desk), "pipeline.LoadAnnotations")


def _below(value: Value, base: str) -> bool:
    """标注和图片的路径是不是都在 data_root 里：是，就拆成 data_root 加相对路径，否则会接两遍。"""
    paths = [value.get(key) for key in ("ann_file", "img_prefix", "seg_prefix", *(FILES if str(value.get("type")).startswith("OpenImages") else ())) if value.at(key) is not None]
    return bool(paths) and all(isinstance(path, str) and path.startswith(f"{base.rstrip('/')}/") for path in paths)


def _relative(value: Value, base: str, desk: Desk) -> Value | None:
    if base and isinstance(value.data, str):
        return desk.new(value.data.removeprefix(base).lstrip("/"), value)
    return desk.carry(value, "ann_file")


def _joined_later(value: Value, base: object, path: str, desk: Desk) -> Value | None:
    """2.x 不接 data_root 的文件：3.x 会接，所以去掉前面那一段。"""
    below = isinstance(base, str) and isinstance(value.data, str) and value.data.startswith(f"{base.rstrip('/')}/")
    if base and not below:
        desk.hand(value, path, "2.x 照原样读，3.x 接在 data_root 后面：写成相对 data_root 的")
    return desk.new(value.data.removeprefix(base).lstrip("/"), value) if base and below else desk.carry(value, path)


def _filtered(value: Value, kind: str, desk: Desk) -> dict[str, object]:
    """老的数据集默认丢掉没有框的图和边长不足 32 的图，OpenImages 的什么都不丢；3.x 不写 filter_cfg 就什么都不丢。"""
    empty, smallest = value.at("filter_empty_gt"), value.at("min_size")
    if kind.startswith("OpenImages"):
        desk.gone(empty, "filter_empty_gt", "OpenImages 不支持，2.x 只是警告一句")
        return {}
    settings: dict[str, object] = {"filter_empty_gt": desk.carry(empty, "filter_empty_gt") if empty is not None else desk.added(True, "老的默认：丢掉没有框的图")}
    settings["min_size"] = desk.added(32, "老的默认：丢掉边长不足 32 像素的图")
    if smallest is not None:
        settings["bbox_min_size"] = desk.carry(smallest, "min_size")
    return {"filter_cfg": desk.new(settings)}
