"""EDIT_URI → the way back to those who write the notes: the repository, a page's file in it, a new issue.

All of it comes from one address, EDIT_URI: where a page is edited, as ``https://HOST/OWNER/NAME/edit/main/docs/{path}``
(or ``/-/edit/``, on GitLab). Without it there is no such link, rather than a link to somebody else.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from detection_notes.links.settings import PagesError

EDIT = re.compile(r"(?P<repository>https?://[^/]+/.+?)(?:/-)?/_?edit/.*\{path\}")


@dataclass(frozen=True)
class Editors:
    """``edit`` is EDIT_URI, or empty; ``commit`` what the site was built from, or empty."""

    edit: str
    commit: str

    def __post_init__(self) -> None:
        if self.edit and not EDIT.fullmatch(self.edit):
            raise PagesError(f"EDIT_URI is {self.edit!r}; it should look like https://github.com/OWNER/NAME/edit/main/docs/{{path}}")

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
        place, names = ("/-/issues/new", ("issue[title]", "issue[description]")) if "/-/" in self.edit else ("/issues/new", ("title", "body"))
        return f"{self.repository}{place}?{names[0]}={_encoded(title)}&{names[1]}={_encoded(body)}"


def read_editors(home: Path) -> Editors:
    """EDIT_URI from the environment, and the commit that git has checked out. Raises PagesError."""
    try:
        commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=home, capture_output=True, encoding="utf-8", check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = ""
    return Editors(os.environ.get("EDIT_URI", ""), commit)


def _encoded(text: str) -> str:
    return re.sub(r"[\x00-\x1f\"'#%&+<>?\[\]`{|}\\^]", lambda found: quote(found[0], safe=""), text).replace(" ", "+")
