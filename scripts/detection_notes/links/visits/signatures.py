"""What a page is known to say when it is gone, barred or walled: signatures.toml, and how its lines are matched.

The whole is lazy: most pages are long, and of those only the title is looked at.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from detection_notes.links.codes import CODES, DEAD, kind_of
from detection_notes.links.visits.markup import Markup

TABLE = Path(__file__).with_name("signatures.toml")
ANYBODY = "*"
NEEDED = {"host", "where", "words", "code", "source"}
KEYS = NEEDED | {"hint", "status", "weak"}
PAGES = ("title", "text", "title|text", "source")
PLACES = (*PAGES, "address", "header")
PIECE = re.compile(r"<(\w+)>")
PLAIN = re.compile(r"[^\\^$*+?{}\[\]|().]+")  # what means itself in an expression
SHOWN = 120  # characters of what was found
STATEMENT, STATEMENTS = 200, 100  # characters that matter of one; how many are looked at
SORRY = (  # what stands before the words that matter
    r"(?>(?:(?:很|非常|十分|万分|真的?|我们)*+(?:抱歉|对不起|遗憾)|系统提示|温馨提示|提示(?:信息)?|错误|警告|注意|来晚[啦了]|[你您]来(?:的)?太?晚了|啊哦|哎呀|哎哟|糟糕|呃|额|噢|哦|嗨|咦"
    r"|(?:we(?:'re| are) |i'm )?(?:so |very )?(?:sorry|afraid)|o+ps(?:ie)?|whoops|uh[- ]?oh|oh (?:no|snap|dear)|hmm+|ouch|yikes|huh|error|warning|notice|unfortunately|well"
    r"|(?:https? )?(?:error )?(?:code )?40[34](?: error)?)(?![\w-])[\s,，、:：;!！.。~～…_|()（）/–—-]*+(?:but |that )?|[:;]-?[(/]\s*+)++"
)
BEGINNING = re.compile(r"(?:[\n。！？!?…;；]\s*)+|\. |,? (?:and|but) (?=the page|this page)")
QUOTED = re.compile(r'\s*(?:"[^"\n]{1,200}"|「[^」\n]{1,200}」)')
SEPARATES = re.compile(r"[|｜·•»«_：]| [-–—:] ")
SEPARATOR = re.compile(r"\s*[|｜·•»«_]+\s*|\s+[-–—:：]+\s+|\s*：\s*")
TAIL = r"(?:\s*[（(]?\s*#?(?:40[34]|error)\s*[)）]?)?\s*(?:[!！.。~～…?？]+|[,，;；].*)?"
PAIRS = "頁页網网內内檔档連连結结鏈链刪删無无過过關关視视頻频帳帐號号問问題题專专條条個个這这該该訪访請请瀏浏覽览尋寻經经對对誤误錯错遺遗戶户務务轉转導导載载開开啟启顯显處处從从為为時时間间頭头標标應应類类電电話话論论壇坛組组討讨帶带檢检續续統统設设協协將将區区響响讀读閱阅棄弃舊旧護护斷断沒没還还暫暂驗验證证碼码儲储並并項项當当體体權权錄录復复銷销佈布發发見见於于現现後后啦啦"  # traditional, simplified
SIMPLIFIED = str.maketrans(PAIRS[::2] + "’‘“”\u3000\xa0", PAIRS[1::2] + "''\"\"  ")


class SignatureError(ValueError):
    """A line of the table that cannot be used; the text names it."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A signature that was found: its code, and the words in the page.

    ``alone`` says that it needs no neighbour to be believed, ``weak`` that articles have such words too.
    """

    code: str
    words: str
    alone: bool
    weak: bool = False


@dataclass(frozen=True)
class Signature:
    """A line of the table. Its expression is compiled when it is first tried."""

    host: str
    where: str
    words: str
    code: str
    source: str
    hints: tuple[str, ...] = ()
    mark: tuple[str, ...] = ()
    unless: str | None = None
    status: int | None = None
    weak: bool = False

    @cached_property
    def anybody(self) -> bool:
        return self.host == ANYBODY

    @cached_property
    def dead(self) -> bool:
        return kind_of(self.code) is DEAD

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(f"(?s)(?:{self.words}){TAIL}" if self.anybody and self.where == "title" else f"(?s){self.words}")

    def of(self, host: str) -> bool:
        return not self.anybody and _hosts(self.host).fullmatch(host) is not None

    def marked(self, page: Markup) -> bool:
        """Whether a page is one of this site's by its source, whatever host it has."""
        return any(piece in page.source for piece in self.mark)

    def words_of(self, page: Markup, titles: list[str], texts: list[str]) -> str | None:
        """The words of a page that fit: of its title or one of the parts of it, of a short page's statements or source."""
        if self.where == "title":
            return next((title for title in (titles if self.anybody else titles[:1]) if self.pattern.fullmatch(title)), None)
        if self.where == "source":
            found = self.pattern.search(page.source) if page.short else None
            return found[0] if found else None
        statements_ = (*titles, *texts) if "title" in self.where else texts
        return next((found[0].strip() for text in statements_ if (found := self.pattern.match(text))), None)


@cache
def table() -> tuple[Signature, ...]:
    """The lines of signatures.toml. Raises SignatureError."""
    return tuple(parse(TABLE.read_text(encoding="utf-8")))


def parse(text: str) -> Iterator[Signature]:
    """The lines of a table. Raises SignatureError."""
    data = tomllib.loads(text)
    pieces = data.get("pieces", {})
    for row in data["signatures"]:
        if wrong := set(row) - KEYS | NEEDED - set(row):
            raise SignatureError(f"{', '.join(sorted(wrong))} must not stand or is missing in {row}")
        if row["where"] not in PLACES or row["code"] not in CODES:
            raise SignatureError(f"where is one of {', '.join(PLACES)} and code one of codes.py, not so in {row}")
        site = data.get("sites", {}).get(row["host"], {})
        words, hint = (PIECE.sub(lambda found: pieces[found[1]], row.get(key, "")) for key in ("words", "hint"))
        if not hint and "".join(PLAIN.findall(words)) == words:
            hint = words
        if not hint and row["where"] in PAGES and (row["host"] == ANYBODY or site):
            raise SignatureError(f"a hint is missing in {row}")
        yield Signature(
            host=row["host"],
            where=row["where"],
            words=_small(words),
            code=row["code"],
            source=row["source"],
            hints=_pieces(hint),
            mark=_pieces(site.get("mark", "")),
            unless=site.get("unless"),
            status=row.get("status"),
            weak=row.get("weak", False),
        )


def of_answer(headers: Mapping[str, str], status: int) -> Sign | None:
    """What the headers of an answer give away."""
    for signature in _at("header"):
        name, _, words = signature.words.partition(": ")
        value = headers.get(name)
        if value and signature.status in (None, status) and re.search(words, value.lower()):
            return Sign(signature.code, f"{name}: {value}"[:SHOWN], True)
    return None


def of_address(host: str, path: str) -> Sign | None:
    """What the address gives away that redirects led to. ``path`` is with its query."""
    for signature in _at("address"):
        if (signature.anybody or signature.of(host)) and signature.pattern.search(path.lower()):
            return Sign(signature.code, host + path, True)
    return None


def of_page(host: str, page: Markup) -> Sign | None:
    """What a page says: the site's own words, then those that anybody may say, or a site that it may not be one of."""
    title = plain(page.title or "")
    text = plain(page.text) if page.short else ""
    own = _own(host)
    possible = (*own, *_possible(title, text, page))
    titles = parts(title) if possible else []
    texts: list[str] = []
    for signature in possible:
        if not texts and "text" in signature.where:
            texts = statements(text)
        words = signature.words_of(page, titles, texts)
        if words is not None and not (signature.unless and signature.unless in page.source):
            alone = signature in own or not signature.dead or signature.marked(page)
            return Sign(signature.code, words[:SHOWN] or "no title", alone, signature.weak)
    return None


def _possible(title: str, text: str, page: Markup) -> list[Signature]:
    """The signatures that a page of any host may have, by their hints; for a long page only those of what is gone."""
    table, hints = _foreign(), _hints()
    numbers: set[int] = set()
    if _hinted().search(title) or (text and _hinted().search(text)):
        numbers.update(number for hint, numbers in hints.items() if hint in title or hint in text for number in numbers)
    if page.short:
        numbers.update(number for number in _of_source() if any(hint in page.source for hint in table[number].hints))
        return [table[number] for number in sorted(numbers)]
    return [found for number in sorted(numbers) if (found := table[number]).anybody and found.dead]


def statements(text: str) -> list[str]:
    """What a text states: its lines and sentences, and those that its lines make in one; not what it quotes.

    What begins with an apology is there without it too.
    """
    text = QUOTED.sub("", text)
    found: dict[str, None] = {}
    for each in (text, text.replace("\n", " ")):
        for at in (0, *(beginning.end() for beginning in BEGINNING.finditer(each))):
            found[each[at : at + STATEMENT]] = None
    return unapologetic(list(found)[:STATEMENTS])


def unapologetic(texts: list[str]) -> list[str]:
    """The texts, and those of them that begin with an apology without it."""
    return texts + [text[sorry.end() :] for text in texts if (sorry := re.match(SORRY, text))]


@lru_cache(1024)
def _own(host: str) -> tuple[Signature, ...]:
    """The signatures of a host's pages."""
    return tuple(signature for signature in table() if signature.where in PAGES and signature.of(host))


@cache
def _foreign() -> tuple[Signature, ...]:
    """The signatures that a page of any host may have."""
    return tuple(signature for signature in table() if signature.where in PAGES and (signature.anybody or signature.mark))


@cache
def _hints() -> dict[str, tuple[int, ...]]:
    """What titles and texts are looked through for, and the numbers in ``_foreign`` of the signatures that it hints at."""
    found: dict[str, tuple[int, ...]] = {}
    for number, signature in enumerate(_foreign()):
        if signature.where != "source":
            found |= {hint: (*found.get(hint, ()), number) for hint in signature.hints}
    return found


@cache
def _hinted() -> re.Pattern[str]:
    """One expression for all hints, as a tree of their letters: it looks at each place of a text only once."""
    tree: dict[str, Any] = {}
    for hint in _hints():
        node = tree
        for letter in hint:
            node = node.setdefault(letter, {})
        node[""] = {}
    return re.compile(_branches(tree))


def _branches(tree: dict[str, Any]) -> str:
    if "" in tree:
        return ""  # the shortest decides
    words = [re.escape(letter) + _branches(below) for letter, below in tree.items()]
    return words[0] if len(words) == 1 else f"(?:{'|'.join(words)})"


@cache
def _of_source() -> tuple[int, ...]:
    return tuple(number for number, signature in enumerate(_foreign()) if signature.where == "source")


@cache
def _at(place: str) -> tuple[Signature, ...]:
    return tuple(signature for signature in table() if signature.where == place)


@cache
def _hosts(names: str) -> re.Pattern[str]:
    return re.compile(rf"(?:.*\.)?(?:{'|'.join(re.escape(name).replace(chr(92) + '*', '[^.]*') for name in names.split('|'))})")


def _pieces(words: str) -> tuple[str, ...]:
    return tuple(words.lower().split("|")) if words else ()


def _small(words: str) -> str:
    """An expression in small letters; its escapes stay."""
    return re.sub(r"\\.|[^\\]+", lambda found: found[0] if found[0][0] == "\\" else found[0].lower(), words)


def parts(title: str) -> list[str]:
    """A title, and the parts of it between separators."""
    title = plain(title)
    return unapologetic(list(dict.fromkeys((title, *SEPARATOR.split(title)))) if SEPARATES.search(title) else [title])


def plain(text: str) -> str:
    """Small letters, simplified characters, straight quotes."""
    text = text.lower()
    if text.isascii():
        return text
    return text.translate(SIMPLIFIED)
