"""数一数配置读到的训练数据：几张图、几个框、每类几个。

    python count_boxes.py toy_retinanet.py
"""

import contextlib
import logging
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

# --8<-- [start:count]
from collections import Counter

from mmdet.registry import DATASETS
from mmengine import Config
from mmengine.registry import init_default_scope

init_default_scope("mmdet")
with contextlib.redirect_stdout(None):  # pycocotools 自己印的几行不要
    data = DATASETS.build(Config.fromfile(sys.argv[1]).train_dataloader.dataset)
pictures = [data.get_data_info(index) for index in range(len(data))]
found = Counter(box["bbox_label"] for picture in pictures for box in picture["instances"])
print(f"{len(data)} 张图，{found.total()} 个框")
for number, name in enumerate(data.metainfo["classes"]):
    print(number, name, found[number])
# --8<-- [end:count]
