"""Moved links → their new addresses, written into the Markdown exactly where the link stands."""

import difflib
import html
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from links.lock import write_text
from links.model import Finding, Link, Verdict


def apply(found: tuple[Finding, ...], links: Iterable[Link], write: bool) -> None:
    """Show the diff; write it if ``write`` (on a terminal only after a yes). Files are written whole or not at all.

    ``links`` are all occurrences; those that stand where a finding does are rewritten.
    """
    new = {(finding.url, place.page, place.line): address for finding in found if (address := better(finding)) for place in finding.places}
    pages: dict[str, list[tuple[Link, str]]] = defaultdict(list)
    for link in dict.fromkeys(links):
        if address := new.get((link.url, link.page, link.line)):
            pages[link.page].append((link, address))
    changes = {page: after for page, places in pages.items() if (after := _changed(page, places)) is not None}
    if not changes:
        print("nothing to fix")
        return
    for page, (before, after) in changes.items():
        sys.stdout.writelines(difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"a/{page}", f"b/{page}"))
    if write and (not sys.stdin.isatty() or input("write this? [y/N] ").strip().lower() in ("y", "yes")):
        for page, (_, after) in changes.items():
            write_text(Path(page), after)
        print(f"wrote {len(changes)} pages; check the new addresses: check_links.py {' '.join(changes)}")


def better(finding: Finding) -> str | None:
    """The address to write instead, or None: not for links that are kept as they are, and never from https to http."""
    new = finding.evidence.moved
    if finding.verdict is not Verdict.MOVED or finding.kept is not None or finding.ignored is not None or not new:
        return None
    return None if finding.url.startswith("https:") and not new.startswith("https:") else new


def _changed(page: str, places: list[tuple[Link, str]]) -> tuple[str, str] | None:
    """The text of a page before and after; None if nothing on it can be rewritten."""
    with open(page, encoding="utf-8", newline="") as file:
        before = file.read()
    mark = "\ufeff" if before.startswith("\ufeff") else ""  # of the byte order: columns count from behind it
    lines = before.removeprefix(mark).split("\n")
    for link, new in sorted(places, key=lambda item: (item[0].line, -item[0].column)):
        if link.column and link.line <= len(lines):
            lines[link.line - 1] = rewrite(lines[link.line - 1], link, new)
    after = mark + "\n".join(lines)
    return (before, after) if after != before else None


def rewrite(line: str, link: Link, new: str) -> str:
    """The line with the URL at the link's column replaced; unchanged if the URL does not stand there as such."""
    start = link.column - 1
    for spelling in (link.url, html.escape(link.url, quote=False), link.url.removeprefix("https:")):
        there = line[start : start + len(spelling)]
        if there == spelling or (there.lower() == spelling.lower() and there[8:] == spelling[8:]):
            fresh = new.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
            fresh = html.escape(fresh, quote=False) if spelling != link.url and "&amp;" in spelling else fresh
            return line[:start] + fresh + line[start + len(spelling) :]
    return line
