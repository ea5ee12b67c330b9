"""padding="same" in PyTorch: what it does, and what it refuses."""

import torch
import torch.nn.functional as F
from torch import nn

# --8<-- [start:shift]
x = torch.arange(1.0, 9.0).view(1, 1, 8)     # 1 2 … 8
middle = torch.tensor([[[0.0, 1.0, 0.0]]])   # 只抄中间那一格
pytorch = F.conv1d(x, middle, stride=2, padding=1)
tensorflow = F.conv1d(F.pad(x, (0, 1)), middle, stride=2)  # 手工的 SAME
print(pytorch.flatten().tolist())
print(tensorflow.flatten().tolist())
# --8<-- [end:shift]

try:
    # --8<-- [start:stride-error]
    nn.Conv2d(3, 8, kernel_size=3, stride=2, padding="same")
    # --8<-- [end:stride-error]
except ValueError as error:
    print(f"ValueError: {error}")

F.conv1d(torch.zeros(1, 1, 4), torch.ones(1, 1, 2), padding="same")  # the warning of a process: here, not on the page
# --8<-- [start:even]
x = torch.tensor([[[1.0, 2.0, 3.0, 4.0]]])
y = F.conv1d(x, torch.ones(1, 1, 2), padding="same")
print(y.flatten().tolist())
# --8<-- [end:even]

try:
    # --8<-- [start:pool-error]
    pool = nn.MaxPool2d(3, padding="same")       # 这时还不报错
    pool(torch.zeros(1, 1, 8, 8))
    # --8<-- [end:pool-error]
except TypeError as error:
    print(f"TypeError: {error}")

try:
    # --8<-- [start:transposed-error]
    up = nn.ConvTranspose2d(1, 1, 3, padding="same")  # 这时还不报错
    print(up.padding)
    up(torch.zeros(1, 1, 8, 8))
    # --8<-- [end:transposed-error]
except TypeError as error:
    print(f"TypeError: {error}")

try:
    # --8<-- [start:small-error]
    nn.Conv2d(1, 1, kernel_size=5)(torch.zeros(1, 1, 3, 3))
    # --8<-- [end:small-error]
except RuntimeError as error:
    print(f"RuntimeError: {error}")

# --8<-- [start:correlation]
x = torch.tensor([[[1.0, 2.0, 3.0]]])
w = torch.tensor([[[1.0, 0.0, 0.0]]])
print(F.conv1d(x, w).item(), F.conv1d(x, w.flip(-1)).item())
# --8<-- [end:correlation]
