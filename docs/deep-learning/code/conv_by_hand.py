"""卷积到底在算什么：一个通道、几个通道、几个核，先用循环手算，再与 PyTorch 比。只需要标准库，最后一段要 torch。"""

# --8<-- [start:loops]
image = [
    [0, 0, 0, 1, 1],
    [0, 0, 0, 1, 1],
    [0, 0, 1, 1, 1],
    [0, 0, 1, 1, 1],
    [0, 1, 1, 1, 1],
]
kernel = [
    [-1, 0, 1],
    [-1, 0, 1],
    [-1, 0, 1],
]


def convolve(image, kernel, stride=1):
    """核在图上滑动；每停一处，对应位置相乘，再全部加起来。"""
    k, n = len(kernel), len(image)
    output = []
    for top in range(0, n - k + 1, stride):
        row = []
        for left in range(0, n - k + 1, stride):
            total = 0
            for i in range(k):
                for j in range(k):
                    total += image[top + i][left + j] * kernel[i][j]
            row.append(total)
        output.append(row)
    return output


for row in convolve(image, kernel):
    print(row)
# --8<-- [end:loops]

# --8<-- [start:channels]
second = [[2, 2, 0, 0, 0]] * 5  # 第二个输入通道
second_kernel = [               # 它自己的核：只取中间一格
    [0, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
]
bias = -1

a, b = convolve(image, kernel), convolve(second, second_kernel)
for row_a, row_b in zip(a, b):
    print([x + y + bias for x, y in zip(row_a, row_b)])
# --8<-- [end:channels]

row = [3, 1, 0, 2]
print([max(row[0:2]), max(row[2:4])], [sum(row[0:2]) / 2, sum(row[2:4]) / 2])

# --8<-- [start:torch]
import torch
from torch import nn

layer = nn.Conv2d(in_channels=2, out_channels=4, kernel_size=3)
# no_grad：下面是改权重，不用记下来求导
with torch.no_grad():
    # 第 0 个输出通道用上面的两个核
    layer.weight[0] = torch.tensor([kernel, second_kernel])
    layer.bias[0] = bias
# 1 张图，2 个通道，5×5
x = torch.tensor([[image, second]], dtype=torch.float32)
y = layer(x)
print("输入 ", tuple(x.shape))
print("权重 ", tuple(layer.weight.shape), " 偏置 ", tuple(layer.bias.shape))
print("输出 ", tuple(y.shape))
print(y[0, 0].tolist())
# --8<-- [end:torch]
