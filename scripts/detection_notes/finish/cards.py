"""A title → the picture shown where a page is shared: the title, the mark and the site's name, as PNG.

Drawn while the site is built, from SVG, with an openly licensed Chinese font that comes as a package: no service, and
no reader ever loads the font.
"""

import unicodedata
from functools import cache
from html import escape

import pylopdf_fonts_zh_cn
import resvg_py

WIDTH, HEIGHT = 1200, 630  # the drawing, in its own units
PIXELS = 800, 420  # the picture: made in half the time of one pixel a unit, and large enough wherever it is shown
LEFT, ROOM = 80, 1040  # where text begins, and how wide it may be
FONT = str(pylopdf_fonts_zh_cn.sans_path())  # Noto Sans SC, SIL Open Font License 1.1
SIZES = (76, 64, 54, 46)  # the first in which a title takes no more than LINES lines
LINES = 3
PAPER, INK, MUTED, THEN, NOW, BOTH = "#fbfaf7", "#14211f", "#59635f", "#8d5b3f", "#00695c", "#d9e8e5"

MARK = f"""<g transform="translate(840 60)">
<path fill="{BOTH}" d="M92 66h116v84H92z"/>
<path fill="none" stroke="{THEN}" stroke-width="7" stroke-dasharray="21 13" d="M4 4h204v146H4z"/>
<path fill="none" stroke="{NOW}" stroke-width="7" d="M92 66h192v136H92z"/>
</g>"""


def width(text: str, size: float) -> float:
    """How wide a text is drawn at most, in pixels: a Chinese character is as wide as high, a Latin letter seldom."""
    return size * sum(map(_share, text))


def _share(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF" or letter in "mMW%@":
        return 1.0
    return 0.72 if letter.isupper() or letter == "w" else 0.6


def pieces(text: str) -> list[str]:
    """Where a line may end: after each Chinese character, and after a space; never before a closing sign."""
    found: list[str] = []
    for letter in text:
        wide = unicodedata.east_asian_width(letter) in "WF"
        closing = letter in "，。、；：？！）」』》”’,.;:?!)"
        begins = wide or (found and (found[-1].endswith(" ") or unicodedata.east_asian_width(found[-1][-1]) in "WF"))
        if found and (closing or not begins or found[-1][-1] in "（「『《“‘("):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def lines(text: str, size: float) -> list[str]:
    """The title cut into lines that fit; a word longer than a line stays whole."""
    rows = [""]
    for piece in pieces(text):
        if rows[-1] and width((rows[-1] + piece).rstrip(), size) > ROOM:
            rows.append("")
        rows[-1] += piece
    return [row.strip() for row in rows]


def svg(title: str, site: str) -> str:
    """The picture as SVG; a title too long for the smallest size ends in an ellipsis."""
    size = next((size for size in SIZES if len(lines(title, size)) <= LINES), SIZES[-1])
    rows = lines(title, size)
    if len(rows) > LINES:
        rows = [*rows[: LINES - 1], rows[LINES - 1][:-1] + "…"]
    bottom = 470 - (len(rows) - 1) * size * 1.3
    text = "".join(
        # The font has one weight: a line around the letters makes them bold.
        f'<text x="{LEFT}" y="{bottom + row * size * 1.3:g}" font-size="{size}" fill="{INK}" stroke="{INK}" stroke-width="{size / 32:g}" stroke-linejoin="round">{escape(words)}</text>'
        for row, words in enumerate(rows)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="Noto Sans SC">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>{MARK}{text}'
        f'<text x="{LEFT}" y="560" font-size="32" fill="{MUTED}">{escape(site)}</text></svg>'
    )


def png(drawing: str, size: tuple[int, int] | None = None) -> bytes:
    """SVG → PNG of this size, or of the drawing's own. Raises ValueError for what is no SVG."""
    width, height = size or (None, None)
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=width, height=height, skip_system_fonts=True, font_files=[FONT]))


@cache  # ``serve`` finishes the site again after every change, and titles seldom change
def card(title: str, site: str) -> bytes:
    return png(svg(title, site), PIXELS)
