"""Recompute numbers and formulas that "500 questions on deep learning" prints, chapter by chapter.

Each row holds the section, what the book prints (or what its printed formula gives), and what comes out when it is
computed anew. The text read is that of commit 6087a06, the last one.
"""

import math


def size(n, k, s, p=0):
    """Output length of a convolution or pooling."""
    return (n + 2 * p - k) // s + 1


def softmax(z, shared_denominator=True):
    """The softmax of z; with shared_denominator=False as the book prints it, each term divided by itself K times."""
    return [math.exp(a) / sum(math.exp(b if shared_denominator else a) for b in z) for a in z]


def normalize(x, sign=-1):
    """Batch normalization of x without its small constant; the book prints it with sign=+1."""
    mean = sum(x) / len(x)
    deviation = math.sqrt(sum((a - mean) ** 2 for a in x) / len(x))
    return [(a + sign * mean) / deviation for a in x]


def mean(x):
    return sum(x) / len(x)


SSD = [(38, 4), (19, 6), (10, 6), (5, 6), (3, 4), (1, 4)]  # side of the feature map, boxes a place

NUMBERS = [
    ("4.1，LeNet-5 的 C3，参数", 1516, 6 * (25 * 3 + 1) + 9 * (25 * 4 + 1) + 25 * 6 + 1),
    ("5.15，转置卷积，2，核 4，步长 3", 7, (2 - 1) * 3 + 4),
    ("8.3，SSD 的默认框", 8732, sum(side * side * boxes for side, boxes in SSD)),
    ("3.2，卷积，7，核 3，步长 2，填充 1", 3, size(7, 3, 2, 1)),
    ("4.1，LeNet-5 的输出层，参数", (84 + 1) * 10, 0),
    ("4.2，AlexNet，224，核 11，步长 4，不填充", 55, size(224, 11, 4)),
    ("4.2，AlexNet 的 F8，参数", 4097 * 1000 * 2, 4097 * 1000),
    ("4.3，ZFNet，224，核 7，步长 2，不填充", 110, size(224, 7, 2)),
    ("5.4，可分离卷积 3×3，64→128，参数", (3 * 3 + 64) * 128, 3 * 3 * 64 + 64 * 128),
    ("5.8，Inception，C1 = 16，C2 = 8，参数", (3 * 16 + 8 + 9 * 8 + 25 * 8) * 16, 16 * 16 + 2 * 16 * 8 + 9 * 8 * 16 + 25 * 8 * 16 + 16 * 16),
]
FORMULAS = [
    ("3.2，sigmoid(1.1059)", 1 / (1 + math.exp(1.105905967)), 1 / (1 + math.exp(-1.105905967))),
    ("3.4，tanh 在 0 的导数", -math.tanh(0) ** 2 + 0.0, 1 - math.tanh(0) ** 2),
    ("3.4，softmax(1, 2, 3) 的第三项", softmax([1, 2, 3], shared_denominator=False)[2], softmax([1, 2, 3])[2]),
    ("3.6，(1, 2, 3, 4) 批归一化后的均值", mean(normalize([1, 2, 3, 4], sign=1)), mean(normalize([1, 2, 3, 4]))),
]

# --8<-- [start:numbers]
print("| 节，内容 | 书上的数 | 重算 | 判 |")
print("| --- | --- | --- | --- |")
for place, printed, computed in NUMBERS:
    print(f"| {place} | {printed:,} | {computed:,} | {'对' if printed == computed else '漏写填充' if '不填充' in place else '错'} |")
# --8<-- [end:numbers]

# --8<-- [start:formulas]
print("| 节，内容 | 照书上的公式 | 应为 |")
print("| --- | --- | --- |")
for place, printed, computed in FORMULAS:
    print(f"| {place} | {printed:.4f} | {computed:.4f} |")
# --8<-- [end:formulas]
