"""The rounds of a patrol: in virtual time what depends on time, with real threads what depends on threads."""

import signal
import threading
import time
from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from benchmarks.simulate import patrol as simulated
from detection_notes.links.visits import pace, tries
from detection_notes.links.model import Task, Visit
from detection_notes.links.visits.patrol import patrol

WAIT = 20.0  # seconds for what should happen at once: only a test that fails waits so long


def tasks(number: int, host: str = "a", expected: float | None = None) -> list[Task]:
    return [Task(f"http://{host}/{n}", (f"http://{host}/{n}",), expected) for n in range(number)]


def fine(task: Task, seconds: float = 0.0) -> Visit:
    return Visit(task.address, "", status=200, seconds=seconds)


class Script:
    """Answers a task by its number of the try: the answers in turn, then the last one again. Keeps when it was asked."""

    def __init__(self, *answers: Visit) -> None:
        self.answers, self.asked, self.timeouts = answers, defaultdict(list), defaultdict(list)

    def __call__(self, task: Task, timeout: float, now: float) -> Visit:
        number = len(self.asked[task.address])
        self.asked[task.address].append(round(now, 3))
        self.timeouts[task.address].append(round(timeout, 3))
        answer = self.answers[min(number, len(self.answers) - 1)]
        return replace(answer, address=task.address, seconds=min(answer.seconds, timeout))


def answer(status: int | None = None, seconds: float = 0.25, **more) -> Visit:
    return Visit("", "", status=status, seconds=seconds, **more)


def test_each_address_is_visited_once_and_its_visit_is_yielded() -> None:
    todo = [task for host in "abc" for task in tasks(20, host)]
    visits = list(patrol(todo, fine, 10, 8))

    assert Counter(visit.address for visit in visits) == Counter(task.address for task in todo)


def test_nothing_to_do_is_done_at_once() -> None:
    assert list(patrol([], fine, 10, 8)) == []


def test_ten_thousand_tasks_are_no_matter() -> None:
    todo = [*tasks(5000), *(task for n in range(1000) for task in tasks(5, f"host{n}"))]

    assert sum(1 for _ in patrol(todo, fine, 10, 8)) == 10_000


def test_a_host_never_has_more_requests_under_way_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SHORT", 1000.0)
    lock, now, most = threading.Lock(), Counter(), Counter()

    def visit(task: Task, seconds: float) -> Visit:
        host = task.address[7]
        with lock:
            now[host] += 1
            most[host] = max(most[host], now[host])
        time.sleep(0.005)
        with lock:
            now[host] -= 1
        return fine(task)

    list(patrol([*tasks(40, "a"), *tasks(40, "b")], visit, 10, 3))

    assert max(most.values()) <= 3


def test_hosts_are_visited_side_by_side() -> None:
    others = threading.Event()
    count = Counter()

    def visit(task: Task, seconds: float) -> Visit:
        host = task.address[7]
        count[host] += 1
        if host == "b" and count[host] == 10:
            others.set()
        return fine(task) if host == "b" or others.wait(WAIT) else answer(None, error="timeout")

    visits = list(patrol([*tasks(2, "a"), *tasks(10, "b")], visit, 10, 1))

    assert all(visit.status == 200 for visit in visits)


def test_the_tasks_of_a_host_start_in_their_order() -> None:
    script = Script(answer(200))
    simulated(tasks(10), script, per_host=1)

    assert list(script.asked) == [task.address for task in tasks(10)]


@pytest.mark.parametrize("failure", ["reset", "refused", "dns-failure", "proxy-failure", "protocol"])
def test_what_does_not_answer_is_tried_again_a_little_later(failure: str) -> None:
    script = Script(answer(error=failure), answer(200))
    (visit,), seconds = simulated(tasks(1), script)

    assert visit.status == 200
    assert script.asked["http://a/0"] == [0.0, 0.75]
    assert seconds == pytest.approx(1.0)


def test_a_server_that_fails_is_tried_three_times_in_all() -> None:
    script = Script(answer(502))
    (visit,), _ = simulated(tasks(1), script)

    assert visit.status == 502
    assert len(script.asked["http://a/0"]) == tries.TRIES


@pytest.mark.parametrize("final", [answer(404), answer(200), answer(403), answer(error="no-such-host"), answer(error="certificate-expired")])
def test_what_will_not_change_is_not_tried_again(final: Visit) -> None:
    script = Script(final)
    simulated(tasks(1), script)

    assert len(script.asked["http://a/0"]) == 1


def test_the_time_of_an_address_is_for_all_its_tries_together() -> None:
    script = Script(answer(error="timeout", seconds=1000))
    (visit,), seconds = simulated(tasks(1), script, timeout=9.0)

    assert script.timeouts["http://a/0"] == [6.0, 3.0]
    assert visit.error == "timeout"
    assert seconds == pytest.approx(9.0)


def test_what_an_address_took_is_all_its_tries_without_what_lay_between() -> None:
    script = Script(answer(429, retry_after=5.0), answer(200, 0.5))
    (visit,), seconds = simulated(tasks(1), script)

    assert visit.seconds == pytest.approx(0.75)
    assert seconds == pytest.approx(5.75)


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_is_waited_out(status: int) -> None:
    script = Script(answer(status, retry_after=7.0), answer(200))
    (visit,), _ = simulated(tasks(1), script)

    assert visit.status == 200
    assert script.asked["http://a/0"] == [0.0, 7.25]


def test_a_retry_after_beyond_the_ceiling_is_final() -> None:
    script = Script(answer(429, retry_after=tries.CEILING + 1), answer(200))
    (visit,), seconds = simulated(tasks(1), script)

    assert visit.status == 429
    assert seconds == pytest.approx(0.25)


def test_a_429_without_a_word_is_waited_out_longer_each_time() -> None:
    script = Script(answer(429, 0.0))
    (visit,), _ = simulated(tasks(1), script)

    assert visit.status == 429
    assert script.asked["http://a/0"] == [0.0, 1.0, 3.0]


def test_a_429_of_one_url_holds_up_no_other() -> None:
    def ask(task: Task, timeout: float, now: float) -> Visit:
        first = task.address == "http://a/5" and now < 2
        return Visit(task.address, "", status=429 if first else 200, retry_after=30.0 if first else None, seconds=0.25 + int(task.address[9:]) / 1000)

    visits, seconds = simulated(tasks(100), ask)

    assert visits[-1].address == "http://a/5"
    assert 30 < seconds < 31
    assert len(visits) == 100


def test_a_429_of_a_host_lets_the_others_go_on() -> None:
    def ask(task: Task, timeout: float, now: float) -> Visit:
        if task.address[7] == "a" and now < 20:
            return Visit(task.address, "", status=429, retry_after=20.0 - now, seconds=0.1)
        asked.append((round(now, 3), task.address[7]))
        return fine(task, 0.25)

    asked: list[tuple[float, str]] = []
    visits, _ = simulated([*tasks(20, "a"), *tasks(20, "b")], ask)

    assert {visit.status for visit in visits} == {200}
    assert max(now for now, host in asked if host == "b") < 1
    assert min(now for now, host in asked if host == "a") == pytest.approx(20, abs=0.2)


def test_no_visit_begins_after_the_total_time() -> None:
    script = Script(answer(200, 0.5))
    visits, seconds = simulated(tasks(100), script, per_host=1, total=5.0)

    assert len(visits) in (9, 10)  # the last one may have ended with the time
    assert max(now for times in script.asked.values() for now in times) < 5.0
    assert seconds == pytest.approx(5.0)


def test_what_is_under_way_at_the_end_is_not_waited_for() -> None:
    over = threading.Event()
    visits = list(patrol(tasks(3), lambda task, seconds: fine(task) if over.wait(WAIT) else fine(task), 10, 8, total=0.2))
    over.set()

    assert visits == []


def test_a_fault_of_the_visitor_is_raised() -> None:
    def visit(task: Task, seconds: float) -> Visit:
        if task.address.endswith("/7"):
            raise ZeroDivisionError("a mistake of ours")
        return fine(task)

    with pytest.raises(ZeroDivisionError, match="a mistake of ours"):
        list(patrol(tasks(20), visit, 10, 2))


def test_ctrl_c_reaches_the_caller_at_once_and_keeps_what_was_seen() -> None:
    over = threading.Event()
    seen = []

    def visit(task: Task, seconds: float) -> Visit:
        if task.address == "http://a/5":
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        if int(task.address[9:]) >= 5:
            over.wait(WAIT)
        return fine(task)

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        for visit_ in patrol(tasks(20), visit, 10, 1):
            seen.append(visit_.address)
    over.set()

    assert seen == [f"http://a/{n}" for n in range(5)]
    assert time.monotonic() - began < WAIT


def test_a_caller_who_stops_taking_visits_leaves_no_thread_at_work() -> None:
    def at_work() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name == "visit"]

    visits = patrol(tasks(100), fine, 10, 8)
    next(visits)
    assert at_work()
    visits.close()

    end = time.monotonic() + WAIT
    while at_work() and time.monotonic() < end:
        time.sleep(0.01)
    assert not at_work()
