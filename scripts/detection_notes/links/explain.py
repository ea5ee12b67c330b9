"""The whole story of one address: what was asked, what came, what is remembered, and why this verdict."""

from collections.abc import Callable

from detection_notes.links.address import bare, normal
from detection_notes.links.codes import about, kind_of
from detection_notes.links.judge import judge
from detection_notes.links.memory import remember
from detection_notes.links.model import Evidence, Task, Verdict, Visit
from detection_notes.links.plan import task
from detection_notes.links.policy import Policy
from detection_notes.links.report.words import printable


def story(url: str, known: Evidence | None, visit: Callable[[Task], Visit] | None, policy: Policy) -> tuple[str, bool]:
    """The words, and whether the URL is broken. ``visit`` asks for an address with all its tries; None asks nothing."""
    lines = [url]
    row = known or Evidence(url)
    if visit:
        seen = visit(task(normal(bare(url)), (url,), known))
        lines += _visit(seen)
        row = remember(known, url, seen)
    lines += _memory(known)
    verdict, code = judge(row, policy)
    lines.append(f"verdict: {verdict} ({code}: {about(code).meaning})")
    lines += [f"  to do: {about(code).advice}"] if about(code).advice else []
    for kind in ("keep", "ignore", "accept"):
        if rule := policy.rule(kind, url):
            lines.append(f"  rule: {kind} {rule.url}: {rule.reason}")
    return "\n".join(printable(line) for line in lines), verdict is Verdict.BROKEN


def _visit(visit: Visit) -> list[str]:
    lines = [f"visited {visit.day}, {visit.seconds:.2f} s in all:"]
    for hop in visit.hops:
        lines.append(f"  {hop.status} {hop.url} ({hop.seconds:.2f} s)")
        lines += [f"      {name}: {value}" for name, value in hop.headers.items()]
    if visit.error:
        lines.append(f"  {visit.error} ({kind_of(visit.error)}): {visit.detail}")
    if visit.title:
        lines.append(f"  title: {visit.title} [{visit.language or 'language not said'}]")
    if visit.moved:
        lines.append(f"  permanent redirects lead to {visit.moved}")
    return lines


def _memory(known: Evidence | None) -> list[str]:
    if known is None or known.day is None:
        return ["the lock knows nothing of it"]
    lines = [f"the lock: last visited {known.day}, {known.error or known.status}; last good {known.good or 'never'}"]
    lines += [f"  {step}" for step in known.trail]
    lines += [f"  title then: {known.title}"] if known.title else []
    return lines + ([f"  archive copy: {known.archive}"] if known.archive else [])
