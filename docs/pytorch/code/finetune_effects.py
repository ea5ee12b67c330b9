"""学习率和增广各起什么作用：在手写数字上量（双精度、单线程，换机器也一样）。"""

from argparse import Namespace

import torch
from image_data import digits
from image_model import build, set_statistics
from image_training import fit
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
PARTS, _ = digits()
SEEDS = (0, 1, 2)


def trained(part: Dataset, seed: int, epochs: int, lr: float = 0.1):
    """训练一次，返回网络和最后一轮。"""
    torch.manual_seed(seed)
    model = build(1, 10)
    set_statistics(model, PARTS["train"])
    loader = DataLoader(part, 50, shuffle=True, drop_last=True)
    *_, last = fit(model, loader, DataLoader(PARTS["val"], 256), Namespace(epochs=epochs, lr=lr))
    return model, last


def span(values: list[float]) -> str:
    low, high = f"{min(values):.3f}", f"{max(values):.3f}"
    return low if low == high else f"{low}–{high}"


# --8<-- [start:rate]
print("| 最高学习率 | 末轮训练损失 | 验证准确率 |\n| --- | --- | --- |")
for lr in (0.0001, 0.01, 0.1, 1, 10):
    lasts = [trained(PARTS["train"], seed, epochs=3, lr=lr)[1] for seed in SEEDS[:2]]
    print(f"| {lr} | {span([last.train_loss for last in lasts])} | {span([last.val_accuracy for last in lasts])} |")
# --8<-- [end:rate]


few = Subset(PARTS["train"], range(100))  # 只有一百张时，增广才显得出来

# --8<-- [start:edges]
inked = torch.cat([image for image, _ in few]) > 0  # 100×8×8
rows, columns = inked.any(dim=2), inked.any(dim=1)
tall, wide = (rows[:, 0] & rows[:, -1]).sum(), (columns[:, 0] | columns[:, -1]).sum()
print(f"100 张里，最上和最下一行都有笔画的 {tall} 张，最左或最右一列有笔画的 {wide} 张。")
# --8<-- [end:edges]


# --8<-- [start:augment]
class Shifted(Dataset):
    """随机平移，上下至多 down、左右至多 right 个像素，空处补 0。"""

    def __init__(self, part: Dataset, down: int, right: int) -> None:
        self.part, self.most = part, (down, right)

    def __len__(self) -> int:
        return len(self.part)

    def __getitem__(self, index: int):
        image, label = self.part[index]
        down, right = (
            torch.randint(-most, most + 1, ()).item() for most in self.most
        )
        return nn.functional.pad(image, (right, -right, down, -down)), label


print("| 训练集 | 训练准确率 | 验证准确率 |\n| --- | --- | --- |")
for name, part in (
    ("100 张，原样", few),
    ("100 张，左右平移", Shifted(few, 0, 1)),
    ("100 张，上下平移", Shifted(few, 1, 0)),
    ("100 张，两个方向都平移", Shifted(few, 1, 1)),
):
    runs = [trained(part, seed, epochs=25) for seed in SEEDS]
    learned = [last.train_accuracy for _, last in runs]
    print(f"| {name} | {span(learned)} | {span([last.val_accuracy for _, last in runs])} |")
# --8<-- [end:augment]
