"""Code without the marks that nobody sees: a name, a sign or a gap looks like the text around it.

The highlighter puts each of them into an element of its own: on a page with much code these are most of its elements,
and a tenth of its bytes on the line.
"""

import re

from detection_notes.finish.site import Page, Site

UNSEEN = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')  # Pygments: name, operator, punctuation, whitespace


def with_plain_names(site: Site, page: Page) -> Page:
    return page.with_html(UNSEEN.sub(r"\1", page.html))
