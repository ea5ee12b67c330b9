"""AlexNet 的输入是 224 还是 227：哪一个合得上论文的层。"""

import torch
from networks import ONE_TOWER, alexnet
from torch import nn


# --8<-- [start:sizes]
def sizes(network, side):
    """每个卷积和池化之后的边长。"""
    x, seen = torch.zeros(1, 3, side, side), []
    for layer in network:
        if isinstance(layer, nn.Flatten):
            break
        x = layer(x)
        if not isinstance(layer, nn.ReLU):
            seen.append(x.shape[-1])
    return f"{side} → {' → '.join(map(str, seen))}，展平 {x.numel()}"


print("227，不填充：", sizes(alexnet(), 227))
print("224，不填充：", sizes(alexnet(), 224))
print("224，填充 2：", sizes(alexnet(padding=2), 224))
print("224，单塔，填充 2：", sizes(alexnet(ONE_TOWER, groups=1, padding=2), 224))
# --8<-- [end:sizes]

try:
    # --8<-- [start:paper-224-error]
    alexnet()(torch.zeros(1, 3, 224, 224))
    # --8<-- [end:paper-224-error]
except RuntimeError as error:
    print(f"RuntimeError: {error}")
