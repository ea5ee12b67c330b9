"""The lock as the site sees it: what to say beside a link, and which links keep a strict build from passing.

Nothing here touches the network.
"""

from collections.abc import Callable
from pathlib import Path

from detection_notes.links import baseline, config, lock, moment, policy
from detection_notes.links.address import external
from detection_notes.links.codes import about
from detection_notes.links.judge import findings
from detection_notes.links.local import said_here
from detection_notes.links.model import Finding, Link
from detection_notes.links.readers.html import addresses, names
from detection_notes.links.site.status import status_page


class Gate:
    """``home`` is the folder of mkdocs.yml, pyproject.toml and links.lock. Raises LockError, PolicyError."""

    def __init__(self, home: Path) -> None:
        self._policy = baseline.excusing(policy.find(home, moment.today()), home / "links.baseline")
        self._site = config.of(home)
        self._rows = lock.read(home / "links.lock")
        self._places: dict[str, list[tuple[str, str]]] = {}
        self._names: dict[str, str] = {}

    def read(self, page: str, title: str, html: str) -> list[str]:
        """Note the links of a rendered page; return a sentence for each that must not be published so.

        ``page`` is the page's address from the root of the site.
        """
        urls = dict.fromkeys(filter(None, (external(address) for address in addresses(html))))
        self._names = names(html) | self._names
        archived = {row.archive for row in self._rows.values() if row.archive}
        problems = []
        for url in urls:
            if url not in self._rows and url in archived:
                continue  # a copy that this gate itself offers beside a dead link
            self._places.setdefault(url, []).append((page, title))
            problems += self._problem(url)
        return problems

    def _problem(self, url: str) -> list[str]:
        if self._policy.rule("ignore", url):
            return []
        code = said_here(url, self._site)
        if code is None and url not in self._rows:
            return [f"{url} is not in links.lock: run `python scripts/check_links.py` (or with --offline, to visit it later)"]
        (finding,) = findings([Link("", 1, url, code=code)], self._rows, self._policy)
        if finding.failing:
            return [f"{url} is broken ({finding.code}: {about(finding.code).meaning}): {about(finding.code).advice}"]
        return []

    def found(self) -> list[Finding]:
        """What is known of each link that was read."""
        return list(findings([Link(pages[0][0], 1, url, code=said_here(url, self._site)) for url, pages in self._places.items()], self._rows, self._policy))

    def page_of_all(self, relative: Callable[[str], str]) -> str:
        """The state of all links that were read, as HTML. ``relative`` makes a page's address one from where it stands."""
        places = {url: [(relative(page), title) for page, title in pages] for url, pages in self._places.items()}
        return status_page(self.found(), places, self._names)
