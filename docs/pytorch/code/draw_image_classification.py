"""画图像分类一页的两张图：用种子 0、双精度训练，留下图。"""

import contextlib
import io
import tempfile
from pathlib import Path

from image_classification import options_of, prepare, train

ASSETS = Path(__file__).parents[1] / "image-classification.assets"


def pictures() -> dict[str, str]:
    """训练一次，返回 {文件名: SVG 文本}。"""
    with tempfile.TemporaryDirectory() as out:
        options = options_of(["--double", "--out", out])
        prepare(options)
        with contextlib.redirect_stdout(io.StringIO()):
            train(options)
        files = sorted(Path(out).glob("*.svg"))
        return {file.name: file.read_text(encoding="utf-8") for file in files}


if __name__ == "__main__":
    ASSETS.mkdir(exist_ok=True)
    for name, text in pictures().items():
        (ASSETS / name).write_text(text, encoding="utf-8")
