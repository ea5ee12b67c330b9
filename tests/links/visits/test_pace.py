"""How a host is asked: the rules one by one, then whole runs in virtual time against worlds that differ in what they bear."""

from dataclasses import replace
from statistics import median

import pytest
from benchmarks import simulate, world
from detection_notes.links.model import Task, Visit
from detection_notes.links.visits.pace import CALM, EASE, MARGIN, PATIENCE, PILE, RECENT, SHORT, SLOW, SLOWEST, USUAL, Pace, Queue
from detection_notes.links.visits.patrol import queues
from detection_notes.links.visits.tries import CEILING, TOO_SHORT, Job, again

FINE = Visit("", "", status=200)
SEEDS = range(1, 21)
BIG = world.address(0)


def busy(seconds: float | None = 2.0) -> Visit:
    return Visit("", "", status=429, retry_after=seconds)


def host(jobs: int = 50, limit: int = 8, slow: bool = False) -> Queue:
    made = Queue(limit)
    for order in range(jobs):
        made.add(Job(0.0, order, Task(f"http://a/{order}", ()), 10.0, slow))
    return made


def send(h: Queue, now: float, number: int = 1) -> list[Job]:
    """Send so many, each of which must be due."""
    jobs = []
    for _ in range(number):
        moment = h.next_moment(now)
        assert moment is not None and moment <= now
        jobs.append(h.send(now))
    return jobs


def answer(h: Queue, job: Job, visit: Visit, now: float) -> None:
    job.tried(now - job.started)
    h.answered(job, visit, now)


def test_no_more_than_the_limit_is_under_way() -> None:
    h = host(limit=3)
    first, *_ = send(h, 0.0, 3)

    assert h.next_moment(0.5) > 0.5

    answer(h, first, FINE, 0.5)

    assert h.next_moment(0.5) <= 0.5


def test_a_request_that_waits_for_long_leaves_its_place_to_another() -> None:
    h = host(limit=3)
    send(h, 0.0, 3)

    assert h.next_moment(0.5) == PATIENCE * USUAL


def test_what_is_long_depends_on_how_long_the_host_usually_takes() -> None:
    h = host(limit=3)
    for n in range(40):
        (job,) = send(h, 5.0 * n)
        answer(h, job, replace(FINE, seconds=4.0), 5.0 * n + 4.0)
    send(h, 300.0, 3)

    assert h.next_moment(300.0) == pytest.approx(300 + PATIENCE * 4.0, abs=0.1)


def test_one_that_was_slow_last_time_leaves_its_place_sooner() -> None:
    h = host(limit=3, slow=True)
    send(h, 0.0, 3)

    assert h.next_moment(0.1) == SHORT


def test_requests_that_wait_do_not_pile_up_without_end() -> None:
    h = host(limit=3)
    for wave in range(PILE):
        send(h, wave * 2.0, 3)

    assert h.next_moment(1000.0) > 1000.0


def test_one_to_be_tried_again_goes_before_those_not_tried_yet() -> None:
    h = host(limit=1)
    (job,) = send(h, 0.0)
    answer(h, job, Visit("", "", error="reset"), 0.1)
    job.ready = 0.6
    h.add(job)

    (other,) = send(h, 0.1)
    answer(h, other, FINE, 0.7)

    assert other is not job
    assert send(h, 0.7) == [job]


def test_after_a_429_nothing_is_sent_until_it_is_known_whose_it_is() -> None:
    h = host()
    early, _ = send(h, 0.0, 2)
    (late,) = send(h, 0.1)
    answer(h, early, busy(), 0.3)

    assert h.next_moment(0.3) == 2.3

    answer(h, late, FINE, 0.4)

    assert h.next_moment(0.4) <= 0.4


def test_a_429_that_comes_after_the_answer_to_a_later_request_is_the_urls() -> None:
    h = host()
    (early,) = send(h, 0.0)
    (late,) = send(h, 0.1)
    answer(h, late, FINE, 0.2)
    answer(h, early, busy(), 0.3)

    assert h.next_moment(0.3) <= 0.3


def test_an_answer_to_a_request_sent_at_the_same_moment_proves_nothing() -> None:
    h = host()
    one, two = send(h, 0.0, 2)
    answer(h, two, FINE, 0.2)
    answer(h, one, busy(), 0.3)

    assert h.next_moment(0.3) == 2.3


def test_an_answer_without_a_status_proves_nothing() -> None:
    h = host()
    (early,) = send(h, 0.0)
    (late,) = send(h, 0.1)
    answer(h, early, busy(), 0.3)
    answer(h, late, Visit("", "", error="timeout"), 0.4)

    assert h.next_moment(0.4) == 2.3


def test_a_host_that_was_seen_to_refuse_single_urls_is_believed_to_do_so_again() -> None:
    h = host()
    early, last = send(h, 0.0), send(h, 0.1)
    answer(h, *last, FINE, 0.2)
    answer(h, *early, busy(), 0.3)
    (alone,) = send(h, 0.4)
    answer(h, alone, busy(), 0.6)

    assert h.next_moment(0.6) <= 0.6


def test_but_not_when_429s_come_in_a_crowd() -> None:
    h = host()
    early, last = send(h, 0.0), send(h, 0.1)
    answer(h, *last, FINE, 0.2)
    answer(h, *early, busy(), 0.3)
    for n in range(4):
        (job,) = send(h, 0.4 + n / 100)
        answer(h, job, busy(), 0.5 + n / 100)
        if h.next_moment(0.6) > 0.6:
            break

    assert h.next_moment(0.6) > 2.0


def test_the_longest_of_several_rests_counts() -> None:
    h = host()
    one, two = send(h, 0.0, 2)
    answer(h, one, busy(5.0), 0.1)
    answer(h, two, busy(1.0), 0.2)

    assert h.next_moment(0.3) == 5.1


def test_a_429_without_a_word_rests_the_host_for_a_second() -> None:
    h = host()
    (job,) = send(h, 0.0)
    answer(h, job, busy(None), 0.5)

    assert h.next_moment(0.5) == 1.5


def test_a_host_is_left_that_asks_for_more_than_a_run_can_wait() -> None:
    h = host()
    one, two = send(h, 0.0, 2)
    answer(h, one, busy(CEILING + 1), 0.1)

    assert not h.over  # one is under way, and its answer may clear the host

    answer(h, two, busy(CEILING + 1), 0.1)

    assert h.over
    assert h.waiting == 48


def test_after_a_rest_a_host_is_asked_more_slowly() -> None:
    h = host()
    (job,) = send(h, 0.0)
    answer(h, job, busy(), 0.1)
    send(h, 2.1)

    assert h.next_moment(2.1) == pytest.approx(2.1 + SLOW)


def test_a_429_of_one_url_slows_nothing() -> None:
    h = host()
    early, late = send(h, 0.0), send(h, 0.1)
    answer(h, *early, busy(), 0.3)
    answer(h, *late, FINE, 0.4)

    send(h, 0.4, 8)


def test_calm_makes_it_faster_again() -> None:
    h = host()
    h.pace = Pace(0.8, 0.3)
    for n in range(CALM):
        assert h.pace == Pace(0.8, 0.3)
        (job,) = send(h, float(n))
        answer(h, job, FINE, n + 0.1)

    assert h.pace == Pace(0.8 * EASE, 0.3)


def test_a_pace_never_gets_as_fast_as_the_one_at_which_the_host_complained() -> None:
    pace = Pace(0.4).slower()

    assert pace.interval == 0.8
    for _ in range(50):
        pace = pace.faster()
    assert pace.interval == pytest.approx(0.4 * MARGIN)


def test_a_pace_has_a_slowest() -> None:
    pace = Pace()
    for _ in range(20):
        pace = pace.slower()

    assert pace.interval == SLOWEST


# Whole runs, in virtual time


def test_a_simulated_run_is_the_same_each_time() -> None:
    spots = world.realistic(1)

    assert simulate.run(spots) == simulate.run(spots)


def test_a_first_run_takes_little_more_than_its_schedule_must() -> None:
    ratios = [simulate.run(spots).seconds / simulate.bound(spots) for spots in map(world.realistic, SEEDS)]

    assert median(ratios) < 1.06
    assert max(ratios) < 1.3


def test_a_run_that_knows_the_slow_ones_is_not_held_up_by_them() -> None:
    runs = [simulate.run(spots, last=simulate.run(spots)) for spots in map(world.realistic, SEEDS)]

    assert median(run.seconds for run in runs) < 13
    assert max(run.seconds for run in runs) < 18


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_sees_what_is_there(seed: int) -> None:
    spots = world.realistic(seed)
    expected = {"ok": 200, "busy": 200, "moved": 200, "404": 404, "hang": None}

    run = simulate.run(spots)

    assert {visit.address: visit.status for visit in run.visits} == {simulate.url(spot): expected[spot.kind] for spot in spots}
    assert run.most <= 8 * PILE


@pytest.mark.parametrize("seed", SEEDS)
def test_a_host_that_shuts_those_out_who_ask_too_fast_is_not_made_to(seed: int) -> None:
    run = simulate.run(world.polite(seed), {BIG: world.Limiter(0.0)})

    assert run.refused <= 10
    assert run.early == 0
    assert run.seconds < 15
    assert {visit.status for visit in run.visits} == {200}


class Bucket(world.Limiter):
    """``rate`` requests a second and ``burst`` at once; only what is too much is refused, as nginx does."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst, self.left, self.last = rate, burst, burst, 0.0

    def refuse(self, now: float) -> int:
        self.left = min(self.burst, self.left + self.rate * (now - self.last))
        self.last = now
        if self.left < 1:
            return 1
        self.left -= 1
        return 0


class Window(world.Limiter):
    """``number`` requests in each window of so many seconds; who wants more waits for the next."""

    def __init__(self, number: int, seconds: int) -> None:
        self.number, self.seconds, self.began, self.count = number, seconds, 0.0, 0

    def refuse(self, now: float) -> int:
        if now >= self.began + self.seconds:
            self.began, self.count = now, 0
        self.count += 1
        return 0 if self.count <= self.number else int(self.began + self.seconds - now) + 1


@pytest.mark.parametrize(
    ("limiter", "needed", "refused"),
    [(lambda: Bucket(10, 20), 10, 10), (lambda: Bucket(3, 5), 39, 25), (lambda: Window(60, 30), 30, 10), (lambda: Window(20, 10), 50, 10)],
    ids=["10 a second", "3 a second", "60 in 30 s", "20 in 10 s"],
)
def test_other_limits_are_found_too(limiter, needed: float, refused: int) -> None:
    run = simulate.run(world.polite(1), {BIG: limiter()})

    assert run.seconds < 1.3 * needed + 2
    assert run.refused <= refused
    assert run.early == 0
    assert {visit.status for visit in run.visits} == {200}


def test_a_quota_for_the_hour_ends_a_hosts_part_of_the_run() -> None:
    spots = world.polite(1)
    run = simulate.run(spots, {BIG: Window(60, 3600)})
    asked = [visit for visit in run.visits if visit.address.startswith(f"http://{BIG}/") and visit.error != "rate-limited"]
    put_off = [visit for visit in run.visits if visit.error == "rate-limited"]

    assert run.seconds < 10
    assert run.refused <= 8
    assert sum(visit.status == 200 for visit in asked) == 60
    assert len(asked) < sum(spot.host == BIG for spot in spots)
    assert len(run.visits) == len(spots)
    assert put_off and all(visit.address.startswith(f"http://{BIG}/") and visit.status is None for visit in put_off)


def test_a_request_counts_as_later_only_if_it_was_clearly_sent_later() -> None:
    h = host()
    (early,) = send(h, 0.0)
    (hardly,) = send(h, 0.02)
    answer(h, early, busy(), 0.3)
    answer(h, hardly, FINE, 0.4)

    assert h.next_moment(0.4) == 2.3


def test_one_slow_answer_does_not_make_a_slow_host() -> None:
    h = host(limit=1)
    (job,) = send(h, 0.0)
    answer(h, job, replace(FINE, seconds=4.7), 4.7)
    send(h, 10.0)

    assert h.next_moment(10.0) == pytest.approx(10 + PATIENCE * (USUAL + (4.7 - USUAL) / RECENT))


def test_a_host_that_refused_a_single_url_is_believed_to_do_so_again() -> None:
    h = host()
    (early,) = send(h, 0.0)
    (late,) = send(h, 0.1)
    answer(h, late, FINE, 0.2)
    answer(h, early, busy(), 0.3)
    (another,) = send(h, 0.5)
    answer(h, another, busy(), 0.6)

    assert h.next_moment(0.6) <= 0.6


def test_complaints_from_before_a_rest_make_no_crowd_after_it() -> None:
    h = host()
    for job in send(h, 0.0, 4):
        answer(h, job, busy(1.0), 0.1)
    (early,) = send(h, 2.0)
    (late,) = send(h, 2.3)
    answer(h, late, FINE, 2.4)
    answer(h, early, busy(30.0), 2.5)

    assert h.next_moment(2.6) < 5


@pytest.mark.parametrize(("expected", "slow"), [(None, False), (0.5, False), (5.0, True)])
def test_what_was_slow_last_time_is_known_at_the_start(expected: float | None, slow: bool) -> None:
    found = queues([Task("http://a/", (), expected)], 10.0, lambda name: Queue(8))

    assert found["a"].send(0.0).slow is slow


def test_a_job_is_slow_after_a_slow_try() -> None:
    job = Job(0.0, 0, Task("http://a/", ()), 10.0)

    assert [(job.tried(seconds), job.slow)[1] for seconds in (2.0, 0.5)] == [True, False]


def test_the_host_with_the_most_addresses_comes_first() -> None:
    tasks = [Task(f"http://{name}/{n}", ()) for name, number in (("few", 2), ("many", 5), ("some", 3)) for n in range(number)]

    assert list(queues(tasks, 10.0, lambda name: Queue(8))) == ["many", "some", "few"]


@pytest.mark.parametrize(("left", "tried_again"), [(TOO_SHORT - 0.01, False), (TOO_SHORT + 0.01, True)])
def test_a_try_for_which_no_time_is_left_is_not_made(left: float, tried_again: bool) -> None:
    job = Job(0.0, 0, Task("http://a/", ()), left, tries=1)

    assert (again(job, Visit("", "", error="reset")) is not None) is tried_again


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_refused_job_comes_back_when_its_host_says(status: int) -> None:
    job = Job(0.0, 0, Task("http://a/", ()), 10.0, tries=1)

    assert again(job, Visit("", "", status=status, retry_after=7.0)) == 7.0
    assert again(job, Visit("", "", status=status, retry_after=CEILING + 1)) is None
