"""One notion of a URL for all: its host, its fragment, whether it leads off the site, whether it is a home page."""

import re
from urllib.parse import urlsplit

from ada_url import URL

from detection_notes.links.wrappers import inner

DEEPEST = 3  # wrappers in wrappers
ASCII_SPACE = "".join(map(chr, range(0x21)))  # what browsers strip; not U+00A0 and U+3000, which Chinese input methods leave
HOME = re.compile(r"/?(?:index\.\w+|home|zh|en|zh-cn|cn)?/?")


def host(url: str) -> str:
    """The host with its port, in lower case."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2].lower()


def name(url: str) -> str:
    """The host alone, without port; "" when there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def behind(url: str) -> str:
    """The URL that a link wrapper (link.zhihu.com/?target=…) passes on to; any other URL as it is."""
    for _ in range(DEEPEST if "?" in url else 0):
        passed = next(filter(None, map(external, inner(url))), None)
        if passed is None:
            break
        url = passed
    return url


def normal(url: str) -> str:
    """The URL as browsers write it (WHATWG): host in lower case and ASCII, path encoded; as it is if it is no URL."""
    try:
        return URL(url).href
    except ValueError:
        return url


def bare(url: str) -> str:
    """What is asked for a URL: what is behind it, without its fragment."""
    return behind(url).partition("#")[0]


def fragment(url: str) -> str:
    """The part of the page that a URL asks for."""
    return behind(url).partition("#")[2]


def with_fragment(url: str | None, part: str) -> str | None:
    """The URL with this fragment, unless it has one of its own."""
    return f"{url}#{part}" if url and part and "#" not in url else url


def external(address: str) -> str | None:
    """The http(s) URL that a browser makes of an address on an https site, or None for anything else."""
    address = re.sub(r"[\t\n\r]", "", address.strip(ASCII_SPACE))
    if address.startswith("//"):
        return f"https:{address}" if len(address) > 2 else None
    scheme, colon, rest = address.partition(":")
    if colon and scheme.lower() in ("http", "https") and rest.lstrip("/"):
        return f"{scheme.lower()}:{rest}"
    return None


def is_home(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.query and HOME.fullmatch(parts.path) is not None
