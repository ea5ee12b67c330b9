"""Pages without the indentation of the templates that made them: browsers show a run of white space as one space.

It is a thirtieth of a page's bytes on the line. What shows its white space, or runs, is left as it is.
"""

import re

from detection_notes.finish.site import Page, Site

KEPT = re.compile(r"(<(pre|textarea|script|style|math)\b.*?</\2>|<span[^>]*class=\"latex\".*?</span>|<!--.*?-->)", re.DOTALL)
LINE_END = re.compile(r"[ \t\r]*\n\s*")


def with_little_space(site: Site, page: Page) -> Page:
    """The page with every end of a line as one line feed."""
    kept = 0
    pieces = []
    for found in KEPT.finditer(page.html):
        pieces += [LINE_END.sub("\n", page.html[kept : found.start()]), found[0]]
        kept = found.end()
    return page.with_html("".join(pieces) + LINE_END.sub("\n", page.html[kept:]))
