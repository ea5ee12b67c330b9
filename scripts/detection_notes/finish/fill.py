"""Places in a page that are filled after it was built.

A page holds ``<!-- name -->``, from its Markdown or from a template. What is filled in stands between that comment
and ``<!-- /name -->``, so that a page may be finished twice, and so that what the page says by itself can be told
from what was put into it.
"""

import re
from collections.abc import Callable

MARKER = r"<!-- ({name}) -->(?:.*?<!-- /\1 -->)?"


def fill(html: str, name: str, value: Callable[[str], str]) -> str:
    """Fill the places whose name matches the pattern ``name``; ``value`` gives the HTML for a name."""
    return re.sub(MARKER.format(name=name), lambda found: f"<!-- {found[1]} -->{value(found[1])}<!-- /{found[1]} -->", html, flags=re.DOTALL)


def emptied(html: str) -> str:
    """The page as it was built: the places are there and nothing is in them."""
    return re.sub(MARKER.format(name=r"[\w:-]+"), lambda found: f"<!-- {found[1]} -->", html, flags=re.DOTALL)


def with_place(html: str, name: str, pattern: str) -> str:
    """The page with a place called ``name`` where ``pattern`` matches first (an empty match, before or after something)."""
    if f"<!-- {name} -->" in html:
        return html
    return re.sub(pattern, f"<!-- {name} -->", html, count=1)
