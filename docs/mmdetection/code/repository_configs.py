"""今天的仓库里有什么，读自 mmdet 安装包：不要 torch 和 mmcv，不联网。"""

# --8<-- [start:count]
from importlib.metadata import distribution, version

CONFIGS = distribution("mmdet").locate_file("mmdet/.mim/configs")
recipes = sorted(path for path in CONFIGS.rglob("*.py") if "_base_" not in path.parts)
folders = {path.relative_to(CONFIGS).parts[0] for path in recipes}
print("mmdet", version("mmdet"), "·", len(recipes), "份配置 ·", len(folders), "个文件夹")
# --8<-- [end:count]

# --8<-- [start:load]
from mmengine import Config

config = Config.fromfile(CONFIGS / "libra_rcnn" / "libra-faster-rcnn_x101-64x4d_fpn_1x_coco.py")
print("检测器  ", config.model.type)
print("骨干网络", config.model.backbone.type, config.model.backbone.depth)
print("类别数  ", config.model.roi_head.bbox_head.num_classes)
print("学习率  ", config.optim_wrapper.optimizer.lr)
print("总批量  ", config.auto_scale_lr.base_batch_size)
# --8<-- [end:load]

# --8<-- [start:name]
def fields(name):
    """按 3.x 的规矩拆配置名：“_”隔开各段，“-”在一段之内。"""
    return name.removesuffix(".py").split("_")


print(fields("libra-faster-rcnn_x101-64x4d_fpn_1x_coco.py"))
print(fields("rtmdet_l_8xb32-300e_coco.py"))
# --8<-- [end:name]

# --8<-- [start:successor]
import re


def words(name):
    return set(re.split(r"[-_]", name.removesuffix(".py")))


def successor(old):
    """今天哪份配置与老名字相同的词最多，有几个相同。"""
    best = max(recipes, key=lambda path: (len(words(path.name) & words(old)), -len(words(path.name))))
    return best.relative_to(CONFIGS).as_posix(), len(words(best.name) & words(old))


for old in (
    "libra_faster_rcnn_x101_64x4d_fpn_1x.py",
    "htc_dconv_c3-c5_mstrain_400_1400_x101_64x4d_fpn_20e.py",
):
    new, shared = successor(old)
    print(f"{old}\n→ {new}（{len(words(old))} 个词里有 {shared} 个相同）")
# --8<-- [end:successor]
