"""Links, evidence and policy → findings: one a URL, with all its places. Pure."""

from collections.abc import Iterable, Mapping

from detection_notes.links.judge import judge
from detection_notes.links.model import Evidence, Finding, Link
from detection_notes.links.policy import Policy


def findings(links: Iterable[Link], rows: Mapping[str, Evidence], policy: Policy) -> tuple[Finding, ...]:
    """In the order in which the URLs first stand on the pages."""
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
