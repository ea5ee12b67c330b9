"""Draw the weight of each pixel in one unit above ten layers of the kernel (1, 1, 1) / 3.

    python docs/deep-learning/code/draw_receptive_effective.py
"""

from draw_conv_cells import document, label, write

DEPTH, SHARE = 10, 0.95
STEP, BASE, TALL = 16, 150, 110  # width of a bar; y of its foot; height of the tallest


def weights():
    """Convolve (1, 1, 1) / 3 with itself DEPTH times."""
    row = [1.0]
    for _ in range(DEPTH):
        padded = [0.0, 0.0, *row, 0.0, 0.0]
        row = [sum(padded[i:i + 3]) / 3 for i in range(len(row) + 2)]
    return row


def svg() -> str:
    row = weights()
    middle = len(row) // 2
    reach = next(m for m in range(middle + 1) if sum(row[middle - m:middle + m + 1]) >= SHARE)
    share = sum(row[middle - reach:middle + reach + 1])
    parts = [label(180, 16, f"{len(row)} 个像素都看得见，中间 {2 * reach + 1} 个占 {share:.0%} 的权重", "")]
    for i, weight in enumerate(row):
        height = weight / max(row) * TALL
        kind = "chosen" if abs(i - middle) <= reach else ""
        parts.append(f'<rect class="{kind}" x="{13 + i * STEP}" y="{BASE - height:.2f}" width="{STEP - 3}" height="{height:.2f}"/>')
    for i, name in ((0, "−10"), (middle - reach, f"−{reach}"), (middle, "0"), (middle + reach, f"+{reach}"), (20, "+10")):
        parts.append(label(13 + i * STEP + (STEP - 3) / 2, BASE + 14, name, ""))
    return document(
        "有效感受野：中间重，边上轻",
        "十层均匀的核 3 叠起来，各像素权重的柱状图，形状接近正态分布。",
        360, 175, parts,
    )


if __name__ == "__main__":
    write("effective.svg", svg())
