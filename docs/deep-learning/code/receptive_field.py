"""一串层的感受野、步长和左边界，以及几个网络的。

一层写成 (k, s)、(k, s, p) 或 (k, s, p, d)，单位是这一层的格；有分支的网络取看得最宽的一路。
递推的出处：Araujo、Norris、Sim，Computing Receptive Fields of Convolutional Neural Networks，Distill 2019。
"""


# --8<-- [start:recursion]
def receptive_field(layers):
    """layers 从第一层起，每层是 (k, s, p, d)；返回 r、j、左边界，单位是像素。"""
    r, j, left = 1, 1, 0
    for k, s, p, d in layers:
        r += d * (k - 1) * j  # 多看 k'−1 格，相邻两格相距 j 个像素
        left -= p * j
        j *= s
    return r, j, left
# --8<-- [end:recursion]


def chain(*layers):
    """没有写的补上：p = 0，d = 1。"""
    return [(*layer, *(0, 1)[len(layer) - 2:]) for layer in layers]


vgg16 = []
for convs in (2, 2, 3, 3, 3):
    vgg16 += chain(*[(3, 1, 1)] * convs, (2, 2))

alexnet = chain((11, 4, 2), (3, 2), (5, 1, 2), (3, 2), *[(3, 1, 1)] * 3, (3, 2))


def resnet(blocks, kind):
    """每段几个块，块是哪一种：basic，v1（步长在第一个 1×1 上）或 v1.5（步长在 3×3 上）。"""
    layers = chain((7, 2, 3), (3, 2, 1))
    for stage, count in enumerate(blocks):
        for block in range(count):
            s = 2 if stage and not block else 1
            layers += {
                "basic": chain((3, s, 1), (3, 1, 1)),
                "v1": chain((1, s), (3, 1, 1), (1, 1)),
                "v1.5": chain((1, 1), (3, s, 1), (1, 1)),
            }[kind]
    return layers


def googlenet(wide, fourth_pool):
    """「5×5」那一路的核，和第四个池化的核：论文 (5, 3)，torchvision (3, 2)。"""
    inception = (wide, 1, wide // 2)
    return chain(
        (7, 2, 3), (3, 2), (3, 1, 1), (3, 2), *[inception] * 2, (3, 2), *[inception] * 5, (fourth_pool, 2), *[inception] * 2
    )


networks = {
    "AlexNet（torchvision）": alexnet,
    "VGG-16，conv5_3": vgg16[:-1],
    "VGG-16，pool5": vgg16,
    "GoogLeNet（论文）": googlenet(5, 3),
    "GoogLeNet（torchvision）": googlenet(3, 2),
    "ResNet-18": resnet((2, 2, 2, 2), "basic"),
    "ResNet-34": resnet((3, 4, 6, 3), "basic"),
    "ResNet-50 v1": resnet((3, 4, 6, 3), "v1"),
    "ResNet-50 v1.5（torchvision）": resnet((3, 4, 6, 3), "v1.5"),
    "ResNet-101 v1.5": resnet((3, 4, 23, 3), "v1.5"),
}

# --8<-- [start:table]
print("| 网络 | 感受野 | 有效步长 | 左边界 |")
print("| --- | --- | --- | --- |")
for name, layers in networks.items():
    r, j, left = receptive_field(layers)
    print(f"| {name} | {r} | {j} | −{-left} |")
# --8<-- [end:table]

# --8<-- [start:stages]
print("| ResNet-50 v1.5 | 感受野 | 有效步长 |")
print("| --- | --- | --- |")
for stage, depth in enumerate((3, 7, 13, 16), start=2):
    r, j, _ = receptive_field(networks["ResNet-50 v1.5（torchvision）"][: 2 + 3 * depth])
    print(f"| C{stage} | {r} | {j} |")
# --8<-- [end:stages]


# --8<-- [start:effective]
def weights(depth):
    """叠 `depth` 层核 (1, 1, 1) / 3、步长 1 之后，一格里每个像素占多少；和是 1。"""
    row = [1.0]
    for _ in range(depth):
        row = [sum(row[max(i - 2, 0):i + 1]) / 3 for i in range(len(row) + 2)]
    return row


print("| 层数 | 感受野 | 标准差 | 中间多宽够 95% |")
print("| --- | --- | --- | --- |")
for depth in (10, 40):
    row = weights(depth)
    half = len(row) // 2
    deviation = sum(w * (i - half) ** 2 for i, w in enumerate(row)) ** 0.5
    width = next(m for m in range(half + 1) if sum(row[half - m:half + m + 1]) >= 0.95) * 2 + 1
    print(f"| {depth} | {len(row)} | {deviation:.3f} | {width} 个像素 |")
# --8<-- [end:effective]
