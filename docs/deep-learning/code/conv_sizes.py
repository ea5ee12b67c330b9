"""卷积和池化在一个方向上的大小：TensorFlow 和 PyTorch 各怎样规定。

n 是输入边长，k 是核，s 是步长，p 是每侧填充，d 是膨胀，都是整数格；两个方向各算各的。
出处：tf.nn 模块的说明（Notes on padding），torch.nn.Conv2d、MaxPool2d、ConvTranspose2d 的文档。
"""


# --8<-- [start:functions]
def effective_kernel(k, d=1):
    """有效核：膨胀 d 以后，从头到尾占几格。"""
    return d * (k - 1) + 1


def ceil_divide(a, b):
    """a / b 向上取整。"""
    return -(-a // b)


def same_size(n, s):
    """TensorFlow 的 SAME。"""
    return ceil_divide(n, s)


def valid_size(n, k, s, d=1):
    """TensorFlow 的 VALID。"""
    return ceil_divide(n - effective_kernel(k, d) + 1, s)


def torch_size(n, k, s=1, p=0, d=1):
    """PyTorch 的卷积，以及 ceil_mode=False 的池化。"""
    return (n + 2 * p - effective_kernel(k, d)) // s + 1


def transposed_size(n, k, s=1, p=0, d=1, output_padding=0):
    """PyTorch 的转置卷积。"""
    return (n - 1) * s - 2 * p + effective_kernel(k, d) + output_padding
# --8<-- [end:functions]


# --8<-- [start:same-padding]
def same_padding(n, k, s, d=1):
    """TensorFlow 的 SAME 前后各补几格；单出来的一格补在后面。"""
    last_start = (same_size(n, s) - 1) * s
    total = max(last_start + effective_kernel(k, d) - n, 0)
    return total // 2, total - total // 2
# --8<-- [end:same-padding]


# --8<-- [start:pool]
def pool_size(n, k, s, p=0, d=1, ceil_mode=False):
    """PyTorch 的池化。"""
    span = n + 2 * p - effective_kernel(k, d)
    if not ceil_mode:
        return span // s + 1
    out = ceil_divide(span, s) + 1
    if (out - 1) * s >= n + p:  # 从输入右边起步的窗口，丢掉
        out -= 1
    return out
# --8<-- [end:pool]


# --8<-- [start:compare]
print("| n, k, s | VALID | SAME | 补前、后 |")
print("| --- | --- | --- | --- |")
for n, k, s in [(32, 5, 1), (7, 3, 2), (8, 3, 2), (224, 3, 2), (224, 7, 2), (224, 7, 4)]:
    valid, same = valid_size(n, k, s), same_size(n, s)
    assert (valid, same) == (torch_size(n, k, s), torch_size(n, k, s, (k - 1) // 2))
    before, after = same_padding(n, k, s)
    print(f"| {n}, {k}, {s} | {valid} | {same} | {before}、{after} |")
# --8<-- [end:compare]

# --8<-- [start:lenet]
n = 32
for name, k, s in [("卷积 5×5", 5, 1), ("池化 2×2", 2, 2)] * 2:
    print(f"{name}: {n} → {torch_size(n, k, s)}")
    n = torch_size(n, k, s)
print("16 ×", n, "×", n, "=", 16 * n * n)
# --8<-- [end:lenet]


def first_centres(n, layers, padding):
    """第 0 格看见的那一段的正中是哪个像素，逐层印出；padding(n, k, s) 是前面补几格。"""
    centre, jump, centres = 0, 1, []
    for k, s in layers:
        centre += ((k - 1) // 2 - padding(n, k, s)) * jump
        jump *= s
        n = same_size(n, s)
        centres.append(centre)
    return centres


five = [(3, 2)] * 5
pytorch = first_centres(224, five, lambda n, k, s: (k - 1) // 2)
tensorflow = first_centres(224, five, lambda n, k, s: same_padding(n, k, s)[0])

# --8<-- [start:shift]
print("| 层 | 输出边长 | p = 1 | SAME |")
print("| --- | --- | --- | --- |")
for depth, centres in enumerate(zip(pytorch, tensorflow), start=1):
    print(f"| {depth} | {224 // 2**depth} | {centres[0]} | {centres[1]} |")
# --8<-- [end:shift]
