"""Write the digits as DIR/{train,val,test}/<digit>/<number>.png.

A folder to try --data and --predict on:  python export_digits.py DIR
"""

import sys
from pathlib import Path

from image_data import digits
from PIL import Image


def export(root: Path) -> int:
    """Write all images below root; returns how many."""
    parts, classes = digits()
    written = 0
    for name, part in parts.items():
        for number, (image, label) in enumerate(part):  # 1×8×8 in [0, 1]
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
    print(f"wrote {count} images into {sys.argv[1]}")
