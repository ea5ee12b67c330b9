"""What a run concludes about this machine's network before it concludes anything about links."""

import time
from urllib.parse import quote

import pytest
from detection_notes.links.judge import judge
from detection_notes.links.model import Evidence, Hop, Task, Visit
from detection_notes.links.moment import read, today
from detection_notes.links.policy import Policy
from detection_notes.links.visits import network
from detection_notes.links.visits.run import conclude, run, visit_once
from detection_notes.links.visits.tour import Tour, travel
from web import Exchange, Web

DAY = "2026-11-23T10:00Z"
CONTROL = network.CONTROL


def good(url: str, *, led: str | None = None) -> Visit:
    return Visit(url, DAY, 200, hops=(Hop(url, 200), *([Hop(led, 200)] if led else [])), answered=True)


def bad(url: str, error: str, detail: str = "words") -> Visit:
    return Visit(url, DAY, error=error, detail=detail)


def concluded(*visits: Visit, alive: tuple[str, ...] = (), known: dict[str, Evidence] | None = None, interrupted: bool = False) -> Tour:
    """The tour of these visits after the question what the network is; ``alive`` are the controls that answer."""
    tasks = [Task(visit.address, (visit.address,)) for visit in visits]
    tour = travel(iter(visits), tasks, known or {}, lambda rows: None)
    tour.interrupted = interrupted
    conclude(tour, known or {}, lambda url: url in alive)
    return tour


FAR, OTHER, NEAR = "https://far.example.net/", "https://other.example.net/", "http://127.0.0.1:8000/"


@pytest.mark.parametrize(
    ("visits", "alive", "network_is_there"),
    [
        ([], (), True),
        ([good(FAR)], (), True),
        ([good(FAR), bad(OTHER, "timeout")], (), True),
        ([bad(FAR, "timeout"), bad(OTHER, "refused")], (), False),
        ([bad(FAR, "timeout")], (CONTROL,), True),
        ([bad(FAR, "no-such-host")], (), False),
        ([bad(FAR, "no-such-host")], (CONTROL,), True),
        ([bad(FAR, "private-address")], (), True),
        ([bad(FAR, "bad-url")], (), True),
        ([bad(FAR, "private-address"), bad(OTHER, "timeout")], (), False),
        ([bad("http://x.invalid/", "no-such-host")], (), True),
        ([bad("http://x.invalid/", "no-such-host"), bad(FAR, "no-such-host")], (), False),
        ([bad(NEAR, "refused")], (), True),
        ([bad(NEAR, "refused"), bad(FAR, "timeout")], (), False),
    ],
)
def test_a_run_says_nothing_of_links_when_neither_they_nor_the_controls_answer(visits: list[Visit], alive: tuple[str, ...], network_is_there: bool) -> None:
    tour = concluded(*visits, alive=alive)

    assert tour.network is network_is_there
    assert (tour.rows == {}) is (not network_is_there or not visits)
    assert bool(tour.trouble) is not network_is_there


@pytest.mark.parametrize(("url", "was_good", "there"), [("https://good.example.net/", True, True), ("https://never.example.net/", False, False), ("http://plain.example.net/", True, False)])
def test_a_page_that_was_good_before_is_a_control_if_nobody_can_answer_in_its_place(url: str, was_good: bool, there: bool) -> None:
    known = {url: Evidence(url, DAY, 200, good=DAY if was_good else None)}

    assert concluded(bad(FAR, "proxy-failure"), alive=(url,), known=known).network is there


@pytest.mark.parametrize(("far", "error", "alive", "left"), [
    (FAR, "no-such-host", (), []), (FAR, "no-such-host", (CONTROL,), [FAR]), ("http://127.0.0.1:1/", "refused", (), ["http://127.0.0.1:1/"]), ("http://nowhere.invalid/", "no-such-host", (), ["http://nowhere.invalid/"]),
])  # fmt: skip
def test_a_server_on_this_machine_says_nothing_of_the_network_beyond(far: str, error: str, alive: tuple[str, ...], left: list[str]) -> None:
    tour = concluded(good(NEAR), bad(far, error), alive=alive)

    assert tour.network
    assert list(tour.rows) == [NEAR, *left]
    assert tour.withdrawn == (0 if left else 1)


def test_a_proxy_that_answers_for_every_name_is_said_to_be_one() -> None:
    tour = concluded(bad(FAR, "fake-ip"), bad(OTHER, "fake-ip"))

    assert not tour.network
    assert "198.18.0.0/15" in tour.trouble and "HTTPS_PROXY" in tour.trouble and "--allow-private" in tour.trouble


@pytest.mark.parametrize("code", ["fake-ip", "proxy-failure"])
def test_what_tells_of_this_machine_only_is_reported_and_not_saved(code: str) -> None:
    known = {OTHER: Evidence(OTHER, "2026-10-01", 200, good="2026-10-01")}

    tour = concluded(good("https://answers.example.net/"), bad(FAR, code), bad(OTHER, code), known=known)

    assert (list(tour.rows), list(tour.local), tour.local[FAR].error) == (["https://answers.example.net/"], [FAR], code)


@pytest.mark.parametrize("code", ["certificate-expired", "certificate-self-signed", "certificate-wrong-name", "certificate-unknown-issuer"])
def test_a_certificate_is_bad_only_when_another_hosts_is_good_in_the_same_run(code: str) -> None:
    proved = concluded(good(OTHER), bad(FAR, code))
    control = concluded(bad(FAR, code), alive=(CONTROL,))
    alone = concluded(bad(FAR, code))

    assert proved.rows[FAR].error == control.rows[FAR].error == code
    assert (alone.network, alone.rows, alone.local[FAR].error) == (False, {}, "certificate-unproved")
    assert "far.example.net" in alone.trouble and "REQUESTS_CA_BUNDLE" in alone.trouble
    assert str(judge(alone.local[FAR], Policy(today()))[0]) == "unknown"


def test_a_host_does_not_prove_the_network_for_itself() -> None:
    tour = concluded(good("https://far.example.net/fine"), bad("https://far.example.net:8443/", "certificate-expired"))

    assert "https://far.example.net:8443/" not in tour.rows


def test_plain_answers_are_not_believed_where_no_certificate_holds() -> None:
    """A hotel's login page answers all of http with 200, and https with its own certificate."""
    tour = concluded(good("http://plain.example.net/"), bad(FAR, "certificate-wrong-name"), bad(OTHER, "certificate-wrong-name"))

    assert (tour.network, tour.rows) == (False, {})


def test_a_network_that_leads_every_host_to_its_own_login_is_named() -> None:
    led = [good(f"http://{host}.example.net/", led="http://login.hotel.example.net/") for host in "abc"]

    tour = concluded(*led)

    assert (tour.network, tour.rows) == (False, {})
    assert "login.hotel.example.net" in tour.trouble
    assert concluded(*led, alive=(CONTROL,)).network
    assert concluded(*led, good("http://d.example.net/")).network
    assert concluded(led[0]).network


def test_status_511_is_of_the_network_and_not_of_the_page() -> None:
    tour = concluded(good(FAR), Visit("http://plain.example.net/", DAY, 511, hops=(Hop("http://plain.example.net/", 511),)))

    assert list(tour.rows) == [FAR]
    assert tour.local["http://plain.example.net/"].status == 511


def test_a_certificate_on_this_machine_needs_another_ones_proof_too() -> None:
    alone = concluded(good(NEAR), bad("https://127.0.0.1:8443/", "certificate-self-signed"))

    assert alone.network and list(alone.rows) == [NEAR]
    assert alone.local["https://127.0.0.1:8443/"].error == "certificate-unproved"


def test_nothing_is_asked_after_ctrl_c_and_nothing_silent_is_kept() -> None:
    tasks = [Task(FAR, (FAR,))]
    tour = travel(iter([bad(FAR, "timeout")]), tasks, {}, lambda rows: None)
    tour.interrupted = True

    conclude(tour, {}, lambda url: pytest.fail("asked"))

    assert tour.rows == {}


def test_what_answered_before_ctrl_c_is_kept() -> None:
    tour = concluded(good(FAR), bad(OTHER, "timeout"), interrupted=True)

    assert list(tour.rows) == [FAR, OTHER]


def test_the_controls_are_asked_side_by_side_and_given_up_soon() -> None:
    known = {f"https://{n}.example.net/": Evidence(f"https://{n}.example.net/", DAY, 200, good=DAY) for n in range(9)}
    asked = []

    def answers(url: str) -> bool:
        asked.append(url)
        time.sleep(3 * network.SECONDS)
        return True

    began = time.monotonic()
    assert not network.alive(known, [], answers)

    assert time.monotonic() - began < 2
    assert len(asked) == network.CONTROLS + 1 and CONTROL in asked


def test_pages_of_hosts_that_were_visited_are_no_controls() -> None:
    known = {url: Evidence(url, DAY, 200, good=DAY) for url in (FAR, OTHER)}

    assert network.alive(known, [FAR + "page"], lambda url: url == OTHER)
    assert not network.alive(known, [FAR + "page"], lambda url: url == FAR)


def test_a_visit_is_stamped_with_the_minute_it_was_made(web: Web) -> None:
    url = web.on("/", Exchange.reply)

    tour = run([Task(url, (url,))], {}, Policy(today()), lambda rows: None, private=True)

    assert abs(read(tour.rows[url].day or "").timestamp() - time.time()) < 120


def test_what_was_seen_is_saved_before_others_are_asked_about_it(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[dict[str, Evidence]] = []
    url = web.on("/", Exchange.reply)
    web.on(f"/wayback/available?url={quote(url, safe='')}", lambda e: e.reply(200 if saved else 500))
    monkeypatch.setenv("LINKS_WAYBACK", web.url("").rstrip("/"))

    tour = run([Task(url, (url,))], {}, Policy(today()), lambda rows: saved.append(dict(rows)), private=True, archive=True)

    assert saved == [tour.rows] and len(web.asked) == 2


def test_one_address_is_asked_with_all_its_tries(web: Web) -> None:
    url = web.on("/", lambda e: e.reply(502 if e.count < 3 else 200))

    assert visit_once(Task(url, (url,)), Policy(today()), private=True).status == 200


@pytest.mark.parametrize("code", ["no-such-host", "no-address"])
def test_a_name_does_not_exist_only_where_the_network_has_proved_itself(code: str) -> None:
    """A portal's page answers for http, and its name server knows no other name."""
    plain = good("http://plain.example.net/")

    proved = concluded(good(OTHER), bad(FAR, code))
    control = concluded(plain, bad(FAR, code), alive=(CONTROL,))
    alone = concluded(plain, bad(FAR, code))

    assert proved.rows[FAR].error == control.rows[FAR].error == code
    assert alone.network and list(alone.rows) == [plain.address]
    assert alone.local[FAR].error == "dns-failure"


@pytest.mark.parametrize("near", ["https://127.0.0.1:8443/", "https://[::1]:8443/", "https://localhost/"])
def test_a_certificate_on_this_machine_proves_nothing_of_the_network_beyond(near: str) -> None:
    tour = concluded(good(near), bad(FAR, "certificate-expired"))

    assert FAR not in tour.rows and tour.local[FAR].error == "certificate-unproved"
