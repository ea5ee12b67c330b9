"""Tasks → a Tour: the visits of one run, whether there was a network at all, and what others know of the pages."""

from typing import TYPE_CHECKING

from detection_notes.links.address import bare, host
from detection_notes.links.model import Task, Visit
from detection_notes.links.policy import Policy
from detection_notes.links.visits import network, register
from detection_notes.links.visits.patrol import patrol
from detection_notes.links.visits.tour import Rows, Save, Tour, travel

if TYPE_CHECKING:
    from detection_notes.links.visits.fetch import Client

CONTROL_SECONDS = 5.0


def run(tasks: list[Task], known: Rows, rules: Policy, save: Save, private: bool = False, archive: bool = False) -> Tour:
    """Visit the tasks. ``save`` is called with the rows so far. Raises NetworkError for proxies or certificates."""
    if not tasks:
        return Tour()
    client = open_client(rules, private, len({host(task.address) for task in tasks}))
    today = rules.today.isoformat()

    def visit(task: Task, seconds: float) -> Visit:
        return client.visit(task, seconds, today)

    try:
        tour = travel(patrol(tasks, visit, rules.timeout, rules.per_host, rules.total), tasks, known, save)
        doubt(tour, known, lambda url: visit(Task(url, (url,)), CONTROL_SECONDS).answered)
        if tour.network and not tour.interrupted:
            save(tour.rows)
            register.ask(tour, client, archive, rules.total - tour.seconds)
        return tour
    finally:
        client.close()


def open_client(rules: Policy, private: bool, hosts: int = 1) -> "Client":
    """Raises NetworkError."""
    from detection_notes.links.visits.fetch import Client  # late: a run that asks for nothing needs no client

    try:
        return Client(hosts, rules.per_host, private)
    except OSError as error:
        raise network.NetworkError(f"the certificates cannot be read ({error}); look at REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE") from error


def doubt(tour: Tour, known: Rows, answers: network.Answers) -> None:
    """Take back what was noted of far addresses that got no answer, when nothing far answers at all."""
    asked = [visit for visit in tour.silent if network.asked(visit)]
    far = {visit.address for visit in asked if not network.near(visit.address)}
    if not asked or tour.beyond or (tour.answered and not far) or network.alive(known, tour.rows, answers):
        return
    tour.network = tour.answered  # a server on this machine that answers says nothing of the network beyond it
    tour.rows = {url: row for url, row in tour.rows.items() if bare(url) not in far} if tour.network else {}
    tour.withdrawn = len(far) if tour.network else 0
