"""Moved links → their new addresses, written into the Markdown exactly where the link stands."""

import difflib
import html
import re
import shlex
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from detection_notes.links import files
from detection_notes.links.address import is_login, is_variant
from detection_notes.links.model import Finding, Link, Verdict
from detection_notes.links.report.words import printable

UNSAFE = re.compile(r"""[\x00-\x20\x7f-\xa0"'<>\\^`{|}()\u2000-\u200f\u2028-\u202f\u2060-\u206f\ufeff]""")  # in Markdown, HTML or tables


def apply(found: tuple[Finding, ...], links: Iterable[Link], write: bool, stream: TextIO, command: str) -> None:
    """Show the diff; write it if ``write`` (on a terminal only after a yes). Files are written whole or not at all.

    ``links`` are all occurrences; those that stand where a finding does are rewritten. ``command`` is how to check again.
    """
    new = {(finding.url, place.page, place.line): address for finding in found if (address := better(finding)) for place in finding.places}
    pages: dict[str, list[tuple[Link, str]]] = defaultdict(list)
    for link in dict.fromkeys(links):
        if address := new.get((link.url, link.page, link.line)):
            pages[link.page].append((link, address))
    changes = {page: change for page, places in pages.items() if (change := _changed(page, places)) is not None}
    if not changes:
        print("nothing to fix", file=stream)
        return
    for page, (before, after) in changes.items():
        for line in difflib.unified_diff(before.split("\n"), after.split("\n"), f"a/{page}", f"b/{page}", lineterm=""):
            print(printable(line.rstrip("\r")), file=stream)
    if write and (not sys.stdin.isatty() or _agreed()):
        for page, (_, after) in changes.items():
            files.write(Path(page), after)
        print(printable(f"wrote {len(changes)} pages; check the new addresses: {command} {' '.join(map(shlex.quote, changes))}"), file=stream)


def _agreed() -> bool:
    """Ask the person at the terminal, on standard error: standard output may be a report. No answer is a no."""
    print("write this? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def better(finding: Finding) -> str | None:
    """The address to write instead, or None: not for links that are kept as they are, and never from https to http.

    Nor one that is a login or differs in its language alone, as older rows of a lock may have.
    """
    if finding.kept is not None or finding.ignored is not None:
        return None
    new = finding.evidence.moved
    if finding.verdict is Verdict.MOVED and new:
        if is_login(new) or is_variant(finding.url, new):
            return None
        return None if finding.url.startswith("https:") and not new.startswith("https:") else new
    address, sign, fragment = finding.url.partition("#")
    secure = f"https:{address[5:]}"
    led_there = finding.verdict is Verdict.GOOD and address.startswith("http:") and finding.evidence.final == secure
    return secure + sign + fragment if led_there else None


def _changed(page: str, places: list[tuple[Link, str]]) -> tuple[str, str] | None:
    """The text of a page before and after; None if nothing on it can be rewritten."""
    with open(page, encoding="utf-8", newline="") as file:
        before = file.read()
    mark = "\ufeff" if before.startswith("\ufeff") else ""  # of the byte order: columns count from behind it
    pieces = re.split(r"(\r\n|\n|\r)", before.removeprefix(mark))  # lines, and what ends them
    for link, new in sorted(places, key=lambda item: (item[0].line, -item[0].column)):
        number = 2 * (link.line - 1)
        if link.column and number < len(pieces):
            pieces[number] = rewrite(pieces[number], link, new)
    after = mark + "".join(pieces)
    return (before, after) if after != before else None


def rewrite(line: str, link: Link, new: str) -> str:
    """The line with the URL at the link's column replaced; unchanged if the URL does not stand there as such."""
    start = link.column - 1
    for spelling in (link.url, html.escape(link.url, quote=False), link.url.removeprefix("https:")):
        there = line[start : start + len(spelling)]
        if there == spelling or (there.lower() == spelling.lower() and there[8:] == spelling[8:]):
            fresh = UNSAFE.sub(lambda found: quote(found[0], safe=""), new)
            fresh = html.escape(fresh, quote=False) if spelling != link.url and "&amp;" in spelling else fresh
            return line[:start] + fresh + line[start + len(spelling) :]
    return line
