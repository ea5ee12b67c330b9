"""The page "MMDetection：现状与选型": its tables and what it says of versions."""

import re
from importlib.metadata import version

import pytest

from .test_facts import expand, tables
from .wheel import average_precision, config_paths, load, models, package


OF_2019 = {  # MODEL_ZOO.md and the README files under configs at 5bf935e1; nothing of them is in the wheel
    "Faster R-CNN R50，1x": ("36.4", "–"),
    "Faster R-CNN X101-64x4d，1x": ("41.3", "–"),
    "Cascade Mask R-CNN R101 + DCN，1x": ("45.7", "39.4"),
    "Cascade Mask R-CNN X101-64x4d，20e": ("45.7", "39.4"),
    "Cascade Mask R-CNN X101-32x4d + DCN，1x（2019 年记录里的候选）": ("47.1", "40.4"),
    "同上，加全局上下文模块": ("47.9", "40.9"),
    "**HTC X101-64x4d + DCN，多尺度，20e**": ("**50.7**", "**43.9**"),
}
ELSEWHERE = {  # by the authors and the maker; the page says that nothing of it was run here
    "Co-DINO Swin-L，36 轮": ["60.7"],
    "Co-DINO Swin-L，16 轮": ["64.1"],
    "Co-DETR ViT-L": ["65.4", "65.9", "66.0"],
    "RF-DETR M / L": ["54.7 / 56.5"],
    "RF-DETR 2XL": ["60.1"],
}


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
    assert max(boxes) == 50.7 and boxes.count(50.7) == 1
    candidate = average_precision("cascade-mask-rcnn_x101-32x4d-dconv-c3-c5_fpn_1x_coco")
    assert candidate == {"box AP": 47.3, "mask AP": 41.1}


def test_the_gain_that_only_conditions_make_is_computed_right(text, shown):
    rows = shown["模型 框 AP 子集与条件 出处"]
    large = [float(row[1]) for row in rows if row[0] == "Co-DETR ViT-L"]
    assert len(large) == 3 and f"凭空多出 {max(large) - min(large):.1f}" in text


def test_the_values_that_nobody_can_compute_here_are_quoted_as_they_were_read(shown):
    assert {row[0]: tuple(row[1:3]) for row in shown["模型 框 AP 掩码 AP 出处"]} == OF_2019
    quoted: dict[str, list[str]] = {}
    for row in shown["模型 框 AP 子集与条件 出处"]:
        quoted.setdefault(row[0], []).append(row[1])
    assert quoted == ELSEWHERE


def test_a_value_repeated_in_prose_is_the_one_of_its_table(text):
    candidate = average_precision("cascade-mask-rcnn_x101-32x4d-dconv-c3-c5_fpn_1x_coco")
    assert f"2020-06-08 加入，{candidate['box AP']} / {candidate['mask AP']}。" in text
    then = [OF_2019[name] for name in ("Cascade Mask R-CNN X101-32x4d + DCN，1x（2019 年记录里的候选）", "同上，加全局上下文模块")]
    assert all(text.count(f"{box} / {mask}") == 2 for box, mask in then), "beside the seed and in the self-test"
    gaps = sorted(50.7 - float(box) for box, _ in then)
    assert f"HTC 仍高出 {gaps[0]:.1f} 到 {gaps[1]:.1f}。" in text
    assert "多尺度训练）：50.7 / 43.9。" in text and "已经有 HTC 的 50.7 / 43.9。" in text
    assert f"metafile 写 {average_precision('rtmdet_x_8xb32-300e_coco')['box AP']}，仓库里的说明写 52.8" in text
    assert "上面的 66.0 是 test-dev 加测试时增强，64.1 是 val2017、单尺度" in text
    baseline = models()["faster-rcnn_r50_fpn_1x_coco"]["Metadata"]
    assert f"训练显存 {baseline['Training Memory (GB)']} GB（每卡 2 图）" in text
    assert load("configs/faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py").train_dataloader.batch_size == 2


def test_only_models_trained_on_more_data_are_above_ddq_and_dino(text):
    ddq, dino = (average_precision(name)["box AP"] for name in ("ddq-detr-4scale_swinl_8xb2-30e_coco", "dino-5scale_swin-l_8xb2-36e_coco"))
    assert f"| {ddq} 与 {dino}，库里更高的两个（Grounding DINO、GLIP）都先用额外数据预训练 |" in text
    above = {name: models()[name]["Config"] for name in models() if average_precision(name).get("box AP", 0) > ddq}
    assert sorted(name.split("_")[0] for name in above) == ["glip", "grounding"]
    assert all(load(path).load_from for path in above.values())


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
