"""Each external link says what the web last answered."""

import pytest
from detection_notes.links.readers.html import addresses
from detection_notes.links.readers.source import Source
from detection_notes.links.site.mark import LinkMarksExtension, words
from detection_notes.links.model import Evidence, Verdict
from markdown import markdown
from usual import read_text

GOOD = Evidence("https://good.example/", day="2026-11-20", status=200, good="2026-11-20")
DEAD = Evidence("https://dead.example/", day="2026-11-20", status=404, good="2025-01-02", archive="https://web.archive.org/web/2025/https://dead.example/")
NEW = Evidence("https://new.example/")
KNOWN = {row.url: (row, verdict) for row, verdict in ((GOOD, Verdict.GOOD), (DEAD, Verdict.BROKEN), (NEW, Verdict.UNKNOWN))}


def render(text: str) -> str:
    return markdown(text, extensions=["admonition", "footnotes", "tables", LinkMarksExtension(KNOWN.get)])


def test_a_good_link_carries_its_state_and_day() -> None:
    assert 'data-link="good" href="https://good.example/" title="链接状态：可用，2026-11-20 核对"' in render("[a](https://good.example/)")


def test_a_title_of_the_author_stays() -> None:
    assert 'title="看这里；链接状态：可用，2026-11-20 核对"' in render('[a](https://good.example/ "看这里")')


def test_a_dead_link_offers_its_archive_copy_right_behind_it() -> None:
    html = render("见 [a](https://dead.example/)，以及后文。")

    assert 'data-link="broken"' in html
    assert "上次可用 2025-01-02" in html
    assert '</a><a class="archive-copy" href="https://web.archive.org/web/2025/https://dead.example/">存档</a>，以及后文。' in html


def test_two_dead_links_in_one_paragraph_keep_their_own_copies() -> None:
    assert render("[a](https://dead.example/) [b](https://dead.example/)").count("存档") == 2


def test_a_link_that_was_never_visited_says_so() -> None:
    assert 'data-link="new"' in render("[a](https://new.example/)")
    assert "尚未核对" in render("[a](https://new.example/)")


@pytest.mark.parametrize("text", ["[a](other.md)", "[a](#here)", "[a](mailto:a@b.example)", "`[a](https://good.example/)`", "[a](https://not-in-the-lock.example/)"])
def test_other_links_and_code_are_left_alone(text: str) -> None:
    assert "data-link" not in render(text)


@pytest.mark.parametrize("text", ["!!! note\n    [a](https://good.example/)", "x[^1]\n\n[^1]: [a](https://good.example/)", "| a |\n|---|\n| [a](https://good.example/) |", "[a][r]\n\n[r]: https://good.example/"])
def test_links_are_marked_wherever_they_stand(text: str) -> None:
    assert 'data-link="good"' in render(text)


def test_an_archived_repository_is_said_to_be_one() -> None:
    assert words(Evidence("https://github.com/a/b", day="2026-11-20", status=200, repository="archived"), Verdict.GOOD).endswith("仓库已归档")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("[x](https://e.example/?a=1&amp;b=2)", "https://e.example/?a=1&b=2"),
        ("[x](https://e.example/?a=1&b=2)", "https://e.example/?a=1&b=2"),
        ("<https://e.example/?a=1&b=2>", "https://e.example/?a=1&b=2"),
        ("[x][l]\n\n[l]: https://e.example/?a=1&amp;b=2", "https://e.example/?a=1&b=2"),
        (r"[x](https://e.example/a\_b)", "https://e.example/a_b"),
        ("[x](https://e.example/&#97;)", "https://e.example/a"),
        ("[x](HTTPS://e.example/)", "https://e.example/"),
        ("[x](//e.example/)", "https://e.example/"),
        ("[x](<https://e.example/a b>)", "https://e.example/a b"),
        ("[x](https://e.example/中文)", "https://e.example/中文"),
    ],
)
def test_a_link_is_known_under_the_address_that_the_checker_extracts(text: str, url: str) -> None:
    assert [link.url for link in read_text(Source("page.md", text))[0]] == [url]

    row = Evidence(url, "2026-11-20", 200)
    html = markdown(text, extensions=[LinkMarksExtension({url: (row, Verdict.GOOD)}.get)])

    assert 'data-link="good"' in html
    assert list(addresses(html)) == list(addresses(markdown(text)))


def test_words_and_copies_cannot_break_out_of_their_attributes() -> None:
    row = Evidence("https://e.example/", "2026-11-20", 404, archive='https://a.example/"><script>alert(1)</script>')

    html = markdown('[x](https://e.example/ "<b> & \'")', extensions=[LinkMarksExtension({row.url: (row, Verdict.BROKEN)}.get)])

    assert "<script" not in html and "<b>" not in html
    assert html.count("<a ") == 2
