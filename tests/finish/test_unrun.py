"""What was not run is listed, place by place."""

from detection_notes.finish.site import Page
from detection_notes.finish.unrun import listed, places, with_anchors

HTML = """<article><h1>T &amp; U</h1><h2 id="x">X</h2><p>跑过的。（没有在这里跑过：没有 <code>GPU</code>。）<!-- unrun -->后面的话。</p>
<ul><li>一<p>二 <b>&lt;三&gt;</b><!-- unrun --></p></li></ul><table><tr><td>a</td><td>四<!-- unrun --></td></tr></table></article>"""


def test_each_mark_has_an_anchor_and_the_sentence_before_it() -> None:
    page = with_anchors(Page("a/b/index.html", HTML))

    assert [(place.anchor, place.words) for place in places([page])] == [("unrun-1", "（没有在这里跑过：没有 GPU。）"), ("unrun-2", "二 <三>"), ("unrun-3", "a：四")]
    assert 'id="unrun-2"' in page.html
    assert with_anchors(page) == page


def test_the_list_leads_to_the_places_and_holds_no_markup_of_theirs() -> None:
    found = places([with_anchors(Page("a/b/index.html", HTML))])

    html = listed(found, Page("c/index.html", ""))

    assert html.startswith("<h2>T &amp; U</h2><ul>") and '<a href="../a/b/#unrun-1">' in html
    assert "二 &lt;三&gt;" in html


def test_pages_without_marks_have_no_place() -> None:
    assert places([with_anchors(Page("index.html", "<article><p>ran</p></article>"))]) == []
