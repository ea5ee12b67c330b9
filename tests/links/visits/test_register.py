"""Web archive and GitHub's API, over real sockets: what they say is remembered, and a token goes where it is for."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from detection_notes.links.judge import judge
from detection_notes.links.model import Evidence
from detection_notes.links.policy import Policy
from detection_notes.links.visits import register
from detection_notes.links.visits.fetch import Client
from detection_notes.links.visits.tour import Tour
from web import Exchange, Web

REPO = "https://github.com/owner/name"


def answers(value: object, status: int = 200):
    return lambda exchange: exchange.reply(status, json.dumps(value).encode(), content_type="application/json")


def tour(*urls: str, status: int = 200) -> Tour:
    return Tour(rows={url: Evidence(url, "2026-11-23", status) for url in urls})


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    web = Web()
    monkeypatch.setenv("GITHUB_API_URL", web.url("").rstrip("/"))
    monkeypatch.setenv("LINKS_WAYBACK", web.url("").rstrip("/"))
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    yield web
    web.close()


@pytest.fixture
def ask() -> Iterator:
    client = Client(private=True, environ={})
    yield lambda tour, archive=False, seconds=10.0: register.ask(tour, client, archive, seconds, lambda rows: None)
    client.close()


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"archived": False, "full_name": "owner/name"}, "active"),
        ({"archived": False, "full_name": "Owner/Name"}, "active"),
        ({"archived": True, "full_name": "owner/name"}, "archived"),
        ({"archived": False, "full_name": "new/name2"}, "renamed to new/name2"),
        ({"archived": False, "full_name": "<script>/x"}, None),
        ({"archived": True}, None),
        ({"full_name": 3}, None),
        ([], None),
        ("text", None),
        (None, None),
    ],
)
def test_the_state_of_a_repository_is_remembered(answer: object, state: str | None, api: Web, ask) -> None:
    api.on("/repos/owner/name", answers(answer))
    seen = tour(REPO, REPO + "/blob/main/README.md#x", "https://example.org/")

    ask(seen)

    assert [row.repository for row in seen.rows.values()] == [state, state, None]
    assert api.paths() == ["/repos/owner/name"]
    assert api.asked[0][3]["authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/o/r", "o/r"), ("https://www.github.com/o/r/", "o/r"), ("http://github.com/o/r.git", "o/r"), ("https://github.com/o/r.js/tree/x", "o/r.js"),
        ("https://github.com/o/r?tab=readme", "o/r"), ("https://github.com/o/r#readme", "o/r"),
        ("https://github.com/o", None), ("https://github.com/topics/x", None), ("https://gist.github.com/o/r", None), ("https://example.org/github.com/o/r", None),
    ],
)  # fmt: skip
def test_a_repository_is_known_by_its_address(url: str, name: str | None) -> None:
    assert list(register.repositories([Evidence(url)])) == ([name] if name else [])


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_an_api_that_refuses_changes_nothing(status: int, api: Web, ask) -> None:
    api.on("/repos/owner/name", answers({"message": "no"}, status))
    seen = tour(REPO)
    seen.rows[REPO] = Evidence(REPO, "2026-11-23", 200, repository="archived")

    ask(seen)

    assert seen.rows[REPO].repository == "archived"


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 50_000, b"\xff\xfe", b"NaN", b"1" * 9999])
def test_an_api_that_answers_nonsense_changes_nothing(body: bytes, api: Web, ask) -> None:
    api.on("/repos/owner/name", lambda e: e.reply(200, body, content_type="application/json"))
    seen = tour(REPO)

    ask(seen)

    assert seen.rows[REPO].repository is None


def test_without_a_token_nobody_is_asked(api: Web, ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")

    ask(tour(REPO))

    assert api.asked == []


@pytest.mark.parametrize("status", [403, 410, 500])
def test_pages_that_are_not_fine_are_not_asked_about(status: int, api: Web, ask) -> None:
    ask(tour(REPO, status=status), archive=True)

    assert api.asked == []


@pytest.mark.parametrize(("answer", "expected"), [({"private": True}, "unknown private-repository"), ({"private": False}, "broken 404"), ([], "broken 404")])
def test_a_repository_that_only_the_token_can_see_is_not_dead(answer: object, expected: str, api: Web, ask) -> None:
    api.on("/repos/owner/name", answers(answer))
    seen = tour(REPO, status=404)
    seen.rows = {url: replace(row, trail=(f"{row.day} 404",)) for url, row in seen.rows.items()}

    ask(seen)

    row = seen.rows[REPO]
    assert " ".join(judge(row, Policy(date(2026, 11, 23)))) == expected
    assert row.trail == (f"{row.day} {expected.split()[1]}",)
    assert api.asked[0][3]["authorization"] == "Bearer secret"


def test_a_token_follows_a_redirect_on_its_own_host(api: Web, ask) -> None:
    api.on("/repos/owner/name", lambda e: e.redirect("/repositories/7", 301))
    api.on("/repositories/7", answers({"archived": False, "full_name": "new/name"}))
    seen = tour(REPO)

    ask(seen)

    assert seen.rows[REPO].repository == "renamed to new/name"
    assert api.asked[1][3]["authorization"] == "Bearer secret"


@pytest.mark.parametrize("elsewhere", ["another address", "another port", "another scheme", "a name before @"])
def test_a_token_is_sent_to_nobody_else(elsewhere: str, api: Web, ask) -> None:
    other = Web("127.0.0.2" if elsewhere == "another address" else "127.0.0.1")
    other.on("/x", answers({"archived": True, "full_name": "owner/name"}))
    there = {
        "another address": other.url("/x"), "another port": other.url("/x"), "another scheme": api.url("/x").replace("http:", "https:"),
        "a name before @": other.url("/x").replace("//", f"//{api.address}:{api.port}@"),
    }[elsewhere]  # fmt: skip
    api.on("/repos/owner/name", lambda e: e.redirect(there, 302))
    seen = tour(REPO)

    ask(seen)

    assert seen.rows[REPO].repository is None
    assert other.asked == [] and api.paths() == ["/repos/owner/name"]
    other.close()


def test_no_link_of_a_page_is_sent_a_token(api: Web, monkeypatch: pytest.MonkeyPatch, verdict) -> None:
    verdict(api.on("/page", Exchange.reply))

    assert "authorization" not in api.asked[0][3]


@pytest.mark.parametrize(
    ("answer", "copy"),
    [
        ({"archived_snapshots": {"closest": {"available": True, "url": "http://web.archive.org/web/2019/x"}}}, "https://web.archive.org/web/2019/x"),
        ({"archived_snapshots": {"closest": {"available": False, "url": "http://web.archive.org/web/2019/x"}}}, None),
        ({"archived_snapshots": {"closest": {"available": True, "url": "javascript:alert(1)"}}}, None),
        ({"archived_snapshots": {"closest": {"available": True, "url": 'https://x/"><script>'}}}, None),
        ({"archived_snapshots": {"closest": {"available": True}}}, None),
        ({"archived_snapshots": {}}, None),
        ([], None),
        ("", None),
    ],
)
def test_an_archive_copy_is_remembered(answer: object, copy: str | None, api: Web, ask) -> None:
    api.on("/wayback/available?url=https%3A%2F%2Fexample.org%2F%3Fa%3D1%26b%3D2", answers(answer))
    seen = tour("https://example.org/?a=1&b=2")

    ask(seen, archive=True)

    assert seen.rows["https://example.org/?a=1&b=2"].archive == copy
    assert "authorization" not in api.asked[0][3]


def test_a_copy_that_is_known_is_not_asked_for_again(api: Web, ask) -> None:
    seen = Tour(rows={"https://example.org/": Evidence("https://example.org/", "2026-11-23", 200, archive="https://web.archive.org/x")})

    ask(seen, archive=True)

    assert api.asked == []


def test_registers_that_hang_take_no_more_than_their_time(api: Web, ask) -> None:
    urls = [f"https://example.org/{n}" for n in range(20)]
    for url in urls:
        api.on(f"/wayback/available?url=https%3A%2F%2Fexample.org%2F{url.rpartition('/')[2]}", Exchange.hang)

    began = time.monotonic()
    ask(tour(*urls), archive=True, seconds=0.5)

    assert time.monotonic() - began < 2


def test_ctrl_c_while_registers_are_asked_keeps_what_is_known(api: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    import _thread

    class Slow:
        def json(self, url: str, timeout: float, token: str | None = None) -> object:
            threading.Timer(0.1, _thread.interrupt_main).start()
            time.sleep(0.5)

    seen = tour(REPO)

    register.ask(seen, Slow(), False, 5, lambda rows: None)

    assert seen.interrupted and seen.rows[REPO].status == 200


def test_an_error_of_our_own_is_not_waited_for_and_not_hidden(api: Web) -> None:
    class Wrong:
        def json(self, url: str, timeout: float, token: str | None = None) -> object:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        register.ask(tour(REPO), Wrong(), False, 60, lambda rows: None)
