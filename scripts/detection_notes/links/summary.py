"""What a run saw → the report on it: the findings, and what a person should know besides."""

import os
from dataclasses import dataclass
from pathlib import Path

from detection_notes.links import baseline, hosts, local, policy
from detection_notes.links.cli import Options
from detection_notes.links.extract import Extract
from detection_notes.links.model import Finding, Verdict
from detection_notes.links.pages import Collection, Form
from detection_notes.links.program import command
from detection_notes.links.report.words import Report
from detection_notes.links.visits.tour import Tour


@dataclass(frozen=True, slots=True)
class Run:
    """What the stages of one run made."""

    collection: Collection
    extracted: Extract
    found: tuple[Finding, ...]
    rules: policy.Policy
    tour: Tour


def report(chosen: Options, run: Run) -> Report:
    here = Path.cwd()
    root = Path(os.environ.get("GITHUB_WORKSPACE") or local.checkout(here) or here).resolve()
    return Report(
        findings=run.found,
        visited=frozenset(run.tour.rows) | frozenset(run.tour.local),
        notes=(*_of_the_visits(run.tour), *hosts.unset(run.rules.hosts, os.environ), *_not_run(run.collection), *_of_the_policy(chosen, run), *_of_the_baseline(chosen, run)),
        seconds=run.tour.seconds,
        hosts=run.tour.hosts,
        problems=(*run.collection.problems, *run.extracted.problems),
        only=chosen.only or frozenset(Verdict),
        folder=f"{here.relative_to(root).as_posix()}/" if here != root and here.is_relative_to(root) else "",
        command=command(),
    )


def _of_the_visits(tour: Tour) -> list[str]:
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
    return words


def _not_run(collection: Collection) -> list[str]:
    """Which hooks and plugins may add links that Markdown alone does not show."""
    sites = dict.fromkeys(page.site for page in collection.pages if page.site and page.form is Form.MKDOCS)
    return [
        f"{site.name}: not run, so what they add was not checked: {', '.join(site.unrun)}; to check that too, build the site and name its folder"
        for site in sites if site.unrun
    ]  # fmt: skip


def _of_the_policy(chosen: Options, run: Run) -> list[str]:
    """Which policy holds; which of its rules ran out or match nothing, unless it holds for other pages too."""
    if not run.rules.file:
        return []
    ours = chosen.full and not chosen.lock_named and run.rules.file.parent.resolve() == chosen.home.resolve()
    return [f"policy: {os.path.relpath(run.rules.file)}", *(policy.stale(run.rules, {finding.url for finding in run.found}) if ours else [])]


def _of_the_baseline(chosen: Options, run: Run) -> list[str]:
    """Take out of the baseline what was good in this run; say what became of it."""
    if chosen.write_baseline:
        return [f"{chosen.baseline}: {len(run.rules.baseline)} entries before, {len(baseline.entries(run.found))} now"]
    left = baseline.remaining(run.rules.baseline, run.found, whole=chosen.full)
    if left == run.rules.baseline or not run.tour.network:
        return []
    baseline.write(chosen.baseline, left)
    return [f"{chosen.baseline}: {len(run.rules.baseline - left)} entries are good again or gone, and were taken out"]
