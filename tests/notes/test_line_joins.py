import markdown
import pytest
from detection_notes.notes.line_joins import LineJoinsExtension


def render(text: str) -> str:
    return markdown.markdown(text, extensions=["def_list", LineJoinsExtension()])


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("第一句。\n第二句。", "第一句。第二句。"),
        ("没有句号\n接着写", "没有句号接着写"),
        ("用的是 PyTorch。\nPyTorch 很好。", "用的是 PyTorch。PyTorch 很好。"),
        ("用的是 PyTorch\n很好", "用的是 PyTorch\n很好"),
        ("很好\nPyTorch", "很好\nPyTorch"),
        ("English\nwords", "English\nwords"),
    ],
)
def test_the_end_of_a_line_leaves_no_gap_inside_chinese(source, shown):
    assert render(source) == f"<p>{shown}</p>"


def test_marks_at_the_border_of_lines_do_not_hide_it():
    assert render("**重要。**\n下一句") == "<p><strong>重要。</strong>下一句</p>"
    assert render("上一句。\n[链接](a.md)") == '<p>上一句。<a href="a.md">链接</a></p>'


def test_a_comment_shows_nothing_and_leaves_no_gap():
    assert render("没有跑过。<!-- unrun -->\n核对过的是别的。") == "<p>没有跑过。<!-- unrun -->核对过的是别的。</p>"
    assert render("没有跑过<!-- unrun -->\n也没有核对") == "<p>没有跑过<!-- unrun -->也没有核对</p>"
    assert render("共 <!-- count:links -->\nlinks") == "<p>共 <!-- count:links -->\nlinks</p>"


def test_other_raw_html_is_what_it_is():
    assert render("一句。<br>\n二句。") == "<p>一句。<br>\n二句。</p>"


def test_code_counts_as_latin_and_is_left_alone():
    assert render("用\n`a。\n乙`\n跑") == "<p>用\n<code>a。\n乙</code>\n跑</p>"
    assert render("    第一句。\n    第二句。") == "<pre><code>第一句。\n第二句。\n</code></pre>"


def test_lists_and_definitions_are_joined_too():
    assert "一句。二句。" in render("- 一句。\n  二句。")
    assert "一句。二句。" in render("词\n:   一句。\n    二句。")


def test_a_hard_break_stays():
    assert render("第一行。  \n第二行。") == "<p>第一行。<br />\n第二行。</p>"


def test_a_line_of_attributes_keeps_its_line():
    html = markdown.markdown("有效核 9。\n{ .answer data-answer=\"9\" }", extensions=["attr_list", LineJoinsExtension()])
    assert html == '<p class="answer" data-answer="9">有效核 9。</p>'
