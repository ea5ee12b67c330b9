"""把手写数字写成 DIR/{train,val,test}/<数字>/<编号>.png。

拿来试 --data 和 --predict：  python export_digits.py DIR
"""

import sys
from pathlib import Path

from image_data import digits
from PIL import Image


def export(root: Path) -> int:
    """把所有图写到 root 下面，返回张数。"""
    parts, classes = digits()
    written = 0
    for name, part in parts.items():
        for number, (image, label) in enumerate(part):  # 1×8×8，0 到 1
            target = root / name / classes[label] / f"{number:04}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            pixels = (image[0] * 255).round().byte().numpy()
            Image.fromarray(pixels).save(target)
            written += 1
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    count = export(Path(sys.argv[1]))
    print(f"写了 {count} 张图到 {sys.argv[1]}")
