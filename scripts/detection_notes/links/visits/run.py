"""Tasks → a Tour: the visits of one run, what they say of this machine's network, and what others know of the pages."""

from functools import partial
from typing import TYPE_CHECKING

from detection_notes.links import moment
from detection_notes.links.address import host, name
from detection_notes.links.codes import DEAD, kind_of
from detection_notes.links.hosts import rule_for
from detection_notes.links.memory import remember
from detection_notes.links.model import Task, Visit
from detection_notes.links.policy import Policy
from detection_notes.links.visits import network, register
from detection_notes.links.visits.pace import Queue
from detection_notes.links.visits.patrol import patrol
from detection_notes.links.visits.tour import Rows, Save, Tour, travel
from detection_notes.links.visits.tries import Pause

if TYPE_CHECKING:
    from detection_notes.links.visits.fetch import Client


def run(tasks: list[Task], known: Rows, rules: Policy, save: Save, private: bool = False, archive: bool = False) -> Tour:
    """Visit the tasks. ``save`` is called with the rows so far. Raises NetworkError for proxies or certificates."""
    if not tasks:
        return Tour()
    client = open_client(rules, private, len({host(task.address) for task in tasks}))

    def visit(task: Task, seconds: float) -> Visit | Pause:
        return client.begin(task, seconds, moment.now())

    def answers(url: str) -> bool:
        return client.visit(Task(url, (url,)), network.SECONDS, moment.now()).answered

    try:
        tour = travel(patrol(tasks, visit, rules.timeout, partial(queue, rules), rules.total), tasks, known, save)
        try:
            conclude(tour, known, answers)
        except KeyboardInterrupt:
            tour.interrupted = True
            conclude(tour, known, answers)
        if tour.network and not tour.interrupted:
            register.ask(tour, client, archive, rules.total - tour.seconds, save)
        return tour
    finally:
        client.close()


def visit_once(task: Task, rules: Policy, private: bool) -> Visit:
    """One address, with all its tries. Raises NetworkError."""
    client = open_client(rules, private)
    try:
        (visit,) = patrol([task], lambda task, seconds: client.begin(task, seconds, moment.now()), rules.timeout, partial(queue, rules))
        return visit
    finally:
        client.close()


def queue(rules: Policy, place: str) -> Queue:
    """The queue of a host (with its port), at the pace that the policy gives it."""
    rule = rule_for(rules.hosts, name(f"http://{place}"))
    return Queue(rule.per_host or rules.per_host, rule.interval) if rule else Queue(rules.per_host)


def open_client(rules: Policy, private: bool, hosts: int = 1) -> "Client":
    """Raises NetworkError."""
    from detection_notes.links.visits.fetch import Client  # late: a run that asks for nothing needs no client

    try:
        return Client(hosts, rules.per_host, private, rules=rules.hosts)
    except OSError as error:
        raise network.NetworkError(f"the certificates cannot be read ({error}); look at REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE") from error


def conclude(tour: Tour, known: Rows, answers: network.Answers) -> None:
    """Decide what may be concluded of links: all that was seen, or, if this network is not to be trusted, what is near.

    The network is asked about at most once, and never after Ctrl-C.
    """
    silent = [visit for visit in tour.silent if network.asked(visit)]
    unproved = [visit for task, visit in tour.held if not network.near(task.address) and not _proved(tour, task)]
    strangers = [visit.address for visit in unproved if network.certified(visit)]
    portal = network.portal(tour.led) if not tour.proved else None
    mute = not tour.beyond and any(not network.near(visit.address) for visit in silent)
    if tour.interrupted:
        if mute:
            _withdraw(tour)
        _judge_held(tour, known, trusted=False)
    elif not (mute or unproved or portal):
        _judge_held(tour, known, trusted=False)
    elif network.alive(known, tour.rows, answers):
        _judge_held(tour, known, trusted=True)
    elif not (mute or strangers or portal):  # only the name server is in doubt, and what answered is not
        _judge_held(tour, known, trusted=False)
    else:
        tour.trouble = _trouble(tour, strangers, portal)
        _withdraw(tour)
        tour.withdrawn += len(unproved)
        _judge_held(tour, known, trusted=False)
        tour.network = tour.nearby  # a server on this machine that answers says nothing of the network beyond it
        if not tour.network:
            tour.local |= tour.rows  # what needed no network is reported all the same
            tour.rows = {}


def _proved(tour: Tour, task: Task) -> bool:
    """Whether another host's certificate held in this run; for a host beyond this machine, that of one beyond it."""
    others = tour.proved - {name(task.address)}
    return bool(others) if network.near(task.address) else not all(map(network.near_host, others))


def _trouble(tour: Tour, strangers: list[str], portal: str | None) -> str:
    if strangers:
        hosts = sorted({name(address) for address in strangers})
        return network.UNPROVED.format(", ".join(hosts[:3]) + (", …" if len(hosts) > 3 else ""))
    if portal:
        return network.PORTAL.format(portal)
    if all(visit.error == "fake-ip" for visit in tour.silent if network.asked(visit)):
        return network.FAKE_IP
    return f"nothing answered: {network.WORDS} It was {network.commonest(tour.silent)}."


def _withdraw(tour: Tour) -> None:
    """Take back what was noted of addresses beyond this machine."""
    far = {
        url for url, row in tour.rows.items()
        if not network.near(url) and row.error not in (*network.UNASKED, "rate-limited") and not name(url).endswith(network.RESERVED)
    }  # fmt: skip
    tour.rows = {url: row for url, row in tour.rows.items() if url not in far}
    tour.withdrawn = len({url.partition("#")[0] for url in far})


def _judge_held(tour: Tour, known: Rows, trusted: bool) -> None:
    """A certificate that does not hold, or a name that does not exist, says something of its host only when the network
    has proved itself with another host's certificate.
    """
    for task, visit in tour.held:
        if trusted or _proved(tour, task):
            tour.rows |= {url: remember(known.get(url), url, visit) for url in task.urls}
        else:
            code = visit.error if kind_of(visit.error or "") is not DEAD else "certificate-unproved" if network.certified(visit) else "dns-failure"
            unproved = Visit(visit.address, visit.day, error=code, detail=visit.detail, seconds=visit.seconds)
            tour.local |= {url: remember(None, url, unproved) for url in task.urls if url not in known or known[url].day is None}
