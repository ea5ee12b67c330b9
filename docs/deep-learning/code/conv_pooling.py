"""PyTorch 的池化：ceil_mode 的第二条规矩，平均池化除以几。"""

import torch
import torch.nn.functional as F

# --8<-- [start:ceil]
x = torch.tensor([[[1.0, 2.0, 3.0]]])
print(F.max_pool1d(x, 2, stride=2, padding=1, ceil_mode=True))  # 不是 3 个数
print(F.max_pool1d(x, 1, stride=3, ceil_mode=True))             # 不是 2 个数
# --8<-- [end:ceil]

# --8<-- [start:divisor]
x = torch.arange(1.0, 7.0).view(1, 1, 6)  # 1 2 3 4 5 6
for include in (True, False):
    y = F.avg_pool1d(x, 3, 2, 1, ceil_mode=True, count_include_pad=include)
    print(include, y.flatten().tolist())
# --8<-- [end:divisor]

x = torch.zeros(1, 1, 8, 8)
try:
    # --8<-- [start:padding-error]
    F.max_pool2d(x, 3, stride=1, padding=2)
    # --8<-- [end:padding-error]
except RuntimeError as error:
    print(f"RuntimeError: {error}")

try:
    # --8<-- [start:dilated-error]
    F.max_pool2d(x, 3, stride=1, padding=2, dilation=2)
    # --8<-- [end:dilated-error]
except RuntimeError as error:
    print(f"RuntimeError: {error}")
