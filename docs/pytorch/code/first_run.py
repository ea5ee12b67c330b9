"""A first session with the classifier, as a console shows it (double precision, so that every CPU prints the same)."""

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
    """Print a command line and what the program prints for it."""
    _, program, *arguments = shlex.split(line)
    print("$", line)
    with contextlib.redirect_stderr(sys.stdout):
        if program == "export_digits.py":
            print(f"wrote {export_digits.export(Path(*arguments))} images into {arguments[0]}")
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
shell("python image_classification.py --data cats")
shell("python image_classification.py --data pets")
# --8<-- [end:errors]

Path("pets/test/bird").rename("bird")

# --8<-- [start:other-weights]
shell("python image_classification.py --data pets --weights runs/weights.pt")
# --8<-- [end:other-weights]

os.chdir(folder.name + "/..")
folder.cleanup()
