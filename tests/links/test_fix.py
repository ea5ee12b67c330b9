"""New addresses are written exactly where the old ones stand, and nothing else of a page changes."""

import io
from datetime import date
from pathlib import Path

import pytest
from detection_notes.links.readers.html import addresses
from detection_notes.links.judge import findings
from detection_notes.links.fix import apply, better, rewrite
from detection_notes.links.model import Evidence, Link, Verdict
from detection_notes.links.policy import Policy, Rule
from markdown import markdown
from usual import USUAL, USUAL_CONFIGS, read_file

TODAY = date(2026, 11, 23)
OLD, NEW = "https://old.example.org/a", "https://new.example.org/b"


def moved(url: str = OLD, to: str = NEW) -> Evidence:
    return Evidence(url, "2026-11-23", 200, final=to, moved=to, good="2026-11-23")


def fixed(folder: Path, text: str | bytes, *rows: Evidence, write: bool = True, rules: dict | None = None) -> tuple[bytes, str]:
    """What a page holds after a fix, and what was said."""
    path = folder / "page.md"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    links = read_file(path)
    said = io.StringIO()
    apply(findings(links, {row.url: row for row in rows or (moved(),)}, Policy(TODAY, rules=rules or {})), links, write, said, "check-links")
    return path.read_bytes(), said.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "[x]({})",
        '[x]({} "a title")',
        "[x](<{}>)",
        "<{}>",
        "[x][l]\n\n[l]: {}\n",
        "[x][l] [y][l]\n\n[l]: {} 'title'\n",
        "![x]({})",
        "[![x]({})]({})",
        '<a href="{}">x</a>',
        '<img src="x.png" srcset="{} 2x">',
        "[x]({}) and [y]({})",
        "[x]({}) but `[x](https://old.example.org/a)` and [z](https://old.example.org/a/longer)",
        "```\n[x](https://old.example.org/a)\n```\n\n[x]({})\n",
        "<!-- https://old.example.org/a -->\n\n[x]({})\n",
        "---\nurl: https://old.example.org/a\n---\n\n[x]({})\n",
        "| a |\n|---|\n| [x]({}) |\n",
        "- 中文 [x]({})。\n\n    [y]({})\n",
        "text[^1]\n\n[^1]: one\n\n    [x]({})\n",
        "!!! note\n\n    [x]({})\n",
        "https://old.example.org/a is text, [x]({}) is a link",
        "[https://old.example.org/a]({})",
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_only_the_link_is_rewritten(text: str, ends: str, mark: str, tmp_path: Path) -> None:
    before, after = (mark + text.replace("\n", ends).replace("{}", url) for url in (OLD, NEW))

    assert fixed(tmp_path, before)[0].decode("utf-8") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[x](https://old.example.org/?a=1&amp;b=2)", "[x](https://new.example.org/?c=3&amp;d=4)"),
        ("[x](https://old.example.org/?a=1&b=2)", "[x](https://new.example.org/?c=3&d=4)"),
        ("[x](//old.example.org/?a=1&b=2)", "[x](https://new.example.org/?c=3&d=4)"),
        ("[x](HTTPS://old.example.org/?a=1&b=2)", "[x](https://new.example.org/?c=3&d=4)"),
    ],
)
def test_an_address_keeps_the_spelling_of_its_place(before: str, after: str, tmp_path: Path) -> None:
    row = moved("https://old.example.org/?a=1&b=2", "https://new.example.org/?c=3&d=4")

    assert fixed(tmp_path, before, row)[0].decode() == after


def test_links_on_one_line_are_rewritten_whatever_their_lengths(tmp_path: Path) -> None:
    text, short, long = "[x]({}) 中 [y]({}) [x]({})", "https://e.org/s", f"https://e.org/{'long/' * 9}"
    rows = moved(short, long), moved(long, short)

    assert fixed(tmp_path, text.format(short, long, short), *rows)[0].decode() == text.format(long, short, long)


@pytest.mark.parametrize(("written", "rewritten"), [("HTTPS://old.example.org/a", True), ("https://old.example.org/A", False), ("https://OLD.example.org/a", False)])
def test_only_the_scheme_may_be_written_in_another_case(written: str, rewritten: bool) -> None:
    line = f"[x]({written})"

    assert rewrite(line, Link("page.md", 1, OLD, 5), NEW) == (f"[x]({NEW})" if rewritten else line)


def test_on_a_terminal_a_yes_is_asked_for_where_words_go_and_the_end_of_input_is_a_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for answer, written in (("y\n", NEW), ("", OLD), ("n\n", OLD)):
        monkeypatch.setattr("sys.stdin", Terminal(answer))
        after, said = fixed(tmp_path, f"[x]({OLD})")
        assert after.decode() == f"[x]({written})"
        asked = capsys.readouterr()
        assert asked.err == "write this? [y/N] " and asked.out == "" and "write this" not in said


@pytest.mark.parametrize(
    "address",
    [
        "https://new.example.org/a_(b)", "https://new.example.org/a b", 'https://new.example.org/"><script>alert(1)</script>', "https://new.example.org/)[x](javascript:alert(1)",
        "https://new.example.org/\n\n# owned", "https://new.example.org/|x", "https://new.example.org/`x`", "https://new.example.org/\x1b[31m", "https://new.example.org/\u202e", "https://new.example.org/{ onclick=x }",
        "https://new.example.org/'x", "https://new.example.org/<!--",
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["[x]({})", "<a href='{}'>x</a>", '<a href="{}">x</a>', "[x][l]\n\n[l]: {}\n", "| [x]({}) | y |\n|---|---|\n"])
def test_an_address_from_the_web_cannot_leave_its_place(address: str, text: str, tmp_path: Path) -> None:
    after, said = fixed(tmp_path, text.replace("{}", OLD), moved(to=address))

    head, tail = text.split("{}")
    written = after.decode("utf-8")
    assert written.startswith(head) and written.endswith(tail)
    html = markdown(written, extensions=list(USUAL), extension_configs=USUAL_CONFIGS)
    (url,) = addresses(html)
    assert url.startswith("https://new.example.org/") and "<script" not in html and "onclick" not in html.replace(url, "")
    assert not [sign for sign in url + said.replace("\n", "") if not sign.isprintable()]


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (moved(), NEW),
        (moved("http://old.example.org/", "https://old.example.org/"), "https://old.example.org/"),
        (moved(to="http://new.example.org/"), None),
        (Evidence("http://x.example.org/a#b", "2026-11-23", 200, final="https://x.example.org/a"), "https://x.example.org/a#b"),
        (Evidence("http://x.example.org/a", "2026-11-23", 200, final="https://x.example.org/login"), None),
        (Evidence("https://x.example.org/a", "2026-11-23", 200, final="https://x.example.org/b"), None),
        (Evidence(OLD, "2026-11-23", 404, moved=NEW), None),
        (Evidence(OLD, "2026-11-23", 403, moved=NEW), None),
        (Evidence(OLD, "2026-11-23", 200), None),
        (Evidence(OLD), None),
    ],
)
def test_what_is_rewritten_is_a_move_for_good_or_the_same_page_over_https(evidence: Evidence, expected: str | None) -> None:
    (finding,) = findings([Link("page.md", 1, evidence.url)], {evidence.url: evidence}, Policy(TODAY))

    assert better(finding) == expected


@pytest.mark.parametrize("kind", ["keep", "ignore"])
def test_links_under_a_rule_stay_as_they_are(kind: str, tmp_path: Path) -> None:
    text = f"[x]({OLD})"

    after, said = fixed(tmp_path, text, rules={kind: (Rule(OLD, "history"),)})

    assert (after.decode(), said) == (text, "nothing to fix\n")


def test_a_diff_is_shown_and_nothing_written_unless_asked_for(tmp_path: Path) -> None:
    text = f"one\n[x]({OLD})\nthree\n"

    after, said = fixed(tmp_path, text, write=False)

    assert after.decode() == text
    assert f"-[x]({OLD})\n+[x]({NEW})\n" in said


def test_nothing_on_a_page_acts_when_its_diff_is_shown(tmp_path: Path) -> None:
    _, said = fixed(tmp_path, f"::error::owned\n\x1b[31m ##[error]owned\n[x]({OLD})\n", write=False)

    assert not [line for line in said.splitlines() if line.strip().startswith("::") or "##[" in line or "\x1b" in line]


def test_a_page_that_changed_meanwhile_is_not_damaged(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"[x]({OLD})\n", encoding="utf-8")
    links = read_file(path)
    path.write_text("short\n", encoding="utf-8")

    apply(findings(links, {OLD: moved()}, Policy(TODAY)), links, True, io.StringIO(), "check-links")

    assert path.read_text(encoding="utf-8") == "short\n"


def test_a_reference_label_that_is_the_url_is_left_alone(tmp_path: Path) -> None:
    text = f"[x][{OLD}]\n\n[{OLD}]: {OLD}\n"

    assert findings([Link("p", 1, OLD)], {OLD: moved()}, Policy(TODAY))[0].verdict is Verdict.MOVED
    assert fixed(tmp_path, text)[0].decode() == text


def test_two_links_on_a_line_move_to_addresses_of_another_length(tmp_path: Path) -> None:
    other = "https://old.example.org/other"
    long, short = "https://new.example.org/a/much/longer/address", "https://n.org/"

    after, _ = fixed(tmp_path, f"[a]({OLD}) and [b]({other}) and [c]({OLD})\n", moved(OLD, long), moved(other, short))

    assert after.decode() == f"[a]({long}) and [b]({short}) and [c]({long})\n"


def test_a_path_in_other_letters_is_another_page() -> None:
    link = Link("a.md", 1, "https://example.org/page", 1)

    assert rewrite("https://example.org/PAGE", link, NEW) == "https://example.org/PAGE"
    assert rewrite("HTTPS://EXAMPLE.org/page", link, NEW) == "HTTPS://EXAMPLE.org/page"
    assert rewrite("HTTPS://example.org/page", link, NEW) == NEW


@pytest.mark.parametrize(
    "to",
    ["https://old.example.org/login?next=%2Fa", "https://accounts.example.org/signin?continue=x", "https://old.example.org/users/sign_in", "https://old.example.org/zh-CN/a", "https://zh.old.example.org/a"],
)
def test_a_login_or_another_language_of_an_older_row_is_not_written(to: str) -> None:
    (finding,) = findings([Link("p", 1, OLD)], {OLD: moved(to=to)}, Policy(TODAY))

    assert better(finding) is None
