"""Check every link of the notes: python scripts/check_links.py --help."""

import os
import signal
import sys
import traceback
from dataclasses import replace
from datetime import date
from pathlib import Path

from detection_notes.links import changed, explain, fix, lock, plan, policy
from detection_notes.links.cli import Options, UsageError, options
from detection_notes.links.extract import RenderError, extract
from detection_notes.links.findings import findings
from detection_notes.links.memory import merge
from detection_notes.links.model import Evidence, Finding, Link, Task
from detection_notes.links.pages import Page, PagesError, collect, site
from detection_notes.links.patrol import patrol
from detection_notes.links.report import FORMATS
from detection_notes.links.report.model import Report, printable
from detection_notes.links.tour import Tour, commonest, nothing_answered, travel, uninterrupted, withdraw

NOTHING_BROKEN, BROKEN, FAILED, NO_NETWORK, INTERRUPTED = 0, 1, 2, 3, 130
FAILURES = (UsageError, PagesError, RenderError, policy.PolicyError, lock.LockError, changed.GitError)
NETWORK = "is there a network, and does it need a proxy (HTTPS_PROXY)?"
NO_NETWORK_WORDS = f"nothing answered: {NETWORK} The lock is left as it was; --offline reports from it"


def main(arguments: list[str] | None = None) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        chosen = options(sys.argv[1:] if arguments is None else arguments)
        return tell(chosen) if chosen.explain else check(chosen)
    except FAILURES as failure:
        print("\n".join(printable(line) for line in f"check_links: {failure}".split("\n")), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the report has gone; the lock is written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception:  # an error of our own is not a broken link: never status 1
        traceback.print_exc()
        return FAILED


def check(chosen: Options) -> int:
    """The stages, in their order."""
    rules = chosen.policy(policy.read(chosen.pyproject, date.today()))
    links = [link for page in pages(chosen) for link in extract(page)]
    known = evidence(chosen)
    tasks = due(chosen, links, known, rules)
    tour, network = visit(chosen, tasks, known, rules)
    rows = {url: known.get(url) or Evidence(url) for url in dict.fromkeys(link.url for link in links)}
    if network:
        rows |= tour.rows
        remember(chosen, links, rows)
    found = narrowed(chosen, findings(links, rows, rules))
    deliver(chosen, Report(found, frozenset(tour.rows if network else ()), notes(chosen, links, rules, tour, network), tour.seconds, tour.hosts))
    if tour.interrupted:
        return INTERRUPTED
    if not network:
        return NO_NETWORK
    if chosen.fix or chosen.diff:
        fix.apply(found, links, chosen.fix, chosen.stream)
    return BROKEN if any(finding.failing for finding in found) else NOTHING_BROKEN


def pages(chosen: Options) -> list[Page]:
    config = site(chosen.config) if chosen.config and (chosen.full or _near(chosen)) else None
    if chosen.full and config is None:
        raise UsageError("there is no mkdocs.yml here: name the Markdown files or folders to check")
    paths = chosen.paths or (config.docs,)
    return collect(paths, config, always=chosen.config_named)


def _near(chosen: Options) -> bool:
    """Whether a path may belong to the site: only then is its configuration worth reading."""
    home = chosen.config.parent.resolve()
    return chosen.config_named or any(path.resolve().is_relative_to(home) for path in chosen.paths)


def evidence(chosen: Options) -> dict[str, Evidence]:
    """What the lock knows, and the locks to merge into it."""
    known = lock.read(chosen.lock) if chosen.lock else {}
    for path in chosen.merge:
        if not path.is_file():
            raise lock.LockError(f"--merge {path}: there is no such file")
        for url, row in lock.read(path).items():
            known[url] = merge(known[url], row) if url in known else row
    return known


def due(chosen: Options, links: list[Link], known: dict[str, Evidence], rules: policy.Policy) -> list[Task]:
    if chosen.offline or chosen.merge:
        return []
    tasks = plan.plan(links, known, rules)
    if chosen.shard:
        tasks = plan.shard(tasks, *chosen.shard)
    return plan.oldest_first(tasks, known, chosen.limit) if chosen.limit else tasks


def visit(chosen: Options, tasks: list[Task], known: dict[str, Evidence], rules: policy.Policy) -> tuple[Tour, bool]:
    """The run's visits, and whether there was a network at all."""
    if not tasks:
        return Tour(), True
    client = visitor(chosen, rules, len({plan.host(task.address) for task in tasks}))
    today = rules.today.isoformat()
    visits = patrol(tasks, lambda task, seconds: client.visit(task, seconds, today), rules.timeout, rules.per_host, rules.total)
    try:
        tour = travel(visits, tasks, known, lambda rows: remember(chosen, [], rows))

        def control(url: str) -> bool:
            return client.visit(Task(url, (url,)), 5, today).answered

        network = not nothing_answered(tour, control, known)
        withdraw(tour, control, known)
        if network and not tour.interrupted:
            from detection_notes.links import register

            remember(chosen, [], tour.rows)
            register.ask(tour, client, chosen.archive, rules.total - tour.seconds)
        return tour, network
    finally:
        client.close()


def visitor(chosen: Options, rules: policy.Policy, hosts: int):
    from detection_notes.links.fetch import Client  # late: a run that asks for nothing needs no client

    try:
        return Client(hosts, rules.per_host, chosen.private)
    except OSError as error:
        raise UsageError(f"the certificates cannot be read ({error}); look at REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE") from error


def remember(chosen: Options, links: list[Link], rows: dict[str, Evidence]) -> None:
    """Write the lock; rows of URLs that are on no page any more go on a full run only."""
    if chosen.lock:
        with uninterrupted():
            gone = frozenset(lock.read(chosen.lock)) - {link.url for link in links} if chosen.full and links else frozenset()
            lock.write(chosen.lock, rows.values(), gone)


def narrowed(chosen: Options, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that were asked for."""
    if chosen.since:
        touched = changed.lines(chosen.since)
        found = tuple(
            replace(finding, places=places)
            for finding in found
            if (places := tuple(p for p in finding.places if p.line in touched.get(p.page, ())))
        )
    return found


def notes(chosen: Options, links: list[Link], rules: policy.Policy, tour: Tour, network: bool) -> tuple[str, ...]:
    words = [] if network else [f"{NO_NETWORK_WORDS}; {commonest(tour)}"]
    if network and tour.withdrawn:
        words.append(f"{tour.withdrawn} addresses got no answer, and nothing beyond this machine did: {NETWORK} They are left as they were; {commonest(tour)}")
    if tour.interrupted:
        words.append(f"stopped: {tour.visited} visits are remembered, {tour.unreached} are left for the next run")
    elif tour.unreached:
        words.append(f"the time for this run (--total) was over: {tour.unreached} addresses are left for the next run")
    if chosen.full:
        words += policy.stale(rules, {link.url for link in links})
    return tuple(words)


def deliver(chosen: Options, report: Report) -> None:
    """Each format to its file, or to standard output."""
    shown = replace(report, findings=tuple(f for f in report.findings if not chosen.only or f.verdict in chosen.only))
    for number, (name, file) in enumerate(chosen.outputs):
        words = FORMATS[name](shown)
        if file:
            lock.write_text(Path(file), words)
        else:
            stream = sys.stdout if number == 0 else sys.stderr  # one stream, one format
            stream.buffer.write(words.encode("utf-8"))
            stream.flush()


def tell(chosen: Options) -> int:
    """The story of one address."""
    rules = chosen.policy(policy.read(chosen.pyproject, date.today()))
    known = (evidence(chosen) if chosen.lock else {}).get(chosen.explain)
    client = None if chosen.offline else visitor(chosen, rules, 1)
    words, broken = explain.story(chosen.explain, known, client, rules)
    print(words)
    return BROKEN if broken else NOTHING_BROKEN


if __name__ == "__main__":
    sys.exit(main())
