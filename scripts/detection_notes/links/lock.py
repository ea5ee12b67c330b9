"""The lock: one JSON object a line, one line a URL, sorted by URL; empty fields are left out.

It is evidence, not verdicts. Two branches that each add lines merge by ``merge=union`` (.gitattributes): rows that
then stand twice are merged here, and the next writing sorts them again.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path

from detection_notes.links import files, moment
from detection_notes.links.memory import merge
from detection_notes.links.model import Evidence

FIELDS = tuple(field.name for field in fields(Evidence))
PATIENCE = 60.0  # seconds
CODE = re.compile(r"[a-z0-9-]+")
STEP = re.compile(rf"({moment.FORM.pattern}) [a-z0-9-]+")


class LockError(Exception):
    """The lock cannot be read; the text says where and what to do."""


def read(path: Path) -> dict[str, Evidence]:
    """Rows by URL; empty when there is no file. Raises LockError for a row that is not one."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise LockError(f"{path}: cannot be read ({error}); restore it, or delete it and check again") from error
    rows: dict[str, Evidence] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            row = _parse(line, f"{path}:{number}")
            rows[row.url] = merge(rows[row.url], row) if row.url in rows else row
    return rows


def _parse(line: str, place: str) -> Evidence:
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
        raise LockError(f"{place}: a merge conflict; keep the rows of both sides and delete the marker lines")
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LockError(f"{place}: not a JSON object ({error}); delete the line and check again") from error
    if not isinstance(values, dict) or not isinstance(values.get("url"), str):
        raise LockError(f'{place}: a row is an object with a "url"; delete the line and check again')
    for name, value in values.items():
        if name not in FIELDS or not _fits(name, value):
            raise LockError(f"{place}: {name!r} is not a field with such a value; delete the line and check again")
    return Evidence(**{**values, "trail": tuple(values.get("trail", ()))})


def _fits(name: str, value: object) -> bool:
    match name:
        case "status":
            return isinstance(value, int) and 100 <= value <= 999
        case "seconds":
            return isinstance(value, int | float) and 0 <= value < 1e9
        case "trail":
            return isinstance(value, list) and all(isinstance(step, str) and STEP.fullmatch(step) and moment.valid(step.partition(" ")[0]) for step in value)
        case "day" | "good":
            return isinstance(value, str) and moment.valid(value)
        case "error":
            return isinstance(value, str) and bool(CODE.fullmatch(value))
        case "final" | "moved" | "archive":  # they become links on pages
            return isinstance(value, str) and value[:8].lower().startswith(("http://", "https://"))
    return isinstance(value, str)


def render(rows: Iterable[Evidence]) -> str:
    """The text of the file."""
    line = json.JSONEncoder(ensure_ascii=False).encode
    return "".join(line({name: value for name in FIELDS if (value := getattr(row, name)) not in (None, ())}) + "\n" for row in sorted(rows, key=lambda row: row.url))


def write(path: Path, rows: Iterable[Evidence], known: Mapping[str, Evidence] | None = None, gone: Iterable[str] = (), seconds: float = PATIENCE) -> None:
    """Write the rows whole or not at all, and only when something differs.

    ``known`` is what was read before. What another run wrote since then is merged with, so that no newer row is lost;
    the URLs named in ``gone`` go. Waits so many seconds while another run writes; then raises files.Busy.
    """
    with files.alone(path.resolve().parent, seconds), files.uninterrupted():
        there = read(path)
        for url in gone:
            there.pop(url, None)
        for row in rows:
            other = there.get(row.url)
            there[row.url] = row if other is None or other == (known or {}).get(row.url) else merge(other, row)
        files.write(path, render(there.values()))
