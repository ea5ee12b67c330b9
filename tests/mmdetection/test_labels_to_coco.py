"""labelme and YOLO labels → COCO, and the data set of the reader's own that the story uses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from pycocotools.coco import COCO

CODE = Path(__file__).parents[2] / "docs" / "mmdetection" / "code"


def run(program: str, *arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(CODE / program), *map(str, arguments)], cwd=folder, capture_output=True, encoding="utf-8")


def convert(folder: Path, *arguments: object) -> tuple[subprocess.CompletedProcess[str], dict | None]:
    done = run("labels_to_coco.py", *arguments, folder=folder)
    out = folder / "out.json"
    return done, json.loads(out.read_text(encoding="utf-8")) if out.exists() else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.new("RGB", (160, 120)).save(tmp_path / "a.jpg")
    return tmp_path


def labelme(folder: Path, *shapes: tuple[str, str, list]) -> None:
    content = {"shapes": [{"label": name, "shape_type": kind, "points": points} for name, kind, points in shapes]}
    (folder / "a.json").write_text(json.dumps(content), encoding="utf-8")


def test_the_example_of_the_page(folder, notes):
    """0 0.5 0.5 0.25 0.5 on a picture of 160 × 120 is [60, 30, 40, 60]."""
    (folder / "a.txt").write_text("0 0.5 0.5 0.25 0.5\n")
    _, coco = convert(folder, "yolo", ".", "out.json", "--classes", "box")
    assert coco["annotations"][0]["bbox"] == [60, 30, 40, 60] and coco["annotations"][0]["area"] == 2400
    assert "COCO 的 `bbox` 是 `[60, 30, 40, 60]`" in (notes / "your-data.md").read_text(encoding="utf-8")
    w, h, x, y = 0.2 * 200, 0.4 * 100, 0.5 * 200 - 0.1 * 200, 0.5 * 100 - 0.2 * 100  # the self-test
    assert (x, y, w, h) == (80, 30, 40, 40)


def test_rectangles_polygons_and_circles_of_labelme(folder):
    labelme(folder, ("box", "rectangle", [[50, 40], [10, 20]]), ("tri", "polygon", [[0, 0], [30, 0], [0, 40]]), ("ball", "circle", [[80, 60], [90, 60]]))
    done, coco = convert(folder, "labelme", ".", "out.json", "--classes", "box", "tri", "ball")
    box, triangle, ball = coco["annotations"]
    assert box["bbox"] == [10, 20, 40, 20] and box["segmentation"] == [], "corners in any order; a rectangle has no outline"
    assert triangle["bbox"] == [0, 0, 30, 40] and triangle["area"] == 600 and triangle["segmentation"] == [[0, 0, 30, 0, 0, 40]]
    assert ball["bbox"] == [70, 50, 20, 20] and 0.97 < ball["area"] / (3.14159 * 100) < 1
    assert [one["category_id"] for one in coco["annotations"]] == [1, 2, 3] and "box 1 个，tri 1 个，ball 1 个" in done.stdout


def test_yolo_outlines_and_pictures_without_labels(folder):
    Image.new("RGB", (10, 10)).save(folder / "b.png")
    Image.new("RGB", (10, 10)).save(folder / "._c.png")
    (folder / "a.txt").write_text("1 0 0 0.5 0 0 0.5\n\n")
    done, coco = convert(folder, "yolo", ".", "out.json", "--classes", "x", "y")
    assert [image["file_name"] for image in coco["images"]] == ["a.jpg", "b.png"], "hidden files of macOS are left out"
    assert coco["annotations"][0]["bbox"] == [0, 0, 80, 60] and coco["annotations"][0]["area"] == 2400
    assert "2 张图，x 0 个，y 1 个" in done.stdout


@pytest.mark.parametrize(("orientation", "size"), [(1, (160, 120)), (6, (120, 160)), (8, (120, 160))])
def test_a_photo_that_lies_on_its_side_has_the_size_it_is_seen_at(folder, orientation, size):
    """Telephones store the pixels as the sensor lies and say in EXIF how to turn them; OpenCV turns them when it reads."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (160, 120)).save(folder / "a.jpg", exif=exif)
    (folder / "a.txt").write_text("0 0.5 0.5 0.5 0.25\n")
    _, coco = convert(folder, "yolo", ".", "out.json", "--classes", "box")
    width, height = size
    assert (coco["images"][0]["width"], coco["images"][0]["height"]) == size
    assert coco["annotations"][0]["bbox"] == [width / 4, height * 3 / 8, width / 2, height / 4]


def test_the_order_of_the_classes_is_the_order_asked_for(folder):
    labelme(folder, ("b", "rectangle", [[0, 0], [9, 9]]))
    _, coco = convert(folder, "labelme", ".", "out.json", "--classes", "b", "a")
    assert [category["name"] for category in coco["categories"]] == ["b", "a"]


@pytest.mark.parametrize(
    ("form", "label", "message"),
    [
        ("yolo", "3 0.5 0.5 0.1 0.1", "a.txt 第 1 行：类别号 3 不在 0 到 0 之间"),
        ("yolo", "0 80 60 40 40", "像是像素"),
        ("yolo", "0 0.5 0.5 0.1", "这里有 3 个数"),
        ("yolo", "box 0.5 0.5 0.1 0.1", "应该全是数字"),
        ("yolo", "0 0.5 0.5 0 0.1", "宽或高是 0"),
        ("labelme", "{}", "没有 shapes"),
        ("labelme", "not json", "不是 labelme 的 JSON"),
        ("labelme", '{"shapes": [{"label": "cat", "points": [[0, 0], [5, 5]], "shape_type": "rectangle"}]}', "类别 'cat' 不在 --classes 里"),
        ("labelme", '{"shapes": [{"label": "box", "points": [[0, 0]], "shape_type": "point"}]}', "point 不是框也不是面"),
    ],
)
def test_a_label_that_cannot_be_read_is_named_and_nothing_is_written(folder, form, label, message):
    (folder / ("a.txt" if form == "yolo" else "a.json")).write_text(label)
    (folder / "out.json").write_text('"before"')
    done, left = convert(folder, form, ".", "out.json", "--classes", "box")
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
    assert left == "before"


def test_a_picture_that_cannot_be_opened_is_named(folder):
    (folder / "a.jpg").write_text("no picture")
    assert "打不开这张图" in convert(folder, "yolo", ".", "out.json", "--classes", "box")[0].stderr


SHAPE = '{"shapes": [{"label": "box", "shape_type": "rectangle", "points": [[0, 0], [9, 9]]}, %s]}'
BROKEN = {  # what stands in the file → what the program says of it
    "a shape without points": (SHAPE % '{"label": "box"}', "a.json 的第 2 个形状：要有 label 和 points"),
    "a shape without a label": (SHAPE % '{"points": [[0, 0], [9, 9]]}', "a.json 的第 2 个形状：要有 label 和 points"),
    "a point with one number": (SHAPE % '{"label": "box", "points": [[0], [9, 9]]}', "a.json 的第 2 个形状：要有 label 和 points，每个点是两个数"),
    "a point that is a word": (SHAPE % '{"label": "box", "points": [["a", 0]]}', "a.json 的第 2 个形状：要有 label"),
    "a shape that is a number": (SHAPE % "3", "a.json 的第 2 个形状：要有 label"),
    "a label that is a list": (SHAPE % '{"label": ["box"], "points": [[0, 0], [9, 9], [9, 0]]}', "a.json 的第 2 个形状：label 要是文字"),
    "a point that is nowhere": (SHAPE % '{"label": "box", "points": [[NaN, 0], [9, 9], [9, 0]]}', "a.json 的第 2 个形状：label 要是文字，点的坐标要是有限的数"),
    "a circle of one point": (SHAPE % '{"label": "box", "shape_type": "circle", "points": [[9, 9]]}', "a.json 的第 2 个形状：circle 不是框也不是面（1 个点）"),
    "shapes that are a number": ('{"shapes": 3}', "a.json：不是 labelme 的 JSON（shapes 不是一列）"),
    "half a file": ('{"shapes": [{"label": "bo', "a.json：不是 labelme 的 JSON"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_of_labelme_is_named(folder, name):
    content, message = BROKEN[name]
    (folder / "a.json").write_text(content, encoding="utf-8")
    done, coco = convert(folder, "labelme", ".", "out.json", "--classes", "box")
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr and coco is None


@pytest.mark.parametrize("form", ["yolo", "labelme"])
def test_a_file_that_is_not_utf_8_is_named(folder, form):
    name = "a.txt" if form == "yolo" else "a.json"
    (folder / name).write_bytes("0 0.5 0.5 0.25 0.5 汉字".encode("gbk"))
    done, _ = convert(folder, form, ".", "out.json", "--classes", "box")
    assert done.returncode == 2 and f"{name}：不是 UTF-8 的文字" in done.stderr and "Traceback" not in done.stderr


def test_the_mark_of_windows_at_the_top_is_no_label(folder):
    (folder / "a.txt").write_bytes(b"\xef\xbb\xbf0 0.5 0.5 0.25 0.5\r\n")
    assert len(convert(folder, "yolo", ".", "out.json", "--classes", "box")[1]["annotations"]) == 1


def test_a_place_that_cannot_be_written_is_named(folder):
    done, _ = convert(folder, "yolo", ".", "nowhere/out.json", "--classes", "box")
    assert done.returncode == 2 and "写不了 nowhere/out.json" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(("arguments", "message"), [(["nowhere", "out.json", "--classes", "a"], "没有文件夹 nowhere"), ([".", "out.json", "--classes", "a", "a"], "重复的名字")])
def test_wrong_arguments_are_explained(folder, arguments, message):
    assert message in convert(folder, "yolo", *arguments)[0].stderr


def test_an_empty_folder_is_an_error(tmp_path):
    assert "没有图片" in convert(tmp_path, "yolo", ".", "out.json", "--classes", "a")[0].stderr


def test_the_story_s_own_data_is_the_same_in_both_forms(tmp_path):
    assert run("make_own_data.py", "mine", folder=tmp_path).returncode == 0
    classes = ["--classes", "wide", "tall", "ball"]
    first, by_labelme = convert(tmp_path, "labelme", "mine/train", "out.json", *classes)
    second, by_yolo = convert(tmp_path, "yolo", "mine/train", "out.json", "--labels", "mine/yolo/train", *classes)
    assert first.stdout == second.stdout == "24 张图，wide 16 个，tall 13 个，ball 23 个\n"
    for mine, other in zip(by_labelme["annotations"], by_yolo["annotations"], strict=True):
        assert mine["category_id"] == other["category_id"] and mine["bbox"] == pytest.approx(other["bbox"], abs=0.02)
    assert len(COCO(str(tmp_path / "out.json")).getAnnIds()) == 52
    again = run("make_own_data.py", "mine", folder=tmp_path)
    assert again.returncode != 0 and "还没有" in again.stderr, "nothing is written over"
