"""Whether a page that answers is what was linked: by its signatures, by where it is, and by the answer to a neighbour.

What a site's own signature says is believed; what anybody may write is a doubt. A doubt is decided by the answer to a
neighbour, an address beside the page that nobody can have made: if it looks the same, the page is gone. Without that a
short page is unknown and a long one is an article.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from detection_notes.links.address import is_home, is_login, name, path, segments
from detection_notes.links.codes import DEAD, kind_of
from detection_notes.links.model import Task
from detection_notes.links.visits import markup, signatures
from detection_notes.links.visits.answer import Answer
from detection_notes.links.visits.markup import Markup
from detection_notes.links.visits.signatures import Sign

LOGIN_TEXT = 300  # characters; a page with a field for a password and more text is more than a login
NOT_FOUND = (404, 410)
APART = re.compile(r"[/.?&=#_-]+")
LOGIN = (
    r"(?i)(?:用户|会员|账号|帐号|统一身份|身份)?(?:登录|登陆|登入|认证)(?:页面?|系统|中心|平台|到.*|跳转页)?"
    r"|用户登录.*|请先?登[录入].*|(?:sign|log)[ -]?(?:in|on)(?: to| with| required)?\b.*|.*[:：-] ?(?:sign|log)[ -]?in"
    r"|login(?: page| required)?|account login|authenticat(?:e|ion)(?: required)?|single sign[- ]on.*|(?:please )?(?:sign|log) in .*"
    r"|anmelden|anmeldung|einloggen|(?:se )?connexion|connectez-vous|s.identifier|iniciar sesi[óo]n|acceder|inicia sesi[óo]n|entrar|fazer login|accedi|inloggen|aanmelden|logga in|logg inn|log ind"
    r"|kirjaudu(?: sisään)?|ログイン|サインイン|로그인|вход|войти|авторизация|zaloguj(?: się)?|logowanie|giriş(?: yap)?|đăng nhập|masuk|přihlášení|bejelentkezés|σύνδεση|תחברות|تسجيل الدخول|เข้าสู่ระบบ"
)

Verdict = tuple[str | None, str | None]  # a code and the words behind it
FINE: Verdict = (None, None)


def verdict(answer: Answer, page: Markup, task: Task, neighbour: Callable[[], Answer | None]) -> Verdict:
    """A code for a page that answers and is not what was linked, and the words behind it."""
    sign = signatures.of_page(name(answer.url), page)
    if sign and sign.alone:
        return sign.code, sign.words
    if page.scripts_only or (answer.status == 202 and page.short and not page.text):
        return "script-only", page.title
    if _is_login(answer, page, task.address):
        return "login", page.title
    if sign:
        found = _gone(answer, page, sign, neighbour())
    elif answer.redirected and (code := _elsewhere(answer.url, task.address)):
        found = _led_away(answer, task.address, code, neighbour())
    else:
        found = FINE
    return _another(page, task) if found == FINE else found


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
    there = unquote(path(url)).lower()
    stem = last[0].partition(".")[0] if last else ""
    query = unquote(urlsplit(asked).query).lower()
    return not last or (stem in there if len(stem) > 3 else stem in APART.split(there)) or bool(query and name(url) in query)


def _place(answer: Answer) -> str:
    """Where an answer comes from, whatever of the question is repeated in it."""
    last = (segments(answer.asked) or [""])[-1]
    there = unquote(path(answer.url)).lower()
    return name(answer.url).removeprefix("www.") + (there.replace(last, "*") if len(last) > 3 else there)


def _another(page: Markup, task: Task) -> Verdict:
    """Whether a page has another title in another language than when it was linked: a reason to look at it."""
    if not (task.title and page.title and task.language and page.language) or task.language == page.language or markup.alike(task.title, page.title):
        return FINE
    return "hijacked", f"was {task.title!r}, is {page.title!r}"
