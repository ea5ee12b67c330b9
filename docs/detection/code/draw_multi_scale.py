"""画三件都叫多尺度的事：训练时随机抽尺寸、测试时多个视图、FPN。

    python docs/detection/code/draw_multi_scale.py
"""

from draw_detection import box, document, path, text, write

SIZES = (28, 38, 50)  # 三张图的高
NET, END = 190, 284  # 网络和输出的左边界


def picture(left, middle, height, kind="panel"):
    """一张 4:3 的图，里面有一个目标。"""
    width = height * 4 / 3
    top = middle - height / 2
    inner = box(left + width * 0.5, top + height * 0.4, left + width * 0.8, top + height * 0.8, "main")
    return box(left, top, left + width, top + height, kind) + inner


def network(middle, words="网络"):
    return box(NET, middle - 14, NET + 54, middle + 14, "panel") + text(NET + 27, middle, words, "middle")


def arrow(left, middle, right, kind=""):
    return path(f"M{left:g} {middle:g}H{right:g}m-6 -4l6 4l-6 4", kind)


def training(top):
    parts = [text(8, top, "多尺度训练：每张图随机抽一个尺寸", "strong")]
    lefts, middle = (8, 52, 110), top + 46
    for left, height in zip(lefts, SIZES):
        parts.append(picture(left, middle, height, "main" if height == SIZES[1] else "panel dash"))
    centre = lefts[1] + SIZES[1] * 2 / 3
    under = middle + 34  # 从抽中的那张图绕过最大的一张，进网络
    parts.append(path(f"M{centre:g} {middle + SIZES[1] / 2 + 2:g}V{under}H{NET + 27}V{middle + 18}m-4 6l4 -6l4 6", "main"))
    parts.append(text(centre + 8, under + 12, "抽中这一张", "small"))
    parts += [network(middle), arrow(NET + 56, middle, END - 4), text(END, middle, "损失")]
    return parts


def testing(top):
    parts = [text(8, top, "多尺度测试：每个尺寸各前向一次，再合并", "strong")]
    middles = (top + 32, top + 76, top + 130)
    for middle, height in zip(middles, SIZES):
        parts += [picture(90 - height * 2 / 3, middle, height), arrow(136, middle, NET - 2), network(middle)]
        parts.append(path(f"M{NET + 56} {middle}L{END - 8} {middles[1] + (middle - middles[1]) / 6:g}"))
    return [*parts, text(END - 2, middles[1], "合并框")]


def pyramid(top):
    parts, middle = [text(8, top, "FPN：一个尺寸，一次前向，多层特征", "strong")], top + 54
    parts += [picture(57, middle, SIZES[2]), arrow(136, middle, NET - 2), network(middle), arrow(NET + 56, middle, END - 10)]
    for level, width in zip(range(5, 1, -1), (10, 20, 32, 46)):
        y = top + 22 + (5 - level) * 22
        parts += [box(END + 23 - width / 2, y, END + 23 + width / 2, y + 12, "panel"), text(END + 52, y + 6, f"P{level}", "small")]
    return parts


def svg() -> str:
    return document(
        "三种都叫“多尺度”的做法",
        "上：多尺度训练从几个尺寸里随机抽一个，前向一次，算损失。中：多尺度测试把三个尺寸各前向一次，再合并框。"
        "下：FPN 只用一个尺寸前向一次，从网络里取 P2 到 P5 四层特征。",
        (360, 434),
        [*training(14), *testing(138), *pyramid(322)],
    )


if __name__ == "__main__":
    write("multi-scale", "three-kinds.svg", svg())
