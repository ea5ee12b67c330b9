"""Draw one picture's way through Faster R-CNN: the parts from top to bottom, what is between them, training at the side.

    python docs/mmdetection/code/draw_request.py        writes docs/mmdetection/source-code.assets/request.svg
"""

from pathlib import Path

TARGET = Path(__file__).parents[1] / "source-code.assets" / "request.svg"
LEFT, WIDTH, HEIGHT, STEP = 8, 200, 44, 72
STYLE = """
text{font:13px sans-serif;fill:#14211f}.name{text-anchor:middle}
rect{stroke-width:1.5}
.data{fill:#f3f1ea;stroke:#59635f}.shared{fill:#fbfaf7;stroke:#14211f}
.first{fill:#fbfaf7;stroke:#00695c;stroke-width:2.5}.second{fill:#d9e8e5;stroke:#00695c;stroke-width:2.5}
.train{fill:none;stroke:#8d5b3f;stroke-dasharray:5 3}
path{fill:none;stroke:#59635f;stroke-width:1.6;marker-end:url(#tip)}
#tip path{fill:#59635f;stroke:none;marker-end:none}
@media (prefers-color-scheme: dark){
text{fill:#e9efed}
.data{fill:#19211f;stroke:#9daaa6}.shared{fill:#101615;stroke:#e9efed}
.first{fill:#101615;stroke:#4db6a5}.second{fill:#1b2f2c;stroke:#4db6a5}
.train{stroke:#c99b7d}
path{stroke:#9daaa6}#tip path{fill:#9daaa6}
}"""
PARTS = [  # kind, what it does, its class, what leaves it
    ("data", "图像", "640×480", "Resize：1067×800"),
    ("shared", "预处理：归一化、补边", "DetDataPreprocessor", "3×800×1088"),
    ("shared", "骨干网络", "ResNet", "C2–C5"),
    ("shared", "颈部", "FPN", "P2–P6，各 256 通道"),
    ("first", "第一阶段：提候选框", "RPNHead", "1000 个候选框"),
    ("second", "第二阶段：按框取特征", "SingleRoIExtractor", "1000×256×7×7"),
    ("second", "第二阶段：分类与回归", "Shared2FCBBoxHead", "81 个分、80×4 个偏移"),
    ("data", "结果", "至多 100 个框", ""),
]
TRAINING = {4: ("RPN 的损失", "抽 256 个锚框"), 6: ("RoI 的损失", "抽 512 个候选框")}


def box(kind: str, x: int, y: int, width: int, lines: tuple[str, str]) -> str:
    """A box with two centred lines; the upper left corner is (x, y)."""
    middle = x + width // 2
    return (
        f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{HEIGHT}" rx="5"/>'
        f'<text class="name" x="{middle}" y="{y + 18}">{lines[0]}</text>'
        f'<text class="name" x="{middle}" y="{y + 35}">{lines[1]}</text>'
    )


def svg() -> str:
    """The whole drawing."""
    parts, centre = [], LEFT + WIDTH // 2
    for number, (kind, does, name, leaves) in enumerate(PARTS):
        y = 6 + number * STEP
        parts.append(box(kind, LEFT, y, WIDTH, (does, name)))
        if number + 1 < len(PARTS):
            parts.append(f'<path d="M{centre} {y + HEIGHT}L{centre} {y + STEP - 2}"/>')
            parts.append(f'<text x="{centre + 8}" y="{y + HEIGHT + 18}">{leaves}</text>')
        if number in TRAINING:
            parts.append(box("train", 240, y, 112, TRAINING[number]))
            parts.append(f'<path d="M{LEFT + WIDTH} {y + HEIGHT // 2}L238 {y + HEIGHT // 2}"/>')
    parts.append(f'<text text-anchor="end" x="352" y="{6 + 4 * STEP - 8}">只在训练时：</text>')
    tip = (
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>'
    )
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 {len(PARTS) * STEP - 16}" width="360" role="img">'
        "<title>一张图走过两阶段检测器</title>"
        "<desc>从上到下：图像、预处理、骨干网络、颈部、RPN 提候选框、按框取特征、分类与回归、结果；RPN 与 RoI 头各有一个只在训练时算的损失。</desc>"
        f"<style>{STYLE}</style><defs>{tip}</defs>\n{body}\n</svg>\n"
    )


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(svg(), encoding="utf-8")
