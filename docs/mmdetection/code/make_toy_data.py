"""Draw a toy detection data set, once in COCO form and once in VOC form, to learn training on a CPU.

    python make_toy_data.py data/toy                      (64 training and 16 validation images)
    python make_toy_data.py data/toy --train 8 --val 4

Each picture is a dark canvas of 160 × 120 pixels with one to three red boxes or green balls, 24 to 60 pixels
wide, that do not touch. The same seed draws the same pictures. The two forms describe the same pictures:

    data/toy/{train,val}/000001.jpg …           COCO: pictures
    data/toy/{train,val}.json                   COCO: boxes as [x, y, width, height], counted from 0
    data/toy/voc/JPEGImages/000001.jpg …     VOC: pictures (train first, then val)
    data/toy/voc/Annotations/000001.xml …    VOC: corners of the first and the last pixel, counted from 1
    data/toy/voc/ImageSets/Main/{train,val}.txt

Needs Pillow and nothing else.
"""

import argparse
import json
import random
import sys
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 160, 120
CLASSES = ("box", "ball")  # COCO category ids count from 1 in this order
COLOURS = {"box": (200, 40, 40), "ball": (40, 180, 60)}

Box = tuple[int, int, int, int]  # x, y, width, height in pixels; x and y of the first pixel, counted from 0
Scene = list[tuple[str, Box]]


def apart(first: Box, second: Box, gap: int = 2) -> bool:
    """Whether two boxes leave at least ``gap`` pixels between them in one direction."""
    (ax, ay, aw, ah), (bx, by, bw, bh) = first, second
    return ax + aw + gap <= bx or bx + bw + gap <= ax or ay + ah + gap <= by or by + bh + gap <= ay


def scene(dice: random.Random) -> Scene:
    """One to three objects on the canvas that keep apart; a place that is taken is tried again a few times."""
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
    """The picture of a scene: each object fills its box from the first to the last pixel."""
    image = Image.new("RGB", (WIDTH, HEIGHT), tuple(dice.randint(10, 50) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    for name, (x, y, width, height) in objects:
        shape = pen.rectangle if name == "box" else pen.ellipse
        shape((x, y, x + width - 1, y + height - 1), fill=COLOURS[name])
    return image


def coco(scenes: list[Scene]) -> dict:
    """The COCO description of one split; picture number i (from 1) is the file ``00000i.jpg``."""
    images = [{"id": i, "file_name": f"{i:06}.jpg", "width": WIDTH, "height": HEIGHT} for i in range(1, len(scenes) + 1)]
    boxes = [(i, name, box) for i, objects in enumerate(scenes, 1) for name, box in objects]
    annotations = [
        {"id": n, "image_id": i, "category_id": CLASSES.index(name) + 1, "bbox": list(box), "area": box[2] * box[3], "iscrowd": 0}
        for n, (i, name, box) in enumerate(boxes, 1)
    ]
    categories = [{"id": i, "name": name} for i, name in enumerate(CLASSES, 1)]
    return {"images": images, "annotations": annotations, "categories": categories}


def voc(objects: Scene, file_name: str) -> str:
    """The VOC description of one picture: first and last pixel of each object, counted from 1."""
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
    """Draw and describe the splits; return the number of boxes of each. Raises OSError where it cannot write."""
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
    parser = argparse.ArgumentParser(description="Draw a toy detection data set in COCO and VOC form.")
    parser.add_argument("folder", type=Path, help="where to write; made if missing, must be empty, e.g. data/toy")
    parser.add_argument("--train", type=int, default=64, help="training images (default %(default)s)")
    parser.add_argument("--val", type=int, default=16, help="validation images (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same pictures (default %(default)s)")
    asked = parser.parse_args(arguments)
    if asked.train < 1 or asked.val < 1:
        parser.error("--train and --val must be at least 1")
    if asked.folder.exists() and (not asked.folder.is_dir() or any(asked.folder.iterdir())):
        parser.error(f"{asked.folder} is there already and is not an empty folder")
    for split, count in write(asked.folder, {"train": asked.train, "val": asked.val}, asked.seed).items():
        print(f"{split}: {count} boxes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
