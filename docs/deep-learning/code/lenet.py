"""LeNet-5 added up: 60,000 trainable parameters and 340,908 connections, and what tutorials call LeNet."""

from lenet_layers import layers
from torch import nn

# --8<-- [start:sums]
for layer in layers()[1:]:
    print(f"| {layer.name} | {layer.kind} | {layer.maps}@{layer.size}×{layer.size} | {layer.parameters:,} | {layer.connections:,} |")
parameters = sum(layer.parameters for layer in layers())
connections = sum(layer.connections for layer in layers())
print(f"| **合计** | | | **{parameters:,}** | **{connections:,}** |")
# --8<-- [end:sums]


# --8<-- [start:tutorial]
def tutorial(channels):
    return nn.Sequential(
        nn.Conv2d(channels, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )


for channels in (1, 3):
    count = sum(p.numel() for p in tutorial(channels).parameters())
    print(f"{channels} 通道输入：{count:,} 个参数")
# --8<-- [end:tutorial]
