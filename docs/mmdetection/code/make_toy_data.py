"""画一份玩具检测数据，COCO 和 VOC 各写一遍，用来在 CPU 上学训练。

    python make_toy_data.py data/toy                      （64 张训练、16 张验证）
    python make_toy_data.py data/toy --train 8 --val 4

每张是 160 × 120 像素的深色画布，上面有一到三个红框或绿球，宽 24 到 60 像素，互不相碰。
种子相同，图就相同。两种写法说的是同一批图：

    data/toy/{train,val}/000001.jpg …           COCO：图
    data/toy/{train,val}.json                   COCO：框写作 [x, y, 宽, 高]，从 0 数
    data/toy/voc/JPEGImages/000001.jpg …     VOC：图（先训练，后验证）
    data/toy/voc/Annotations/000001.xml …    VOC：第一个和最后一个像素的角，从 1 数
    data/toy/voc/ImageSets/Main/{train,val}.txt

只要 Pillow。
"""

import argparse
import json
import random
import sys
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 160, 120
CLASSES = ("box", "ball")  # COCO 的类别号按这个次序，从 1 数
COLOURS = {"box": (200, 40, 40), "ball": (40, 180, 60)}

Box = tuple[int, int, int, int]  # x、y、宽、高，像素；x、y 是第一个像素，从 0 数
Scene = list[tuple[str, Box]]


def apart(first: Box, second: Box, gap: int = 2) -> bool:
    """两个框在某个方向上是否至少隔 gap 个像素。"""
    (ax, ay, aw, ah), (bx, by, bw, bh) = first, second
    return ax + aw + gap <= bx or bx + bw + gap <= ax or ay + ah + gap <= by or by + bh + gap <= ay


def scene(dice: random.Random) -> Scene:
    """画布上一到三个互不相碰的物体；位置被占了就再试几次。"""
    objects: Scene = []
    for _ in range(dice.randint(1, 3)):
        for _ in range(20):
            name, width = dice.choice(CLASSES), dice.randint(24, 60)
            height = width if name == "ball" else dice.randint(24, 60)
            box = (dice.randint(0, WIDTH - width), dice.randint(0, HEIGHT - height), width, height)
            if all(apart(box, other) for _, other in objects):
                objects.append((name, box))
                break
    return objects


def draw(objects: Scene, dice: random.Random) -> Image.Image:
    """一个场景的图：物体从第一个像素到最后一个像素填满它的框。"""
    image = Image.new("RGB", (WIDTH, HEIGHT), tuple(dice.randint(10, 50) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    for name, (x, y, width, height) in objects:
        shape = pen.rectangle if name == "box" else pen.ellipse
        shape((x, y, x + width - 1, y + height - 1), fill=COLOURS[name])
    return image


def coco(scenes: list[Scene]) -> dict:
    """一份划分的 COCO 描述；第 i 张图（从 1 数）是 00000i.jpg。"""
    images = [{"id": i, "file_name": f"{i:06}.jpg", "width": WIDTH, "height": HEIGHT} for i in range(1, len(scenes) + 1)]
    boxes = [(i, name, box) for i, objects in enumerate(scenes, 1) for name, box in objects]
    annotations = [
        {"id": n, "image_id": i, "category_id": CLASSES.index(name) + 1, "bbox": list(box), "area": box[2] * box[3], "iscrowd": 0}
        for n, (i, name, box) in enumerate(boxes, 1)
    ]
    categories = [{"id": i, "name": name} for i, name in enumerate(CLASSES, 1)]
    return {"images": images, "annotations": annotations, "categories": categories}


def voc(objects: Scene, file_name: str) -> str:
    """一张图的 VOC 描述：每个物体的第一个和最后一个像素，从 1 数。"""
    root = ElementTree.Element("annotation")
    ElementTree.SubElement(root, "filename").text = file_name
    size = ElementTree.SubElement(root, "size")
    for tag, value in (("width", WIDTH), ("height", HEIGHT), ("depth", 3)):
        ElementTree.SubElement(size, tag).text = str(value)
    for name, (x, y, width, height) in objects:
        item = ElementTree.SubElement(root, "object")
        ElementTree.SubElement(item, "name").text = name
        ElementTree.SubElement(item, "difficult").text = "0"
        corners = ElementTree.SubElement(item, "bndbox")
        for tag, value in (("xmin", x + 1), ("ymin", y + 1), ("xmax", x + width), ("ymax", y + height)):
            ElementTree.SubElement(corners, tag).text = str(value)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def write(folder: Path, counts: dict[str, int], seed: int) -> dict[str, int]:
    """画出并写下各份划分，返回各有几个框；写不了：OSError。"""
    dice, number, boxes = random.Random(seed), 0, {}
    devkit = folder / "voc"
    for name in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (devkit / name).mkdir(parents=True, exist_ok=True)
    for split, count in counts.items():
        (folder / split).mkdir(exist_ok=True)
        scenes, names = [scene(dice) for _ in range(count)], []
        for i, objects in enumerate(scenes, 1):
            number += 1
            names.append(f"{number:06}")
            image = draw(objects, dice)
            for path in (folder / split / f"{i:06}.jpg", devkit / "JPEGImages" / f"{names[-1]}.jpg"):
                image.save(path, quality=95)
            (devkit / "Annotations" / f"{names[-1]}.xml").write_text(voc(objects, f"{names[-1]}.jpg"), encoding="utf-8")
        (folder / f"{split}.json").write_text(json.dumps(coco(scenes)), encoding="utf-8")
        (devkit / "ImageSets" / "Main" / f"{split}.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
        boxes[split] = sum(map(len, scenes))
    return boxes


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="画一份玩具检测数据，COCO 和 VOC 各写一遍。")
    parser.add_argument("folder", type=Path, help="写到哪里；没有就建，有就要是空的，例如 data/toy")
    parser.add_argument("--train", type=int, default=64, help="训练的张数（默认 %(default)s）")
    parser.add_argument("--val", type=int, default=16, help="验证的张数（默认 %(default)s）")
    parser.add_argument("--seed", type=int, default=0, help="种子相同，图就相同（默认 %(default)s）")
    asked = parser.parse_args(arguments)
    if asked.train < 1 or asked.val < 1:
        parser.error("--train 和 --val 至少是 1")
    if asked.folder.exists() and (not asked.folder.is_dir() or any(asked.folder.iterdir())):
        parser.error(f"{asked.folder} 已经有了，而且不是空文件夹")
    for split, count in write(asked.folder, {"train": asked.train, "val": asked.val}, asked.seed).items():
        print(f"{split}：{count} 个框")
    return 0


if __name__ == "__main__":
    sys.exit(main())
