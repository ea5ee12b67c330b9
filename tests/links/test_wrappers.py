"""Link wrappers: the address behind is what is asked, judged and grouped by."""

from datetime import date
from urllib.parse import quote

import pytest
from detection_notes.links.address import bare, behind, fragment
from detection_notes.links.model import Evidence, Link
from detection_notes.links.plan import plan
from detection_notes.links.policy import Policy
from detection_notes.links.wrappers import WRAPPERS

INNER = "https://a.dev/页?x=1&y=2#part"
Q = quote(INNER, safe="")


@pytest.mark.parametrize(("host", "path", "parameter"), [(host, path, parameter) for (host, path), parameter in WRAPPERS.items()])
def test_every_wrapper_is_opened(host: str, path: str, parameter: str) -> None:
    assert behind(f"https://{host}{path}?a=b&{parameter}={Q}") == INNER


@pytest.mark.parametrize(
    "url",
    [
        "https://link.zhihu.com/", "https://link.zhihu.com/?target=", "https://link.zhihu.com/?target=nothing", "https://link.zhihu.com/?target=javascript%3Aalert", "https://zhihu.com/?target=https%3A%2F%2Fa.dev",
        "https://evil-link.zhihu.com.dev/?target=https%3A%2F%2Fa.dev", "https://www.google.com/search?q=https%3A%2F%2Fa.dev", "https://gitee.com/a/b?target=https%3A%2F%2Fa.dev", "https://[bad/?target=https%3A%2F%2Fa.dev",
    ],
)  # fmt: skip
def test_what_passes_on_to_nothing_stays_as_it_is(url: str) -> None:
    assert behind(url) == url


def test_wrappers_in_wrappers_are_opened_and_not_for_ever() -> None:
    url = INNER
    for _ in range(2):
        url = f"https://link.zhihu.com/?target={quote(url, safe='')}"
    assert behind(url) == INNER
    for _ in range(5):
        url = f"https://link.zhihu.com/?target={quote(url, safe='')}"
    assert behind(url).startswith("https://link.zhihu.com/?target=")


def test_what_is_asked_and_looked_for_is_what_is_behind() -> None:
    wrapped = f"https://link.juejin.cn/?target={Q}"

    assert (bare(wrapped), fragment(wrapped)) == ("https://a.dev/页?x=1&y=2", "part")
    (task,) = plan([Link("a.md", 1, wrapped), Link("a.md", 2, INNER), Link("a.md", 3, "https://b.dev/", code="ok")], {wrapped: Evidence(wrapped)}, Policy(date(2026, 11, 23)))
    assert task.urls == (wrapped, INNER) and "link.juejin.cn" not in task.address
