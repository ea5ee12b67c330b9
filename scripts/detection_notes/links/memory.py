"""What is remembered from one visit to the next. Pure functions over Evidence."""

from dataclasses import replace

from detection_notes.links.address import fragment, with_fragment
from detection_notes.links.codes import FINE, kind_of
from detection_notes.links.model import Evidence, Visit

TRAIL = 6  # visits that were not fine, since it last was


def remember(old: Evidence | None, url: str, visit: Visit) -> Evidence:
    """The row for ``url`` after a visit to its address."""
    part = fragment(url)
    error = visit.error
    if error is None and part in visit.missing:
        error = "fragment-missing"
    elif error is None and part in visit.unseen:
        error = "fragment-unseen"
    code = error or str(visit.status)
    old = old or Evidence(url)
    fine = kind_of(code) is FINE
    return Evidence(
        url=url,
        day=visit.day,
        status=visit.status,
        error=error,
        final=visit.final,
        moved=with_fragment(visit.moved, fragment(url)),
        title=visit.title if visit.title is not None and fine else old.title,
        language=visit.language if visit.language is not None and fine else old.language,
        seconds=round(visit.seconds, 1),
        good=visit.day if fine else old.good,
        trail=() if fine else extend(old.trail, f"{visit.day} {code}"),
        archive=old.archive,
        repository=old.repository,
    )


def extend(trail: tuple[str, ...], step: str) -> tuple[str, ...]:
    """Add a step; one a day, and no more than TRAIL in all: then one between two of its own kind goes, else the first."""
    steps = [*(s for s in trail if s.partition(" ")[0] != step.partition(" ")[0]), step]
    if len(steps) > TRAIL:
        kinds = [kind_of(s.partition(" ")[2]) for s in steps]
        del steps[next((i for i in range(1, TRAIL) if kinds[i - 1] == kinds[i] == kinds[i + 1]), 0)]
    return tuple(steps)


def merge(one: Evidence, two: Evidence) -> Evidence:
    """Two rows of one URL: the later visit (the second, if on one day), with what both remember."""
    early, late = (two, one) if (one.day or "") > (two.day or "") else (one, two)
    good = max(one.good or "", two.good or "") or None
    days = {step.partition(" ")[0]: step for step in (*early.trail, *late.trail)} if late.trail else {}
    trail: tuple[str, ...] = ()
    for day in sorted(days):
        if day >= (good or ""):
            trail = extend(trail, days[day])
    return replace(
        late,
        good=good,
        trail=trail,
        title=late.title or early.title,
        language=late.language or early.language,
        archive=late.archive or early.archive,
        repository=late.repository or early.repository,
    )
