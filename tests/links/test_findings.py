"""Links, evidence and policy become findings: one a URL, with all its places and the rules that apply."""

from datetime import date

from detection_notes.links.findings import findings
from detection_notes.links.model import Evidence, Link, Verdict
from detection_notes.links.policy import Policy, Rule

TODAY = date(2026, 11, 23)
DEAD = Evidence("https://dead.example/", "2026-11-23", 404)


def test_a_url_is_found_once_with_each_line_it_stands_on() -> None:
    links = [Link("b.md", 2, DEAD.url, 5), Link("a.md", 1, "https://new.example/"), Link("b.md", 2, DEAD.url, 40), Link("b.md", 9, DEAD.url), Link("a.md", 2, DEAD.url)]

    dead, new = findings(links, {DEAD.url: DEAD}, Policy(TODAY))

    assert [(place.page, place.line) for place in dead.places] == [("b.md", 2), ("b.md", 9), ("a.md", 2)]
    assert (dead.verdict, dead.code, dead.evidence) == (Verdict.BROKEN, "404", DEAD)
    assert (new.verdict, new.code, new.evidence) == (Verdict.UNKNOWN, "never-visited", Evidence("https://new.example/"))


def test_a_dead_link_fails_unless_a_rule_keeps_or_ignores_it() -> None:
    links = [Link("a.md", 1, DEAD.url)]

    def found(kind: str):
        return findings(links, {DEAD.url: DEAD}, Policy(TODAY, rules={kind: (Rule("https://dead.example/*", "why"),)}))[0]

    assert findings(links, {DEAD.url: DEAD}, Policy(TODAY))[0].failing
    assert (found("keep").failing, found("keep").kept, found("keep").verdict) == (False, "why", Verdict.BROKEN)
    assert (found("ignore").failing, found("ignore").ignored) == (False, "why")


def test_what_is_not_broken_does_not_fail() -> None:
    rows = {f"https://{code}.example/": Evidence(f"https://{code}.example/", "2026-11-23", code) for code in (200, 301, 403, 500)}

    assert not [found for found in findings([Link("a.md", 1, url) for url in rows], rows, Policy(TODAY)) if found.failing]
