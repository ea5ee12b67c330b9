"""把 labelme 或 YOLO 的标注转成一份 COCO 的 JSON。

    python labels_to_coco.py labelme 图片和标注的文件夹 train.json --classes wide tall ball
    python labels_to_coco.py yolo 图片的文件夹 train.json --labels 标注的文件夹 --classes wide tall ball

labelme：每张图旁边一个同名的 .json；矩形、多边形、圆都收，多边形和圆还写出轮廓，可以训练掩码。
YOLO：每张图一个同名的 .txt，每行“类别号 中心x 中心y 宽 高”（0 到 1），或“类别号 x1 y1 x2 y2 …”的轮廓。
--classes 的次序就是类别的次序；配置里 metainfo 的 classes 照抄它。没有框的图也写进去。
有一处读不懂就什么都不写，说出哪个文件、为什么。只需要 Pillow。
"""

import argparse
import json
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

PICTURES = {".jpg", ".jpeg", ".png", ".bmp"}
Point = tuple[float, float]


class BadLabel(Exception):
    """标注有问题；文字说明在哪、怎么改。"""


@dataclass(frozen=True)
class Shape:
    """一个物体：类别名、外接框（x、y、宽、高，像素，从 0 数）、轮廓（没有就是空的）。"""

    name: str
    box: tuple[float, float, float, float]
    outline: tuple[Point, ...] = ()


def text(path: Path) -> str:
    """一份标注的文字。"""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadLabel(f"{path}：不是 UTF-8 的文字，用编辑器另存为 UTF-8") from None
    except OSError as error:
        raise BadLabel(f"{path}：读不了（{error.strerror}）") from None


# --8<-- [start:labelme]
def from_labelme(path: Path) -> list[Shape]:
    """读一份 labelme 的 JSON。"""
    try:
        shapes = json.loads(text(path))["shapes"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadLabel(f"{path}：不是 labelme 的 JSON（没有 shapes）") from None
    if not isinstance(shapes, list):
        raise BadLabel(f"{path}：不是 labelme 的 JSON（shapes 不是一列）")
    return [_labelme_shape(shape, f"{path} 的第 {number} 个形状") for number, shape in enumerate(shapes, 1)]


def _labelme_shape(shape: object, place: str) -> Shape:
    try:
        name, kind, points = shape["label"], shape.get("shape_type", "polygon"), [(float(x), float(y)) for x, y in shape["points"]]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise BadLabel(f"{place}：要有 label 和 points，每个点是两个数") from None
    if not isinstance(name, str) or not all(math.isfinite(value) for point in points for value in point):
        raise BadLabel(f"{place}：label 要是文字，点的坐标要是有限的数")
    if kind == "rectangle" and len(points) == 2:
        return Shape(name, around(points))
    if kind == "circle" and len(points) == 2:
        points = circle(*points)
    elif kind != "polygon" or len(points) < 3:
        raise BadLabel(f"{place}：{kind} 不是框也不是面（{len(points)} 个点），删掉它或改成矩形、多边形")
    return Shape(name, around(points), tuple(points))
# --8<-- [end:labelme]


# --8<-- [start:yolo]
def from_yolo(path: Path, size: tuple[int, int], classes: list[str]) -> list[Shape]:
    """读一份 YOLO 的 TXT；没有这个文件，就是没有物体。"""
    lines = text(path).splitlines() if path.is_file() else []
    return [_yolo_shape(line, f"{path} 第 {number} 行", size, classes) for number, line in enumerate(lines, 1) if line.strip()]


def _yolo_shape(line: str, place: str, size: tuple[int, int], classes: list[str]) -> Shape:
    try:
        number, *values = [float(word) for word in line.split()]
    except ValueError:
        raise BadLabel(f"{place}：应该全是数字") from None
    if not (number.is_integer() and 0 <= number < len(classes)):
        raise BadLabel(f"{place}：类别号 {number:g} 不在 0 到 {len(classes) - 1} 之间，--classes 少写了？")
    if not all(-0.001 <= value <= 1.001 for value in values):
        raise BadLabel(f"{place}：坐标要在 0 到 1 之间，这里像是像素")
    name, (width, height) = classes[int(number)], size
    if len(values) == 4:
        x, y, w, h = values
        return Shape(name, ((x - w / 2) * width, (y - h / 2) * height, w * width, h * height))
    if len(values) >= 6 and len(values) % 2 == 0:
        outline = [(x * width, y * height) for x, y in zip(values[::2], values[1::2])]
        return Shape(name, around(outline), tuple(outline))
    raise BadLabel(f"{place}：要么四个数（框），要么至少三个点（轮廓），这里有 {len(values)} 个数")
# --8<-- [end:yolo]


def around(points: list[Point]) -> tuple[float, float, float, float]:
    """点的外接框。"""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def circle(centre: Point, edge: Point, corners: int = 32) -> list[Point]:
    """圆心和圆上一点 → 多边形。"""
    radius = math.dist(centre, edge)
    turns = [2 * math.pi * corner / corners for corner in range(corners)]
    return [(centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)) for turn in turns]


def area(shape: Shape) -> float:
    """轮廓围住的面积（鞋带公式）；没有轮廓就是框的面积。"""
    if not shape.outline:
        return shape.box[2] * shape.box[3]
    around_again = [*shape.outline[1:], shape.outline[0]]
    return abs(sum(x * v - u * y for (x, y), (u, v) in zip(shape.outline, around_again))) / 2


def pictures(folder: Path) -> list[Path]:
    """文件夹里的图片，按名字排好；隐藏文件（macOS 的 ._*）不算。"""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES and not path.name.startswith("."))


# --8<-- [start:coco]
def to_coco(labelled: list[tuple[Path, tuple[int, int], list[Shape]]], classes: list[str]) -> dict:
    """图片、尺寸、物体 → COCO 的三张表；类别号从 1 数，次序同 classes。"""
    numbers = {name: number for number, name in enumerate(classes, 1)}
    images = [{"id": i, "file_name": path.name, "width": w, "height": h} for i, (path, (w, h), _) in enumerate(labelled, 1)]
    objects = [(i, path, shape) for i, (path, _, shapes) in enumerate(labelled, 1) for shape in shapes]
    annotations = [
        {
            "id": n, "image_id": i, "category_id": number(shape, path, numbers), "bbox": [round(value, 2) for value in shape.box],
            "area": round(area(shape), 2), "iscrowd": 0,
            "segmentation": [[round(value, 2) for point in shape.outline for value in point]] if shape.outline else [],
        }
        for n, (i, path, shape) in enumerate(objects, 1)
    ]
    return {"images": images, "annotations": annotations, "categories": [{"id": n, "name": name} for name, n in numbers.items()]}
# --8<-- [end:coco]


def number(shape: Shape, path: Path, numbers: dict[str, int]) -> int:
    """一个物体的类别号。标注里有、--classes 里没有的名字，在这里就说，不等训练时悄悄丢掉。"""
    if shape.name not in numbers:
        raise BadLabel(f"{path.name}：类别 {shape.name!r} 不在 --classes 里（{'、'.join(numbers)}）")
    if shape.box[2] <= 0 or shape.box[3] <= 0:
        raise BadLabel(f"{path.name}：{shape.name!r} 的框宽或高是 0")
    return numbers[shape.name]


def labelled(asked: argparse.Namespace) -> Iterator[tuple[Path, tuple[int, int], list[Shape]]]:
    for path in pictures(asked.folder):
        try:
            with Image.open(path) as image:
                size = ImageOps.exif_transpose(image).size  # 手机的照片躺着存，训练时读进来是转正的
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # Pillow 对坏的 PNG 抛 SyntaxError
            raise BadLabel(f"{path}：打不开这张图") from None
        if asked.form == "yolo":
            yield path, size, from_yolo((asked.labels or asked.folder) / f"{path.stem}.txt", size, asked.classes)
        else:
            beside = path.with_suffix(".json")
            yield path, size, from_labelme(beside) if beside.is_file() else []


def save(path: Path, content: str) -> None:
    """写完整了才出现在那里。"""
    part = path.with_name(path.name + ".part")
    part.write_text(content, encoding="utf-8")
    os.replace(part, path)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="把 labelme 或 YOLO 的标注转成 COCO 的 JSON。")
    parser.add_argument("form", choices=["labelme", "yolo"])
    parser.add_argument("folder", type=Path, help="图片的文件夹；labelme 的 .json 也在里面")
    parser.add_argument("out", type=Path, help="写到哪里，例如 train.json")
    parser.add_argument("--labels", type=Path, help="YOLO 的 .txt 在哪个文件夹（默认与图片同一个）")
    parser.add_argument("--classes", nargs="+", required=True, help="全部类别名，按次序")
    asked = parser.parse_args(arguments)
    for folder in filter(None, (asked.folder, asked.labels)):
        if not folder.is_dir():
            parser.error(f"没有文件夹 {folder}")
    if len(set(asked.classes)) < len(asked.classes):
        parser.error("--classes 里有重复的名字")
    try:
        coco = to_coco(list(labelled(asked)), asked.classes)
    except BadLabel as error:
        parser.error(str(error))
    if not coco["images"]:
        parser.error(f"{asked.folder} 里没有图片")
    try:
        save(asked.out, json.dumps(coco, ensure_ascii=False))
    except OSError as error:
        parser.error(f"写不了 {asked.out}：{error.strerror}")
    counted = {name: sum(one["category_id"] == number for one in coco["annotations"]) for number, name in enumerate(asked.classes, 1)}
    print(f"{len(coco['images'])} 张图，" + "，".join(f"{name} {count} 个" for name, count in counted.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
