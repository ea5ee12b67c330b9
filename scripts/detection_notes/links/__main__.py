"""Check every link: the stages, in their order. Called as check-links, and by scripts/check_links.py."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from detection_notes.links import baseline, changed, explain, files, fix, local, lock, moment, plan, policy
from detection_notes.links.address import normal
from detection_notes.links.cli import Options, UsageError, options
from detection_notes.links.exits import BROKEN, NOTHING_BROKEN, exit_status, status
from detection_notes.links.extract import Extract, extract
from detection_notes.links.judge import findings
from detection_notes.links.memory import merge
from detection_notes.links.model import Evidence, Finding, Link, Task
from detection_notes.links.origin import placed_in_source
from detection_notes.links.pages import Collection, collect
from detection_notes.links.program import command
from detection_notes.links.report import FORMATS
from detection_notes.links.report.words import Report, printable
from detection_notes.links.summary import Run, report
from detection_notes.links.visits.run import run, visit_once
from detection_notes.links.visits.tour import Tour


@exit_status
def main(arguments: Sequence[str] | None = None) -> int:
    """The stages, in their order."""
    chosen = options(sys.argv[1:] if arguments is None else arguments)
    rules = rulebook(chosen)
    if chosen.explain:
        return tell(chosen, rules, chosen.explain)
    collection = pages(chosen)
    extracted = extract(collection.pages)
    links = judged_here(chosen, collection, extracted)
    known = evidence(chosen)
    tasks = due(chosen, links, known, rules)
    tour = run(tasks, known, rules, saver(chosen, known), chosen.private, chosen.archive)
    rows = remember(chosen, links, known, tour) | tour.local
    found = findings(links, rows, rules)
    if chosen.write_baseline:
        found = findings(links, rows, begin(chosen, found, rules))
    deliver(chosen, report(chosen, Run(collection, extracted, tuple(found), rules, tour)))
    if (chosen.fix or chosen.diff) and tour.network and not tour.interrupted:
        fix.apply(found, links, chosen.fix, chosen.stream, command())
    return status(tour, found, [*collection.problems, *extracted.problems])


def rulebook(chosen: Options) -> policy.Policy:
    """The policy, with what the command line says instead, and what the baseline excuses."""
    return baseline.excusing(chosen.policy(policy.find(chosen.home, moment.today())), chosen.baseline)


def pages(chosen: Options) -> Collection:
    if not chosen.paths and chosen.configuration is None:
        raise UsageError("there is no mkdocs.yml here: name the Markdown files or folders to check")
    paths = chosen.paths or [chosen.configuration or Path()]
    return collect(paths, chosen.config, chosen.html)


def judged_here(chosen: Options, collection: Collection, extracted: Extract) -> list[Link]:
    """All links, with what can be said of them without asking; with --since, those that the branch touched."""
    every = [*extracted.links, *(link for site in collection.sites for link in site.links)]
    links = placed_in_source(local.settled_here(every, collection, chosen.private), collection)
    return [*filter(changed.since(chosen.since).touch, links)] if chosen.since else links


def evidence(chosen: Options) -> dict[str, Evidence]:
    """What the lock knows, and the locks to merge into it."""
    known = lock.read(chosen.lock) if chosen.lock else {}
    for path in chosen.merge or ():
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


def remember(chosen: Options, links: list[Link], known: dict[str, Evidence], tour: Tour) -> dict[str, Evidence]:
    """The rows of all links that are asked, those of this run among them; written into the lock if there was a network."""
    asked = dict.fromkeys(link.url for link in links if link.code is None)
    rows = {url: known.get(url) or Evidence(url) for url in asked} | tour.rows
    if tour.network and chosen.lock:
        learnt = [row for url, row in rows.items() if chosen.merge or row is not known.get(url)]
        forget = chosen.full and (chosen.prune or not chosen.lock_named)
        lock.write(chosen.lock, learnt, known, known.keys() - rows.keys() if forget else (), 0.5 if tour.interrupted else lock.PATIENCE)
    return rows


def saver(chosen: Options, known: dict[str, Evidence]) -> Callable[[dict[str, Evidence]], None]:
    """Saves on the way, unless another run is just writing."""

    def save_some(rows: dict[str, Evidence]) -> None:
        with suppress(files.Busy):
            if chosen.lock:
                lock.write(chosen.lock, rows.values(), known, seconds=0)

    return save_some


def begin(chosen: Options, found: Sequence[Finding], rules: policy.Policy) -> policy.Policy:
    """Write what is broken now into the baseline; the policy that excuses it."""
    entries = baseline.entries(found)
    baseline.write(chosen.baseline, entries)
    return replace(rules, baseline=frozenset(entries))


def deliver(chosen: Options, whole: Report) -> None:
    """Each format to its file, or to standard output."""
    if chosen.stream is sys.stderr:  # a report for a program stands on standard output; a person should see these all the same
        print("".join(f"check-links: {printable(problem)}\n" for problem in whole.problems), end="", file=sys.stderr)
    for number, (name, file) in enumerate(chosen.outputs):
        words = FORMATS[name](whole)
        if file is None:
            stream = sys.stdout if number == 0 else sys.stderr  # one stream, one format
            stream.write(words)
            stream.flush()
        elif str(file) == os.environ.get("GITHUB_STEP_SUMMARY"):  # what the step said before stays
            files.append(file, words)
        else:
            files.write(file, words)


def tell(chosen: Options, rules: policy.Policy, url: str) -> int:
    """The story of one address."""
    rows = evidence(chosen) if chosen.lock else {}
    known = rows.get(url) or {normal(row): evidence for row, evidence in rows.items()}.get(normal(url))
    words, broken = explain.story(url, known, None if chosen.offline else partial(visit_once, rules=rules, private=chosen.private), rules)
    print(words)
    return BROKEN if broken else NOTHING_BROKEN


if __name__ == "__main__":
    sys.exit(main())
