"""Reports for programs: JSON, JUnit XML, SARIF 2.1.0."""

import json
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from detection_notes.links.codes import about
from detection_notes.links.model import Finding, Link, Verdict
from detection_notes.links.report.words import Report, advice, printable, reason


def as_json(report: Report) -> str:
    """All findings, in the order of the pages; the keys of a link stay as they are."""
    links = [
        {
            "url": finding.url,
            "verdict": str(finding.verdict),
            "code": finding.code,
            "reason": reason(finding),
            "status": finding.evidence.status,
            "final": finding.evidence.final,
            "error": finding.evidence.error,
            "seconds": finding.evidence.seconds,
            "day": finding.evidence.day,
            "last_good": finding.evidence.good,
            "archive": finding.evidence.archive,
            "repository": finding.evidence.repository,
            "failing": finding.failing,
            "places": [_place(place) for place in finding.places],
        }
        for finding in report.shown
    ]
    hosts = {host: {"urls": number, "seconds": round(seconds, 3)} for host, (number, seconds) in report.hosts.items()}
    whole = {
        "links": links, "counts": report.counts, "failing": report.failing, "visited": len(report.visited), "hosts": hosts,
        "notes": list(report.notes), "problems": list(report.problems),
    }  # fmt: skip
    return _dump(whole)


def _place(place: Link) -> dict[str, str | int]:
    said: dict[str, str | int] = {"page": place.page, "line": place.line}
    return said | {"via": place.via} if place.via else said


def junit(report: Report) -> str:
    """One test case a URL: failing ones are failures, unknown ones (time-outs too) are skipped, what cannot be read is an error."""
    shown = report.shown
    skipped = sum(f.verdict is Verdict.UNKNOWN or (f.verdict is Verdict.BROKEN and not f.failing) for f in shown)
    failing, errors = sum(f.failing for f in shown), len(report.problems)
    totals = {"tests": str(len(shown) + errors), "failures": str(failing), "errors": str(errors), "skipped": str(skipped)}
    root = ElementTree.Element("testsuites", totals)
    suite = ElementTree.SubElement(root, "testsuite", {"name": "links", "time": f"{report.seconds:.3f}", **totals})
    for finding in shown:
        place = finding.places[0]
        page = _xml(report.path(place.page))
        case = ElementTree.SubElement(suite, "testcase", {
            "classname": page, "name": _xml(finding.url), "file": page, "line": str(place.line),
            "time": f"{finding.evidence.seconds or 0:.3f}",
        })  # fmt: skip
        words = _xml(f"{finding.code}: {reason(finding)}")
        where = "\n".join(_xml(f"{report.path(p.page)}:{p.line}") for p in finding.places)
        if finding.failing:
            ElementTree.SubElement(case, "failure", {"message": words, "type": _xml(finding.code)}).text = where
        elif finding.verdict in (Verdict.UNKNOWN, Verdict.BROKEN):
            ElementTree.SubElement(case, "skipped", {"message": words})
    for problem in report.problems:
        case = ElementTree.SubElement(suite, "testcase", {"classname": "pages", "name": _xml(problem), "time": "0"})
        ElementTree.SubElement(case, "error", {"message": _xml(problem), "type": "unreadable"})
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _xml(words: str) -> str:
    return "".join(c if c in "\t\n" or 0x20 <= ord(c) < 0xD800 or 0xE000 <= ord(c) < 0xFFFE or ord(c) > 0xFFFF else "\ufffd" for c in printable(words))


def sarif(report: Report) -> str:
    """One result a place: code scanning shows the first location of a result only."""
    shown = [f for f in report.first_failing if f.verdict is not Verdict.GOOD and f.ignored is None and f.code not in ("never-visited", "placeholder")]
    codes = sorted({f.code for f in shown})
    rules = [{"id": code, "shortDescription": {"text": about(code).meaning}} for code in codes]
    run = {
        "tool": {"driver": {"name": "check-links", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{
            "executionSuccessful": not report.problems,
            "toolExecutionNotifications": [{"level": "error", "message": {"text": printable(problem)}} for problem in report.problems],
        }],
        "results": [_result(finding, place, report, codes.index(finding.code)) for finding in shown for place in finding.places],
    }  # fmt: skip
    whole: dict[str, Any] = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return _dump(whole)


def _dump(whole: dict[str, Any]) -> str:
    return json.dumps(whole, ensure_ascii=True, indent=1).replace("##[", "##\\u005b") + "\n"  # no command of a CI runner


def _region(place: Link) -> dict[str, int]:
    return {"startLine": place.line} | ({"startColumn": place.column} if place.column else {})


def _result(finding: Finding, place: Link, report: Report, rule: int) -> dict[str, Any]:
    words = f"{finding.verdict}: {printable(finding.url)} ({printable(reason(finding))})"
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": "error" if finding.failing else "warning" if finding.verdict is Verdict.BROKEN else "note",
        "message": {"text": f"{words}. {advice(finding, report.command)}".rstrip(". ") + "."},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": quote(report.path(place.page))}, "region": _region(place)}}],
        "partialFingerprints": {"place/v1": f"{report.path(place.page)} {finding.url}"},
    }
