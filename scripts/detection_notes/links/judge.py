"""Evidence and policy → verdict; links and evidence → findings. Pure; the whole policy is on this screen.

``broken`` is only what is dead for everybody. What refuses or fails to answer from here and now is ``unknown``.
"""

from collections.abc import Iterable, Mapping
from itertools import takewhile

from detection_notes.links import moment
from detection_notes.links.address import external
from detection_notes.links.codes import DEAD, SILENT, Kind, kind_of
from detection_notes.links.memory import code_of, when
from detection_notes.links.model import Evidence, Finding, Link, Verdict
from detection_notes.links.policy import Policy

VERDICTS = {Kind.FINE: Verdict.GOOD, Kind.DEAD: Verdict.BROKEN, Kind.WALLED: Verdict.UNKNOWN, Kind.SILENT: Verdict.UNKNOWN}


def judge(evidence: Evidence, policy: Policy) -> tuple[Verdict, str]:
    """The verdict and the code that explains it: a key of CODES, or a status."""
    if evidence.day is None:
        return Verdict.UNKNOWN, "never-visited"
    code = evidence.error or str(evidence.status)
    if policy.accepts(evidence.url, code):
        return Verdict.GOOD, "ok"
    match kind_of(code):
        case Kind.FINE if evidence.moved:
            return Verdict.MOVED, "moved"
        case Kind.FINE:
            return Verdict.GOOD, "ok"
        case Kind.DEAD if evidence.good and dead_days(evidence) < policy.dead_days:
            return Verdict.UNKNOWN, "dead-once"
        case Kind.DEAD:
            return Verdict.BROKEN, code
        case Kind.SILENT if silent_for(evidence) >= policy.silent_days:
            return Verdict.BROKEN, "silent-for-long"
    return Verdict.UNKNOWN, code


def dead_days(evidence: Evidence) -> int:
    """On how many days it was dead since it was last fine; visits less than 20 hours apart are of one day."""
    count, last = 0, ""
    for step in evidence.trail:
        if kind_of(code_of(step)) is DEAD and (not last or moment.days(last, when(step)) >= 1):
            count, last = count + 1, when(step)
    return count


def silent_for(evidence: Evidence) -> int:
    """Days from the first to the latest of the visits in a row that found nothing alive; a wall (403, …) is alive."""
    row = list(takewhile(lambda step: kind_of(code_of(step)) in (SILENT, DEAD), reversed(evidence.trail)))
    return moment.days(when(row[-1]), when(row[0])) if row else 0


def findings(links: Iterable[Link], rows: Mapping[str, Evidence], policy: Policy) -> tuple[Finding, ...]:
    """One finding a URL, with all its places, in the order in which the URLs first stand on the pages.

    An address of which the checkout itself says something is a finding of its own for each thing that is said.
    """
    places: dict[tuple[str, str | None], dict[tuple[str, int, str], Link]] = {}
    for link in links:
        places.setdefault((link.url, link.code), {}).setdefault((link.page, link.line, link.via), link)
    return tuple(_finding(url, code, tuple(spots.values()), rows, policy) for (url, code), spots in places.items())


def _finding(url: str, code: str | None, places: tuple[Link, ...], rows: Mapping[str, Evidence], policy: Policy) -> Finding:
    evidence = Evidence(url) if code else rows.get(url) or Evidence(url)
    verdict, code = (VERDICTS[kind_of(code)], code) if code else judge(evidence, policy)
    kept, ignored = policy.rule("keep", url), policy.rule("ignore", url)
    excused = excuse(evidence, places, policy) if verdict is Verdict.BROKEN else None
    return Finding(url, verdict, code, evidence, places, kept.reason if kept else None, ignored.reason if ignored else None, excused)


def excuse(evidence: Evidence, places: Iterable[Link], policy: Policy) -> str | None:
    """Why a broken link keeps nobody's work from landing, or None."""
    if policy.fail == "new" and evidence.good:
        return "it was good before, so it fails no new work"
    if policy.baseline and (evidence.url in policy.baseline or all(entry(place) in policy.baseline for place in places)):
        return "it is in links.baseline"
    return None


def entry(link: Link) -> str:
    """How the baseline names a broken link: by its URL, or by page and address within the checkout."""
    return f"{link.page} {link.url}" if link.code and external(link.url) is None else link.url
