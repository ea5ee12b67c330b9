"""White space that nobody sees goes, and nothing else."""

import pytest
from detection_notes.finish.site import Page, Site
from detection_notes.finish.space import with_little_space


def shown(html: str) -> str:
    return with_little_space(Site, Page("index.html", html)).html  # type: ignore[arg-type] - it asks nothing of the site


def test_indentation_and_empty_lines_are_one_line_feed():
    assert shown("<ul>\n\n    <li>一  二</li>  \n  \t<li>三</li>\n</ul>") == "<ul>\n<li>一  二</li>\n<li>三</li>\n</ul>"


@pytest.mark.parametrize(
    "kept",
    [
        "<pre><code>for x in y:\n    <span>print</span>(x)\n\n</code></pre>",
        "<script>\n  const a = `\n    b`\n</script>",
        "<textarea>\n\n  a</textarea>",
        '<span aria-hidden="true" class="latex">\\begin{aligned}\n  a\n\\end{aligned}</span>',
        "<!-- a\n   b -->",
    ],
)
def test_what_shows_its_white_space_or_runs_is_left_as_it_is(kept: str):
    page = f"<p>\n  a</p>{kept}<p>\n  b</p>"
    assert shown(page) == f"<p>\na</p>{kept}<p>\nb</p>"
    assert shown(shown(page)) == shown(page)
