"""docs/detection/code/roi_torchvision.py: torchvision is not installed here, so the reference operators stand in for it.

The output beside it (roi_torchvision.txt) was printed by torchvision 0.29.1; the program, run with the stand-ins, must
print the same.
"""

import re
import runpy
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.torch

import torch  # noqa: E402

CODE = Path(__file__).parents[2] / "docs" / "detection" / "code"


@pytest.fixture
def stand_in(code, monkeypatch):
    """``torchvision.ops`` with the three names that the program imports, made of the note's own operators."""
    roi, resize = code("roi"), code("resize")

    def pooled(operator):
        def run(feature, boxes, bins, spatial_scale, **options):
            rows = [operator(feature[int(box[0]), 0].tolist(), tuple(box[1:]), bins, spatial_scale, **options) for box in boxes.tolist()]
            return torch.tensor(rows)[:, None]

        return run

    class MultiScaleRoIAlign:
        def __init__(self, names, output_size, sampling_ratio):
            self.size, self.ratio = (output_size, output_size), sampling_ratio

        def __call__(self, maps, boxes, sizes):
            outputs = []
            for x1, y1, x2, y2 in boxes[0].tolist():
                level = resize.fpn_level(x2 - x1, y2 - y1)
                feature = maps[f"p{level}"][0, 0].tolist()
                outputs.append(roi.roi_align(feature, (x1, y1, x2, y2), self.size, 1 / 2**level, self.ratio, False))
            return torch.tensor(outputs)[:, None]

    ops = ModuleType("torchvision.ops")
    ops.roi_pool = pooled(lambda feature, box, bins, scale: [[float(v) for v in row] for row in roi.roi_pool(feature, box, bins, scale)])
    ops.roi_align = pooled(lambda feature, box, bins, scale, sampling_ratio, aligned: roi.roi_align(feature, box, bins, scale, sampling_ratio, aligned))
    ops.MultiScaleRoIAlign = MultiScaleRoIAlign
    package = ModuleType("torchvision")
    package.ops = ops
    monkeypatch.setitem(sys.modules, "torchvision", package)
    monkeypatch.setitem(sys.modules, "torchvision.ops", ops)


def test_the_program_prints_what_torchvision_printed(stand_in, capsys):
    runpy.run_path(str(CODE / "roi_torchvision.py"))

    recorded = (CODE / "roi_torchvision.txt").read_text(encoding="utf-8")
    assert capsys.readouterr().out.split() == re.sub(r"# --8<-- .*", "", recorded).split()


def test_the_pictures_are_drawn_as_committed(code):
    drawing = code("draw_sample")
    folder = CODE.parent / "roi-align.assets"
    assert (folder / "sample.svg").read_text(encoding="utf-8") == drawing.sample()
    assert (folder / "half.svg").read_text(encoding="utf-8") == drawing.half()


def test_the_point_of_the_self_test(code):
    roi = code("roi")
    feature = [[10 * row + column for column in range(8)] for row in range(8)]
    weights = [down * across for _, down in roi.neighbours(1.5, 8) for _, across in roi.neighbours(2.25, 8)]
    assert weights == [0.375, 0.125, 0.375, 0.125]
    assert roi.bilinear(feature, 1.5, 2.25) == 17.25
