"""HTML bytes → what can be read from them: title, language, visible text, anchors, refreshes. As browsers parse it."""

import codecs
import re
import threading
from dataclasses import dataclass
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

ARTICLE = 600  # characters of running text; a page with more is about something
LONGEST_TITLE = 120
BEGINNING = 16 * 1024  # bytes of a page that are parsed first
NOT_OF_THE_WEB = {"punycode", "idna", "unicode_escape", "raw_unicode_escape"}  # Python knows them; some take for ever
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252"}
CHARSET = re.compile(rb"(?i)charset\s*=\s*[\"']?\s*([\w:.-]+)")
LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3})(?![A-Za-z])")
REFRESH = re.compile(r"""(?is)\s*(\d+)?(?:\.[\d.]*)?\s*[;,\s]\s*(?:url\s*=\s*)?(?:"([^"]*)|'([^']*)|(.*))""")
SILENT_TAGS = ["script", "style", "noscript", "template", "svg", "textarea", "head"]
NOT_RUNNING = ["a", "nav", "footer", "aside", "button", "select", "option"]  # menus; a page of nothing else has no text of its own
HIDDEN = '[hidden],[aria-hidden="true"],[style*="display:none" i],[style*="display: none" i]'
HIDES = re.compile(r"(?i)display:\s*none|\shidden[\s=>]|aria-hidden")
SCRIPTS = {"script", "noscript", "style", "link", "meta", "iframe", "-text", "-comment", "br"}
_one_page = threading.Lock()


@dataclass(frozen=True, slots=True)
class Markup:
    """What a page shows. ``short`` says that it has no article's worth of running text.

    Of a short page ``source`` is its HTML in small letters, and ``text`` has a line for each piece of text that is to be
    seen; of one that is mostly menus only the rest. ``digest`` tells its text from another's. ``scripts_only`` says that
    there is nothing to see, ``scripted`` that scripts may add to it. ``refresh`` is where it leads by itself, and after how many seconds.
    ``anchors`` are the names that a fragment can point to, if they were asked for.
    """

    source: str
    title: str | None = None
    language: str | None = None
    text: str = ""
    short: bool = True
    scripts_only: bool = False
    scripted: bool = False
    password: bool = False
    refresh: tuple[int, str] | None = None
    anchors: frozenset[str] = frozenset()
    digest: int = 0


def parse(body: bytes, charset: str | None, anchors: bool = False) -> Markup | None:
    """Decode and read a page; None if its charset is unknown.

    One page at a time: its text and its tree take many times its bytes, and Python runs one thread at a time anyway.
    """
    with _one_page:
        if len(body) > BEGINNING and not anchors:  # an article shows soon that it is one
            source = decode(body[:BEGINNING], charset)
            if source is not None and not (page := read(source)).short:
                return page
        source = decode(body, charset)
        return None if source is None else read(source, anchors)


def read(source: str, anchors: bool = False) -> Markup:
    """Parse a page once and take from it all that is wanted."""
    lower = source.lower()
    tree = LexborHTMLParser(source, scripting=True)
    title = _title(tree, lower)
    refresh_ = _refresh(tree) if "http-equiv" in lower and "refresh" in lower else None
    names = _anchors(tree) if anchors else frozenset()
    password = "password" in lower and tree.css_first("input[type=password i]") is not None
    root = tree.root
    language = LANGUAGE.match((root.attributes.get("lang") if root else None) or "")
    scripted = "<script" in lower
    scripts_only = title is None and scripted and _empty(tree.body)
    text, short = _text(tree, source)
    return Markup(
        source=lower if short else "",
        title=title,
        language=language[1].lower() if language else script_of(title or ""),
        text=text if short else "",
        short=short,
        scripts_only=scripts_only,
        scripted=scripted,
        password=password,
        refresh=refresh_,
        anchors=names,
        digest=hash(text),
    )


def decode(body: bytes, declared: str | None) -> str | None:
    """HTML bytes as text: by their byte order mark, the header's charset, the page's own, else UTF-8; never raises.

    A page that is not in the charset it declares, but is GB 18030 or UTF-8, is read as that. None if its charset is
    unknown here and it is not UTF-8 either.
    """
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    inside = CHARSET.search(body[:2048])
    said = [name.lower() for name in (declared, inside[1].decode("ascii", "replace") if inside else None) if name]
    names = [WIDER.get(name, name) for name in said if _known(name)]
    if "utf-16" in "".join(names):  # a page that could be read as ASCII so far is not UTF-16, whatever it says
        names = [name for name in names if "utf-16" not in name]
    for name in (*names, "utf-8", *(["gb18030"] if names or not said else [])):
        try:
            return _strictly(body, name)
        except (LookupError, ValueError):  # no such bytes in this charset, or one that cannot be read piece by piece
            continue
    if said and not names:
        return None
    return body.decode(names[0] if names else "utf-8", "replace")


def _known(charset: str) -> bool:
    try:
        return charset.replace("-", "_") not in NOT_OF_THE_WEB and codecs.lookup(charset)._is_text_encoding
    except (LookupError, ValueError):  # no such charset, or a name with a NUL
        return False


def _strictly(body: bytes, charset: str) -> str:
    """Decode; only the last character may be cut off. Raises UnicodeError."""
    return codecs.getincrementaldecoder(charset)().decode(body)


def _title(tree: LexborHTMLParser, lower: str) -> str | None:
    """The document's title, which is not that of a drawing in it."""
    node = tree.head.first_child if tree.head else None
    while node is not None and node.tag != "title":
        node = node.next
    if node is None and "<title" in lower:
        node = next((found for found in tree.css("title") if not _inside(found, "svg")), None)
    return (clean(node.text()[:1000])[:LONGEST_TITLE] or None) if node is not None else None


def _inside(node: LexborNode, tag: str) -> bool:
    above = node.parent
    while above is not None and above.tag != tag:
        above = above.parent
    return above is not None


def _refresh(tree: LexborHTMLParser) -> tuple[int, str] | None:
    for node in tree.css("meta[http-equiv]"):
        if (node.attributes.get("http-equiv") or "").lower() == "refresh":
            return refresh(node.attributes.get("content") or "")
    return None


def refresh(value: str) -> tuple[int, str] | None:
    """The seconds and the address of a ``Refresh`` header or element, or None if it names no address."""
    match = REFRESH.match(value)
    address = next((group for group in match.groups()[1:] if group), "").strip() if match else ""
    return (int((match[1] or "0")[:9]), address) if match and address else None


def _anchors(tree: LexborHTMLParser) -> frozenset[str]:
    ids = {node.id for node in tree.css("[id]")}
    names = {node.attributes.get("name") for node in tree.css("a[name]")}
    return frozenset(name for name in ids | names if name)


def has(anchors: frozenset[str], fragment: str) -> bool:
    """Whether a fragment points to one of the anchors: as written, else decoded, else as GitHub prefixes it."""
    return any(name in anchors for part in (fragment, unquote(fragment)) for name in (part, f"user-content-{part}"))


def _text(tree: LexborHTMLParser, source: str) -> tuple[str, bool]:
    """The visible text, or what of it is no menu, and whether the page is short of running text."""
    body = tree.body
    if body is None:
        return "", True
    tree.strip_tags(SILENT_TAGS)
    text = body.text(separator="\n", strip=True)
    if len(text) >= ARTICLE:
        tree.strip_tags(NOT_RUNNING)
        text = body.text(separator="\n", strip=True)
    short = len(text) < ARTICLE
    if short and HIDES.search(source):
        for node in tree.css(HIDDEN):
            if node.tag != "body":
                node.decompose()
        text = body.text(separator="\n", strip=True)
    return text, short


def _empty(body: LexborNode | None) -> bool:
    """Whether a page has nothing but scripts in its body."""
    node = body.first_child if body is not None else None
    while node is not None:
        if node.tag not in SCRIPTS or (node.tag == "-text" and node.text().strip()):
            return False
        node = node.next
    return True


def alike(one: str, two: str) -> bool:
    """Whether two titles share a good part of their words or characters."""
    a, b = (set(re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]", t.lower())) for t in (one, two))
    return not a or not b or len(a & b) / min(len(a), len(b)) > 0.3


def clean(text: str) -> str:
    """White space folded, control characters gone."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


def script_of(text: str) -> str | None:
    """The language that the characters of a text tell."""
    for language, characters in (("ja", r"[\u3040-\u30ff]"), ("ko", r"[\uac00-\ud7af]"), ("zh", r"[\u4e00-\u9fff]"), ("ru", r"[\u0400-\u04ff]")):
        if re.search(characters, text):
            return language
    return None
