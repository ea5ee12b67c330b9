"""Which addresses are visited on a day, and in which order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies
from detection_notes.links.memory import remember
from detection_notes.links.model import Evidence, Link, Task, Visit
from detection_notes.links.plan import BACK_OFF, due, host, oldest_first, plan, shard, wait
from detection_notes.links.policy import Policy, Rule

TODAY = date(2026, 11, 23)
POLICY = Policy(TODAY)


def links(*urls: str) -> list[Link]:
    return [Link("page.md", line, url) for line, url in enumerate(urls, 1)]


def row(url: str, days_ago: int = 0, *trail: str, **more) -> Evidence:
    return Evidence(url, day=(TODAY - timedelta(days_ago)).isoformat(), status=200, trail=trail, **more)


def rows(*them: Evidence) -> dict[str, Evidence]:
    return {one.url: one for one in them}


def addresses(tasks: list[Task]) -> list[str]:
    return [task.address for task in tasks]


def test_a_link_that_the_lock_does_not_know_is_due() -> None:
    assert addresses(plan(links("http://a/"), {}, POLICY)) == ["http://a/"]


def test_a_link_that_was_never_visited_is_due() -> None:
    assert due(Evidence("http://a/"), POLICY)


def test_a_link_seen_today_is_not_due() -> None:
    assert plan(links("http://a/"), rows(row("http://a/")), POLICY) == []


def test_a_link_seen_max_age_ago_is_due() -> None:
    assert plan(links("http://a/"), rows(row("http://a/", 30)), POLICY)


def test_with_max_age_0_everything_is_due() -> None:
    assert due(row("http://a/"), replace(POLICY, max_age=0))
    assert due(row("http://a/", 0, f"{TODAY} 404"), replace(POLICY, max_age=0))


def test_evidence_from_the_future_is_not_believed() -> None:
    assert due(row("http://a/", -3), POLICY)


def test_a_url_is_one_task_however_often_it_is_linked() -> None:
    assert plan(links("http://a/", "http://b/", "http://a/"), {}, POLICY) == [Task("http://a/", ("http://a/",)), Task("http://b/", ("http://b/",))]


def test_fragments_of_one_address_share_its_visit() -> None:
    (task,) = plan(links("http://a/#one", "http://a/", "http://a/#two"), {}, POLICY)

    assert task == Task("http://a/", ("http://a/#one", "http://a/", "http://a/#two"))


def test_a_new_fragment_of_a_known_address_makes_it_due() -> None:
    (task,) = plan(links("http://a/", "http://a/#new"), rows(row("http://a/")), POLICY)

    assert task.urls == ("http://a/", "http://a/#new")


def test_what_is_ignored_is_never_visited() -> None:
    policy = replace(POLICY, rules={"ignore": (Rule("http://a/*", "an example"),)})

    assert addresses(plan(links("http://a/x", "http://b/"), {}, policy)) == ["http://b/"]


def test_a_rule_that_has_run_out_ignores_nothing() -> None:
    policy = replace(POLICY, rules={"ignore": (Rule("http://a/*", "an example", until=TODAY),)})

    assert addresses(plan(links("http://a/x"), {}, policy)) == ["http://a/x"]


def test_what_was_slow_last_time_starts_first_and_the_rest_keeps_its_order() -> None:
    known = rows(row("http://a/", 40, seconds=0.4), row("http://b/", 40, seconds=3.2), row("http://c/", 40, seconds=0.9), row("http://d/", 40, seconds=10.0))

    assert addresses(plan(links("http://a/", "http://b/", "http://c/", "http://d/", "http://new/"), known, POLICY)) == [
        "http://d/", "http://b/", "http://a/", "http://c/", "http://new/",
    ]  # fmt: skip


def test_a_task_carries_what_the_latest_visit_saw() -> None:
    known = rows(row("http://a/#old", 50, seconds=9.0, title="before"), row("http://a/", 35, seconds=0.5, title="now", language="zh"))
    (task,) = plan(links("http://a/#old", "http://a/"), known, POLICY)

    assert (task.expected, task.title, task.language) == (0.5, "now", "zh")


# Back-off and spread


def failing(url: str, code: str, *days_ago: int) -> Evidence:
    """The row after such visits, as memory makes it."""
    known = None
    for ago in days_ago:
        status, error = (int(code), None) if code.isdecimal() else (None, code)
        known = remember(known, url, Visit(url, (TODAY - timedelta(ago)).isoformat(), status=status, error=error))
    assert known
    return known


@pytest.mark.parametrize("code", ["404", "timeout", "500", "no-such-host", "soft-404"])
@pytest.mark.parametrize("failures", [1, 2, 3])
def test_what_was_not_fine_is_asked_for_again_soon_and_then_less_and_less(code: str, failures: int) -> None:
    pause = BACK_OFF[failures - 1]
    earlier = range(pause + 10 * (failures - 1), pause, -10)

    assert due(failing("http://a/", code, *earlier, pause), POLICY)
    assert not due(failing("http://a/", code, *earlier, pause - 1), POLICY)


def test_what_stays_dead_is_asked_for_as_seldom_as_the_rest() -> None:
    dead = failing("http://a/", "404", 60, 50, 40, 20)

    assert not due(dead, POLICY)
    assert wait(dead, POLICY) == wait(row("http://a/"), POLICY)


@pytest.mark.parametrize("code", ["429", "rate-limited"])
def test_a_host_that_asked_to_come_back_later_is_asked_again_within_a_day(code: str) -> None:
    assert [due(failing("http://a/", code, age), POLICY) for age in (0, 1)] == [False, True]


@pytest.mark.parametrize("code", ["500", "503", "502"])
def test_a_server_that_failed_is_asked_again_soon(code: str) -> None:
    assert due(failing("http://a/", code, 1), POLICY)


@pytest.mark.parametrize("code", ["403", "challenge"])
def test_a_wall_is_no_failure_to_come_back_to_soon(code: str) -> None:
    assert not due(failing("http://a/", code, 10), POLICY)


def test_back_off_is_never_longer_than_max_age() -> None:
    policy = replace(POLICY, max_age=5)

    assert due(failing("http://a/", "404", 30, 20, 5), policy)


@given(url=strategies.text(min_size=1, max_size=40).map("http://host/".__add__), age=strategies.floats(0, 1000))
def test_no_wait_is_longer_than_max_age_or_much_shorter(url: str, age: float) -> None:
    assert 0.8 * age <= wait(row(url), replace(POLICY, max_age=age)) <= age


def test_urls_seen_on_one_day_come_back_on_many() -> None:
    back = [wait(row(f"http://host/{n}"), POLICY) for n in range(1000)]
    days = [sum(day <= pause < day + 1 for pause in back) for day in range(24, 30)]

    assert min(days) > 100


def test_a_url_comes_back_on_the_same_day_whoever_asks() -> None:
    assert wait(row("http://a/"), POLICY) == wait(row("http://a/", 12, seconds=3.0), POLICY)


# Parts of the work


def test_a_limit_takes_those_never_visited_and_then_those_visited_longest_ago() -> None:
    known = rows(row("http://a/", 40), row("http://b/", 60), row("http://c/", 50), row("http://d/", 70))
    tasks = plan(links("http://a/", "http://b/", "http://c/", "http://d/", "http://new/"), known, POLICY)

    assert addresses(oldest_first(tasks, known, 3)) == ["http://b/", "http://d/", "http://new/"]
    assert oldest_first(tasks, known, 99) == tasks


MANY = [Task(f"http://host{n % 97}:{80 + n % 3}/{n}", ()) for n in range(1000)]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_shards_have_each_task_once_and_in_order(count: int) -> None:
    parts = [shard(MANY, index, count) for index in range(1, count + 1)]

    assert sorted(task.address for part in parts for task in part) == sorted(addresses(MANY))
    assert all([task for task in MANY if task in part] == part for part in parts)
    assert all(parts)


def test_no_host_is_divided_among_shards() -> None:
    parts = [{host(task.address) for task in shard(MANY, index, 5)} for index in range(1, 6)]

    assert sum(map(len, parts)) == len({host(task.address) for task in MANY})


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://Example.ORG/Path", "example.org"),
        ("https://example.org:8443/a/b", "example.org:8443"),
        ("https://user:word@example.org/", "example.org"),
        ("https://example.org?q=a/b@c", "example.org"),
        ("http://[::1]:80/x", "[::1]:80"),
        ("https://例子.测试/页", "例子.测试"),
    ],
)
def test_the_host_of_an_address_is_its_lane(address: str, expected: str) -> None:
    assert host(address) == expected


def test_a_plan_depends_on_its_day_only_through_the_policy() -> None:
    known = rows(row("http://a/", 10))

    assert plan(links("http://a/"), known, POLICY) == []
    assert plan(links("http://a/"), known, replace(POLICY, today=TODAY + timedelta(20)))


def test_a_page_is_as_old_as_the_oldest_of_its_fragments() -> None:
    known = rows(row("http://a/", 40), row("http://b/#x", 10), row("http://b/#y", 60))
    tasks = plan(links("http://a/", "http://b/#x", "http://b/#y"), known, POLICY)

    assert addresses(oldest_first(tasks, known, 1)) == ["http://b/"]


def test_addresses_that_browsers_take_for_one_are_one_task() -> None:
    tasks = plan(links("http://a.org", "http://A.org/", "http://a.org:80/#x", "http://a.org/b/../"), {}, POLICY)

    assert [(task.address, len(task.urls)) for task in tasks] == [("http://a.org/", 4)]
