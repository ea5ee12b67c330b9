"""The way back to those who write the notes: the repository, a page's file in it, an issue about one heading.

All of it comes from one address, EDIT_URI: where a page is edited, as ``https://HOST/OWNER/NAME/edit/main/docs/{path}``
(or ``/-/edit/``, on GitLab). Without it there is no such link, rather than a link to somebody else.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote

from detection_notes.finish.fill import fill, with_place
from detection_notes.finish.site import Page, Site

EDIT = re.compile(r"(?P<repository>https?://[^/]+/.+?)(?P<gitlab>/-)?/_?edit/.*\{path\}")
HEADING = re.compile(r'(<h[2-6] id="([^"]*)"[^>]*>(?:(?!</h[2-6]>).)*<a class="headerlink"(?:(?!</a>).)*</a>)(?=</h[2-6]>)', re.DOTALL)
FIRST = r"(?<=分钟)(?=</p>)"  # the end of the line under the title (notes/reading_time.py)


class EditorsError(Exception):
    """EDIT_URI is not what it should be; the message says what it should be."""


@dataclass(frozen=True)
class Editors:
    """``edit`` is EDIT_URI, or empty; ``commit`` what the site was built from, or empty."""

    edit: str
    commit: str

    def __post_init__(self) -> None:
        if self.edit and not EDIT.fullmatch(self.edit):
            raise EditorsError(f"EDIT_URI is {self.edit!r}; it should look like https://github.com/OWNER/NAME/edit/main/docs/{{path}}")

    @property
    def repository(self) -> str:
        """The address of the repository, or empty."""
        found = EDIT.fullmatch(self.edit)
        return found["repository"] if found else ""

    def file(self, source: str) -> str:
        """Where a Markdown file (its path under docs/) is edited."""
        return self.edit.replace("{path}", quote(source))

    def issue(self, title: str, body: str) -> str:
        """A new issue, filled in. Chinese stays readable: a browser encodes it when it follows the link."""
        gitlab = "/-/" in self.edit
        place, names = ("/-/issues/new", ("issue[title]", "issue[description]")) if gitlab else ("/issues/new", ("title", "body"))
        return f"{self.repository}{place}?{names[0]}={_encoded(title)}&{names[1]}={_encoded(body)}"


def editors(home: Path, edit: str) -> Editors:
    """Raises EditorsError."""
    try:
        commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=home, capture_output=True, encoding="utf-8", check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = ""
    return Editors(edit, commit)


def _encoded(text: str) -> str:
    return re.sub(r"[\x00-\x20\"'#%&+<>?\[\]`{|}\\^]", lambda found: quote(found[0], safe=""), text)


def with_editors(site: Site, page: Page, they: Editors) -> Page:
    """The page with what is known: its day and its file under the title, a link behind each heading, the repository."""
    source = site.source(page)
    html = with_place(page.html, "byline", FIRST)
    html = fill(html, "byline", lambda _: "".join(_byline(site, page, they)))
    html = fill(html, "repository", lambda _: f'<a href="{escape(they.repository)}" class="repository">仓库</a>' if they.repository else "")
    if source and they.repository:
        html = _with_reports(html, source, they)
    return page.with_html(html)


def _byline(site: Site, page: Page, they: Editors) -> Iterator[str]:
    if day := site.changed_on(page):
        yield f' · <span class="changed">改于 <time datetime="{day.date()}">{day.date()}</time></span>'
    source = site.source(page)
    if source and they.repository:
        yield f' · <a rel="edit" href="{escape(they.file(source))}">编辑</a>'


def _with_reports(html: str, source: str, they: Editors) -> str:
    if "<!-- report-1 -->" not in html:
        numbers = iter(range(1, 1000))
        html = HEADING.sub(lambda found: f"{found[1]}<!-- report-{next(numbers)} -->", html)
    headings = [(unescape(found[2]), _words(found[1])) for found in re.finditer(HEADING.pattern[:-len("(?=</h[2-6]>)")], html, re.DOTALL)]

    def link(name: str) -> str:
        anchor, words = headings[int(name.removeprefix("report-")) - 1]
        body = f"docs/{source}#{anchor}" + (f"\n{they.commit}" if they.commit else "") + "\n\n"
        address = they.issue(f"{source}：{words}", body)
        return f'<a class="report" href="{escape(address)}">这里不对？</a>'

    return fill(html, r"report-\d+", link)


def _words(heading: str) -> str:
    """The text of a heading, without its permalink."""
    return unescape(re.sub(r'<a class="headerlink".*|<[^>]+>', "", heading, flags=re.DOTALL)).strip()
