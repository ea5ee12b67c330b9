import logging
import re
from pathlib import Path

import markdown
import pytest
from detection_notes.notes.math import CLASSES, FormulaError, MathExtension, mathml

CSS = (Path(__file__).parents[2] / "docs" / "assets" / "site.css").read_text(encoding="utf-8")


def render(text: str) -> str:
    extensions = ["pymdownx.arithmatex", "tables", "toc", MathExtension()]
    return markdown.markdown(text, extensions=extensions, extension_configs={"pymdownx.arithmatex": {"generic": True}})


def test_inline_formula_becomes_mathml_inside_its_sentence():
    page = render("步长 $s$ 时。")
    assert page.startswith('<p>步长 <span class="math">')
    assert "<math><semantics><mi>s</mi>" in page
    assert page.endswith("</math></span> 时。</p>")


def test_display_formula_is_a_block_that_the_keyboard_can_scroll():
    page = render("$$\n\\frac{n}{s}\n$$")
    assert page.startswith('<div class="math" tabindex="0">')
    assert '<math data-search-exclude="" display="block"><semantics><mfrac>' in page


def test_latex_stands_beside_the_formula_for_copying_and_in_it_for_machines():
    page = render(r"$\frac{a}{b} < c$")
    assert r'<span aria-hidden="true" class="latex">$\frac{a}{b} &lt; c$</span>' in page
    assert r'<annotation encoding="application/x-tex">\frac{a}{b} &lt; c</annotation>' in page


def test_ampersands_of_a_display_formula_are_escaped_once():
    page = render("$$\n\\begin{aligned}a&=1\\\\b&<2\\end{aligned}\n$$")
    assert "&amp;amp;" not in page and "&amp;lt;" not in page
    assert page.count("<mtr>") == 2


@pytest.mark.parametrize(
    ("latex", "problem", "offset"),
    [
        (r"\foo{x}", r'Unknown command "\\foo"', 0),
        (r"\frac{1}{2", "Expected closing token", 10),
        (r"x_1_2", "Duplicate subscript", 3),
        (r"50% \text{of it}", r"write \\%", 2),
        (r"\boxed{x}", "not in MathML Core", 0),
        (r"\underline{x}", "beside its letters", 0),
        (r"\textcolor{red}{x}", "needs the style", 0),
    ],
)
def test_a_formula_that_cannot_be_shown_says_what_is_wrong_and_where(latex, problem, offset):
    with pytest.raises(FormulaError, match=problem) as raised:
        mathml(latex, display=False)
    assert raised.value.offset == offset


def test_an_escaped_percent_sign_is_shown():
    assert "".join(mathml(r"50\,\%", display=False).itertext()).startswith("50%")


def test_functions_are_applied_with_the_invisible_sign_that_screen_readers_know():
    assert "\u2061" in "".join(mathml(r"1-\tanh^2 x", display=False).itertext())


def test_the_line_of_overline_spans_its_letters():
    assert "\u203e" in "".join(mathml(r"\overline{AB}", display=False).itertext())


def test_a_prime_is_not_raised_twice():
    assert mathml("k'", display=False).find(".//msup") is None
    assert mathml("k^2", display=False).find(".//msup") is not None


def test_no_style_attribute_is_left_and_every_class_has_its_rule():
    latex = (
        r"\begin{aligned}a&=b\end{aligned}\begin{cases}1&x\\2&y\end{cases}\begin{subarray}{c}a\\b\end{subarray}"
        r"\begin{array}{l|cr}\hline a&b&c\\\hline d&e&f\end{array}"
    )
    elements = list(mathml(latex, display=True).iter())
    used = {name for element in elements for name in element.get("class", "").split()}
    assert not any("style" in element.attrib for element in elements)
    assert used == set(CLASSES.values()) - {""}
    for name in used:
        assert re.search(rf"math \.{name} {{", CSS), f"docs/assets/site.css has no rule for math .{name}"


def test_search_gets_the_mathml_where_it_reads_as_a_line_and_the_latex_elsewhere():
    assert "<math><semantics>" in render("$n$") and "data-search-exclude" in render("$n$")
    assert '<math data-search-exclude="">' in render(r"$\frac{a}{b}$")
    assert '<span aria-hidden="true" class="latex">' in render(r"$\frac{a}{b}$")


def test_prices_and_code_are_not_formulas():
    page = render("从 $5 到 $6，`$x$`，\\$n\\$。")
    assert "<math" not in page


def test_a_warning_without_mkdocs_still_names_the_formula(caplog):
    with caplog.at_level(logging.WARNING):
        page = render(r"坏的 $\foo$ 公式")
    assert r"\foo" in caplog.text
    assert '<code class="math-error">\\foo</code>' in page


def test_a_strict_build_stops_at_a_wrong_formula_with_page_line_and_latex(build_pages):
    page = "---\ndescription: 一\n---\n# 一\n\n好的 $n$。\n\n!!! note\n\n    $$\n    a &= b \\\\\n    $$\n\n坏的 $\\foo{n}$。\n"
    done = build_pages({"index.md": page})
    assert done.returncode != 0
    assert "index.md:11: formula not understood" in done.stdout
    assert 'index.md:14: formula not understood: Unknown command "\\foo"' in done.stdout
    assert "a &= b" in done.stdout and "\\foo{n}" in done.stdout


def test_a_build_with_right_formulas_is_clean(build_pages):
    done = build_pages({"index.md": "---\ndescription: 一\n---\n# 一\n\n好的 $\\lceil n/s \\rceil$。\n"})
    assert done.returncode == 0, done.stdout
