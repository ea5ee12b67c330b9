"""The last answer of a visit → what it says of itself: title, language, anchors, whether it looks dead, sold or barred.

A page that only talks about missing pages must not be taken for one: short texts and titles count, articles do not.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from detection_notes.links.address import fragment, is_home
from detection_notes.links.model import Task

GONE = re.compile(
    r"(?i)(?:^|\W)404(?:\W|$)(?!.*(?:how|guide|tutorial|what is|怎么|如何|教程|详解|解析|配置))"
    r"|page (?:not found|doesn.?t exist|does not exist|cannot be found|no longer (?:exists|available))"
    r"|(?:not found|no longer available|has been (?:removed|deleted))\s*(?:$|[|·\-–—:])"
    r"|页面(?:不存在|没有找到|未找到|找不到|已删除|已被删除|走丢了|不见了)|找不到(?:该|此|这个)?(?:页面|网页|文章|内容)"
    r"|(?:文章|内容|帖子|问题|专栏|博客)(?:不存在|已删除|已被删除|已下线|已失效)|你(?:访问|似乎来到了).{0,8}(?:不存在|没有知识)"
    r"|(?:访问|请求)的(?:页面|网页|文章|内容)(?:不存在|已删除|已失效|未找到|找不到)"
)
PARKED = re.compile(
    r"(?i)(?:this )?domain (?:name )?(?:is |may be )?(?:for sale|parked)|buy this domain|parked (?:free|domain)|domain parking"
    r"|sedoparking|parkingcrew|bodis\.com|hugedomains|dan\.com/buy-domain|afternic|此?域名(?:正在|已)?(?:出售|转让|停放)|域名(?:可|待)(?:出售|转让)"
)
CHALLENGE = re.compile(
    r"(?i)<title>\s*(?:just a moment|attention required|checking your browser|please wait|security check|access denied|are you (?:a )?(?:human|robot)|robot check|安全验证|人机验证|请稍候|访问验证|百度安全验证)"
    r"|cf-browser-verification|cf[-_]chl|challenge-platform|_cf_chl_opt|awswafcookiedomainlist|acw_sc__v2|x-waf-captcha|geetest_|/_guard/|__jsl_clearance"
)
# What is never closed runs to the end, as in a browser; so each of these reads a page only once, however odd it is.
TITLE = re.compile(r"(?is)<title[^>]*(?:>|\Z)(.*?)(?:</title|\Z)")
HTML_TAG = re.compile(r"(?i)<html\b([^>]*)")
LANGUAGE = re.compile(r"(?i)\slang\s*=\s*[\"']?([a-z]{2,3})")
CHARSET = re.compile(rb"(?i)charset\s*=\s*[\"']?([\w-]+)")
HIDDEN = re.compile(r"(?is)<(script|style|noscript|template|svg)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[a-z/!?][^>]*(?:>|\Z)")
ANCHOR = re.compile(r"""(?is)\s(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""")
NOT_OF_THE_WEB = {"punycode", "idna", "unicode_escape", "raw_unicode_escape"}  # Python knows them; some take for ever
HEAD_BYTES, WHOLE_BYTES = 64 * 1024, 2 * 1024 * 1024  # what is read of a body: enough for the title; for the anchors
UNCHECKED_FRAGMENT = re.compile(r"(?:|top|L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|[!/].*|.*:~:.*)\Z")  # lines, routes, text
ARTICLE = 600  # characters of text; a page with more is about something


@dataclass(frozen=True, slots=True)
class Signs:
    title: str | None
    language: str | None
    gone: bool = False
    parked: bool = False
    challenge: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The last answer of a chain. ``body`` is what was read of it, None if it is not HTML; ``whole`` says whether that is all.

    ``headers`` takes names in any case. ``redirected`` says whether ``url`` is not the address that was asked for first.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes | None
    whole: bool
    redirected: bool

    @property
    def html(self) -> str | None:
        charset = self.headers.get("content-type", "").lower().partition("charset=")[2].split(";")[0].strip("\"' ")
        return None if self.body is None else decode(self.body, charset or None)


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says of itself. ``error`` is a code of ``codes.CODES`` for a page that answers and is not there."""

    title: str | None = None
    language: str | None = None
    error: str | None = None
    detail: str | None = None
    missing: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()


Neighbour = Callable[[], Answer | None]  # asks for an address beside the page that nobody made; None if that fails


def limit(task: Task) -> int:
    """How many bytes of the body can say something."""
    return WHOLE_BYTES if _wanted(task) else HEAD_BYTES


def understand(answer: Answer, task: Task, neighbour: Neighbour) -> Said:
    """Read an answer for a task."""
    if answer.headers.get("cf-mitigated") == "challenge" or "__jsl_clearance" in answer.headers.get("set-cookie", ""):
        return Said(error="challenge")
    html = answer.html
    if answer.status >= 300 or html is None:
        return Said()
    page = read(html[:HEAD_BYTES])
    error, detail = _doubt(answer, task, page, neighbour)
    missing, unseen = fragments(_wanted(task), html, answer.whole) if not error else (frozenset(), frozenset())
    return Said(page.title, page.language, error, detail, missing, unseen)


def _wanted(task: Task) -> set[str]:
    """The fragments to look for."""
    parts = {unquote(fragment(url)) for url in task.urls}
    return {part for part in parts if not UNCHECKED_FRAGMENT.match(part)}


def _doubt(answer: Answer, task: Task, page: Signs, neighbour: Neighbour) -> tuple[str | None, str | None]:
    """A code for a page that answers and may be dead all the same, and the words behind it."""
    if page.challenge:
        return "challenge", page.title
    home = answer.redirected and is_home(answer.url) and not is_home(task.address)
    if page.gone or page.parked or home:
        code = "parked" if page.parked else "soft-404" if page.gone else "redirect-home"
        return _compare(answer, page, code, neighbour())
    if task.title and page.title and task.language and page.language and task.language != page.language:
        if not alike(task.title, page.title):
            return "hijacked", f"was {task.title!r}, is {page.title!r}"
    return None, None


def _compare(answer: Answer, page: Signs, code: str, other: Answer | None) -> tuple[str | None, str | None]:
    """A site that answers a made-up neighbour the same way has lost the page; else the page is real."""
    if other is None:
        return "suspect", page.title
    if other.status >= 400:
        return (None, None) if other.status in (404, 410) else ("suspect", page.title)
    if code == "redirect-home":
        return (code, page.title) if other.url == answer.url else (None, None)
    twin = read((other.html or "")[:HEAD_BYTES])
    return (code, page.title) if twin.title == page.title or twin.gone or twin.parked else (None, None)


def decode(body: bytes, declared: str | None) -> str:
    """HTML bytes as text: the charset of the header, else of the page, else UTF-8; never raises."""
    inside = CHARSET.search(body[:2048])
    for name in (declared, inside[1].decode("ascii", "replace") if inside else None, "utf-8"):
        try:
            if name and name.lower().replace("-", "_") not in NOT_OF_THE_WEB:
                return body.decode("gb18030" if name.lower() in ("gb2312", "gbk") else name, "replace")
        except (LookupError, ValueError):  # no such charset, not one for text, or a name with a NUL
            continue
    return body.decode("utf-8", "replace")


def read(html: str) -> Signs:
    """What the beginning of a page says of itself."""
    title = TITLE.search(html)
    words = clean(title[1]) if title else None
    tag = HTML_TAG.search(html)
    language = LANGUAGE.search(tag[1]) if tag else None
    text = clean(HIDDEN.sub(" ", html)) if len(html) < 200_000 else ""
    short = len(text) < ARTICLE
    return Signs(
        title=words[:120] if words else None,
        language=(language[1].lower() if language else None) or _script(words or ""),
        gone=bool(words and len(words) < 60 and GONE.search(words)) or bool(short and GONE.search(text)),
        parked=bool(words and PARKED.search(words)) or bool(len(text) < 3 * ARTICLE and PARKED.search(html)),
        challenge=bool(short and CHALLENGE.search(html)),
    )


def anchors(html: str) -> set[str]:
    """The ids and names that a fragment can point to."""
    return {clean(next(group for group in match.groups() if group is not None)) for match in ANCHOR.finditer(html)}


def fragments(wanted: set[str], html: str, whole: bool) -> tuple[frozenset[str], frozenset[str]]:
    """The fragments that are missing, and those that a script or the unread rest of the page may still have."""
    if not wanted:
        return frozenset(), frozenset()
    there = anchors(html)
    absent = frozenset(f for f in wanted if f not in there and f"user-content-{f}" not in there)
    scripted = not whole or "<script" in html.lower()
    return (frozenset(), absent) if scripted else (absent, frozenset())


def alike(one: str, two: str) -> bool:
    """Whether two titles share a good part of their words or characters."""
    a, b = (set(re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]", t.lower())) for t in (one, two))
    return not a or not b or len(a & b) / min(len(a), len(b)) > 0.3


def clean(text: str) -> str:
    """Entities decoded, white space folded, control characters gone."""
    import html

    text = html.unescape(text)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _script(text: str) -> str | None:
    return "zh" if re.search(r"[\u4e00-\u9fff]", text) else None
