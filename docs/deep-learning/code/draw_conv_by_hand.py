"""Draw one convolution worked by hand, and how channels are summed and kernels stacked.

    python docs/deep-learning/code/draw_conv_by_hand.py     (writes ../cnn.assets/by-hand.svg and channels.svg)
"""

import contextlib
import io

from draw_conv_cells import arrow, cell, document, grid, label, write

with contextlib.redirect_stdout(io.StringIO()):
    from conv_by_hand import convolve, image, kernel

SIZE, STOP = 26, (0, 1)  # side of a cell; the stop that is drawn: its row and column


def products():
    """The terms that are not zero at the drawn stop, as text, and their sum."""
    top, left = STOP
    pairs = [(image[top + i][left + j], kernel[i][j]) for i in range(3) for j in range(3)]
    shown = [f"{value}×{weight}" for value, weight in pairs if value and weight]
    return " + ".join(shown), sum(value * weight for value, weight in pairs)


def by_hand() -> str:
    top, left = STOP
    terms, total = products()
    inside = lambda row, column: top <= row < top + 3 and left <= column < left + 3  # noqa: E731
    parts = [
        label(10, 16, "输入 5×5"), *grid(10, 30, SIZE, image, inside),
        label(158, 16, "核 3×3"), *grid(158, 56, SIZE, kernel),
        label(262, 16, "输出 3×3"), *grid(262, 56, SIZE, convolve(image, kernel), lambda *at: at == STOP),
        label(149, 95, "∗", "strong"), arrow(240, 95, 258, 95),
        label(10, 180, f"停在第 {top} 行、第 {left} 列（从 0 数）：非零的只有"),
        label(10, 204, f"{terms} = {total}", "label strong"),
    ]
    return document(
        "手算一次卷积",
        f"5×5 的输入与 3×3 的核。核停在第 {top} 行第 {left} 列时，对应位置相乘再相加得 {total}；九处停完得到 3×3 的输出。",
        352, 220, parts,
    )


def stack(x, y, count, name, side=44, step=7):
    """Squares one behind another, and their name below."""
    squares = [cell(x + step * i, y + step * i, side, kind="chosen" if i == count - 1 else "") for i in range(count)]
    return [*squares, label(x + (side + step * (count - 1)) / 2, y + side + step * (count - 1) + 16, name, "")]


def channels() -> str:
    parts = [
        label(10, 16, "输入：2 个通道"), *stack(20, 80, 2, "(N, 2, 5, 5)"),
        label(128, 16, "4 组核，每组 2 层"),
    ]
    for output in range(4):
        parts += stack(150, 34 + output * 44, 2, "", side=24, step=5)
        parts.append(arrow(190, 52 + output * 44, 236, 52 + output * 44))
        parts.append(cell(242, 38 + output * 44, 30, kind="chosen"))
    parts += [
        label(243, 16, "输出：4 个通道"),
        label(164, 222, "权重 (4, 2, 3, 3)", ""), label(284, 222, "(N, 4, 3, 3)", ""),
        arrow(92, 116, 140, 116),
        label(292, 52, "各通道"), label(292, 70, "相乘相加"), label(292, 88, "再加偏置"),
    ]
    return document(
        "通道相加，核成组",
        "输入有两个通道，每组核也有两层，逐层相乘后全部相加，再加一个偏置，得到一个输出通道；四组核得到四个输出通道。",
        352, 240, parts,
    )


if __name__ == "__main__":
    write("by-hand.svg", by_hand())
    write("channels.svg", channels())
