"""The command line: words → Options. Each option is written once, as a field with its flag and its help."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TextIO

from detection_notes.links import policy as policies
from detection_notes.links.model import Verdict
from detection_notes.links.policy import Policy
from detection_notes.links.program import program, version
from detection_notes.links.report import FORMATS
from detection_notes.links.settings import near

EPILOG = """\
what it does:
  It takes the links of each page: as MkDocs renders it if a mkdocs.yml claims it, else as GitHub shows it; of a folder of
  built HTML, as it was built; of a list of URLs (a file, or - for standard input), one a line. It visits those that the
  lock knows nothing about or nothing recent, writes what it saw into the lock, and reports a verdict for each URL:
    good     it answers                       moved    it redirects for good to another address
    broken   dead for everybody               unknown  cannot be told from here and now (403, 429, time-outs, …)
  On GitHub's pages and on built ones, addresses and #anchors that lead nowhere in the checkout are broken too.
  It asks as a browser does, for what your pages link to and once each, and waits where it is told to. It does not read
  robots.txt, which is for those who follow links further. GITHUB_TOKEN, if set, lets it notice archived and renamed
  repositories, and those that only it can see. Proxies come from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY (socks5h://HOST:PORT
  too, with PySocks) and NO_PROXY, certificates from REQUESTS_CA_BUNDLE, SSL_CERT_FILE. Where this network itself is in the
  way (no network, a login page, a name server of a proxy), it says so and concludes nothing of the links.

examples:
  %(prog)s                              all pages; only what is new or old is asked for
  %(prog)s docs/detection/map.md        one page, while writing it
  %(prog)s README.md site/              a page as GitHub shows it, and a site as it was built
  %(prog)s --offline                    visit nothing: bring the lock in line with the pages, judge what is known
  %(prog)s --max-age 0 docs/docker      ask again for everything on these pages
  %(prog)s --explain URL                the whole story of one address
  %(prog)s --since origin/main          only what stands on lines this branch touched
  %(prog)s --write-baseline             begin on a site with dead links: from now on only new ones fail
  %(prog)s --fix                        write the new addresses of moved links into the pages
  %(prog)s --format github --format junit:links.xml --format markdown:summary.md

exit: 0 nothing broken; 1 something broken; 2 wrong use, a page that could not be read, or the checker failed (this beats 1);
      3 could not check (nothing answered, or not to be believed); 130 stopped by Ctrl-C (what was learnt is in the lock)
"""


class UsageError(Exception):
    """The command line cannot be followed; the text says why."""


def _option(flag: str, help: str, default: Any = None, **more: Any) -> Any:
    """A field of Options: its flag (or the name of its positional argument), its help, and what argparse wants besides."""
    return field(default=default, metadata={"flag": flag, "help": help, **more})


def _switch(flag: str, help: str) -> Any:
    return _option(flag, help, default=False, action="store_true")


def _number(least: float, above: bool, whole: bool, words: str) -> Callable[[str], Any]:
    def parse(text: str) -> float | int:
        try:
            number = int(text) if whole else float(text)
        except ValueError:
            number = -1
        if not least <= number < 1e9 or (above and number == least):
            raise argparse.ArgumentTypeError(f"{text!r} is not {words}")
        return number

    return parse


_amount = _number(0, False, False, "a number, 0 or more")
_positive = _number(0, True, False, "a number: it must be more than 0")
_count = _number(1, False, True, "a whole number, 1 or more")


def _format(text: str) -> tuple[str, Path | None]:
    name, _, file = text.partition(":")
    if name not in FORMATS:
        raise argparse.ArgumentTypeError(f"{name!r} is not one of {', '.join(FORMATS)}")
    return name, Path(file) if file else None


def _verdicts(text: str) -> frozenset[Verdict]:
    try:
        return frozenset(Verdict(word.strip()) for word in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: the verdicts are {', '.join(Verdict)}") from None


def _shard(text: str) -> tuple[int, int]:
    index, _, count = text.partition("/")
    if not (index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
        raise argparse.ArgumentTypeError(f"{text!r} is not I/N with I from 1 to N")
    return int(index), int(count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    paths: Sequence[Path] = _option("PATH", "Markdown, built HTML, lists of URLs, or - for a list on standard input (default: the docs of the configuration)", (), nargs="*", type=Path)
    config: Path | None = _option("--config", "the site's configuration (default: mkdocs.yml); links.lock lies beside it, and the policy is looked for upwards from it", metavar="FILE", type=Path)
    html: bool = _switch("--html", "take the folders for built HTML (default: those with an index.html and no Markdown)")
    lock_named: Path | None = _option("--lock", "where evidence is kept (default: links.lock); several sites may share it", metavar="FILE", type=Path)
    no_lock: bool = _switch("--no-lock", "keep and read no evidence: visit everything")
    prune: bool = _switch("--prune", "with --lock: remove the rows of URLs that are on none of these pages")
    max_age: float | None = _option("--max-age", "ask again for what is older (default 30; 0: everything)", metavar="DAYS", type=_amount)
    offline: bool = _switch("--offline", "visit nothing; report from evidence; new URLs get a row 'never visited'")
    timeout: float | None = _option("--timeout", "for one URL in all, tries and redirects included (default 30)", metavar="SECONDS", type=_positive)
    total: float | None = _option("--total", "for the whole run (default 900); what is not reached is left for the next", metavar="SECONDS", type=_positive)
    per_host: int | None = _option("--per-host", "requests under way at one host (default 8)", metavar="N", type=_count)
    private: bool = _switch("--allow-private", "visit loopback and private addresses too")
    fail: str | None = _option("--fail", "which broken links fail the run: all, or only those that were never good (default: the policy's)", choices=policies.FAIL)
    write_baseline: bool = _switch("--write-baseline", "write what is broken now into links.baseline; it fails nothing until it was good once")
    formats: list[tuple[str, Path | None]] | None = _option(
        "--format", f"{', '.join(FORMATS)}; may be given several times (default: text; with annotations under GitHub Actions)", action="append", metavar="FORMAT[:FILE]", type=_format
    )  # fmt: skip
    output: Path | None = _option("--output", "where formats without a FILE go (default: standard output)", metavar="FILE", type=Path)
    only: frozenset[Verdict] | None = _option("--only", "list only these, e.g. broken,moved; counts and exit status stay those of the run", metavar="VERDICTS", type=_verdicts)
    since: str | None = _option("--since", "visit and report only links on lines changed since a git revision", metavar="REV")
    fix: bool = _switch("--fix", "show the diff that writes new addresses of moved links, and https for http, then write it (asks on a terminal)")
    diff: bool = _switch("--diff", "like --fix, but only show the diff")
    explain: str | None = _option("--explain", "visit one address and tell all: chain, times, headers, verdict", metavar="URL")
    shard: tuple[int, int] | None = _option("--shard", "visit only the I-th of N parts; hosts are not divided", metavar="I/N", type=_shard)
    merge: list[Path] | None = _option("--merge", "take the rows of another lock (of a shard) into the lock first; once for each", action="append", metavar="LOCK", type=Path)
    limit: int | None = _option("--limit", "visit at most N addresses, those longest not seen first", metavar="N", type=_count)
    archive: bool = _switch("--archive", "ask the Wayback Machine for copies of pages that have none recorded")

    def policy(self, policy: Policy) -> Policy:
        """The project's policy with what the command line says instead."""
        said = {name: getattr(self, name) for name in ("max_age", "timeout", "per_host", "total", "fail")}
        return replace(policy, **{name: value for name, value in said.items() if value is not None})

    @property
    def configuration(self) -> Path | None:
        return self.config or near(Path())

    @property
    def home(self) -> Path:
        """The folder of the configuration, where links.lock lies and the search for the policy begins."""
        return self.config.parent if self.config else Path()

    @property
    def lock(self) -> Path | None:
        return None if self.no_lock else self.lock_named or self.home / "links.lock"

    @property
    def baseline(self) -> Path:
        return (self.lock or self.home / "links.lock").with_name("links.baseline")

    @property
    def outputs(self) -> list[tuple[str, Path | None]]:
        """The formats that were asked for, each with its file; None is standard output."""
        chosen = [(name, file or self.output) for name, file in self.formats or [("text", None)]]
        under_actions = os.environ.get("GITHUB_ACTIONS") == "true" and "github" not in [name for name, _ in chosen]
        return [*chosen, *([("github", None)] if under_actions else [])]

    @property
    def stream(self) -> TextIO:
        """Where words to a person go: not among a report for a program."""
        name, file = self.outputs[0]
        return sys.stdout if file or name == "text" else sys.stderr

    @property
    def full(self) -> bool:
        """Whether all pages of the site are read, so that a URL which is not on them is on no page."""
        return not self.paths and not self.since


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise UsageError(f"{message}; see {self.prog} --help")


def options(arguments: Sequence[str]) -> Options:
    """Raises UsageError; prints and exits for --help and --version."""
    chosen = Options(**vars(_parser().parse_intermixed_args(arguments)))
    if chosen.config and not chosen.config.is_file():
        raise UsageError(f"--config {chosen.config}: there is no such file")
    if chosen.lock is None and (chosen.merge or chosen.prune):
        raise UsageError("--merge and --prune write the lock; leave --no-lock out")
    if chosen.prune and not chosen.full:
        raise UsageError("--prune needs all pages of the site: leave PATH and --since out")
    if chosen.output and sum(file == chosen.output for _, file in chosen.outputs) > 1:
        raise UsageError("--output takes one format; write the others as FORMAT:FILE")
    for path in chosen.paths:
        if path.suffix == ".lock" and path.is_file():
            raise UsageError(f"{path} is a lock, not a page; to take its rows over write --merge {path}")
    return chosen


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=program(), description="Check every link of a documentation site.", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=version())
    for option in fields(Options):
        said = dict(option.metadata)
        flag = said.pop("flag")
        if flag.startswith("-"):
            parser.add_argument(flag, dest=option.name, default=option.default, **said)
        else:
            parser.add_argument(option.name, metavar=flag, default=option.default, **said)
    return parser
