"""3.3.0 的一份配置，顶层有哪些键，各造出什么。要 mmengine-lite，不要 torch。"""

# --8<-- [start:parts]
from importlib.metadata import distribution

from mmengine import Config

configs = distribution("mmdet").locate_file("mmdet/.mim/configs")
path = configs / "libra_rcnn/libra-faster-rcnn_x101-64x4d_fpn_1x_coco.py"
config = Config.fromfile(path)

print("文件自己写的行数：", len(path.read_text(encoding="utf-8").splitlines()))
print("合并之后的行数：", len(config.pretty_text.splitlines()))
print(config.model.type, "=", config.model.backbone.type, "+", [neck.type for neck in config.model.neck])
print(config.train_dataloader.dataset.type, "，每卡", config.train_dataloader.batch_size, "张")
print(config.optim_wrapper.optimizer.type, "，lr", config.optim_wrapper.optimizer.lr, "，", config.train_cfg.max_epochs, "轮")
# --8<-- [end:parts]
