"""转置卷积：大小，它是什么，棋盘格从哪里来。"""

import torch
import torch.nn.functional as F
from torch import nn

# --8<-- [start:sizes]
down = nn.Conv1d(1, 1, 3, stride=2, padding=1)
print([down(torch.zeros(1, 1, n)).shape[-1] for n in (7, 8)])

up = nn.ConvTranspose1d(1, 1, 3, stride=2, padding=1)
y = torch.zeros(1, 1, 4)
print([up(y).shape[-1], up(y, output_size=[8]).shape[-1]])
# --8<-- [end:sizes]

try:
    # --8<-- [start:size-error]
    up(y, output_size=[9])
    # --8<-- [end:size-error]
except ValueError as error:
    print(f"ValueError: {error}")

# --8<-- [start:decoder]
x = torch.zeros(1, 1, 75, 75)
shallow = F.max_pool2d(x, 2)        # 37
deep = F.max_pool2d(shallow, 2)     # 18
# --8<-- [end:decoder]

try:
    # --8<-- [start:decoder-error]
    up = F.conv_transpose2d(deep, torch.ones(1, 1, 2, 2), stride=2)
    torch.cat([shallow, up], dim=1)
    # --8<-- [end:decoder-error]
except RuntimeError as error:
    print(f"RuntimeError: {error}")

# --8<-- [start:vjp]
def transpose(v):
    return F.conv_transpose1d(v, w, stride=2, padding=1, output_padding=1)


x = torch.arange(1.0, 9.0).view(1, 1, 8).requires_grad_()  # 1 2 … 8
w = torch.tensor([[[1.0, 10.0, 100.0]]])
v = torch.tensor([[[1.0, 2.0, 3.0, 4.0]]])

y = F.conv1d(x, w, stride=2, padding=1)
# v 当作输出 y 的梯度，求输入 x 的梯度
(gradient,) = torch.autograd.grad(y, x, grad_outputs=v)
for result in (gradient, transpose(v), transpose(y)):
    print(result.int().flatten().tolist())
# --8<-- [end:vjp]

# --8<-- [start:checkerboard]
for k, s in [(2, 2), (3, 2), (4, 2), (5, 3)]:
    ones = torch.ones(1, 1, 4), torch.ones(1, 1, k)
    covered = F.conv_transpose1d(*ones, stride=s).int().flatten()
    print(f"k={k} s={s}:", *covered.tolist())
# --8<-- [end:checkerboard]
