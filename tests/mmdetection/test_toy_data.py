"""The toy data set, its configs, and the stand-in for compiled operators: what the page "training" lets readers run."""

import json
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from mmengine import Config
from PIL import Image
from pycocotools.coco import COCO

from .wheel import package, root

CODE = Path(__file__).parents[2] / "docs" / "mmdetection" / "code"


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CODE / "make_toy_data.py"), str(folder), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data set as the page makes it."""
    folder = tmp_path_factory.mktemp("data") / "toy"
    done = make(folder)
    assert done.returncode == 0 and done.stdout == "train：129 个框\nval：28 个框\n", done.stderr
    return folder


def described(toy: Path, split: str) -> dict:
    return json.loads((toy / f"{split}.json").read_text(encoding="utf-8"))


def voc_objects(toy: Path, name: str) -> list[tuple[str, list[int]]]:
    root = ElementTree.parse(toy / "voc" / "Annotations" / f"{name}.xml").getroot()
    corners = ("xmin", "ymin", "xmax", "ymax")
    return [(item.findtext("name"), [int(item.find("bndbox").findtext(tag)) for tag in corners]) for item in root.iter("object")]


def test_every_picture_that_is_described_is_there(toy):
    for split, count in (("train", 64), ("val", 16)):
        images = described(toy, split)["images"]
        assert len(images) == count
        assert sorted(path.name for path in (toy / split).iterdir()) == [image["file_name"] for image in images]
        for image in images:
            assert Image.open(toy / split / image["file_name"]).size == (image["width"], image["height"]) == (160, 120)


def test_boxes_lie_on_the_canvas_and_apart(toy):
    for annotations in by_image(described(toy, "train")).values():
        for name, (x, y, width, height) in annotations:
            assert 24 <= width <= 60 and 24 <= height <= 60 and (name == "box" or width == height)
            assert x >= 0 and y >= 0 and x + width <= 160 and y + height <= 120
        for (_, first), (_, second) in combinations(annotations, 2):
            overlap_x = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
            overlap_y = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
            assert overlap_x < 0 or overlap_y < 0


def by_image(content: dict) -> dict[int, list[tuple[str, list[int]]]]:
    names = {category["id"]: category["name"] for category in content["categories"]}
    found: dict[int, list] = {image["id"]: [] for image in content["images"]}
    for annotation in content["annotations"]:
        found[annotation["image_id"]].append((names[annotation["category_id"]], annotation["bbox"]))
    return found


def test_a_box_is_where_its_colour_is(toy):
    reddish = {"box": 0, "ball": 1}  # the strongest channel
    for split in ("train", "val"):
        for number, objects in by_image(described(toy, split)).items():
            picture = Image.open(toy / split / f"{number:06}.jpg").convert("RGB")
            for name, (x, y, width, height) in objects:
                middle = picture.getpixel((x + width // 2, y + height // 2))
                assert max(range(3), key=lambda channel: middle[channel]) == reddish[name]
                inside, outside = picture.getpixel((x + 1, y + height // 2)), picture.getpixel((max(x - 3, 0), y + height // 2))
                assert x < 3 or max(inside) - max(outside) > 50, (split, number, name)


def test_pycocotools_reads_it(toy):
    data = COCO(str(toy / "train.json"))
    assert [category["name"] for category in data.loadCats(data.getCatIds())] == ["box", "ball"]
    assert len(data.getAnnIds()) == 129


def test_the_voc_form_says_the_same_counted_from_one(toy):
    names = [(toy / "voc" / "ImageSets" / "Main" / f"{split}.txt").read_text().split() for split in ("train", "val")]
    assert [len(part) for part in names] == [64, 16] and not set(names[0]) & set(names[1])
    for split, part in zip(("train", "val"), names):
        for name, (number, objects) in zip(part, by_image(described(toy, split)).items(), strict=True):
            expected = [(kind, [x + 1, y + 1, x + width, y + height]) for kind, (x, y, width, height) in objects]
            assert voc_objects(toy, name) == expected
            assert (toy / "voc" / "JPEGImages" / f"{name}.jpg").read_bytes() == (toy / split / f"{number:06}.jpg").read_bytes()


def test_the_same_box_differs_by_a_pixel_between_the_two_readers(toy, notes):
    (_, (x, y, width, height)), *_ = by_image(described(toy, "train"))[1]
    coco = [x, y, x + width, y + height]  # CocoDataset.parse_data_info
    voc = [corner - 1 for corner in voc_objects(toy, "000001")[0][1]]  # XMLDataset, minus_one
    text = (notes / "your-data.md").read_text(encoding="utf-8")
    assert f"COCO 读出 `{coco}`，VOC 读出 `{voc}`" in text
    assert "bbox = [x1, y1, x1 + w, y1 + h]" in (package() / "datasets" / "coco.py").read_text(encoding="utf-8")
    assert "bbox = [x - 1 for x in bbox]" in (package() / "datasets" / "xml_style.py").read_text(encoding="utf-8")


def test_the_page_says_how_many_pictures_there_are(toy, notes):
    text = (notes / "training.md").read_text(encoding="utf-8")
    counts = [len(described(toy, split)["images"]) for split in ("train", "val")]
    assert f"{counts[0]} 张训练、{counts[1]} 张验证" in text


def test_the_same_seed_draws_the_same_and_another_does_not(tmp_path):
    for name, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        assert make(tmp_path / name, "--train", "2", "--val", "1", "--seed", seed).returncode == 0
    files = [path.relative_to(tmp_path / "a") for path in sorted((tmp_path / "a").rglob("*")) if path.is_file()]
    contents = {name: [(tmp_path / name / path).read_bytes() for path in files] for name in "abc"}
    assert contents["a"] == contents["b"] != contents["c"] and len(files) == 13


@pytest.mark.parametrize(("arguments", "message"), [(["--train", "0"], "至少是 1"), ([], "不是空文件夹")])
def test_errors_are_said_and_nothing_is_overwritten(arguments, message, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    done = make(tmp_path / "full", *arguments)
    assert done.returncode == 2 and message in done.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]


@pytest.fixture
def toy_config(tmp_path: Path):
    """Load a toy config as readers do, with ``mmdet::`` looked up here (mmengine asks pkg_resources for it)."""
    for path in CODE.glob("toy_*.py"):
        text = path.read_text(encoding="utf-8").replace('"mmdet::', f'"{(root() / "configs").as_posix()}/')
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    return lambda name: Config.fromfile(tmp_path / f"{name}.py")


def test_the_retinanet_config_is_whole(toy_config):
    config = toy_config("toy_retinanet")
    assert config.model.type == "RetinaNet" and config.model.bbox_head.num_classes == 2
    assert config.model.neck.out_channels == config.model.bbox_head.in_channels == 64
    assert config.model.neck.in_channels == [64, 128, 256, 512], "the widths of ResNet-18"
    assert config.train_dataloader.dataset.metainfo == config.val_dataloader.dataset.metainfo == {"classes": ("box", "ball")}
    assert config.val_evaluator.ann_file == config.val_dataloader.dataset.data_root + config.val_dataloader.dataset.ann_file
    assert config.test_dataloader == config.val_dataloader and config.test_evaluator == config.val_evaluator
    assert (config.train_cfg.max_epochs, config.train_cfg.val_interval, config.train_dataloader.batch_size) == (12, 4, 4)
    assert config.train_cfg.type == "EpochBasedTrainLoop" and config.default_scope == "mmdet"


def test_the_voc_config_only_changes_where_data_come_from(toy_config):
    coco, voc = toy_config("toy_retinanet"), toy_config("toy_retinanet_voc")
    assert voc.model == coco.model
    for split in ("train", "val"):
        dataset = voc[f"{split}_dataloader"].dataset
        assert dataset.type == "VOCDataset" and dataset.ann_file == f"voc/ImageSets/Main/{split}.txt"
        assert dataset.data_prefix == {"sub_data_root": "voc/"} and dataset.metainfo == {"classes": ("box", "ball")}
    assert voc.val_evaluator == {"type": "VOCMetric", "metric": "mAP", "eval_mode": "area"} == voc.test_evaluator
    assert voc.test_dataloader == voc.val_dataloader


def test_the_faster_rcnn_config_changes_one_class_count(toy_config):
    config = toy_config("toy_faster_rcnn")
    assert config.model.type == "FasterRCNN" and config.model.roi_head.bbox_head.num_classes == 2
    assert config.train_dataloader == toy_config("toy_retinanet").train_dataloader == toy_config("toy_data").train_dataloader


@pytest.mark.torch
def test_the_stand_in_keeps_the_boxes_that_a_plain_loop_keeps(code):
    import torch

    stand_in = code("toy_mmcv_ext")
    dice = torch.Generator().manual_seed(0)
    for offset in (0, 1):
        corner, size = torch.rand(60, 2, generator=dice) * 80, torch.rand(60, 2, generator=dice) * 40 + 1
        boxes, scores = torch.cat([corner, corner + size], dim=1), torch.rand(60, generator=dice)
        kept: list[int] = []
        for index in sorted(range(60), key=lambda i: -float(scores[i])):
            if all(overlap(boxes[index].tolist(), boxes[other].tolist(), offset) <= 0.5 for other in kept):
                kept.append(index)
        assert stand_in.nms(boxes, scores, 0.5, offset).tolist() == kept
        assert 1 < len(kept) < 60
    assert stand_in.nms(torch.empty(0, 4), torch.empty(0), 0.5, 0).tolist() == []


def overlap(first: list[float], second: list[float], offset: int) -> float:
    """Intersection over union of two boxes given by corners."""
    width = min(first[2], second[2]) - max(first[0], second[0]) + offset
    height = min(first[3], second[3]) - max(first[1], second[1]) + offset
    areas = [(box[2] - box[0] + offset) * (box[3] - box[1] + offset) for box in (first, second)]
    inter = max(width, 0) * max(height, 0)
    return inter / (sum(areas) - inter)


@pytest.mark.torch
def test_an_operator_that_is_missing_says_its_name(code):
    stand_in = code("toy_mmcv_ext")
    with pytest.raises(NotImplementedError) as caught:
        stand_in.roi_align_forward(1, 2, key=3)
    assert f"\nNotImplementedError: {caught.value}\n" in (CODE / "story.txt").read_text(encoding="utf-8"), "the story met it too"
    assert not hasattr(stand_in, "__nothing__")
