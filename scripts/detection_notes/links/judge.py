"""Evidence and policy → verdict; links and evidence → findings. Pure; the whole policy is on this screen.

``broken`` is only what is dead for everybody. What refuses or fails to answer from here and now is ``unknown``.
"""

from collections.abc import Iterable, Mapping
from itertools import takewhile

from detection_notes.links import moment
from detection_notes.links.codes import DEAD, SILENT, Kind, kind_of
from detection_notes.links.memory import code_of, when
from detection_notes.links.model import Evidence, Finding, Link, Verdict
from detection_notes.links.policy import Policy


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
    """One finding a URL, with all its places, in the order in which the URLs first stand on the pages."""
    places: dict[str, dict[tuple[str, int], Link]] = {}
    for link in links:
        places.setdefault(link.url, {}).setdefault((link.page, link.line), link)
    found = []
    for url, spots in places.items():
        evidence = rows.get(url) or Evidence(url)
        verdict, code = judge(evidence, policy)
        kept, ignored = policy.rule("keep", url), policy.rule("ignore", url)
        found.append(Finding(
            url, verdict, code, evidence, tuple(spots.values()), kept.reason if kept else None, ignored.reason if ignored else None,
        ))  # fmt: skip
    return tuple(found)
