"""The page "MMDetection：现状与选型": its tables and what it says of versions."""

import re
from importlib.metadata import version

import pytest

from .test_facts import expand, tables
from .wheel import average_precision, config_paths, load, models, package


@pytest.fixture(scope="module")
def text(notes):
    return (notes / "index.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shown(text):
    """The tables of the page by their header."""
    return {" ".join(header): rows for header, *rows in tables(expand(text))}


def test_the_versions_named_are_the_ones_that_the_tests_read(text):
    assert f"| 检测算法、数据集、配置、命令行工具 | {version('mmdet')} |" in text
    assert f"训练循环、[钩子](../glossary.md#钩子) | {version('mmengine-lite')} |" in text


def test_mmcv_2_2_is_refused_as_the_page_says(text):
    source = (package() / "__init__.py").read_text(encoding="utf-8")
    assert "mmcv_maximum_version = '2.2.0'" in source and "mmcv_version < digit_version(mmcv_maximum_version)" in source
    assert "**mmdet 3.3.0 拒收**" in text


def test_the_rows_of_today_s_zoo_name_configs_of_the_wheel(shown):
    names = [row[-1] for row in shown["模型 框 AP 掩码 AP 要知道的 配置名"]]
    stems = {path.rsplit("/", 1)[1].removesuffix(".py") for path in config_paths()}
    assert len(names) == 10 and set(names) <= stems


def test_the_highest_values_are_the_highest_of_all_metafiles(notes):
    printed = (notes / "code" / "best_detector.out").read_text(encoding="utf-8")
    for metric in ("box AP", "mask AP"):
        values = {name: average_precision(name).get(metric, 0) for name in models()}
        name = max(values, key=values.get)
        assert f"{metric} 最高：{values[name]}  {name}" in printed


def test_the_two_pairs_of_htc_are_kept_apart(text, shown):
    htc = average_precision("htc_x101-64x4d-dconv-c3-c5_fpn_ms-400-1400-16xb1-20e_coco")
    today = f"{htc['box AP']} / {htc['mask AP']}"
    assert f"在 2019 年是 50.7 / 43.9，在今天的库里是 {today}" in text
    of_2019 = shown["模型 框 AP 掩码 AP 出处"]
    assert ["**50.7**", "**43.9**"] in [row[1:3] for row in of_2019]
    assert not any(str(htc["box AP"]) in row[1] for row in of_2019)


def test_the_candidate_of_the_seed_did_not_lead_in_2019_and_does_not_today(shown):
    boxes = [float(row[1].strip("*")) for row in shown["模型 框 AP 掩码 AP 出处"] if row[1].strip("*")[0].isdigit()]
    assert max(boxes) == 50.7
    candidate = average_precision("cascade-mask-rcnn_x101-32x4d-dconv-c3-c5_fpn_1x_coco")
    assert candidate == {"box AP": 47.3, "mask AP": 41.1}


def test_the_gain_that_only_conditions_make_is_computed_right(text, shown):
    rows = shown["模型 框 AP 子集与条件 出处"]
    large = [float(row[1]) for row in rows if row[0] == "Co-DETR ViT-L"]
    assert len(large) == 3 and f"凭空多出 {max(large) - min(large):.1f}" in text


def test_rtmdet_comes_in_five_sizes():
    sizes = {name.split("_")[1] for name in models() if re.fullmatch(r"rtmdet_(tiny|s|m|l|x)_8xb32-300e_coco", name)}
    assert sizes == {"tiny", "s", "m", "l", "x"}


@pytest.mark.parametrize("path", ["configs/dino/dino-5scale_swin-l_8xb2-36e_coco.py", "configs/ddq/ddq-detr-4scale_swinl_8xb2-30e_coco.py"])
def test_dino_and_ddq_with_swin_l_are_trained_on_coco_alone(path):
    config = load(path)
    assert config.load_from is None
    assert config.train_dataloader.dataset.ann_file == "annotations/instances_train2017.json"
    assert "imagenet" in config.model.backbone.init_cfg.checkpoint or "22k" in config.model.backbone.init_cfg.checkpoint
    assert average_precision(path.rsplit("/", 1)[1].removesuffix(".py"))["box AP"] > 58


def test_the_seed_s_two_remarks_stand_beside_what_is_true_today(text):
    pairs = re.findall(r'^!!! then .*?\n(.*?)^!!! now ', text, re.MULTILINE | re.DOTALL)
    assert len(pairs) == 2
    assert "cascade mask rcnn x101 dcn" in pairs[0] and "母目录下面的两个文件夹" in pairs[1]
    assert "「四、mmdetection部分」" in text
