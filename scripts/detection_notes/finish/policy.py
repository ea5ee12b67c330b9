"""Pages → one content security policy for the whole site, in a meta tag of each page.

Nothing from another host, no script but the site's files and the few lines that the theme writes into its pages,
each by its hash. The policy is the same on every page: with instant navigation a page is put into the document of
another, whose policy stays in force.
"""

import base64
import hashlib
import re
from collections.abc import Iterable

from detection_notes.finish.fill import fill, with_place
from detection_notes.finish.site import Page

INLINE = re.compile(r"<script(?![^>]*\ssrc=)([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
DATA = re.compile(r"""\stype=["']?(?!module|text/javascript)[\w/+-]+""", re.IGNORECASE)  # a browser does not run it
PLACE = r"""(?<=<meta charset="utf-8">)|(?<=<meta charset="UTF-8">)|(?<=<meta charset=utf-8>)"""


def policy(pages: Iterable[Page]) -> str:
    """The policy under which all of the pages work."""
    scripts = sorted({digest(code) for page in pages for attributes, code in INLINE.findall(page.html) if not DATA.search(attributes)})
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *scripts)),
            *(f"{kind}-src 'self'" for kind in ("style", "font", "connect", "worker", "manifest", "frame")),
            "img-src 'self' data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def digest(code: str) -> str:
    """The source expression that allows a piece of code. Browsers hash it with line ends made ``\\n``."""
    text = code.replace("\r\n", "\n").replace("\r", "\n")
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def with_policy(page: Page, said: str) -> Page:
    """The page with the policy ahead of everything that it loads."""
    html = with_place(page.html, "policy", PLACE)
    return page.with_html(fill(html, "policy", lambda _: f'<meta http-equiv="Content-Security-Policy" content="{said}">'))
