"""Write mmcv.json: the sizes that mmcv's rescale_size gives for random pictures and scales.

    pip install mmcv-lite==2.2.0 opencv-python-headless && python tests/widgets/recorded/record_mmcv.py
"""

import json
from pathlib import Path

import mmcv
from cases import pictures
from mmcv.image.geometric import rescale_size


def new(case):
    scale = case["scale"]
    return rescale_size(tuple(case["size"]), tuple(scale) if isinstance(scale, list) else scale)


record = {"source": f"mmcv-lite {mmcv.__version__}", "sizes": [new(case) for case in pictures(3000)]}
Path(__file__).with_name("mmcv.json").write_text(json.dumps(record, separators=(",", ":")) + "\n", encoding="utf-8")
