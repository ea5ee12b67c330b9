"""Numbers that stand in sentences: are they where a page says them, however the sentence is worded?

A test says a sentence with its numbers computed. What is compared is only what must not drift: numbers, Chinese
numerals that count something, code and short formulas, in this order, on one line of the page. Words are free.
TeX (anything with a backslash) is no prose and must stand as it is said.
"""

import re

TOKEN = re.compile(
    r"""
    `[^`]+` | \$[^$]+\$                              # code and formulas, as they stand
  | [−-]?\d+(?:[.,/]\d+)*%?                          # 3  −1  0.5  3/4  1,024  97%
  | [零一二两三四五六七八九十百]+(?=[张个档类行列次条格点图步轮倍成])  # 三张图
    """,
    re.VERBOSE,
)


def tokens(sentence: str) -> list[str]:
    return TOKEN.findall(sentence)


def missing(page: str, sentences: list[str]) -> list[str]:
    """The sentences whose numbers no line of the page holds in their order. A sentence without any is an error."""
    lines = [tokens(line) for line in page.splitlines()]

    def stands(sentence: str) -> bool:
        if "\\" in sentence:
            return sentence in page
        wanted = _some(sentence)
        return any(_in_order(wanted, line) for line in lines)

    return [sentence for sentence in sentences if not stands(sentence)]


def _some(sentence: str) -> list[str]:
    found = tokens(sentence)
    if not found:
        raise ValueError(f"it holds no number, no code and no formula, so nothing of it can be compared: {sentence}")
    return found


def _in_order(wanted: list[str], line: list[str]) -> bool:
    rest = iter(line)
    return all(token in rest for token in wanted)
