"""Reports: what each format says, and that nothing a server or a page says acts where it is shown."""

import json
import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from detection_notes.links.judge import findings
from detection_notes.links.model import Evidence, Link, Verdict
from detection_notes.links.policy import Policy, Rule
from detection_notes.links.report import FORMATS
from detection_notes.links.report.words import Report
from detection_notes.links.report.people import SOME

EVIL = "\x1b[31m\r\n::error::owned\u2028</td><script>alert(1)</script>`|[x](javascript:1)**b**@everyone %0A &amp;"
TODAY = date(2026, 11, 23)
ROWS = {
    row.url: row
    for row in (
        Evidence("https://good.example/", day="2026-11-23", status=200, title=EVIL, good="2026-11-23", seconds=0.2),
        Evidence("https://dead.example/", day="2026-11-23", status=404, trail=("2026-11-23 404",), archive="https://web.archive.org/web/1/x"),
        Evidence("https://kept.example/", day="2026-11-23", status=404, trail=("2026-11-23 404",)),
        Evidence("https://moved.example/", day="2026-11-23", status=200, moved=f"https://new.example/{EVIL}", final="https://new.example/"),
        Evidence("https://slow.example/", day="2026-11-23", error="timeout", good="2026-01-01", trail=("2026-11-23 timeout",), seconds=10.0),
        Evidence(f"https://evil.example/{EVIL}", day="2026-11-23", status=403, trail=("2026-11-23 403",)),
        Evidence("https://new.example/never"),
    )
}
LINKS = [Link(f"docs/a{n}.md", n, url) for n, url in enumerate(ROWS, 1)] + [Link("docs/b.md", 7, "https://dead.example/"), Link(f"docs/{EVIL}.md", 9, "https://dead.example/")]
POLICY = Policy(TODAY, rules={"keep": (Rule("https://kept.example/*", "as history"),)})


def report(**changes: object) -> Report:
    return replace(Report(findings(LINKS, ROWS, POLICY), frozenset(ROWS), notes=(EVIL,), seconds=12.0, hosts={"slow.example": (1, 10.0)}), **changes)


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_lets_a_control_character_through(name: str) -> None:
    said = FORMATS[name](report())

    assert not [c for c in said if not c.isprintable() and c != "\n"]


def test_text_says_place_verdict_reason_and_what_to_do() -> None:
    said = FORMATS["text"](report())

    assert "docs/a2.md:2: broken https://dead.example/ (404: the server says: not found)" in said
    assert "    also docs/b.md:7" in said
    assert "an archive copy: https://web.archive.org/web/1/x" in said
    assert "kept: as history" in said
    assert "last good 2026-01-01" in said
    assert said.index("dead.example") < said.index("kept.example") < said.index("moved.example")
    assert "slowest hosts: slow.example (1 URLs, 10.0 s)" in said
    assert said.splitlines()[-1] == "7 URLs: 1 good, 1 moved, 2 broken, 3 unknown; 1 failing; 7 visited in 12.0 s"


def test_text_counts_many_new_links_and_lists_few() -> None:
    links = [Link("a.md", 1, f"https://new.example/{n}") for n in range(SOME + 1)]

    assert f"{SOME + 1} links were never visited" in FORMATS["text"](Report(findings(links, {}, POLICY)))
    assert "https://new.example/0" in FORMATS["text"](Report(findings(links[:2], {}, POLICY)))


def test_json_has_the_keys_that_programs_rely_on() -> None:
    whole = json.loads(FORMATS["json"](report()))

    assert whole["counts"] == {"good": 1, "moved": 1, "broken": 2, "unknown": 3}
    assert {"url", "verdict", "reason", "status", "final", "error", "seconds", "places"} <= whole["links"][0].keys()
    dead = next(link for link in whole["links"] if link["url"] == "https://dead.example/")
    assert (dead["verdict"], dead["status"], dead["failing"]) == ("broken", 404, True)
    assert dead["places"][:2] == [{"page": "docs/a2.md", "line": 2}, {"page": "docs/b.md", "line": 7}]
    assert whole["hosts"] == {"slow.example": {"urls": 1, "seconds": 10.0}}


def test_annotations_are_one_command_a_place_and_nothing_else() -> None:
    lines = FORMATS["github"](report()).splitlines()

    assert all(re.fullmatch(r"::(error|warning|notice)( file=[^:,]+,line=\d+,title=[^:,]+)?::.*", line) for line in lines)
    assert [line for line in lines if line.startswith("::error file=docs/a2.md,line=2,title=broken link::")]
    assert [line for line in lines if line.startswith("::warning file=docs/a3.md,line=3")]  # kept: no error
    assert not [line for line in lines if line.startswith("::error::owned")]


def test_the_markdown_summary_is_a_table_that_nothing_breaks_out_of() -> None:
    from markdown import markdown

    said = FORMATS["markdown"](report())
    html = markdown(said, extensions=["tables"])

    assert "<script" not in html and "<a " not in html and "<strong>" not in html
    assert html.count("<tr>") == 1 + 5  # the head, and all that is neither good nor never visited
    assert "@everyone" not in re.sub(r"(?<!\\)`[^`]*`", "", said)


def test_junit_counts_failures_and_shows_time_outs() -> None:
    suite = ElementTree.fromstring(FORMATS["junit"](report()))[0]

    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("7", "1", "4")
    (failed,) = [case for case in suite if case.find("failure") is not None]
    assert failed.get("name") == "https://dead.example/" and failed.get("line") == "2"
    (slow,) = [case for case in suite if case.get("name") == "https://slow.example/"]
    assert slow.find("skipped").get("message").startswith("timeout: no answer in time")
    assert slow.get("time") == "10.000"


def test_sarif_has_a_result_for_each_place() -> None:
    run = json.loads(FORMATS["sarif"](report(folder="notes/")))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    dead = [result for result in run["results"] if "dead.example" in result["message"]["text"]]
    levels = {url: result["level"] for url in ROWS for result in run["results"] if f": {url} " in result["message"]["text"]}

    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert levels.items() >= {("https://dead.example/", "error"), ("https://kept.example/", "warning"), ("https://slow.example/", "note")}
    assert len(dead) == 3 and all(len(result["locations"]) == 1 for result in dead)
    assert dead[0]["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "notes/docs/a2.md"}, "region": {"startLine": 2}}
    assert len({result["partialFingerprints"]["place/v1"] for result in run["results"]}) == len(run["results"])
    assert "https://good.example/" not in levels and "https://new.example/never" not in levels


def many(number: int = 600) -> Report:
    """A run with so many dead links, each with a long address."""
    rows = {url: Evidence(url, "2026-11-23", 404) for url in (f"https://dead.example/{n}/{'中文' * 60}" for n in range(number))}
    return Report(findings([Link(f"docs/{n % 40}.md", n + 1, url) for n, url in enumerate(rows)], rows, POLICY), frozenset(rows), problems=("a.md: cannot be read",))


def test_a_summary_of_many_dead_links_fits_into_a_comment_with_the_counts_first() -> None:
    said = FORMATS["markdown"](many())

    assert said.startswith("### Links: 0 good, 0 moved, 600 broken, 0 unknown; 600 failing\n")
    assert "could not be read" in said.splitlines()[2]
    assert 50_000 < len(said.encode()) <= 64_000
    rows = said.count("| broken |")
    assert said.rstrip().endswith(f"{600 - rows} more links that are not good did not fit here; the log has them all.")


def test_many_annotations_begin_with_the_totals() -> None:
    lines = FORMATS["github"](many()).splitlines()

    assert lines[0].startswith("::notice::600 URLs: 0 good, 0 moved, 600 broken, 0 unknown; 600 failing. 600 places follow")
    assert sum(line.startswith("::error file=docs/") for line in lines) == 600
    assert "::error::a.md: cannot be read" in lines


def test_few_annotations_are_not_counted() -> None:
    assert "places follow" not in FORMATS["github"](many(10))


def test_paths_begin_at_the_root_of_the_repository_where_a_code_host_reads_them() -> None:
    whole = report(folder="notes/")

    assert "file=notes/docs/a2.md,line=2" in FORMATS["github"](whole)
    assert "notes/docs/a2.md" in FORMATS["junit"](whole) and "notes/docs/a2.md:2" in FORMATS["markdown"](whole)
    assert "docs/a2.md:2: broken" in FORMATS["text"](whole) and "notes/" not in FORMATS["text"](whole)


def test_the_counts_are_those_of_the_run_whatever_is_shown() -> None:
    moved = report(only=frozenset({Verdict.MOVED}))

    assert "dead.example" not in FORMATS["text"](moved)
    assert FORMATS["text"](moved).splitlines()[-1].endswith("1 moved, 2 broken, 3 unknown; 1 failing; 7 visited in 12.0 s; shown: moved")
    whole = json.loads(FORMATS["json"](moved))
    assert [link["verdict"] for link in whole["links"]] == ["moved"] and whole["counts"]["broken"] == 2 and whole["failing"] == 1


def test_a_link_with_many_places_names_some_and_counts_the_rest() -> None:
    links = [Link("a.md", n, "https://dead.example/") for n in range(1, 31)]

    said = FORMATS["text"](Report(findings(links, ROWS, POLICY)))

    assert said.count("    also a.md:") == 10 and "    also at 19 more places" in said


def test_an_excused_link_is_told_and_fails_nothing() -> None:
    row = Evidence("https://dead.notes.dev/", "2026-11-23", 404, good="2026-01-01", trail=("2026-11-20 404", "2026-11-23 404"))
    found = findings([Link("a.md", 1, row.url)], {row.url: row}, replace(POLICY, fail="new"))
    whole = Report(found, frozenset({row.url}))

    assert not found[0].failing
    assert "::warning file=a.md" in FORMATS["github"](whole) and "it was good before" in FORMATS["text"](whole)
    assert "0 failing" in FORMATS["text"](whole)


def test_what_was_not_read_is_told_in_every_format() -> None:
    for name, form in FORMATS.items():
        assert "a.md: cannot be read" in form(Report((), problems=("a.md: cannot be read",))), name


def test_placeholders_are_counted_and_not_listed() -> None:
    whole = Report(findings([Link("a.md", 1, "https://example.com/x", code="placeholder")], {}, POLICY))

    assert whole.counts["unknown"] == 1
    for name in ("text", "markdown", "github", "sarif"):
        assert "example.com" not in FORMATS[name](whole), name
    assert json.loads(FORMATS["json"](whole))["links"][0]["code"] == "placeholder"


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_of_nothing_is_still_a_report(name: str) -> None:
    assert isinstance(FORMATS[name](Report(())), str)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("words", ["::error::owned", "  ::add-mask::x", "##[error]owned", "a ##[group]b", "\n::stop-commands::x", "\x85::error::x", "%0A::error::x"])
def test_nothing_that_is_reported_is_a_command_of_a_runner(name: str, words: str) -> None:
    row = Evidence(f"https://evil.example/{words}", "2026-11-23", 200, moved=f"https://evil.example/{words}", title=words)
    places = [Link(f"{words}.md", 1, row.url), Link(words, 2, row.url)]

    said = FORMATS[name](Report(findings(places, {row.url: row}, POLICY), frozenset({row.url}), (words,), 12.0, {words: (1, 12.0)}))

    commands = [line for line in re.split(r"[\n\r\x85\u2028]", said) if line.strip().startswith("::") or "##[" in line]
    if name == "github":  # its own, and in each nothing but data
        assert all(re.match(r"::notice( file=[^:,]+,line=\d+,title=[^:,]+)?::", line) for line in commands)
        assert not re.search(r"%0A|%0D", re.sub(r"%25", "", "".join(commands)))
    else:
        assert commands == []


def test_markdown_acts_on_no_renderer_of_another_kind() -> None:
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(FORMATS["markdown"](report()))

    assert not re.search(r"<(?!/?(?:h3|table|thead|tbody|tr|th|td|code|ul|li|p|br)\b|!-- -->)", html)
    assert html.count("<tr>") == 1 + 5


def test_sarif_places_are_addresses_of_files() -> None:
    link = Link("docs/中 文#1.md", 3, "https://dead.example/", 7)

    (result,) = json.loads(FORMATS["sarif"](Report(findings([link], ROWS, POLICY))))["runs"][0]["results"]

    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "docs/%E4%B8%AD%20%E6%96%87%231.md"
    assert place["region"] == {"startLine": 3, "startColumn": 7}


def test_sarif_has_the_form_that_its_readers_ask_for() -> None:
    whole = json.loads(FORMATS["sarif"](report()))

    assert whole["version"] == "2.1.0" and whole["$schema"].endswith("sarif-2.1.0.json")
    (run,) = whole["runs"]
    assert run["tool"]["driver"]["name"] and run["results"]
    for result in run["results"]:
        assert result["level"] in ("error", "warning", "note") and result["message"]["text"]
        for location in result["locations"]:
            place = location["physicalLocation"]
            assert re.fullmatch(r"[\w./%~-]+", place["artifactLocation"]["uri"]) and place["region"]["startLine"] >= 1


@pytest.mark.parametrize("code", ["\x00", "<x>", "]]>", "&", "\ud800", "\ufffe", "no such code"])
def test_junit_is_well_formed_whatever_is_in_it(code: str) -> None:
    row = Evidence(f"https://dead.example/{code}", "2026-11-23", 404, title=code)
    kept = Policy(TODAY, rules={"keep": (Rule("https://kept.example/*", code),)})
    links = [Link(code, 1, row.url), Link("a.md", 2, "https://kept.example/")]

    suite = ElementTree.fromstring(FORMATS["junit"](Report(findings(links, ROWS | {row.url: row}, kept), notes=(code,))))[0]

    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_a_repository_that_is_archived_or_renamed_is_said_to_be() -> None:
    row = Evidence("https://github.com/o/r", "2026-11-23", 200, repository="archived", good="2026-11-23")
    found = Report(findings([Link("a.md", 1, row.url)], {row.url: row}, POLICY), frozenset({row.url}))

    assert "the repository is archived" in FORMATS["text"](found)
    assert json.loads(FORMATS["json"](found))["links"][0]["repository"] == "archived"
