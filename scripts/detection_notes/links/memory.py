"""What is remembered from one visit to the next. Pure functions over Evidence."""

from dataclasses import replace

from detection_notes.links import moment
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


def amend(row: Evidence, code: str) -> Evidence:
    """The row with another code for its latest visit: one that was found out afterwards."""
    return replace(row, error=code, trail=extend(row.trail, f"{row.day} {code}"))


def code_of(step: str) -> str:
    """The code of a step of a trail."""
    return step.partition(" ")[2]


def when(step: str) -> str:
    """The moment of a step of a trail."""
    return step.partition(" ")[0]


def extend(trail: tuple[str, ...], step: str) -> tuple[str, ...]:
    """Append a step, replacing an earlier one of the same day. If that makes more than TRAIL, the least telling goes."""
    steps = [*(s for s in trail if s[:10] != step[:10]), step]
    if len(steps) > TRAIL:
        del steps[_least_telling(steps)]
    return tuple(steps)


def _least_telling(steps: list[str]) -> int:
    """The place of a step whose neighbours are of its own kind, so that it marks no change; else of the oldest."""
    kinds = [kind_of(code_of(step)) for step in steps]
    for place in range(1, len(steps) - 1):
        if kinds[place - 1] == kinds[place] == kinds[place + 1]:
            return place
    return 0


def merge(one: Evidence, two: Evidence) -> Evidence:
    """Two rows of one URL: the later visit, with what both remember.

    Of two visits in one minute the one that found the page counts, else the second.
    """
    early, late = (two, one) if _order(one) > _order(two) else (one, two)
    good = max(filter(None, (one.good, two.good)), key=moment.read, default=None)
    return replace(
        late,
        good=good,
        trail=_merged(early, late, good) if late.trail else (),
        title=late.title or early.title,
        language=late.language or early.language,
        archive=late.archive or early.archive,
        repository=late.repository or early.repository,
    )


def _order(row: Evidence) -> tuple[float, bool]:
    return (moment.read(row.day).timestamp(), kind_of(row.error or str(row.status)) is FINE) if row.day else (0.0, False)


def _merged(early: Evidence, late: Evidence, good: str | None) -> tuple[str, ...]:
    """The steps of both since the page was last fine, one a day."""
    days = {step[:10]: step for step in (*early.trail, *late.trail)}
    trail: tuple[str, ...] = ()
    for step in sorted(days.values(), key=lambda step: moment.read(when(step))):
        if good is None or moment.read(when(step)) >= moment.read(good):
            trail = extend(trail, step)
    return trail
