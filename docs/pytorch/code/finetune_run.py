"""微调的练习：每一行都跑一遍（随机权重、自带的两张照片裁出的小图；双精度，换机器也一样）。"""

import os
import tempfile
from pathlib import Path

import finetune
import torch

torch.set_num_threads(1)
folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)

# --8<-- [start:practice]
options = "--practice --double --size 32 --epochs 3"
print(f"$ python finetune.py {options}")
finetune.main(options.split())
# --8<-- [end:practice]

from finetune_data import make_practice_set

make_practice_set(Path("DIR"))

# --8<-- [start:predict]
from finetune_predict import predict

for name in ("寺庙", "花"):
    found, share = predict(Path("finetuned.pt"), Path("DIR") / "val" / name / "00.png")
    print(f"{name}认成{found}，份额 {share:.2f}")
# --8<-- [end:predict]

# --8<-- [start:load]
from finetune_model import ResNet18, pretrained

torch.save(ResNet18(1000).state_dict(), "like-torchvision.pth")  # 与 torchvision 的权重同名同形
model = pretrained(Path("like-torchvision.pth"), classes=3)
print(model(torch.zeros(2, 3, 64, 64)).shape, f"{sum(p.numel() for p in model.parameters()):,} 个参数")
# --8<-- [end:load]

try:
    # --8<-- [start:head-error]
    ResNet18(3).load_state_dict(torch.load("like-torchvision.pth", weights_only=True))
    # --8<-- [end:head-error]
except RuntimeError as error:
    print(error)

# --8<-- [start:frozen]
finetune.freeze(model)
trainable = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
before = model.bn1.running_mean.clone()
model.train()  # 只关 requires_grad，批归一化照样更新
model(torch.randn(4, 3, 64, 64))
print(trainable, "统计量变了吗：", not torch.equal(model.bn1.running_mean, before))

before = model.bn1.running_mean.clone()
finetune.train_mode(model, frozen=True)
model(torch.randn(4, 3, 64, 64))
print("骨干 eval() 之后：", not torch.equal(model.bn1.running_mean, before))
# --8<-- [end:frozen]

os.chdir(folder.name + "/..")
folder.cleanup()
