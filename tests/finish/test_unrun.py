"""What was not run is listed, place by place."""

from detection_notes.finish.site import Page
from detection_notes.finish.unrun import listed, places, with_anchors

HTML = """<article><h1>T &amp; U</h1><p>还没有节。<!-- unrun --></p><h2 id="x"><code>X</code> 节<a class="headerlink">¶</a><!-- report --><a class="report">这里不对？</a><!-- /report --></h2><p>跑过的。（没有在这里跑过：没有 <code>GPU</code>。）<!-- unrun -->后面的话。</p>
<ul><li>一<p>二 <b>&lt;三&gt;</b><!-- unrun --></p></li></ul><table><tr><td>a</td><td>四<!-- unrun --></td></tr></table></article>"""


def test_each_mark_has_an_anchor_and_the_sentence_before_it() -> None:
    page = with_anchors(Page("a/b/index.html", HTML))

    found = [(place.anchor, place.words) for place in places([page])]
    assert found == [("unrun-1", "还没有节。"), ("unrun-2", "（没有在这里跑过：没有 GPU。）"), ("unrun-3", "二 <三>"), ("unrun-4", "a：四")]
    assert 'id="unrun-2"' in page.html
    assert with_anchors(page) == page


def test_the_list_leads_to_the_places_and_holds_no_markup_of_theirs() -> None:
    found = places([with_anchors(Page("a/b/index.html", HTML))])

    html = listed(found, Page("c/index.html", ""))

    assert html.startswith("<h2>T &amp; U</h2><ul>") and '<a href="../a/b/#unrun-1">T &amp; U</a>：还没有节。' in html
    assert '<a href="../a/b/#unrun-2">X 节</a>：（没有在这里跑过' in html, "under the heading that it stands under"
    assert "二 &lt;三&gt;" in html


def test_pages_without_marks_have_no_place() -> None:
    assert places([with_anchors(Page("index.html", "<article><p>ran</p></article>"))]) == []
