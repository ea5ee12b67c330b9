"""One notion of a URL for all: its host, its fragment, whether it leads off the site, whether it is a home page."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from ada_url import URL

from detection_notes.links.wrappers import inner

DEEPEST = 3  # wrappers in wrappers
ASCII_SPACE = "".join(map(chr, range(0x21)))  # what browsers strip; not U+00A0 and U+3000, which Chinese input methods leave
LANGUAGES = frozenset(  # ISO 639-1, and the countries that sites take for languages
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr"
    " fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln"
    " lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk"
    " sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
    " cn tw hk jp kr us gb eu chs cht zho eng jpn intl global".split()
)
LOCALE = re.compile(r"([a-z]{2,6})(?:[-_](?:[a-z]{2,4}|\d{3}))?(?:[-_][a-z]{2,4})?")
HOME = re.compile(r"/?(?:index|home|default|main|welcome|homepage)?(?:\.\w+)?/?")
LANGUAGE_PARAMETERS = {"lang", "language", "locale", "hl", "l", "lng", "setlang", "locale.x"}
LOGIN = re.compile(r"(?:\w{1,12}[-_.])?(?:log[-_]?in|sign[-_]?in|log[-_]?on|sign[-_]?on|servicelogin|denglu|anmelden|connexion|iniciar-sesion)(?:[-_](?:page|form|required|user|web|v\d))?(?:\.\w+)?")
GATE = re.compile(r"(?:auth\w*|oauth2?|sso|saml2?|openid\w*|cas|passport|sessions?|new|identity|account|accounts|checkpoint|member)(?:\.\w+)?")
GATES = {"login", "signin", "sso", "passport", "accounts", "account", "auth", "idp", "cas", "id", "oauth", "logon"}
BACK = re.compile(r"(?i)[?&#](?:next|return\w*|redirect\w*|continue|service|goto|back\w*|from|ref\w*|url|r?u|callback\w*|dest\w*|followup|target|came_from|origin\w*)=")


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


def path(url: str) -> str:
    """The path with its query."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def segments(url: str) -> list[str]:
    """The parts of the path, decoded and in lower case."""
    try:
        return [part for part in unquote(urlsplit(url).path).lower().split("/") if part]
    except ValueError:
        return []


def is_locale(part: str) -> bool:
    """Whether a part of a path or a label of a host is a language or a country: zh, zh-CN, en_us, zh-hans-cn."""
    match = LOCALE.fullmatch(part.lower())
    return match is not None and match[1] in LANGUAGES


def is_home(url: str) -> bool:
    """Whether a URL is a site's home page, in whatever language; with a query it is something else."""
    parts = urlsplit(url)
    left = [part for part in parts.path.split("/") if part]
    while left and is_locale(left[0]):
        left = left[1:]
    return not parts.query and HOME.fullmatch("/".join(left)) is not None


def is_login(url: str) -> bool:
    """Whether an address is by its form one where people log in."""
    parts = urlsplit(url)
    steps = segments(url)[-3:] + parts.fragment.lower().partition("?")[0].split("/")[:3]
    if any(LOGIN.fullmatch(part.partition(";")[0]) for part in steps):
        return True
    gate = (parts.hostname or "").partition(".")[0] in GATES or any(GATE.fullmatch(part) for part in steps)
    return gate and BACK.search(f"?{parts.query}") is not None


def is_variant(url: str, other: str) -> bool:
    """Whether two addresses differ in their language alone, so that the redirect depends on who asks."""
    one, two = _neutral(url), _neutral(other)
    return one[0] == two[0] and one[1] != two[1]


def _neutral(url: str) -> tuple[tuple[object, ...], tuple[str, ...]]:
    """An address without what tells its language, and that."""
    parts = urlsplit(url)
    labels = (parts.hostname or "").split(".")
    path = [part for part in parts.path.split("/") if part]
    query = parse_qsl(parts.query, keep_blank_values=True)
    spoken = [
        *(label for label in labels[:-2] if is_locale(label)),
        *(part for part in path if is_locale(part)),
        *(value for key, value in query if key.lower() in LANGUAGE_PARAMETERS),
    ]
    rest = (
        tuple(label for label in labels[:-2] if not is_locale(label) and label != "www"),
        tuple(labels[-2:]),
        parts.port,
        tuple(part for part in path if not is_locale(part)),
        tuple(pair for pair in query if pair[0].lower() not in LANGUAGE_PARAMETERS),
    )
    return rest, tuple(word.lower() for word in spoken)
