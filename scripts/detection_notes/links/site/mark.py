"""Markdown: each external link says what the web last answered, to eyes, to screen readers and to CSS."""

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor

from detection_notes.links import lock, moment, policy
from detection_notes.links.address import external
from detection_notes.links.judge import judge
from detection_notes.links.model import Evidence, Verdict

WORDS = {Verdict.GOOD: "可用", Verdict.MOVED: "已迁移", Verdict.BROKEN: "失效", Verdict.UNKNOWN: "未知"}

Known = Callable[[str], tuple[Evidence, Verdict] | None]


def words(evidence: Evidence, verdict: Verdict) -> str:
    """What is said of a link: its state and the day it was asked for."""
    if evidence.day is None:
        return "链接状态：尚未核对"
    said = f"链接状态：{WORDS[verdict]}，{evidence.day[:10]} 核对"
    if verdict in (Verdict.BROKEN, Verdict.UNKNOWN) and evidence.good:
        said += f"，上次可用 {evidence.good[:10]}"
    return said + ("，仓库已归档" if evidence.repository == "archived" else "")


class LinkMarks(Treeprocessor):
    def __init__(self, md: Markdown, known: Known) -> None:
        super().__init__(md)
        self._known = known

    def run(self, root: ElementTree.Element) -> None:
        with suppress(lock.LockError, policy.PolicyError):  # the gate names the file, and nothing is published
            self._mark_all(root)

    def _mark_all(self, root: ElementTree.Element) -> None:
        for parent in list(root.iter()):
            for place, anchor in reversed(list(enumerate(parent))):
                url = external(unescape(anchor.get("href", ""))) if anchor.tag == "a" else None
                if url and (found := self._known(url)):
                    self._mark(parent, place, anchor, *found)

    def _mark(self, parent: ElementTree.Element, place: int, anchor: ElementTree.Element, evidence: Evidence, verdict: Verdict) -> None:
        state = "new" if evidence.day is None else str(verdict)
        anchor.set("data-link", state)
        anchor.set("title", "；".join(filter(None, (anchor.get("title"), words(evidence, verdict)))))
        if verdict is Verdict.BROKEN and evidence.archive:
            copy = ElementTree.Element("a", {"href": evidence.archive, "class": "archive-copy"})
            copy.text, copy.tail, anchor.tail = "存档", anchor.tail, None
            parent.insert(place + 1, copy)


def known_in(home: Path) -> Known:
    """What links.lock and pyproject.toml in a folder say of a URL. Raises LockError, PolicyError when first asked."""

    def known(url: str) -> tuple[Evidence, Verdict] | None:
        files = home / "links.lock", home / "pyproject.toml"
        rows, rules = _read(*((file, file.stat().st_mtime_ns if file.exists() else 0) for file in files))
        return (rows[url], judge(rows[url], rules)[0]) if url in rows else None

    return known


@lru_cache(maxsize=1)
def _read(rows: tuple[Path, int], rules: tuple[Path, int]) -> tuple[dict[str, Evidence], policy.Policy]:
    """Once for all pages of a build, and again when one of the files has changed: the numbers are their times."""
    return lock.read(rows[0]), policy.read(rules[0], moment.today())


class LinkMarksExtension(Extension):
    """``known`` tells evidence and verdict of a URL, or None."""

    def __init__(self, known: Known, **kwargs: object) -> None:
        self._known = known
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(LinkMarks(md, self._known), "link_marks", -1)  # after the last of Markdown's own: addresses are whole


def makeExtension(home: str = ".", **kwargs: object) -> LinkMarksExtension:
    """``home`` is the folder of links.lock and pyproject.toml."""
    return LinkMarksExtension(known_in(Path(home)), **kwargs)
