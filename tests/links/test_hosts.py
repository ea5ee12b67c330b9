"""How a host wants to be asked: its pace, its headers, and secrets that stand in the environment alone."""

import time
from datetime import date
from pathlib import Path

import pytest
from detection_notes.links import hosts, lock
from detection_notes.links.hosts import HostRule, rule_for
from detection_notes.links.model import Task
from detection_notes.links.policy import Policy, PolicyError, read
from detection_notes.links.visits.fetch import Client
from detection_notes.links.visits.run import run
from web import Exchange, Web

TODAY = date(2026, 11, 23)


def policy(folder: Path, text: str) -> Policy:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return read(folder / "pyproject.toml", TODAY)


def test_a_policy_says_how_a_host_wants_to_be_asked(tmp_path: Path) -> None:
    table = '[[tool.links.host]]\nhost = "*.example.org"\ntoken = "LINKS_T"\nheaders = { X-Key = "$LINKS_K", Accept = "text/html" }\nper-host = 2\ninterval = 0.5\n'

    (rule,) = policy(tmp_path, table).hosts

    assert (rule.host, rule.per_host, rule.interval, rule.variables) == ("*.example.org", 2, 0.5, ["LINKS_T", "LINKS_K"])
    assert rule_for([rule], "API.example.org") is rule
    assert rule_for([rule], "example.org") is None


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('host = "a.org"\nspeed = 1', "unknown key 'speed'; the keys are host, token, headers, per-host, interval"),
        ('token = "LINKS_T"', "it must be the name of a host"),
        ('host = "https://a.org/"', "it must be the name of a host"),
        ('host = "a.org"\ntoken = "GITHUB_TOKEN"', "'GITHUB_TOKEN' is no variable that may be sent; its name must begin with LINKS_"),
        ('host = "a.org"\nheaders = { X = "$AWS_SECRET_ACCESS_KEY" }', "must begin with LINKS_"),
        ('host = "a.org"\nheaders = { X = 1 }', "headers are names and texts"),
        ('host = "a.org"\nper-host = 0', "per-host = 0, but it must be a whole number, 1 or more"),
        ('host = "a.org"\ninterval = -1', "interval = -1, but it must be a number, 0 or more"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named(table: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as error:
        policy(tmp_path, f"[[tool.links.host]]\n{table}\n")

    assert words in str(error.value)


def ask(web: Web, url: str, *rules: HostRule, **environ: str) -> dict[str, str]:
    client = Client(private=True, environ=environ, rules=rules)
    client.visit(Task(url, (url,)), 5, "2026-11-23")
    client.close()
    return web.asked[-1][3]


def test_headers_and_token_are_sent_to_their_host(web: Web) -> None:
    url = web.on("/", Exchange.reply)
    rule = HostRule("127.0.0.1", "LINKS_T", {"X-Key": "$LINKS_K", "Accept": "application/json"})

    sent = ask(web, url, rule, LINKS_T="t0ken", LINKS_K="k3y")

    assert (sent["authorization"], sent["x-key"], sent["accept"]) == ("Bearer t0ken", "k3y", "application/json")


def test_they_do_not_follow_a_redirect_to_another_host(web: Web) -> None:
    other = Web("127.0.0.2")
    other.on("/there", Exchange.reply)
    url = web.on("/", lambda e: e.redirect(other.url("/there")))

    sent = ask(other, url, HostRule("127.0.0.1", "LINKS_T", {"X-Key": "$LINKS_K"}), LINKS_T="t0ken", LINKS_K="k3y")

    assert "authorization" not in sent and "x-key" not in sent
    other.close()


def test_a_variable_that_is_not_set_is_said_and_left_out(web: Web) -> None:
    rule = HostRule("127.0.0.1", "LINKS_T")

    assert "authorization" not in ask(web, web.on("/", Exchange.reply), rule)
    assert hosts.unset([rule], {}) == ["LINKS_T is not set: 127.0.0.1 is asked without it"]
    assert hosts.unset([rule], {"LINKS_T": "x"}) == []


def test_a_secret_does_not_travel_in_the_open() -> None:
    rule = HostRule("a.org", "LINKS_T", {"X-Key": "$LINKS_K", "Accept": "text/html"})

    assert rule.filled({"LINKS_T": "t", "LINKS_K": "k"}, secure=False) == {"Accept": "text/html"}


def test_a_secret_is_in_no_lock(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKS_T", "t0ken")
    url = web.on("/", lambda e: e.reply(404))
    rules = Policy(TODAY, hosts=(HostRule("127.0.0.1", "LINKS_T"),))

    tour = run([Task(url, (url,))], {}, rules, lambda rows: None, private=True)
    lock.write(tmp_path / "links.lock", tour.rows.values())

    assert web.asked[0][3]["authorization"] == "Bearer t0ken"
    assert "t0ken" not in (tmp_path / "links.lock").read_text() + repr(tour)


def test_the_pace_of_a_host_is_kept(web: Web) -> None:
    urls = [web.on(f"/{n}", Exchange.reply) for n in range(4)]
    rules = Policy(TODAY, hosts=(HostRule("127.0.0.1", interval=0.3),))

    run([Task(url, (url,)) for url in urls], {}, rules, lambda rows: None, private=True)

    moments = sorted(moment for moment, *_ in web.asked)
    assert min(later - earlier for earlier, later in zip(moments, moments[1:], strict=False)) > 0.2


def test_a_host_may_be_asked_by_fewer_at_once(web: Web) -> None:
    now, most = [0], [0]

    def slow(exchange: Exchange) -> None:
        now[0] += 1
        most[0] = max(most[0], now[0])
        time.sleep(0.05)
        now[0] -= 1
        exchange.reply()

    urls = [web.on(f"/{n}", slow) for n in range(12)]

    run([Task(url, (url,)) for url in urls], {}, Policy(TODAY, hosts=(HostRule("127.0.0.1", per_host=1),)), lambda rows: None, private=True)

    assert most[0] <= 3
