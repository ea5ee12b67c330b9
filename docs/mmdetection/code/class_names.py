"""类别名错了会怎样：七种写法各数一遍，留下几张图、几个框、标成了几号。"""

import logging
import warnings

from mmdet.registry import DATASETS
from mmengine import Config
from mmengine.registry import init_default_scope

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
init_default_scope("mmdet")
TOY = Config.fromfile("toy_retinanet.py").train_dataloader.dataset


def count(classes):
    """这样写 classes，数据集里还剩什么。"""
    settings = TOY.copy()
    settings.metainfo = {"classes": classes}
    try:
        data = DATASETS.build(settings)
    except ValueError as error:
        return f"ValueError: {error}"
    labels = [one["bbox_label"] for index in range(len(data)) for one in data.get_data_info(index)["instances"]]
    return f"{len(data)} 张，{len(labels)} 个框，" + "，".join(f"{number} 号 {labels.count(number)} 个" for number in sorted(set(labels)))


for classes in (("box", "ball"), ("ball", "box"), ("box", "bal"), ("bx", "ball"), ("box",), "box", ("car", "dog")):
    print(repr(classes), "→", count(classes))
