"""Write mmcv.json: the sizes that mmcv's rescale_size gives for random pictures and scales.

    pip install mmcv-lite==2.2.0 opencv-python-headless && python tests/detection/recorded/record_mmcv.py
"""

import json
import random
from pathlib import Path

import mmcv
from mmcv.image.geometric import rescale_size

random.seed(20261123)


def case():
    size = random.randint(32, 2400), random.randint(32, 2400)
    scale = random.choice([(1333, 800), (800, 1333), (1333, 640), (1000, 600), (666, 400), (2000, 1200), (512, 512)])
    return {"size": size, "scale": scale, "new": rescale_size(size, scale)}


record = {"source": f"mmcv-lite {mmcv.__version__}", "cases": [case() for _ in range(200)]}
text = json.dumps(record).replace('{"size"', '\n{"size"')
Path(__file__).with_name("mmcv.json").write_text(text + "\n", encoding="utf-8")
