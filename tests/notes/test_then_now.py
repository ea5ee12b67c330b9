import markdown
from detection_notes.notes.then_now import ThenNowExtension

THEN = '!!! then "2019 年的记录"\n\n    旧。\n\n    又一段。\n\n'
NOW = '!!! now "今天要知道的"\n\n    新。\n\n'


def render(text: str) -> str:
    return markdown.markdown(text, extensions=["admonition", ThenNowExtension()])


def test_neighbours_become_one_comparison_then_first():
    page = render(THEN + NOW)
    assert page.startswith('<div class="then-now">')
    assert page.index("admonition then") < page.index("旧。") < page.index("admonition now") < page.index("新。")
    assert page.endswith("</div>")


def test_each_pair_is_a_comparison_of_its_own():
    assert render((THEN + NOW) * 3).count('class="then-now"') == 3


def test_text_between_them_keeps_them_apart():
    assert "then-now" not in render(THEN + "之间的话。\n\n" + NOW)


def test_now_before_then_is_no_comparison():
    assert "then-now" not in render(NOW + THEN)


def test_what_follows_stays_outside():
    assert render(THEN + NOW + "后面的话。").endswith("</div><p>后面的话。</p>")


def record(text: str) -> str:
    return render(f'!!! then "2019 年的记录"\n\n    {text}\n\n' + NOW)


def test_a_record_that_holds_next_to_nothing_is_brief():
    assert "data-brief" in record("只有一个网址，没有一句说明。")
    assert "data-brief" in record("字" * 60) and "data-brief" not in record("字" * 61)


def test_a_record_of_several_parts_is_not_brief():
    assert "data-brief" not in record("一段。\n\n    又一段。")
    assert "data-brief" not in record("- 一条")


ANSWER = '!!! abstract "一句话"\n\n    答。\n\n'
FOLDED = '<details class="admonition then">\n<summary class="admonition-title">2019 年的记录</summary>'


def test_a_long_record_between_the_answer_and_the_first_section_is_folded():
    assert FOLDED in render("# 题\n\n" + ANSWER + THEN + NOW + "## 一节\n")


def test_a_record_is_not_folded_before_the_answer_in_a_section_or_when_it_is_brief():
    assert "<details" not in render("# 题\n\n" + THEN + NOW + ANSWER)
    assert "<details" not in render("# 题\n\n" + ANSWER + "## 一节\n\n" + THEN + NOW)
    assert "<details" not in render(ANSWER + '!!! then "2019 年的记录"\n\n    短。\n\n' + NOW)
