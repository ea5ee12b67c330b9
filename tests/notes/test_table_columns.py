import markdown
import pytest
from detection_notes.notes.table_columns import TableColumnsExtension
from selectolax.lexbor import LexborHTMLParser as HTMLParser


def classes(*rows: str) -> list[str | None]:
    text = "\n".join([rows[0], "|".join([" - "] * rows[0].count("|") + [" - "]), *rows[1:]])
    page = markdown.markdown(text, extensions=["tables", TableColumnsExtension()])
    return [cell.attributes.get("class") for cell in HTMLParser(page).css("thead tr > *")]


@pytest.mark.parametrize(("text", "expected"), [("一", None), ("一二三", "short"), ("一二三四", "narrow"), ("一二三四五六七", "middle"), ("一" * 11, "broad"), ("abc defghijk", "middle"), ("abcdefghijk", None), ("1.5", None)])
def test_a_column_is_as_broad_as_its_longest_text_asks(text, expected):
    assert classes("a | b", f"{text} | 1", "1 | 1") == [expected, None]


def test_the_words_of_links_and_code_count_and_their_addresses_do_not():
    assert classes("a | b", "[一二三四](https://example.org/very/long/address) | `abc defgh`") == ["narrow", "narrow"]


def test_a_long_heading_over_short_cells_asks_for_nothing():
    assert classes("一二三四五六七八九十十一 | b", "1 | 2") == [None, None]


def test_a_table_without_rows_is_no_mistake():
    assert classes("一二三四 | b") == [None, None]


@pytest.mark.parametrize("text", ["0.991–0.996", "23–133%", "256–64–64–256", "ResNet-50", "21.1 GB", "`fake-ip`", "(2, 1)"])
def test_a_short_name_or_number_stays_in_one_line(text):
    assert cell_class(text) == "whole"


@pytest.mark.parametrize("text", ["1–2 次", "`pip wheel --no-build`", "`train.py 配置`", "`a < b` 与 c", "certificate-expired", "227", "2.28.2", "ResNet"])
def test_other_cells_may_break(text):
    assert cell_class(text) is None


def cell_class(text: str) -> str | None:
    """With code put aside as the site's extensions do it."""
    page = markdown.markdown(f"a | b\n- | -\n{text} | 1", extensions=["tables", "pymdownx.highlight", "pymdownx.inlinehilite", TableColumnsExtension()])
    return HTMLParser(page).css_first("td").attributes.get("class")
