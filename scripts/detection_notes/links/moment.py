"""When something was seen: minutes in UTC, as text, so that rows of one lock mean the same wherever they were written."""

import re
from datetime import UTC, date, datetime, timedelta

FORM = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\dZ)?")
APART = timedelta(hours=20)  # from one day's run to the next day's; runs are never exactly 24 hours apart


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")


def today() -> date:
    return datetime.now(UTC).date()


def read(text: str) -> datetime:
    """ "2026-11-23T16:05Z", or a bare day of an older lock, which counts as its last minute. Raises ValueError."""
    if not FORM.fullmatch(text):
        raise ValueError(f"{text!r} is no moment such as 2026-11-23T16:05Z")
    return datetime.fromisoformat(text if "T" in text else f"{text}T23:59Z")


def valid(text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def day(text: str) -> date:
    return read(text).date()


def days(early: str, late: str) -> int:
    """How many days lie between two moments; the last one counts from 20 hours on."""
    return (read(late) - read(early) + timedelta(days=1) - APART) // timedelta(days=1)
