"""1998 年的 LeNet-5，一层一层：边长、可训练参数和连接数都由核算出。只用标准库。"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """一层：``maps`` 张边长 ``size`` 的特征图，由前一层用边长 ``kernel`` 的窗口、步长 ``stride`` 算出。"""

    name: str
    kind: str
    maps: int
    size: int
    kernel: int = 0
    stride: int = 0
    parameters: int = 0
    connections: int = 0


# --8<-- [start:spec]
LENET5 = (  # 名字，种类，核，步长，每个通道看前面几个通道
    ("C1", "卷积", 5, 1, [1] * 6),
    ("S2", "下采样", 2, 2, [1] * 6),
    ("C3", "卷积", 5, 1, [3] * 6 + [4] * 9 + [6]),
    ("S4", "下采样", 2, 2, [1] * 16),
    ("C5", "卷积", 5, 1, [16] * 120),
    ("F6", "全连接", 1, 1, [120] * 84),
    ("输出", "RBF", 1, 1, [84] * 10),
)
# --8<-- [end:spec]


# --8<-- [start:layers]
def layers(spec: tuple = LENET5, size: int = 32) -> list[Layer]:
    """输入和各层；窗口放不下就报 ValueError。"""
    made = [Layer("输入", "灰度图", 1, size)]
    for name, kind, kernel, stride, seen in spec:
        if size < kernel:
            raise ValueError(f"{name}：{size}×{size} 的图放不下 {kernel}×{kernel} 的窗口")
        size = (size - kernel) // stride + 1
        if kind == "下采样":  # 每个通道一个系数、一个偏置
            parameters, unit = 2 * len(seen), (kernel * kernel + 1) * len(seen)
        elif kind == "RBF":  # 到固定图案的距离，不训练
            parameters, unit = 0, kernel * kernel * sum(seen)
        else:
            parameters = unit = kernel * kernel * sum(seen) + len(seen)
        shape = len(seen), size, kernel, stride
        made.append(Layer(name, kind, *shape, parameters, unit * size * size))
    return made
# --8<-- [end:layers]
