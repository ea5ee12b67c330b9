"""评测：evaluation 和数据集的类 → 评测器。"""

import posixpath

from config_desk import Desk
from config_meaning import Loading, Old
from config_reader import Value
from config_run import DEFAULT

METRICS = {"Coco": "CocoMetric", "LVIS": "LVISMetric", "VOC": "VOCMetric", "DeepFashion": "CocoMetric", "Objects365": "CocoMetric", "OpenImages": "OpenImagesMetric"}
SETTINGS = {"classwise", "proposal_nums", "iou_thrs", "metric_items", "jsonfile_prefix"}  # evaluation 里交给评测器的
SETTINGS |= {"scale_ranges", "use_group_of"}
RENAMED = {"OpenImagesMetric": {"iou_thr": "iou_thrs", "ioa_thr": "ioa_thrs"}}
SCORING = {"iou_thrs": 0.5, "ioa_thrs": 0.5, "use_group_of": True, "get_supercategory": True}  # OpenImages 在 2.x 不写时的
ELSEWHERE = {"interval", "start", "dynamic_intervals", "save_best", "rule", "type"}  # evaluation 里已有去处的


def evaluator(loading: Loading, old: Old, desk: Desk) -> Value:
    """evaluation.metric 和数据集的类 → 评测器。"""
    evaluation, dataset = old.tops.get("evaluation"), loading.dataset
    inner = dataset
    while inner.at("dataset") is not None:
        inner = inner.keys["dataset"]
    kind, path = str(inner.get("type")), f"{loading.split}_evaluator"
    name = next((new for start, new in METRICS.items() if kind.startswith(start)), None)
    name = "CocoPanopticMetric" if "Panoptic" in kind else name
    if _several(dataset):
        desk.hand(dataset, path, "几份数据：2.x 一份一份地评，3.x 的 ConcatDataset 只能合起来评；要分开评，看 MultiDatasetsEvaluator")
        return desk.added({}, "评测器没有定")
    if name is None:
        desk.hand(inner.at("type") or inner, path, f"{kind} 用哪个评测器，照 3.3.0 的同类配置定")
        return desk.added({}, "评测器没有定")
    made: dict[str, object] = {"type": name, "metric": _metric(name, old, desk)}
    if name == "VOCMetric":
        made["eval_mode"] = _eval_mode(inner, path, desk)
    elif name == "OpenImagesMetric":
        made |= {key: desk.added(value, "2.x 的默认值") for key, value in SCORING.items()} | ({"get_supercategory": desk.carry(said, f"{path}.get_supercategory")} if (said := inner.at("get_supercategory")) is not None else {})
    else:
        made |= _ground_truth(inner, old, name)
    for key, value in evaluation.keys.items() if evaluation is not None else ():
        new = RENAMED.get(name, {}).get(key, key)
        if (key in SETTINGS or new != key) and desk.doubt(name, "", new) == "":
            made[new] = desk.carry(value, f"evaluation.{key}")
        elif key not in ELSEWHERE | {"metric"}:
            desk.hand(value, f"evaluation.{key}", f"{name} 没有这一项")
    whole = desk.new({key: value for key, value in made.items() if value is not None or key == "backend_args"}, note=DEFAULT)
    instances = _instances(inner, evaluation, path, desk) if name == "CocoPanopticMetric" and evaluation is not None else None
    return whole if instances is None else desk.new([whole, instances])


def _instances(dataset: Value, evaluation: Value, path: str, desk: Desk) -> Value | None:
    """全景数据集的 evaluation.metric 里还有框或掩码：2.x 照 ins_ann_file 评，3.x 另写一个 CocoMetric。"""
    said = evaluation.at("metric")
    names = [one.data for one in (said.items or [said]) if one.data not in ("PQ", "pq")] if said is not None else []
    file = dataset.at("ins_ann_file")
    if not names:
        return None
    if file is None or not isinstance(file.data, str):
        desk.hand(said, f"{path}.metric", "除 PQ 外还评框或掩码：另写一个 CocoMetric，ann_file 是实例的标注")
        return None
    return desk.new({"type": "CocoMetric", "ann_file": file.data, "metric": names, "backend_args": None}, said, file, note="除 PQ 外还评的")


def _several(dataset: Value) -> bool:
    """是不是几份数据：一列数据集，或者 ann_file 是一列。"""
    while dataset.at("dataset") is not None:
        dataset = dataset.keys["dataset"]
    files = dataset.at("ann_file")
    return bool(dataset.items) or dataset.at("datasets") is not None or files is not None and len(files.items) > 1


def _eval_mode(dataset: Value, path: str, desk: Desk) -> Value | None:
    """老的 VOCDataset 在图片的文件夹里找年份：2007 用 11 点，2012 用面积，都没有就停下。"""
    folder = f"{dataset.get('data_root', '')}{dataset.get('img_prefix', '')}"
    if "VOC2007" in folder or "VOC2012" in folder:
        return desk.added("11points" if "VOC2007" in folder else "area", "老的 VOCDataset：VOC2007 用 11 点，VOC2012 用面积")
    desk.hand(dataset.at("img_prefix") or dataset.keys["type"], f"{path}.eval_mode", "老的 VOCDataset 在 img_prefix 里找不到 VOC2007 或 VOC2012 就停下：11 点还是面积，自己定")
    return None


def _metric(name: str, old: Old, desk: Desk) -> Value | None:
    """老配置写了的照搬；没写的，2.x 是数据集的默认值，1.x 的 COCO 看版本和模型：1.0 及以前有掩码头就框和掩码都评，RPN 评召回；1.1 起只评框。"""
    evaluation = old.tops.get("evaluation")
    said = evaluation.at("metric") if evaluation is not None else None
    if name == "CocoPanopticMetric":
        desk.gone(said, "evaluation.metric", "CocoPanopticMetric 算 PQ；还有别的，另写一个 CocoMetric")
        return None
    if name == "OpenImagesMetric":
        desk.gone(said, "evaluation.metric", "OpenImagesMetric 只算 mAP")
        return None
    if said is not None:
        return desk.carry(said, "evaluation.metric")
    if name == "VOCMetric":
        return desk.added("mAP", DEFAULT)
    model = old.model if old.age.number == "1" else None
    if model is not None and model.get("type") == "RPN":
        desk.hand(model.keys["type"], "evaluation.metric", "没有写评什么：1.0 及以前 RPN 评召回（照此补上），1.1 起评框")
        return desk.added("proposal_fast", "1.0 及以前没有写评什么：RPN 评召回")
    if model is not None and (head := model.at("mask_head")) is not None and head.data is not None:
        desk.hand(head.at("type") or head, "evaluation.metric", "没有写评什么：1.0 及以前框和掩码都评（照此补上），1.1 起只评框：要删掉 segm")
        return desk.added(["bbox", "segm"], "1.0 及以前没有写评什么：有掩码头就框和掩码都评")
    return desk.added("bbox", DEFAULT)


def _ground_truth(dataset: Value, old: Old, name: str) -> dict[str, object]:
    file, root = dataset.at("ann_file"), dataset.get("data_root", "")
    made: dict[str, object] = {}
    if file is not None and isinstance(file.data, str):
        made["ann_file"] = Value(file.line, file.text, posixpath.join(root, file.data), file.file, "与验证集同一个文件")
    seg = dataset.at("seg_prefix")
    if name == "CocoPanopticMetric" and seg is not None:
        made["seg_prefix"] = Value(seg.line, seg.text, posixpath.join(root, str(seg.data)), seg.file)
    if name in ("CocoMetric", "CocoPanopticMetric"):
        made |= {"format_only": False}
    return made | {"backend_args": None}
