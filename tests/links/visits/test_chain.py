"""Chains of redirects, made one request at a time: where each leads, what is read on the way, who is asked when."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from detection_notes.links.model import Task, Visit
from detection_notes.links.visits import chain
from detection_notes.links.visits.fetch import Client
from detection_notes.links.visits.pace import Queue
from detection_notes.links.visits.patrol import patrol
from detection_notes.links.visits.tries import Pause
from web import Exchange, Web

DAY = "2026-11-23T10:00Z"


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(private=True, environ={})
    yield made
    made.close()


@pytest.fixture
def other() -> Iterator[Web]:
    web = Web("127.0.0.2")
    yield web
    web.close()


def raw(location: bytes, status: int = 302, more: bytes = b"") -> Callable[[Exchange], None]:
    return lambda e: e.send(b"HTTP/1.1 %d Found\r\n%sLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, more, location))


def see(client: Client, url: str, seconds: float = 5.0) -> Visit:
    return client.visit(Task(url, (url,)), seconds, DAY)


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("/中文".encode("gbk"), "/%D6%D0%CE%C4"),
        ("/中文".encode(), "/%E4%B8%AD%E6%96%87"),
        (b"/%D6%D0", "/%D6%D0"),
        (b"\\a\\b", "/a/b"),
        (b"/100%", "/100%"),
        (b"/a b", "/a%20b"),
        (b"b/../c", "/dir/c"),
        (b"?q=1", "/dir/here?q=1"),
        (b"/new#part", "/new"),
    ],
)
def test_a_location_is_followed_as_browsers_follow_it(location: bytes, asked: str, web: Web, client: Client) -> None:
    url = web.on("/dir/here", raw(location))
    web.on(asked, Exchange.reply)

    visit = see(client, url)

    assert (visit.status, web.paths()[:2]) == (200, ["/dir/here", asked])


def test_a_fragment_of_a_location_is_kept_in_where_it_led(web: Web, client: Client) -> None:
    url = web.on("/old", raw(b"/new#part", 301))
    web.on("/new", Exchange.reply)

    visit = see(client, url)

    assert visit.final == visit.moved == web.url("/new#part")


def test_a_location_that_is_sent_twice_alike_counts_once(web: Web, client: Client) -> None:
    url = web.on("/old", raw(b"/new", more=b"Location: /new\r\n"))
    web.on("/new", Exchange.reply)

    assert see(client, url).status == 200


def test_two_locations_that_differ_lead_nowhere(web: Web, client: Client) -> None:
    assert see(client, web.on("/old", raw(b"/new", more=b"Location: /other\r\n"))).error == "redirect-nowhere"


@pytest.mark.parametrize("length", [b"5000", b"50", b"99999999"])
def test_the_body_of_a_redirect_is_not_waited_for(length: bytes, web: Web, client: Client) -> None:
    url = web.on("/old", lambda e: (e.send(b"HTTP/1.1 301 Moved\r\nLocation: /new\r\nContent-Length: %s\r\n\r\n" % length), e.hang()))
    web.on("/new", Exchange.reply)

    visit = see(client, url, 2.0)

    assert (visit.status, visit.error) == (200, None)
    assert visit.seconds < 1.5


def test_the_connection_of_a_short_redirect_serves_again(web: Web, client: Client) -> None:
    connections = []
    url = web.on("/old", lambda e: (connections.append(id(e.connection)), e.reply(302, b"<a href='/new'>moved</a>", location="/new")))
    web.on("/new", lambda e: (connections.append(id(e.connection)), e.reply()))

    see(client, url)

    assert len(set(connections)) == 1


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [((301,), "/1"), ((308,), "/1"), ((301, 301), "/2"), ((301, 302), "/1"), ((302, 301), None), ((302,), None), ((307, 308), None)],
)
def test_only_permanent_redirects_at_the_start_of_a_chain_are_a_move(statuses: tuple[int, ...], moved: str | None, web: Web, client: Client) -> None:
    for number, status in enumerate(statuses):
        web.on(f"/{number}", lambda e, number=number, status=status: e.redirect(f"/{number + 1}", status))
    web.on(f"/{len(statuses)}", Exchange.reply)

    assert see(client, web.url("/0")).moved == (moved and web.url(moved))


@pytest.mark.parametrize("vary", ["Accept-Language", "Accept-Encoding, accept-language", "Cookie,Accept-Language"])
def test_a_permanent_redirect_that_depends_on_the_readers_language_is_no_move(vary: str, web: Web, client: Client) -> None:
    url = web.on("/doc", lambda e: e.redirect("/somewhere", 301, vary=vary))
    web.on("/somewhere", Exchange.reply)

    visit = see(client, url)

    assert (visit.moved, visit.final) == (None, web.url("/somewhere"))


def test_a_visit_pauses_before_each_further_request_and_says_what_it_heard(web: Web, other: Web, client: Client) -> None:
    there = other.on("/there", Exchange.reply)
    url = web.on("/here", lambda e: e.redirect(there))

    pause = client.begin(Task(url, (url,)), 5.0, DAY)

    assert isinstance(pause, Pause)
    assert (pause.url, pause.status, other.asked) == (there, 302, [])
    visit = pause.resume(5.0)
    assert isinstance(visit, Visit) and visit.status == 200
    assert visit.seconds >= pause.seconds


def test_waiting_between_two_requests_is_no_time_of_the_visit(web: Web, other: Web, client: Client) -> None:
    url = web.on("/here", lambda e: e.redirect(other.on("/there", Exchange.reply)))

    pause = client.begin(Task(url, (url,)), 1.0, DAY)
    time.sleep(1.2)
    visit = pause.resume(1.0)

    assert visit.status == 200 and visit.seconds < 1.0


def go(client: Client, urls: list[str], per_host: int = 8, timeout: float = 20.0, total: float = 60.0) -> list[Visit]:
    return list(patrol([Task(url, (url,)) for url in urls], lambda task, seconds: client.begin(task, seconds, DAY), timeout, lambda name: Queue(per_host), total))


def test_redirects_of_many_hosts_to_one_are_counted_at_that_one(web: Web, client: Client) -> None:
    lock, now, most = threading.Lock(), Counter(), Counter()

    def slow(exchange: Exchange) -> None:
        with lock:
            now["open"] += 1
            most["open"] = max(most["open"], now["open"])
        time.sleep(0.15)
        with lock:
            now["open"] -= 1
        exchange.reply()

    hosts = [Web(f"127.0.1.{n}") for n in range(1, 16)]
    urls = []
    for host in hosts:
        for n in range(4):
            there = web.on(f"/{host.address}/{n}", slow)
            urls.append(host.on(f"/{n}", lambda e, there=there: e.redirect(there)))

    visits = go(client, urls, per_host=2)

    assert [visit.status for visit in visits] == [200] * 60
    assert most["open"] <= 6  # 2, and three times that for those that wait for long
    for host in hosts:
        host.close()


def test_a_host_that_is_led_to_rests_by_itself(web: Web, other: Web, client: Client) -> None:
    """S leads to T, and T says 429: S did not complain, and goes on."""
    there = other.on("/busy", lambda e: e.reply(429, retry_after="2") if e.count == 1 else e.reply())
    began = time.monotonic()
    urls = [web.on("/leads", lambda e: e.redirect(there)), *(web.on(f"/{n}", lambda e: (time.sleep(0.05), e.reply())) for n in range(60))]

    visits = {visit.address: visit for visit in go(client, urls)}

    assert {visit.status for visit in visits.values()} == {200}
    own = [moment - began for moment, _, path, _ in web.asked if path[1:].isdigit()]
    assert max(own) < 1.9  # none of them waited for T


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_for_a_rest_is_left_alone_also_by_those_who_are_led_there(status: int, web: Web, other: Web, client: Client) -> None:
    told: list[float] = []

    def busy(exchange: Exchange) -> None:
        if not told or time.monotonic() < told[0] + 1.0:
            told.append(time.monotonic())
            exchange.reply(status, b"", retry_after="1")
        else:
            exchange.reply()

    direct = [other.on(f"/{n}", busy) for n in range(6)]
    led = [web.on(f"/{n}", lambda e, n=n: (time.sleep(0.3), e.redirect(other.on(f"/led{n}", busy)))) for n in range(6)]

    visits = go(client, [*direct, *led], per_host=2)

    assert {visit.status for visit in visits} == {200}
    early = [moment for moment, *_ in other.asked if told[0] + 0.1 < moment < told[0] + 0.9]
    assert early == []


def test_a_made_up_neighbour_waits_for_its_host_too(web: Web, client: Client) -> None:
    gone = b"<html lang=en><title>404 Not Found</title><h1>404</h1><p>Not found."
    url = web.on("/post", lambda e: e.reply(200, gone))

    pause = client.begin(Task(url, (url,)), 5.0, DAY)

    assert isinstance(pause, Pause) and pause.url.startswith(web.url("/"))
    assert web.paths() == ["/post"]


@pytest.mark.parametrize(
    "headers", [{"ratelimit_remaining": "0", "ratelimit_reset": "1"}, {"ratelimit": '"default";r=0;t=1'}, {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "1"}]
)
def test_a_counter_that_is_used_up_is_respected(headers: dict[str, str], web: Web, client: Client) -> None:
    first = []

    def counted(exchange: Exchange) -> None:
        first.append(time.monotonic())
        exchange.reply(200, **(headers if len(first) == 1 else {}))

    visits = go(client, [web.on(f"/{n}", counted) for n in range(4)], per_host=1)

    assert [visit.status for visit in visits] == [200] * 4
    assert first[1] - first[0] > 0.9


def test_the_addresses_of_a_host_that_wants_an_hour_are_put_off(web: Web, client: Client) -> None:
    urls = [web.on(f"/{n}", lambda e: e.reply(429, retry_after="3600")) for n in range(5)]

    visits = go(client, urls, per_host=1)

    assert sorted(str(visit.error or visit.status) for visit in visits) == ["429", *["rate-limited"] * 4]
    assert len(web.asked) == 1


def test_who_is_led_to_a_host_that_is_left_is_put_off(web: Web, other: Web, client: Client) -> None:
    hour = [other.on("/0", lambda e: e.reply(429, retry_after="3600")), other.on("/1", Exchange.reply)]
    url = web.on("/", lambda e: (time.sleep(0.5), e.redirect(hour[1])))

    visits = {visit.address: visit for visit in go(client, [hour[0], url])}

    assert visits[url].error == "rate-limited"
    assert other.paths() == ["/0"]


def test_a_page_that_needs_two_cookies_is_no_circle(web: Web, client: Client) -> None:
    def wall(exchange: Exchange) -> None:
        cookies = exchange.headers.get("cookie", "")
        if "b=2" in cookies:
            exchange.reply()
        else:
            exchange.redirect("/wall", set_cookie="b=2" if "a=1" in cookies else "a=1")

    assert see(client, web.on("/wall", wall)).status == 200


def test_a_body_is_read_for_a_while_and_not_for_all_of_the_time(web: Web, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BODY_SECONDS", 0.3)
    url = web.on("/", lambda e: (e.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 99999\r\n\r\n<title>Here</title>"), e.hang()))

    visit = see(client, url, 20.0)

    assert (visit.status, visit.title) == (200, "Here")
    assert visit.seconds < 10
