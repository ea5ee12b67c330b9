"""第一次用这个分类器，终端上的样子（双精度，换机器也一样）。"""

import contextlib
import os
import shlex
import sys
import tempfile
from pathlib import Path

import export_digits
import image_classification
import torch


def shell(line: str) -> None:
    """印出一行命令和程序的回答。"""
    _, program, *arguments = shlex.split(line)
    print("$", line)
    with contextlib.redirect_stderr(sys.stdout):
        if program == "export_digits.py":
            print(f"写了 {export_digits.export(Path(*arguments))} 张图到 {arguments[0]}")
        else:
            image_classification.main(arguments)


folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)

# --8<-- [start:train]
shell("python image_classification.py --double")
# --8<-- [end:train]

# --8<-- [start:again]
shell("python image_classification.py --double --weights runs/weights.pt")
# --8<-- [end:again]

# --8<-- [start:predict]
shell("python export_digits.py digits")
shell("python image_classification.py --double --weights runs/weights.pt --predict digits/test/3/0030.png")
# --8<-- [end:predict]

picture = Path("digits/test/3/0030.png").read_bytes()
for place in ("train/cat", "train/dog", "val/cat", "val/dog", "test/cat", "test/dog", "test/bird"):
    Path("pets", place).mkdir(parents=True)
    Path("pets", place, "1.png").write_bytes(picture)

# --8<-- [start:errors]
shell("python image_classification.py")
shell("python image_classification.py --data cats --out cats-runs")
shell("python image_classification.py --data pets --out pets-runs")
# --8<-- [end:errors]

Path("pets/test/bird").rename("bird")

# --8<-- [start:other-weights]
shell("python image_classification.py --data pets --weights runs/weights.pt")
# --8<-- [end:other-weights]

os.chdir(folder.name + "/..")
folder.cleanup()
