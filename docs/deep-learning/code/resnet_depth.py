"""Depth without and with shortcuts, on 1,797 small digits: what fails to train, and how large gradients are before training."""

import math

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy

digits = load_digits()
images, labels = torch.tensor(digits.data / 16, dtype=torch.float32), torch.tensor(digits.target)


# --8<-- [start:network]
class Deep(nn.Module):
    """``depth`` linear layers of width 64; a shortcut passes over two."""

    def __init__(self, depth: int, shortcuts: bool) -> None:
        super().__init__()
        self.shortcuts = shortcuts
        self.hidden = nn.ModuleList(
            nn.Sequential(nn.Linear(64, 64, bias=False), nn.BatchNorm1d(64))
            for _ in range(depth - 1)
        )
        self.last = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for first, second in zip(self.hidden[::2], self.hidden[1::2]):
            inner = second(torch.relu(first(x)))
            x = torch.relu(x + inner if self.shortcuts else inner)
        return self.last(x)
# --8<-- [end:network]


def first_to_last_gradient(network: Deep) -> int:
    """Norm of the first hidden layer's gradient over that of the last, before training, as a power of ten."""
    cross_entropy(network(images[:256]), labels[:256]).backward()
    first, last = (layer[0].weight.grad.norm().item() for layer in (network.hidden[0], network.hidden[-1]))
    return round(math.log10(first / last))


def train(network: Deep) -> float:
    """Share of the training images that are right after 15 rounds, with the statistics of the batch as in training."""
    optimizer = torch.optim.SGD(network.parameters(), lr=0.02, momentum=0.9)
    for _ in range(15):
        for batch in torch.randperm(len(images)).split(128):
            optimizer.zero_grad()
            cross_entropy(network(images[batch]), labels[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        return (network(images).argmax(1) == labels).float().mean().item()


# --8<-- [start:trend]
def bound(accuracy: float) -> str:
    """The coarse word for an accuracy: its digits differ from machine to machine, the trend does not."""
    return "超过 90%" if accuracy > 0.9 else "超过 60%" if accuracy > 0.6 else "不到 50%" if accuracy < 0.5 else "50%–60%"


for depth, shortcuts in ((5, False), (41, False), (41, True)):
    torch.manual_seed(0)
    network = Deep(depth, shortcuts)
    power = first_to_last_gradient(network)
    print(f"| {depth} | {'有' if shortcuts else '无'} | {bound(train(network))} | 约 {10**power:,} 倍 |")
# --8<-- [end:trend]
