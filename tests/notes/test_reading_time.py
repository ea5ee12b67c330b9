import markdown
import pytest
from detection_notes.notes.reading_time import ReadingTimeExtension, minutes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("卷" * 350, 1),
        ("卷" * 351, 2),
        ("word " * 200, 1),
        ("word " * 201, 2),
        ("卷" * 175 + " word" * 100, 1),
        ("卷" * 176 + " word" * 100, 2),
        ("2019 年 3×3，" * 100, 1),
    ],
)
def test_chinese_characters_and_latin_words_add_up_and_are_rounded_up(text, expected):
    assert minutes(text) == expected


def render(text: str) -> str:
    extensions = ["tables", "pymdownx.superfences", "pymdownx.details", "pymdownx.arithmatex", ReadingTimeExtension()]
    return markdown.markdown(text, extensions=extensions, extension_configs={"pymdownx.arithmatex": {"generic": True}})


def test_the_time_stands_under_the_title_as_small_text():
    page = render("# 题目\n\n正文。")
    assert page.index("</h1>") < page.index('<p class="reading-time" data-search-exclude="">约 1 分钟</p>') < page.index("正文")


def test_code_tables_and_formulas_are_not_counted():
    long = "word " * 5000
    page = render(f"# 题\n\n```text\n{long}\n```\n\n`{long}`\n\n$$\n{long}\n$$\n\n| a |\n| - |\n| {long} |\n")
    assert "约 1 分钟" in page


def test_folded_answers_are_counted():
    page = render(f'# 题\n\n??? question "问"\n\n    {"答" * 700}\n')
    assert "约 3 分钟" in page


def test_a_text_without_a_title_gets_no_time():
    assert "分钟" not in render("正文。")
