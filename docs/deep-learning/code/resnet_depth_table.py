"""The recorded curves of resnet_depth.py as a table: the last round, the middle of five seeds and their span."""

import json
from pathlib import Path
from statistics import median

RECORD = json.loads(Path(__file__).with_name("resnet_depth.json").read_text(encoding="utf-8"))
RUNS = RECORD["runs"]


def last(depth, residual, column):
    """The last round of every seed, sorted; column 0 is the loss, 1 the number of pictures told wrongly."""
    return sorted(run["curve"][-1][column] for run in RUNS if (run["depth"], run["residual"]) == (depth, residual))


# --8<-- [start:table]
for residual in (False, True):
    for depth in sorted({run["depth"] for run in RUNS}):
        loss, error = last(depth, residual, 0), [100 * wrong / RECORD["images"] for wrong in last(depth, residual, 1)]
        spans = f"{median(loss):.3f}（{loss[0]:.3f}–{loss[-1]:.3f}） | {median(error):.1f}（{error[0]:.1f}–{error[-1]:.1f}）"
        print(f"| {'残差' if residual else '普通'} | {depth} | {spans} |")
# --8<-- [end:table]
