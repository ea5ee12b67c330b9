"""按线性缩放，页面上说到的几种批量该用多大的学习率。要 mmengine-lite。"""

# --8<-- [start:rule]
def scaled(rate, base, gpus, images):
    """每步 ``base`` 张时用 ``rate``，那么每步 ``gpus`` × ``images`` 张该用多少。"""
    return rate * gpus * images / base


print("2019 年的命令，2 卡 × 2 张：", scaled(0.02, base=16, gpus=2, images=2))
print("1 卡 × 2 张：", scaled(0.02, base=16, gpus=1, images=2))
print("1 卡 × 8 张：", scaled(0.02, base=16, gpus=1, images=8))
# --8<-- [end:rule]

# --8<-- [start:rtmdet]
from importlib.metadata import distribution

from mmengine import Config

configs = distribution("mmdet").locate_file("mmdet/.mim/configs")
config = Config.fromfile(configs / "rtmdet/rtmdet_l_8xb32-300e_coco.py")
rate, base = config.optim_wrapper.optimizer.lr, config.auto_scale_lr.base_batch_size
print("配置写的 lr", rate, "，base_batch_size", base, "，文件名写的是 8 卡 ×", config.train_dataloader.batch_size, "张")
print("照原样 8×32 训练，开关却改成：", scaled(rate, base, gpus=8, images=32))
# --8<-- [end:rtmdet]
