"""The baseline: what was dead at the beginning fails nothing, until it was good once."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from detection_notes.links import baseline
from detection_notes.links.judge import findings
from detection_notes.links.model import Evidence, Link
from detection_notes.links.policy import Policy, Rule

POLICY = Policy(date(2026, 11, 23))
DEAD, GOOD = Evidence("https://dead.notes.dev/", "2026-11-23", 404), Evidence("https://good.notes.dev/", "2026-11-23", 200, good="2026-11-23")
LINKS = [Link("a.md", 1, DEAD.url), Link("a.md", 2, GOOD.url), Link("a.md", 3, "no.md", code="missing-file"), Link("b.md", 1, "no.md", code="missing-file")]
ROWS = {row.url: row for row in (DEAD, GOOD)}


def test_what_is_written_is_what_is_broken_and_then_fails_nothing(tmp_path: Path) -> None:
    path = tmp_path / "links.baseline"
    baseline.write(path, baseline.entries(findings(LINKS, ROWS, POLICY)))

    rules = baseline.excusing(POLICY, path)

    assert rules.baseline == {"https://dead.notes.dev/", "a.md no.md", "b.md no.md"}
    assert not any(finding.failing for finding in findings(LINKS, ROWS, rules))
    assert all(finding.failing for finding in findings([Link("c.md", 1, "no.md", code="missing-file"), Link("c.md", 1, "https://new.notes.dev/")], {"https://new.notes.dev/": Evidence("https://new.notes.dev/", "2026-11-23", 404)}, rules))


def test_a_missing_file_on_a_new_page_fails_though_the_same_address_is_known_of_another() -> None:
    (finding,) = findings(LINKS[2:], {}, replace(POLICY, baseline=frozenset({"a.md no.md"})))

    assert finding.failing


def test_an_entry_is_forgotten_once_its_link_was_good_or_is_gone() -> None:
    known = frozenset({DEAD.url, GOOD.url, "https://gone.notes.dev/"})
    found = findings(LINKS, ROWS, replace(POLICY, baseline=known))

    assert baseline.remaining(known, found, whole=False) == {DEAD.url, "https://gone.notes.dev/"}
    assert baseline.remaining(known, found, whole=True) == {DEAD.url}


def test_kept_links_are_no_entries() -> None:
    rules = replace(POLICY, rules={"keep": (Rule("https://dead.*", "history"),)})

    assert baseline.entries(findings(LINKS[:2], ROWS, rules)) == set()


def test_a_baseline_that_is_not_there_is_empty_and_one_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert baseline.read(tmp_path / "none") == frozenset()
    (tmp_path / "links.baseline").write_bytes(b"\xff\xfe")
    with pytest.raises(baseline.BaselineError, match="cannot be read"):
        baseline.read(tmp_path / "links.baseline")
