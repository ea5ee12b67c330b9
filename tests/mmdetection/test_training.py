"""The page "training": commands then and now, learning rates, traps, held against the mmdet 3.3.0 wheel."""

import json
import re
from pathlib import Path

import pytest
import yaml

from .wheel import config_paths, flags, load, package, root

LIBRA = "configs/libra_rcnn/libra-faster-rcnn_x101-64x4d_fpn_1x_coco.py"


@pytest.fixture(scope="module")
def text(notes):
    return "\n".join((notes / name).read_text(encoding="utf-8") for name in ("training.md", "your-data.md", "code/story.sh"))


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without the header."""
    table = re.search(rf"## {heading}\n.*?(\|.*?)\n\n", text, re.DOTALL)[1]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.split("\n")[2:]]


def test_the_right_column_of_the_commands_is_today_and_the_left_is_not(text):
    table = {row[0].strip("| "): row[1:] for row in rows(text, "命令对照")}
    assert len(table) == 9
    known = flags("tools/train.py") | flags("tools/test.py")
    gone = set()
    for purpose, (then, now) in table.items():
        for flag in re.findall(r"--[\w-]+", now):
            assert flag in known, f"{purpose}: {flag}"
        gone |= set(re.findall(r"--[\w-]+", then)) - known
    assert gone == {"--gpus", "--work_dir", "--validate", "--resume_from", "--autoscale-lr", "--eval"}


def test_the_tools_that_the_page_runs_are_in_the_wheel(text):
    named = set(re.findall(r'"\$TOOLS/([\w/]+\.py)"', text))
    assert {"train.py", "test.py", "analysis_tools/browse_dataset.py"} <= named
    assert all((root() / "tools" / name).exists() for name in named)
    for name, used in (("train.py", "--resume"), ("test.py", "--tta"), ("test.py", "--show-dir")):
        assert used in flags(f"tools/{name}")
    for used in ("--not-show", "--output-dir"):
        assert used in text and used in flags("tools/analysis_tools/browse_dataset.py")


def test_dist_train_still_calls_the_deprecated_launcher():
    assert "torch.distributed.launch" in (root() / "tools" / "dist_train.sh").read_text(encoding="utf-8")


def test_the_memory_of_the_seed_s_model_is_that_of_the_zoo(text):
    zoo = yaml.safe_load((root() / "configs" / "libra_rcnn" / "metafile.yml").read_text(encoding="utf-8"))["Models"]
    memory = next(model["Metadata"]["Training Memory (GB)"] for model in zoo if model["Name"] == Path(LIBRA).stem)
    assert f"3.3.0 的写 {memory} GB" in text


def test_the_numbers_in_sentences_are_those_of_the_configs(text):
    rtmdet = "configs/rtmdet/rtmdet_l_8xb32-300e_coco.py"
    gpus, images = map(int, re.search(r"_(\d+)xb(\d+)-", rtmdet).groups())
    base = load(rtmdet).auto_scale_lr.base_batch_size
    assert f"{gpus} × {images} = {gpus * images} 定的，配置却没有写自己的基准，继承了 {base}：" in text
    assert images == load(rtmdet).train_dataloader.batch_size and f"多乘了 {gpus * images // base} 倍" in text
    assert f"2 卡 × 2 张应是 {0.02 * 2 * 2 / 16}" in text and f"这个基准默认是 {base}" in text
    scales = [step.scale for step in load("configs/retinanet/retinanet_r50_fpn_1x_coco.py").tta_pipeline[1].transforms[0]]
    assert "尺度是 " + "、".join(f"({width}, {height})" for width, height in scales) in text
    factors = sorted(min(max(scale) / 160, min(scale) / 120) for scale in scales)
    assert (int(factors[0]), round(factors[-1])) == (3, 10) and re.search(r"160×120 的图(于是)?放大三到十倍", text)
    smallest = load("configs/_base_/datasets/voc0712.py").train_dataloader.dataset.dataset.datasets[0].filter_cfg.bbox_min_size
    assert f"`bbox_min_size={smallest}` 会让宽或高不足 {smallest + 1} 像素" in text, "w = xmax - xmin, without the one"
    reader = (package() / "datasets" / "xml_style.py").read_text(encoding="utf-8")
    assert "w = bbox[2] - bbox[0]" in reader and "if w < self.bbox_min_size or h < self.bbox_min_size" in reader


def test_the_seed_s_learning_rate_belongs_to_sixteen_pictures():
    config = load(LIBRA)
    assert config.optim_wrapper.optimizer.lr == 0.02 and config.train_dataloader.batch_size == 2
    assert config.auto_scale_lr.base_batch_size == 16
    assert 0.02 * (2 * 2) / 16 == 0.005


def test_every_rtmdet_config_inherits_a_base_that_is_not_its_own():
    names = [path for path in config_paths() if re.search(r"/rtmdet[-_][^/]*_8xb32-300e_coco\.py$", path)]
    assert len(names) >= 5
    for path in names:
        assert "auto_scale_lr" not in (root() / path).read_text(encoding="utf-8")
        assert load(path).auto_scale_lr.base_batch_size == 16
    assert load("configs/rtmdet/rtmdet_l_8xb32-300e_coco.py").optim_wrapper.optimizer.lr == 0.004


def test_the_self_test_on_the_learning_rate_is_right():
    config = load("configs/faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py")
    assert 4 * 4 == config.auto_scale_lr.base_batch_size and config.optim_wrapper.optimizer.lr == 0.02


def test_the_places_of_the_class_count():
    assert isinstance(load("configs/faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py").model.roi_head.bbox_head, dict)
    cascade = load("configs/cascade_rcnn/cascade-mask-rcnn_r50_fpn_1x_coco.py").model.roi_head
    assert (len(cascade.bbox_head), type(cascade.mask_head).__name__) == (3, "ConfigDict")
    htc = load("configs/htc/htc_r50_fpn_1x_coco.py").model.roi_head
    assert (len(htc.bbox_head), len(htc.mask_head)) == (3, 3)


def test_the_tta_scales_that_a_coco_config_hands_down():
    config = load("configs/retinanet/retinanet_r50_fpn_1x_coco.py")
    sizes = [tuple(step.scale) for step in config.tta_pipeline[1].transforms[0]]
    assert sizes == [(1333, 800), (666, 400), (2000, 1200)]
    assert "tta_pipeline" not in load("configs/_base_/models/retinanet_r50_fpn.py")


def test_the_conventions_of_voc_are_in_the_code():
    reader = (package() / "datasets" / "xml_style.py").read_text(encoding="utf-8")
    assert "f'{img_id}.jpg'" in reader and "instance['ignore_flag'] = 1" in reader
    base = load("configs/_base_/datasets/voc0712.py")
    filters = [dataset.filter_cfg.bbox_min_size for dataset in base.train_dataloader.dataset.dataset.datasets]
    assert filters == [32, 32]
    assert "if 'VOC2007' in self.sub_data_root" in (package() / "datasets" / "voc.py").read_text(encoding="utf-8")
    metric = (package() / "evaluation" / "metrics" / "voc_metric.py").read_text(encoding="utf-8")
    assert re.search(r"in \['VOC2007', 'VOC2012'\]:\s+dataset_name = 'voc'", metric)
    converter = (root() / "tools" / "dataset_converters" / "pascal_voc.py").read_text(encoding="utf-8")
    assert "voc_classes()" in converter and "'VOC2007'" in converter


def test_the_time_of_the_build_is_that_of_the_data_file(notes):
    """What was measured once stands in two places: both must say the same."""
    seconds = re.search(r"编了 (\d+) 秒", (notes / "compile.md").read_text(encoding="utf-8"))[1]
    matrix = json.loads((notes / "code" / "install_matrix.json").read_text(encoding="utf-8"))
    assert matrix["ways"]["compile-cpu"]["minutes"] == round(int(seconds) / 60)


def test_the_answers_that_are_numbers_are_computed(text):
    answers = dict(re.findall(r'\?\?\? question "(.*?)"\n(?:.*\n)*?    \{ \.answer data-answer="([^"]+)"', text))
    computed = {"4 张卡": 0.02 * 4 * 4 / 16, "自己的数据有 3 类": 3, "训练集 1000 张": 1000 - 400 * 2, "玩具数据 64": 32 / (64 / 4)}
    for start, value in computed.items():
        given = next(answer for question, answer in answers.items() if question.startswith(start))
        assert float(given) == value


def test_the_name_that_issues_give_to_the_dataset_is_read_by_no_config_of_coco(text):
    assert "`train_dataset = dict(dataset=dict(filter_cfg=…))`" in text
    config = load("configs/faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py")
    assert "train_dataset" not in config and config.train_dataloader.dataset.filter_cfg == {"filter_empty_gt": True, "min_size": 32}


def test_the_default_of_validation_is_on():
    config = load(LIBRA)
    assert config.train_cfg.val_interval == 1 and "--validate" not in flags("tools/train.py")


def test_the_files_that_the_page_offers_are_beside_it(text, notes):
    offered = set(re.findall(r"\]\((code/[\w.]+)\)", text))
    assert len(offered) >= 8 and all((notes / path).is_file() for path in offered)
    assert re.search(r"^cp docs/mmdetection/code/\*\.py toy/$", text, re.MULTILINE)
    needed = {f"code/{name}.py" for name in ("make_toy_data", "toy_data", "toy_retinanet", "toy_mmcv_ext", "strip_checkpoint")}
    assert needed <= offered, "what the first story needs can be fetched one by one"


def test_the_pins_of_the_toy_environment_are_those_of_the_project(text, notes):
    project = (notes.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    for pin in ("mmengine-lite==0.10.7", "mmdet==3.3.0"):
        assert pin in text and pin in project
    assert "mmcv-lite==2.1.0" in text and "torch==2.13.0" in text


def test_names_come_from_the_checkpoint_else_from_coco_and_the_config_gives_only_colours():
    for file in ("det_inferencer.py", "inference.py"):
        source = (package() / "apis" / file).read_text(encoding="utf-8")
        assert "checkpoint_meta['dataset_meta']" in source and "model.dataset_meta = {'classes': get_classes('coco')}" in source
        assert set(re.findall(r"metainfo.get\('(\w+)'", source)) <= {"palette"} and "metainfo['classes']" not in source


def test_the_picture_of_an_array_has_a_number_for_a_name_and_is_not_turned_to_rgb():
    source = (package() / "apis" / "det_inferencer.py").read_text(encoding="utf-8")
    drawn = source.split("def visualize(")[1]
    path, array = drawn.split("elif isinstance(single_input, np.ndarray):")
    array = array.split("else:")[0]
    assert "img = img[:, :, ::-1]" in path and "img = single_input.copy()" in array and "::-1" not in array and "zfill(8)" in array


def test_init_detector_does_not_look_for_a_device():
    assert "device: str = 'cuda:0'" in (package() / "apis" / "inference.py").read_text(encoding="utf-8")


def test_weights_of_the_backbone_are_fetched_before_load_from():
    train = (package("mmengine") / "runner" / "runner.py").read_text(encoding="utf-8").split("    def train(self)")[1]
    assert train.index("self._init_model_weights()") < train.index("self.load_or_resume()")
