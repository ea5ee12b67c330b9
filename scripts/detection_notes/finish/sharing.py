"""What a page says of itself to those who share and index it: og: and twitter: tags, JSON-LD, robots.txt.

Only for a site whose address is known: every one of these needs whole addresses.
"""

import json
from html import escape

from detection_notes.finish.cards import PIXELS, card
from detection_notes.finish.site import Page, Site

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
CARDS = "assets/cards"


def shared(site: Site, page: Page) -> bool:
    """Whether there is something to share: the site has an address, and the page is a note."""
    return bool(site.url) and site.source(page) is not None


def card_of(page: Page) -> str:
    """The address of its picture, from the root of the site."""
    return f"{CARDS}/{page.address.strip('/').replace('/', '-') or 'home'}.png"


def tags(site: Site, page: Page) -> str:
    """For the head of a page."""
    if not shared(site, page):
        return ""
    article, changed = bool(page.address), site.changed_on(page)
    picture = site.url + card_of(page)
    said = {
        "og:type": "article" if article else "website",
        "og:site_name": site.name,
        "og:locale": "zh_CN",
        "og:title": page.title,
        "og:description": page.description,
        "og:url": site.url + page.address,
        "og:image": picture,
        "og:image:width": str(PIXELS[0]),
        "og:image:height": str(PIXELS[1]),
        "og:image:alt": page.title,
        "article:modified_time": changed.isoformat() if article and changed else "",
        "twitter:card": "summary_large_image",
    }
    metas = [f'<meta {"name" if name.startswith("twitter") else "property"}="{name}" content="{escape(value)}">' for name, value in said.items() if value]
    return "".join(metas) + (structured(site, page) if article else "")


def structured(site: Site, page: Page) -> str:
    """The note as schema.org's TechArticle. ``<`` is escaped, so that no title can end the script."""
    changed = site.changed_on(page)
    data = {
        "@context": "https://schema.org",
        "@type": "TechArticle",
        "headline": page.title,
        "description": page.description,
        "inLanguage": "zh-CN",
        "url": site.url + page.address,
        "image": site.url + card_of(page),
        "license": LICENCE,
        "isPartOf": {"@type": "WebSite", "name": site.name, "url": site.url},
    }
    if changed:
        data["dateModified"] = changed.isoformat()
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def cards(site: Site, pages: list[Page]) -> dict[str, bytes]:
    """Address from the root → PNG, for each page that is shared."""
    return {card_of(page): card(page.title, site.name) for page in pages if shared(site, page)}


def robots(site: Site) -> str:
    """robots.txt: everything may be read; where the sitemap is, if the site has an address."""
    return "User-agent: *\nAllow: /\n" + (f"Sitemap: {site.url}sitemap.xml\n" if site.url else "")
