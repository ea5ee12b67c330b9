"""Draw where the windows of a strided convolution lie under PyTorch's padding=1 and TensorFlow's SAME.

    python docs/deep-learning/code/draw_conv_shift.py
"""

from draw_conv_cells import cell, document, label, write

N, K, S = 8, 3, 2
SIZE, LEFT = 32, 52  # side of a cell; x of pixel 1


def row(top, name, before, after):
    """One way of padding: the input with its padding, the windows under it, and the outputs."""
    parts = [label(10, top, name)]
    starts = range(-before, N + after - K + 1, S)
    centres = [start + K // 2 for start in starts]
    for i in range(-before, N + after):
        inside = 0 <= i < N
        kind = "chosen" if i in centres else "" if inside else "padding"
        parts.append(cell(LEFT + i * SIZE, top + 16, SIZE, i + 1 if inside else 0, kind))
    parts.append(label(10, top + 88, "输出"))
    for unit, (start, centre) in enumerate(zip(starts, centres)):
        left, right = LEFT + start * SIZE + 3, LEFT + (start + K) * SIZE - 3
        y = top + 53 + unit % 2 * 7  # neighbours overlap: every other bracket hangs lower
        middle = LEFT + (centre + 0.5) * SIZE
        parts.append(f'<path d="M{left} {y}v5H{right}v-5M{middle:g} {y + 5}V{top + 72}"/>')
        parts.append(cell(middle - SIZE / 2, top + 72, SIZE, centre + 1, "chosen"))
    return parts


def svg() -> str:
    return document(
        "同样是 4 个输出，取样位置错开一个像素",
        "8 个像素、核 3、步长 2。PyTorch 两边各补 1，窗口的中心是第 1、3、5、7 个像素；"
        "TensorFlow 的 SAME 只在右边补 1，中心是第 2、4、6、8 个像素。",
        360, 254,
        [*row(16, "PyTorch，padding=1：左右各补 1", 1, 1), *row(146, "TensorFlow，SAME：只在右边补 1", 0, 1)],
    )


if __name__ == "__main__":
    write("shift.svg", svg())
