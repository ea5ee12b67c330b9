"""Check every link of the notes: python scripts/check_links.py --help."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial, wraps
from io import TextIOWrapper

from detection_notes.links import changed, explain, files, fix, hosts, lock, moment, plan, policy
from detection_notes.links.address import normal
from detection_notes.links.cli import Options, UsageError, options
from detection_notes.links.extract import RenderError, extract
from detection_notes.links.judge import findings
from detection_notes.links.memory import merge
from detection_notes.links.model import Evidence, Finding, Link, Task
from detection_notes.links.pages import Page, PagesError, collect, site
from detection_notes.links.report import FORMATS
from detection_notes.links.report.words import Report, printable
from detection_notes.links.visits.network import NetworkError
from detection_notes.links.visits.run import run, visit_once
from detection_notes.links.visits.tour import Tour

NOTHING_BROKEN, BROKEN, FAILED, NO_NETWORK, INTERRUPTED = 0, 1, 2, 3, 130
FAILURES = (UsageError, PagesError, RenderError, policy.PolicyError, lock.LockError, files.FileError, changed.GitError, NetworkError)


def exit_status(stages: Callable[..., int]) -> Callable[..., int]:
    """What is raised becomes words on standard error and an exit status; an error of our own is never status 1."""

    @wraps(stages)
    def run(arguments: list[str] | None = None) -> int:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # pages and reports are UTF-8, whatever the terminal's own encoding is
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
        try:
            return stages(arguments)
        except FAILURES as failure:
            print("\n".join(printable(line) for line in f"check_links: {failure}".split("\n")), file=sys.stderr)
        except KeyboardInterrupt:
            return INTERRUPTED
        except BrokenPipeError:  # whoever read the report has gone; the lock is written
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except Exception:
            traceback.print_exc()
        return FAILED

    return run


@exit_status
def main(arguments: list[str] | None = None) -> int:
    """The stages, in their order."""
    chosen = options(sys.argv[1:] if arguments is None else arguments)
    if chosen.explain:
        return tell(chosen, chosen.explain)
    rules = chosen.policy(policy.read(chosen.pyproject, moment.today()))
    links = [link for page in pages(chosen) for link in extract(page)]
    known = evidence(chosen)
    tasks = due(chosen, links, known, rules)
    tour = run(tasks, known, rules, saver(chosen, known), chosen.private, chosen.archive)
    rows = {url: known.get(url) or Evidence(url) for url in dict.fromkeys(link.url for link in links)} | tour.rows
    if tour.network:
        save(chosen, known, rows, 0.5 if tour.interrupted else lock.PATIENCE)
    found = narrowed(chosen, findings(links, rows | tour.local, rules))
    visited = frozenset(tour.rows) | frozenset(tour.local)
    deliver(chosen, Report(found, visited, notes(chosen, links, rules, tour), tour.seconds, tour.hosts))
    if (chosen.fix or chosen.diff) and tour.network and not tour.interrupted:
        fix.apply(found, links, chosen.fix, chosen.stream)
    return status(tour, found)


def status(tour: Tour, found: Iterable[Finding]) -> int:
    """The exit status of the program."""
    if tour.interrupted:
        return INTERRUPTED
    if not tour.network:
        return NO_NETWORK
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


def save(chosen: Options, known: dict[str, Evidence], rows: dict[str, Evidence], seconds: float) -> None:
    """Write what this run learnt; rows of URLs that are on no page any more go on a full run only."""
    if chosen.lock:
        learnt = [row for url, row in rows.items() if chosen.merge or row is not known.get(url)]
        lock.write(chosen.lock, learnt, known, known.keys() - rows.keys() if chosen.full else (), seconds)


def saver(chosen: Options, known: dict[str, Evidence]) -> Callable[[dict[str, Evidence]], None]:
    """Saves on the way, unless another run is just writing."""

    def save_some(rows: dict[str, Evidence]) -> None:
        with suppress(files.Busy):
            if chosen.lock:
                lock.write(chosen.lock, rows.values(), known, seconds=0)

    return save_some


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


def notes(chosen: Options, links: list[Link], rules: policy.Policy, tour: Tour) -> tuple[str, ...]:
    words = []
    if not tour.network:
        words.append(f"{tour.trouble} The lock is left as it was; --offline reports from it")
    elif tour.trouble:
        words.append(f"{tour.withdrawn} addresses are left as they were: {tour.trouble}")
    if tour.interrupted:
        words.append(f"stopped: {tour.visited} visits are remembered, {tour.unreached} are left for the next run")
    elif tour.unreached:
        words.append(f"the time for this run (--total) was over: {tour.unreached} addresses are left for the next run")
    if tour.put_off:
        words.append(f"{tour.put_off} addresses were not asked: their hosts want to be asked later than this run can wait")
    words += hosts.unset(rules.hosts, os.environ)
    if chosen.full:
        words += policy.stale(rules, {link.url for link in links})
    return tuple(words)


def deliver(chosen: Options, report: Report) -> None:
    """Each format to its file, or to standard output."""
    shown = replace(report, findings=tuple(f for f in report.findings if not chosen.only or f.verdict in chosen.only))
    for number, (name, file) in enumerate(chosen.outputs):
        words = FORMATS[name](shown)
        if file is None:
            stream = sys.stdout if number == 0 else sys.stderr  # one stream, one format
            stream.write(words)
            stream.flush()
        elif str(file) == os.environ.get("GITHUB_STEP_SUMMARY"):  # what the step said before stays
            files.append(file, words)
        else:
            files.write(file, words)


def tell(chosen: Options, url: str) -> int:
    """The story of one address."""
    rules = chosen.policy(policy.read(chosen.pyproject, moment.today()))
    rows = evidence(chosen) if chosen.lock else {}
    known = rows.get(url) or {normal(other): row for other, row in rows.items()}.get(normal(url))
    words, broken = explain.story(url, known, None if chosen.offline else partial(visit_once, rules=rules, private=chosen.private), rules)
    print(words)
    return BROKEN if broken else NOTHING_BROKEN


if __name__ == "__main__":
    sys.exit(main())
