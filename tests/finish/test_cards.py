import io

import pytest
from detection_notes.finish.cards import FONT, LINES, PIXELS, SIZES, card, lines, png, svg, width
from fontTools.ttLib import TTFont
from PIL import Image

from ..conftest import ROOT, Site
from ..pages import PAGES

TITLES = ["mAP", "RoI Pooling 与 RoIAlign", "Docker：把训练环境装进盒子", "一" * 60, "W" * 60, "训练（training）：" * 9, "a < b & c > d"]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_fills_at_most_three_lines_and_loses_nothing_but_its_end(title):
    size = next((size for size in SIZES if len(lines(title, size)) <= LINES), SIZES[-1])
    assert "".join(lines(title, size)).replace(" ", "") == title.replace(" ", "")
    assert svg(title, "笔记").count("<text") <= LINES + 1


def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one():
    for title in TITLES:
        for row in lines(title, 46):
            assert row[0] not in "，。、；：！？）」》" and row[-1] not in "（「《"


def test_the_picture_has_the_size_that_its_tags_promise():
    assert Image.open(io.BytesIO(card("mAP", "笔记"))).size == PIXELS


def drawn_width(text: str, size: int) -> int:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="120" font-family="Noto Sans SC"><text y="90" font-size="{size}">{text}</text></svg>'
    return Image.open(io.BytesIO(png(drawing))).getbbox()[2]


@pytest.mark.parametrize("text", ["WMWMWMWMWM", "训练自己的模型", "Hybrid Task Cascade", "MMDetection：现状与选型", "mmmmmmmmmm"])
def test_a_line_is_never_drawn_wider_than_it_is_thought_to_be(text):
    assert drawn_width(text, 60) <= width(text, 60)


def test_the_font_has_every_character_of_every_title(site: Site):
    known = TTFont(FONT).getBestCmap()
    titles = [site.page(page.name).css_first("h1").text(deep=False) for page in PAGES]
    missing = {letter for title in [*titles, "目标检测学习笔记"] for letter in title if not letter.isspace() and ord(letter) not in known}
    assert titles and not missing, f"these would be drawn as empty boxes: {missing}"


def test_every_page_has_its_picture(site: Site):
    for page in PAGES:
        (image,) = site.page(page.name).css('meta[property="og:image"]')
        address = image.attributes["content"]
        assert address.startswith(site.url) and Image.open(site.folder / address.removeprefix(site.url)).size == PIXELS


def test_the_touch_icon_is_the_favicon_drawn_large():
    from resvg_py import svg_to_bytes

    icons = ROOT / "docs" / "assets" / "icons"
    drawn = Image.open(io.BytesIO(bytes(svg_to_bytes(svg_string=(icons / "favicon.svg").read_text(), width=180, height=180))))
    assert Image.open(icons / "touch.png").tobytes() == drawn.tobytes(), "draw it again: docs/assets/icons/touch.png"
