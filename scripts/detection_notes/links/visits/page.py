"""The last answer of a visit → what it says of itself: whether it is the page, and if so its title, language, anchors.

A page that answers 200 may be gone, barred or sold. What a site's own signature says is believed; what anybody may
write is a doubt. A doubt is decided by the answer to a neighbour, an address beside the page that nobody can have
made: if it looks the same, the page is gone. Without that a short page is unknown and a long one is an article.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote, urljoin, urlsplit

from detection_notes.links.address import bare, fragment, is_home, is_login, name, segments
from detection_notes.links.codes import DEAD, kind_of
from detection_notes.links.model import Task
from detection_notes.links.visits import markup, signatures
from detection_notes.links.visits.markup import Markup
from detection_notes.links.visits.signatures import Sign

HEAD_BYTES, WHOLE_BYTES = 64 * 1024, 2 * 1024 * 1024  # what is read of a body: enough for the title; for the anchors
UNCHECKED_FRAGMENT = re.compile(r"(?i)(?:|top|L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|[!/].*|.*:~:.*)\Z")  # lines, routes, text
LOGIN_TEXT = 300  # characters; a page with a field for a password and more text is more than a login
NOT_FOUND = (404, 410)
APART = re.compile(r"[/.?&=#_-]+")
MADE_UP = "q7x2-no-such-page-3f9k"
AT_ONCE, PATIENT = 1, 30  # seconds until a page leads on: before it can be read; so that it can be read before
LOGIN = (
    r"(?i)(?:用户|会员|账号|帐号|统一身份|身份)?(?:登录|登陆|登入|认证)(?:页面?|系统|中心|平台|到.*|跳转页)?|用户登录.*|请先?登[录入].*|(?:sign|log)[ -]?(?:in|on)(?: to| with| required)?\b.*|.*[:：-] ?(?:sign|log)[ -]?in"
    r"|login(?: page| required)?|account login|authenticat(?:e|ion)(?: required)?|single sign[- ]on.*|(?:please )?(?:sign|log) in .*"
    r"|anmelden|anmeldung|einloggen|(?:se )?connexion|connectez-vous|s.identifier|iniciar sesi[óo]n|acceder|inicia sesi[óo]n|entrar|fazer login|accedi|inloggen|aanmelden|logga in|logg inn|log ind"
    r"|kirjaudu(?: sisään)?|ログイン|サインイン|로그인|вход|войти|авторизация|zaloguj(?: się)?|logowanie|giriş(?: yap)?|đăng nhập|masuk|přihlášení|bejelentkezés|σύνδεση|תחברות|تسجيل الدخول|เข้าสู่ระบบ"
)


@dataclass(frozen=True)
class Answer:
    """The last answer of a chain that began with ``asked``. ``body`` is what was read of it, None if it is not HTML; ``whole`` says whether that is all.

    ``headers`` takes names in any case. ``redirected`` says whether ``url`` is not the address that was asked for.
    ``packed`` says that the body came in an encoding that could not be undone, ``anchors`` that they are wanted.
    """

    asked: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes | None
    whole: bool
    redirected: bool
    packed: bool = False
    anchors: bool = False

    @cached_property
    def page(self) -> Markup | None:
        """The body as a page, parsed once; None if it is not HTML or cannot be read."""
        if self.body is None or self.packed:
            return None
        charset = self.headers.get("content-type", "").lower().partition("charset=")[2].split(";")[0].strip("\"' ")
        return markup.parse(self.body, charset or None, self.anchors)


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says of itself. ``error`` is a code of ``codes.CODES`` for an answer that is not the page."""

    title: str | None = None
    language: str | None = None
    error: str | None = None
    detail: str | None = None
    missing: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()


Neighbour = Callable[[], Answer | None]  # asks for an address beside the page that nobody made; None if that fails
Verdict = tuple[str | None, str | None]  # a code and the words behind it
FINE: Verdict = (None, None)


def limit(task: Task) -> int:
    """How many bytes of the body can say something."""
    return WHOLE_BYTES if wanted(task) else HEAD_BYTES


def wanted(task: Task) -> frozenset[str]:
    """The fragments to look for, as they are written."""
    parts = {fragment(url) for url in task.urls}
    return frozenset(part for part in parts if not UNCHECKED_FRAGMENT.match(unquote(part)))


def onward(answer: Answer) -> tuple[str, bool] | None:
    """Where a page leads by itself, and whether for good; None if it does not, or is there to be read.

    What says that it is gone and then leads home is left as it is: its words are the answer.
    """
    header = answer.headers.get("refresh")
    if answer.status >= 300 or not (header or answer.page):
        return None
    found = markup.refresh(header) if header else answer.page.refresh if answer.page else None
    try:
        there = urljoin(answer.url, found[1]) if found else answer.url
    except ValueError:  # no address; browsers stay
        return None
    if found is None or bare(there) == bare(answer.url):
        return None
    if found[0] <= AT_ONCE:
        return there, True
    if found[0] <= PATIENT and answer.page and answer.page.short and not signatures.of_page(name(answer.url), answer.page):
        return there, False
    return None


def understand(answer: Answer, task: Task, neighbour: Neighbour) -> Said:
    """Read an answer for a task."""
    if sign := signatures.of_answer(answer.headers, answer.status):
        return Said(error=sign.code, detail=sign.words)
    if answer.status >= 300:
        return Said()
    if answer.redirected and (code := _led_astray(answer.url, task.address)):
        return Said(error=code, detail=f"it leads to {answer.url}")
    page = answer.page
    if page is None:
        unreadable = answer.body is not None
        return Said(error="unreadable", detail=f"{answer.headers.get('content-encoding') or answer.headers.get('content-type')}") if unreadable else Said()
    error, detail = _verdict(answer, page, task, neighbour)
    missing, unseen = _fragments(answer, page, task) if error is None else (frozenset(), frozenset())
    return Said(page.title, page.language, error, detail, missing, unseen)


def _led_astray(url: str, asked: str) -> str | None:
    """The code for an address that redirects lead to instead of the page, by the address alone."""
    if is_login(url) and not is_login(asked):
        return "login"
    sign = signatures.of_address(name(url), _path(url))
    return sign.code if sign and not signatures.of_address(name(asked), _path(asked)) else None


def _verdict(answer: Answer, page: Markup, task: Task, neighbour: Neighbour) -> Verdict:
    """A code for a page that answers and is not what was linked, and the words behind it."""
    sign = signatures.of_page(name(answer.url), page)
    if sign and sign.alone:
        return sign.code, sign.words
    if page.scripts_only or (answer.status == 202 and page.short and not page.text):
        return "script-only", page.title
    if _is_login(answer, page, task.address):
        return "login", page.title
    if sign:
        verdict = _gone(answer, page, sign, neighbour())
    elif answer.redirected and (code := _elsewhere(answer.url, task.address)):
        verdict = _led_away(answer, task.address, code, neighbour())
    else:
        verdict = FINE
    return _another(page, task) if verdict == FINE else verdict


def _is_login(answer: Answer, page: Markup, asked: str) -> bool:
    """Whether a page asks for a login where something else was linked."""
    elsewhere = answer.redirected and not keeps(answer.url, asked)
    if not (elsewhere or page.password) or is_login(asked) or is_home(asked):
        return False
    titled = any(re.fullmatch(LOGIN, part) for part in signatures.parts(page.title or ""))
    if elsewhere:
        return (titled and page.short) or (page.password and page.short and len(page.text) < LOGIN_TEXT)
    return titled and page.short and page.password


def _gone(answer: Answer, page: Markup, sign: Sign, other: Answer | None) -> Verdict:
    """What becomes of a page with words that anybody may write, by the answer to its neighbour."""
    doubt: Verdict = ("suspect", sign.words)
    if other and other.status < 300 and _looks_the_same(answer, page, other):
        twin = other.page  # of a long one with the same text nobody can say whether the site goes by a number in the address
        return doubt if not page.short and (sign.weak or (twin and twin.digest == page.digest)) else (sign.code, sign.words)
    if page.short:
        return doubt
    honest = other and (other.status < 400 or other.status in NOT_FOUND)
    return FINE if honest or sign.weak else doubt


def _looks_the_same(answer: Answer, page: Markup, other: Answer) -> bool:
    """Whether a neighbour has the same answer. One that is sent to the page itself, or to another, says nothing."""
    asked, made_up = answer.asked, other.asked
    if not keeps(other.url, made_up):
        return not keeps(answer.url, asked) and _place(answer) == _place(other)
    twin = other.page
    if twin is None or not keeps(answer.url, asked):
        return False
    sign = signatures.of_page(name(other.url), twin)
    return (sign is not None and kind_of(sign.code) is DEAD) or (twin.title == page.title and twin.digest == page.digest)


def _led_away(answer: Answer, asked: str, code: str, other: Answer | None) -> Verdict:
    """What becomes of an address that leads to a page above it: it is gone if any address leads there."""
    words = f"it leads to {answer.url}"
    if other is None or (other.status >= 300 and other.status not in NOT_FOUND):
        return "suspect", words
    if other.status in NOT_FOUND and urlsplit(asked).query:  # what is asked for stands in the query, which the neighbour lacks
        return "suspect", words
    return (code, words) if other.status < 300 and _place(other) == _place(answer) else FINE


def _elsewhere(url: str, asked: str) -> str | None:
    """The code for an end of redirects that is no page of its own for what was asked: a home page, or one above."""
    if is_home(asked) or keeps(url, asked):
        return None
    if is_home(url):
        return "redirect-home"
    return "soft-404" if len(segments(url)) < len(segments(asked)) else None


def keeps(url: str, asked: str) -> bool:
    """Whether an address still has the last part of the path of the one that was asked for, or is named in its query."""
    last = segments(asked)[-1:]
    there = unquote(_path(url)).lower()
    stem = last[0].partition(".")[0] if last else ""
    query = unquote(urlsplit(asked).query).lower()
    return not last or (stem in there if len(stem) > 3 else stem in APART.split(there)) or bool(query and name(url) in query)


def _place(answer: Answer) -> str:
    """Where an answer comes from, whatever of the question is repeated in it."""
    last = (segments(answer.asked) or [""])[-1]
    path = unquote(_path(answer.url)).lower()
    return name(answer.url).removeprefix("www.") + (path.replace(last, "*") if len(last) > 3 else path)


def _another(page: Markup, task: Task) -> Verdict:
    """Whether a page has another title in another language than when it was linked: a reason to look at it."""
    if not (task.title and page.title and task.language and page.language) or task.language == page.language or markup.alike(task.title, page.title):
        return FINE
    return "hijacked", f"was {task.title!r}, is {page.title!r}"


def _fragments(answer: Answer, page: Markup, task: Task) -> tuple[frozenset[str], frozenset[str]]:
    """The fragments that are missing, and those that a script or the unread rest of the page may still have.

    A fragment in a redirect takes the place of the link's own.
    """
    landing = fragment(answer.url)
    absent = frozenset(part for part in wanted(task) if not markup.has(page.anchors, landing or part))
    if landing and UNCHECKED_FRAGMENT.match(unquote(landing)):
        absent = frozenset()
    return (frozenset(), absent) if page.scripted or not answer.whole else (absent, frozenset())


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
