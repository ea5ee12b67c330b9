"""Draw the four steps from Mask R-CNN to HTC: boxes are heads, arrows carry boxes or features, what is new is thick and teal.

    python docs/mmdetection/code/draw_htc.py        writes docs/mmdetection/htc.assets/<step>.svg
"""

from pathlib import Path

ASSETS = Path(__file__).parents[1] / "htc.assets"
COLUMNS = (122, 216, 310)  # centres of the three stages
BOX_TOP, MASK_TOP, HEIGHT, WIDTH = 66, 156, 40, 62
STYLE = """
text{font:13px sans-serif;text-anchor:middle;fill:#14211f}
rect{stroke-width:1.5}
.box{fill:#d9e8e5;stroke:#00695c}.mask{fill:#fbfaf7;stroke:#14211f}
.map{fill:#f3f1ea;stroke:#59635f}.semantic{fill:#fbfaf7;stroke:#00695c;stroke-width:3}
path{fill:none;stroke:#59635f;stroke-width:1.6;marker-end:url(#tip)}
#tip path{fill:#59635f;stroke:none;marker-end:none}
.new{stroke:#00695c;stroke-width:3.6;marker-end:url(#newtip)}
#newtip path{fill:#00695c;stroke:none;marker-end:none}
@media (prefers-color-scheme: dark){
text{fill:#e9efed}
.box{fill:#1b2f2c;stroke:#4db6a5}.mask{fill:#101615;stroke:#e9efed}
.map{fill:#19211f;stroke:#9daaa6}.semantic{fill:#101615;stroke:#4db6a5}
path{stroke:#9daaa6}#tip path{fill:#9daaa6}
.new{stroke:#4db6a5}#newtip path{fill:#4db6a5}
}"""
TITLES = {
    "mask-rcnn": "Mask R-CNN：一个框头、一个掩码头，并行",
    "cascade-mask": "Cascade Mask R-CNN：三级框头相接，每级的掩码头与框头用同一批框",
    "interleaved": "交替执行与掩码信息流：掩码头用本级刚修正的框，并接上一级的掩码特征",
    "htc": "HTC：再把语义分割分支的特征加给每一个头",
}


def head(kind: str, stage: int, label: str) -> str:
    """A box head or a mask head of one stage (0, 1, 2) as SVG."""
    x, y = COLUMNS[stage], BOX_TOP if kind == "box" else MASK_TOP
    return f'<rect class="{kind}" x="{x - WIDTH // 2}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="5"/><text x="{x}" y="{y + 25}">{label}</text>'


def arrow(start: tuple[int, int], end: tuple[int, int], new: bool = False) -> str:
    return f'<path{" class=" + chr(34) + "new" + chr(34) if new else ""} d="M{start[0]} {start[1]}L{end[0]} {end[1]}"/>'


def feature_bars(step: str) -> list[str]:
    """The feature maps that feed the heads from above and below; with HTC the semantic features stand beside them."""
    parts = []
    for y in (8, 226):
        if step == "htc":
            parts += [f'<rect class="map" x="70" y="{y}" width="104" height="26" rx="3"/><text x="122" y="{y + 18}">特征图</text>']
            parts += [f'<rect class="semantic" x="174" y="{y}" width="168" height="26" rx="3"/><text x="258" y="{y + 18}">＋ 语义特征</text>']
        else:
            parts += [f'<rect class="map" x="70" y="{y}" width="272" height="26" rx="3"/><text x="206" y="{y + 18}">特征图（RoIAlign 按框取）</text>']
    return parts


def flow(step: str) -> list[str]:
    """The arrows between proposals, box heads and mask heads."""
    half, middle_box, middle_mask = WIDTH // 2, BOX_TOP + HEIGHT // 2, MASK_TOP + HEIGHT // 2
    interleaved = step in {"interleaved", "htc"}
    stages = range(1 if step == "mask-rcnn" else 3)
    parts = [arrow((58, 124), (COLUMNS[0] - half - 2, middle_box + 6))]
    if not interleaved:
        parts.append(arrow((58, 138), (COLUMNS[0] - half - 2, middle_mask - 6)))
    for stage in stages:
        x = COLUMNS[stage]
        parts += [arrow((x, 34), (x, BOX_TOP - 2), step == "htc"), arrow((x, 226), (x, MASK_TOP + HEIGHT + 2), step == "htc")]
        if interleaved:
            parts.append(arrow((x, BOX_TOP + HEIGHT), (x, MASK_TOP - 2), step == "interleaved"))
        if stage + 1 < len(stages):
            following = COLUMNS[stage + 1] - half - 2
            parts.append(arrow((x + half, middle_box), (following, middle_box), step == "cascade-mask"))
            if interleaved:
                parts.append(arrow((x + half, middle_mask), (following, middle_mask), step == "interleaved"))
            else:
                parts.append(arrow((x + half - 6, BOX_TOP + HEIGHT), (following + 8, MASK_TOP - 2), True))
    return parts


def svg(step: str = "htc") -> str:
    """One step as a complete SVG; ``step`` is a key of TITLES."""
    numbers = ("",) if step == "mask-rcnn" else (" 1", " 2", " 3")
    heads = [head(kind, i, f"{name}{n}") for i, n in enumerate(numbers) for kind, name in (("box", "框头"), ("mask", "掩码头"))]
    tips = "".join(
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>'
        for name in ("tip", "newtip")
    )
    proposals = '<rect class="map" x="4" y="110" width="54" height="42" rx="5"/><text x="31" y="128">RPN</text><text x="31" y="144">候选框</text>'
    body = "\n".join([*feature_bars(step), proposals, *heads, *flow(step)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 350 260" width="525" height="390" role="img">\n<title>{TITLES[step]}</title>\n'
        f"<desc>涂色的方块是框头，没涂色的是掩码头，箭头是框或特征的流向，粗的青色箭头是这一步新增的。</desc>\n<style>{STYLE}\n</style>\n<defs>{tips}</defs>\n{body}\n</svg>\n"
    )


if __name__ == "__main__":
    ASSETS.mkdir(exist_ok=True)
    for step in TITLES:
        (ASSETS / f"{step}.svg").write_text(svg(step), encoding="utf-8")
