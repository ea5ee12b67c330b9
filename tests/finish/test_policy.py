"""One policy for the site: its own files, and the few lines of the theme by their hashes."""

import base64
import hashlib
import re

from detection_notes.finish.policy import policy, with_policy
from detection_notes.finish.site import Page

CODE = "alert('ä')\n"
HASH = f"'sha256-{base64.b64encode(hashlib.sha256(CODE.encode()).digest()).decode()}'"
HEAD = '<html><head><meta charset="utf-8"><link rel=stylesheet href=a.css></head>'


def directives(said: str) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in said.split("; "))


def test_scripts_in_a_page_are_allowed_by_their_hash_and_no_others() -> None:
    pages = [Page("a.html", f"{HEAD}<script>{CODE}</script>"), Page("b.html", f'{HEAD}<script src="x.js"></script><script type="module">{CODE}</script>')]

    assert directives(policy(pages))["script-src"] == f"'self' {HASH}"


def test_data_in_a_script_element_needs_no_leave() -> None:
    page = Page("a.html", f'{HEAD}<script id="c" type="application/json">{CODE}</script><script type=application/ld+json>{CODE}</script>')

    assert directives(policy([page]))["script-src"] == "'self'"


def test_line_ends_are_hashed_as_browsers_read_them() -> None:
    crlf = CODE.replace("\n", "\r\n")

    assert policy([Page("a.html", f"{HEAD}<script>{crlf}</script>")]) == policy([Page("a.html", f"{HEAD}<script>{CODE}</script>")])


def test_everything_that_is_not_named_is_forbidden() -> None:
    said = directives(policy([]))

    assert said["default-src"] == said["base-uri"] == said["form-action"] == "'none'"
    assert said["img-src"] == "'self' data:"
    assert {said[f"{kind}-src"] for kind in ("style", "font", "connect", "worker", "manifest", "frame")} == {"'self'"}
    assert "unsafe" not in policy([]) and "*" not in policy([])


def test_the_policy_stands_ahead_of_all_that_a_page_loads_and_once() -> None:
    page = with_policy(with_policy(Page("a.html", HEAD), "default-src *"), "default-src 'none'")

    assert page.html.count("http-equiv") == 1 and "default-src *" not in page.html
    assert re.search(r"charset.*http-equiv.*stylesheet", page.html)
