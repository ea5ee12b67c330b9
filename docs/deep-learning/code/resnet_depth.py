"""加深之后训练误差会怎样：普通网络与残差网络，各 6、20、42 层，各 5 个随机种子。

    python docs/deep-learning/code/resnet_depth.py     （重训一遍，写 resnet_depth.json；单核几分钟）

数据是 scikit-learn 自带的 1,797 张 8×8 手写数字，全部用来训练：这里只看训练误差，与过拟合无关。
"""

import json
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy

RECORD = Path(__file__).with_suffix(".json")
DEPTHS, SEEDS, ROUNDS = (6, 20, 42), range(5), 60
WIDTH, BATCH, RATE = 64, 128, 0.05

digits = load_digits()
images = torch.tensor(digits.data / 16, dtype=torch.float32)
labels = torch.tensor(digits.target)


# --8<-- [start:network]
def block():
    """两层；预激活：先批归一化和 ReLU，再线性层。"""
    layers = []
    for _ in range(2):
        linear = nn.Linear(WIDTH, WIDTH, bias=False)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        layers += [nn.BatchNorm1d(WIDTH), nn.ReLU(), linear]
    return nn.Sequential(*layers)


class Deep(nn.Module):
    """首尾各一个线性层，中间每个块两层，共 depth 层。"""

    def __init__(self, depth, residual):
        super().__init__()
        self.residual = residual
        self.first = nn.Linear(64, WIDTH)
        self.blocks = nn.ModuleList(block() for _ in range((depth - 2) // 2))
        ending = nn.BatchNorm1d(WIDTH), nn.ReLU(), nn.Linear(WIDTH, 10)
        self.last = nn.Sequential(*ending)

    def forward(self, x):
        x = self.first(x)
        for block in self.blocks:
            y = block(x)
            x = x + y if self.residual else y  # 只差这一个加号
        return self.last(x)
# --8<-- [end:network]


def train(depth, residual, seed, rounds=ROUNDS):
    """每一轮训练中的平均损失和认错的张数：[(loss, wrong), …]。"""
    torch.manual_seed(seed)
    network = Deep(depth, residual)
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, ROUNDS)
    curve = []
    for _ in range(rounds):
        loss_sum, wrong = 0.0, 0
        for batch in torch.randperm(len(images)).split(BATCH):
            optimizer.zero_grad()
            scores = network(images[batch])
            loss = cross_entropy(scores, labels[batch])
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(batch)
            wrong += int((scores.argmax(1) != labels[batch]).sum())
        schedule.step()
        curve.append((round(loss_sum / len(images), 6), wrong))
    return curve


def record():
    """五个种子的全部曲线，写成一个文件。"""
    torch.set_num_threads(1)
    runs = [
        {"depth": depth, "residual": residual, "seed": seed, "curve": train(depth, residual, seed)}
        for depth in DEPTHS
        for residual in (False, True)
        for seed in SEEDS
    ]
    text = json.dumps({"torch": torch.__version__, "images": len(images), "runs": runs}).replace('{"depth"', '\n{"depth"')
    RECORD.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
