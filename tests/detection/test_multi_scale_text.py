"""docs/detection/multi-scale.md: the numbers that stand in sentences, formulas and typed tables, computed again."""

import ast
import inspect
import re
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from tests import prose
from tests.mmdetection.wheel import flags, load

PAGE = (Path(__file__).parents[2] / "docs" / "detection" / "multi-scale.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def resize(code):
    return code("resize")


def missing(said):
    return prose.missing(PAGE, said)


def times(size):
    return "×".join(map(str, size))


def test_sizes_in_sentences_are_computed(resize):
    small, wide = resize.mmcv_size((640, 480), (1333, 800)), resize.mmcv_size((1920, 1080), (800, 1333))
    longest, short = load("configs/_base_/datasets/coco_detection.py").train_pipeline[2]["scale"]
    assert not missing([
        f"`Resize(scale=({longest}, {short}), keep_ratio=True)`",
        rf"\text{{min}}\left(\frac{{{longest}}}{{\text{{长边}}}}, \frac{{{short}}}{{\text{{短边}}}}\right)",
        r"\text{新边} = \left\lfloor f \cdot \text{旧边} + \frac{1}{2} \right\rfloor",
        f"640×480 放到 {times(small)} 时",
        f"硬拉成 {longest}×{short}，4:3 的照片里人会变胖",
        f"一张 1920×1080 的图过 `({longest}, {short})`，短边是 {short} 吗",
        f"$f = {longest}/1920$，得 {times(wide)}。",
        f"`Resize(scale=({short}, {longest}), keep_ratio=True)` 与 `({longest}, {short})` 有什么不同",
    ])
    assert longest / short > 4 / 3 and wide[0] == longest and wide[1] < short


def test_the_draws_are_made_with_the_scales_that_the_list_names(code):
    example = inspect.getsource(code("scales_example"))
    source = {ast.unparse(node) for node in ast.walk(ast.parse(example)) if isinstance(node, (ast.Call, ast.List))}
    assert not missing([
        "`scales=[(1333, 640), (1333, 672), (1333, 800)]`：均匀抽一个",
        "`scale=[(1333, 640), (1333, 800)]`：长边上限固定，短边上限在 640 到 800 之间逐整数抽",
        "`scale=[(1000, 600), (1333, 800)]`，两个上限都给了范围",
        "`scale=(1024, 1024)` 加 `ratio_range=(0.1, 2.0)`",
        "`scale=((1333, 640), (1333, 800))` 触发一条没有文字的 `AssertionError`（mmcv 2.2.0 上跑过）",
    ])
    assert source >= {
        "[(1333, 640), (1333, 672), (1333, 800)]",
        "random_resize((1333, 640), (1333, 800), dice)",
        "random_resize((1000, 600), (1333, 800), dice)",
        "random_resize_ratio((1024, 1024), (0.1, 2.0), dice)",
    }


def test_levels_in_sentences_are_those_of_the_rule(resize):
    sides = range(1, 1000)
    second, third, fourth = (min(side for side in sides if resize.fpn_level(side, side) == level) for level in (3, 4, 5))
    assert not missing([
        r"k = \left\lfloor 4 + \text{log}_2 \frac{\sqrt{wh}}{224} \right\rfloor",
        rf"小于 {second} 用 P2，{second} 到 {third} 用 P3，{third} 到 {fourth} 用 P4，再大用 P5",
        rf"$\lfloor \text{{log}}_2(\sqrt{{wh}}/{third // 2**2}) \rfloor$、从 P2 数起",
        "一张 640×480 的照片，里面有一个 80×80 的目标",
        "（长边上限取 2000）",
        f"短边放到 640，图是 {times(resize.mmcv_size((640, 480), (2000, 640)))}，目标的边长是 80 × 640/480 ≈ {80 * 640 / 480:.1f}；短边放到 1200，目标是 {80 * 1200 // 480}",
        f"放大之前边长 90，小于 112，在 P{resize.fpn_level(90, 90)}；放大后 {90 * 2.6:g}，在 224 到 448 之间，在 P{resize.fpn_level(234, 234)}，跳过了 P3",
        "夹在 P2 到 P5",
        "取出 P2 到 P5 四层特征",
    ])


def test_views_in_the_table_are_those_of_the_configuration_and_of_the_example(code):
    config = load("configs/retinanet/retinanet_r50_fpn_1x_coco.py")
    (augment,) = [step for step in config.tta_pipeline if step["type"] == "TestTimeAug"]
    scales, flips = [[str(tuple(step["scale"])) for step in augment["transforms"][0]], augment["transforms"][1]]
    settings, nine = config.tta_model.tta_cfg, code("scales_example").nine
    ((longest,), shorts) = {longest for longest, _ in nine}, [short for _, short in nine]
    assert not missing([
        f"| MMDetection | {'、'.join(scales)} | {len(scales) * len(flips)} | NMS，阈值 {settings.nms.iou_threshold} |",
        f"再做一次按类 NMS，取前 {settings.max_per_img}。",
        f"TTA 的三个尺寸各留 {config.model.test_cfg.max_per_img} 个框",
        f"| detectron2 | 短边 {shorts[0]} 到 {shorts[-1]} 共 {len(nine)} 档，最长 {longest} | {2 * len(nine)} |",
        "按一张 640×480 的图算像素",
    ])
    assert len(scales) == 3 and "--tta" in flags("tools/test.py")


def test_ranges_of_sniper_are_those_of_the_example(code):
    (large, _, small_end), (middle, low, high), (little, start, _) = code("scales_example").RANGES
    short, longest = large.split(" / ")
    shorter, longer = middle.split(" / ")
    assert not missing([
        f"ResNet-101 配置用三个尺度：短边 {short}、最长 {longest}；短边 {shorter}、最长 {longer}；{little}。",
        f"不超过 {small_end}、{low} 到 {high}、不小于 {start}。",
    ])


def test_settings_of_merging_are_those_of_the_programs(code):
    merge, example = code("merge_boxes"), code("merge_example")
    least = inspect.signature(merge.soft_nms).parameters["least"].default
    threshold = inspect.signature(merge.linear).parameters["threshold"].default
    sigma = inspect.signature(merge.gaussian).parameters["sigma"].default
    first, second, _, fourth = example.scores
    assert all(list(scores)[:3] == [0, 3, 2] for scores in example.soft)  # box 3 falls behind box 4
    assert not missing([
        f"低于 {least} 才丢",
        rf"NMS 与线性版的阈值取 {threshold}，高斯版 $\sigma = {sigma}$",
        f"模型甲给出框 1（{first}）和框 4（{fourth}），模型乙给出框 2（{second}）",
        "若框 3 是挨着框 1 的另一个物体，NMS 就误删了它，soft-NMS 留着",
        "它的分降到框 4 之下",
        r"乘 $1 - \text{IoU}$",
        r"乘 $e^{-\text{IoU}^2/\sigma}$",
    ])


def test_comparisons_are_counted_as_recorded(recorded):
    mmcv, sizes, nms, merged = (recorded(name) for name in ("mmcv", "torchvision_sizes", "torchvision", "ensemble_boxes"))
    sources = ["mmcv-lite 2.2.0", "torchvision 0.28.0", "torchvision 0.14.1", "ensemble-boxes 1.0.9"]
    assert all(record["source"].startswith(source) for record, source in zip((mmcv, sizes, nms, merged), sources))
    assert not missing([
        f"与 mmcv-lite 2.2.0（{len(mmcv['cases'])} 例）和 torchvision 0.28.0（{len(sizes['cases'])} 例）一致",
        f"与 torchvision 0.14.1 编译的算子（{len(nms['nms'])} 例）一致",
        f"与 ensemble-boxes 1.0.9（各 {len(merged['suppressed'])} 例）一致",
        "ensemble-boxes 1.0.9 的 `soft_nms`",
        f"MMDetection {version('mmdet')} 安装包",
    ])


def test_what_was_read_in_papers_stands_as_it_was_read():
    """OverFeat (by its retellings), SNIP's abstract, and SNIPER, whose chips have 512 pixels a side."""
    assert not missing([
        "2013 年的 OverFeat 测试时已用 6 个尺度",
        "单模型 45.7、三个网络集成 48.3（COCO 的 AP）",
        "切 512×512 的小块",
        "2.x 的 `multiscale_mode='value'` 或 `'range'`；3.x 的 `RandomChoiceResize`",
    ])


def zoo_models(configs):
    """Every model of every metafile that has a box AP: (folder, name, epochs, its config)."""
    for file in sorted(configs.glob("*/metafile.yml")):
        listed = yaml.safe_load(file.read_text(encoding="utf-8"))
        for model in listed.get("Models", []) if isinstance(listed, dict) else listed:
            if any("box AP" in result.get("Metrics", {}) for result in model.get("Results") or []):
                yield file.parent.name, model["Name"], (model.get("Metadata") or {}).get("Epochs"), model["Config"]


def bare(name):
    """A model's name without the part that tells of several sizes, and with one kind of hyphen."""
    return re.sub(r"[-_](?:ms|mstrain)(?:-poly)?(?:-\d{3}-\d{3,4})?(?=[-_])", "", name).replace("_", "-")


def test_the_pairs_are_all_that_the_model_zoo_has(code):
    zoo = code("scales_zoo")
    models = list(zoo_models(zoo.CONFIGS))
    fixed = {(folder, bare(name), epochs): name for folder, name, epochs, _ in models if bare(name) == name.replace("_", "-")}
    found = {
        (folder, fixed[key], name)
        for folder, name, epochs, _ in models
        if epochs and (key := (folder, bare(name), epochs)) in fixed and fixed[key] != name
    }
    assert found == {(folder, plain, varied) for folder, plain, varied, _ in zoo.PAIRS}
    assert len(found) == 8 and "的八对" in PAGE


def flat(value, at=""):
    """A config as one dictionary of paths."""
    if isinstance(value, dict | list | tuple):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return {path: one for key, part in pairs for path, one in flat(part, f"{at}.{key}").items()}
    return {at: value}


def test_two_pairs_differ_in_more_than_the_sizes(code):
    zoo = code("scales_zoo")
    paths = {(folder, name): config for folder, name, _, config in zoo_models(zoo.CONFIGS)}
    others = {}
    for folder, plain, varied, title in zoo.PAIRS:
        one, other = (flat(load(paths[folder, name]).to_dict()) for name in (plain, varied))
        different = {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}
        sizes = re.compile(r"\.train_pipeline\.|\.train_dataloader\.dataset\.pipeline\.2\.")
        others[title] = {path for path in different if not sizes.match(path)}
    assert {title: paths for title, paths in others.items() if paths} == {
        "Mask R-CNN X101-32x8d": {".train_dataloader.dataset.pipeline.1.poly2mask"},
        "FoveaBox R50 align": {".optim_wrapper.clip_grad.max_norm", ".optim_wrapper.clip_grad.norm_type"},
    }


def test_two_multiplications_fall_short_of_a_half(resize):
    """The third column of the table of sizes: 562.5 exactly, one pixel less in detectron2."""
    exact = Fraction(1000, 1920) * 1080
    assert exact == Fraction(1125, 2) and "准确值是 562.5" in PAGE
    assert 1080 * (1000 / 1920) == 562.5 and 600 * (1000 / (1920 * (600 / 1080))) < 562.5
    assert resize.mmcv_size((1920, 1080), (1000, 600)) == (1000, 563)
    assert resize.detectron2_size((1920, 1080), 600, 1000) == (1000, 562)
