"""用十个种子训练分类器，单精度和双精度各一遍。

    python seed_sweep.py     写 ../image-classification.assets/seeds.txt
"""

import contextlib
import io
import tempfile
from pathlib import Path

from image_classification import options_of, prepare, train

ASSETS = Path(__file__).parents[1] / "image-classification.assets"
SEEDS = range(10)


# --8<-- [start:measure]
def measure(seed: int, *, double: bool) -> tuple[int, int]:
    """在手写数字上训练，返回测试集对了几张、共几张。"""
    with tempfile.TemporaryDirectory() as out:
        arguments = ["--seed", str(seed), "--out", out]
        options = options_of(arguments + ["--double"] * double)
        prepare(options)
        with contextlib.redirect_stdout(io.StringIO()):
            counts = train(options)
    return counts.trace().item(), counts.sum().item()
# --8<-- [end:measure]


def row(seed: int) -> tuple[str, float, float]:
    """表的一行，和里面的两个准确率。"""
    cells, shares = [], []
    for double in (False, True):
        right, total = measure(seed, double=double)
        cells.append(f"{right / total:.4f}（错 {total - right}）")
        shares.append(right / total)
    return f"| {seed} | {cells[0]} | {cells[1]} |", *shares


def table() -> str:
    """全部种子的 Markdown 表，末尾是最差和平均。"""
    lines, single, double = zip(*map(row, SEEDS), strict=True)
    means = [sum(shares) / len(shares) for shares in (single, double)]
    return "\n".join(
        [
            "| 种子 | 单精度（默认） | 双精度（`--double`） |",
            "| --- | --- | --- |",
            *lines,
            f"| 最差 | {min(single):.4f} | {min(double):.4f} |",
            f"| 平均 | {means[0]:.4f} | {means[1]:.4f} |",
        ]
    )


if __name__ == "__main__":
    ASSETS.mkdir(exist_ok=True)
    (ASSETS / "seeds.txt").write_text(table() + "\n", encoding="utf-8")
