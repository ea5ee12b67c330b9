"""画一份“自己的数据”：同样的方块和圆，却分成三类（宽的、高的、圆的），标注写成 labelme 和 YOLO 两种。

    python make_own_data.py data/mine

    data/mine/{train,val}/000001.jpg、000001.json      图片和 labelme 的标注
    data/mine/yolo/{train,val}/000001.txt               同样的标注，YOLO 的写法

与 make_toy_data.py 放在一起；只需要 Pillow。
"""

import json
import random
import sys
from pathlib import Path

from make_toy_data import HEIGHT, WIDTH, Box, draw, scene

CLASSES = ("wide", "tall", "ball")  # 宽的方块、高的方块、圆
COUNTS = {"train": 24, "val": 12}


def kind(name: str, box: Box) -> str:
    return name if name == "ball" else "wide" if box[2] >= box[3] else "tall"


def labelme(objects: list[tuple[str, Box]], picture: str) -> dict:
    shapes = []
    for name, (x, y, width, height) in objects:
        corners = [[x, y], [x + width, y + height]]
        points = [[x + width / 2, y + height / 2], [x + width, y + height / 2]] if name == "ball" else corners
        shapes.append({"label": kind(name, (x, y, width, height)), "points": points, "shape_type": "circle" if name == "ball" else "rectangle"})
    return {"version": "5.5.0", "shapes": shapes, "imagePath": picture, "imageWidth": WIDTH, "imageHeight": HEIGHT}


def yolo(objects: list[tuple[str, Box]]) -> str:
    lines = []
    for name, box in objects:
        x, y, width, height = box
        values = ((x + width / 2) / WIDTH, (y + height / 2) / HEIGHT, width / WIDTH, height / HEIGHT)
        lines.append(f"{CLASSES.index(kind(name, box))} " + " ".join(f"{value:.6f}" for value in values))
    return "\n".join(lines) + "\n"


def main(folder: Path) -> None:
    dice = random.Random(7)
    for split, count in COUNTS.items():
        for path in (folder / split, folder / "yolo" / split):
            path.mkdir(parents=True)
        for index in range(1, count + 1):
            objects = scene(dice)
            draw(objects, dice).save(folder / split / f"{index:06}.jpg", quality=95)
            (folder / split / f"{index:06}.json").write_text(json.dumps(labelme(objects, f"{index:06}.jpg")), encoding="utf-8")
            (folder / "yolo" / split / f"{index:06}.txt").write_text(yolo(objects), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2 or Path(sys.argv[1]).exists():
        sys.exit("用法：python make_own_data.py data/mine（这个文件夹要还没有）")
    main(Path(sys.argv[1]))
