"""The command line of check_links.py: words → Options."""

import argparse
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from detection_notes.links.model import Verdict
from detection_notes.links.policy import Policy
from detection_notes.links.report import FORMATS

EPILOG = """\
what it does:
  It renders each page as the site does, takes the links of the rendered pages, visits those that the lock knows
  nothing about or nothing recent, writes what it saw into the lock, and reports a verdict for each URL:
    good     it answers                       moved    it redirects for good to another address
    broken   dead for everybody               unknown  cannot be told from here and now (403, 429, time-outs, …)
  It asks as a browser does, for what your pages link to and once each, and waits where it is told to. It does not read
  robots.txt, which is for those who follow links further. GITHUB_TOKEN, if set, lets it notice archived and renamed
  repositories; proxies and certificates come from HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE, SSL_CERT_FILE.

examples:
  check_links.py                              all pages; only what is new or old is asked for
  check_links.py docs/detection/map.md        one page, while writing it
  check_links.py --offline                    visit nothing: bring the lock in line with the pages, judge what is known
  check_links.py --max-age 0 docs/docker      ask again for everything on these pages
  check_links.py --explain URL                the whole story of one address
  check_links.py --since origin/main          report only what stands on lines this branch touched
  check_links.py --fix                        write the new addresses of moved links into the pages
  check_links.py --format github --format junit:links.xml --format markdown:summary.md

exit: 0 nothing broken; 1 something broken; 2 wrong use, or the checker failed; 3 could not check (nothing answered);
      130 stopped by Ctrl-C (what was learnt is in the lock)
"""


class UsageError(Exception):
    """The command line cannot be followed; the text says why."""


@dataclass(frozen=True, slots=True)
class Options:
    paths: tuple[Path, ...]
    config: Path | None
    config_named: bool
    lock: Path | None
    pyproject: Path
    max_age: float | None
    timeout: float | None
    per_host: int | None
    total: float | None
    offline: bool
    private: bool
    outputs: tuple[tuple[str, Path | None], ...]
    only: frozenset[Verdict]
    since: str | None
    fix: bool
    diff: bool
    explain: str | None
    shard: tuple[int, int] | None
    merge: tuple[Path, ...]
    limit: int | None
    archive: bool

    def policy(self, policy: Policy) -> Policy:
        """The project's policy with what the command line says instead."""
        said = {"max_age": self.max_age, "timeout": self.timeout, "per_host": self.per_host, "total": self.total}
        return replace(policy, **{name: value for name, value in said.items() if value is not None})

    @property
    def stream(self) -> TextIO:
        """Where words to a person go: not among a report for a program."""
        name, file = self.outputs[0]
        return sys.stdout if file or name == "text" else sys.stderr

    @property
    def full(self) -> bool:
        """Whether all pages are read, so that a URL which is not on them is on no page."""
        return not self.paths


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        raise UsageError(f"{message}; see check_links.py --help")


def options(arguments: list[str]) -> Options:
    """Raises UsageError; prints help and exits for --help."""
    said = _parser().parse_args(arguments)
    config_named = said.config is not None
    config = Path(said.config or "mkdocs.yml")
    if config_named and not config.is_file():
        raise UsageError(f"--config {config}: there is no such file")
    home = config.parent
    lock = None if said.no_lock else Path(said.lock) if said.lock else home / "links.lock"
    if lock is None and said.merge:
        raise UsageError("--merge writes the lock; leave --no-lock out")
    return Options(
        paths=tuple(Path(path) for path in said.paths),
        config=config if config.is_file() else None,
        config_named=config_named,
        lock=lock,
        pyproject=home / "pyproject.toml",
        max_age=said.max_age,
        timeout=said.timeout,
        per_host=said.per_host,
        total=said.total,
        offline=said.offline,
        private=said.allow_private,
        outputs=_outputs(said.format or [_default_format()], said.output),
        only=frozenset(said.only or ()),
        since=said.since,
        fix=said.fix,
        diff=said.diff,
        explain=said.explain,
        shard=said.shard,
        merge=tuple(Path(path) for path in said.merge or ()),
        limit=said.limit,
        archive=said.archive,
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="check_links.py", description="Check every link of the notes.", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="Markdown files or folders (default: the docs of the configuration)")
    add("--config", metavar="FILE", help="the site's configuration (default: mkdocs.yml); it also says where pyproject.toml and links.lock lie")
    add("--lock", metavar="FILE", help="where evidence is kept (default: links.lock)")
    add("--no-lock", action="store_true", help="keep and read no evidence: visit everything")
    add("--max-age", type=_amount, metavar="DAYS", help="ask again for what is older (default 30; 0: everything)")
    add("--offline", action="store_true", help="visit nothing; report from evidence; new URLs get a row 'never visited'")
    add("--timeout", type=_positive, metavar="SECONDS", help="for one URL in all, tries and redirects included (default 30)")
    add("--total", type=_positive, metavar="SECONDS", help="for the whole run (default 900); what is not reached is left for the next")
    add("--per-host", type=_count, metavar="N", help="requests under way at one host (default 8)")
    add("--allow-private", action="store_true", help="visit loopback and private addresses too")
    add("--format", action="append", type=_format, metavar="FORMAT[:FILE]", help=f"{', '.join(FORMATS)}; may be given several times (default: text; with annotations under GitHub Actions)")
    add("--output", metavar="FILE", type=Path, help="where formats without a FILE go (default: standard output)")
    add("--only", type=_verdicts, metavar="VERDICTS", help="report only these, e.g. broken,moved")
    add("--since", metavar="REV", help="report only links on lines changed since a git revision")
    add("--fix", action="store_true", help="show the diff that writes new addresses of moved links, and https for http, then write it (asks on a terminal)")
    add("--diff", action="store_true", help="like --fix, but only show the diff")
    add("--explain", metavar="URL", help="visit one address and tell all: chain, times, headers, verdict")
    add("--shard", type=_shard, metavar="I/N", help="visit only the I-th of N parts; hosts are not divided")
    add("--merge", nargs="+", metavar="LOCK", help="take the rows of other locks (of shards) into the lock first")
    add("--limit", type=_count, metavar="N", help="visit at most N addresses, those longest not seen first")
    add("--archive", action="store_true", help="ask the Wayback Machine for copies of pages that have none recorded")
    return parser


def _default_format() -> tuple[str, Path | None]:
    return "text", None


def _outputs(formats: list[tuple[str, Path | None]], output: Path | None) -> tuple[tuple[str, Path | None], ...]:
    chosen = [(name, file or output) for name, file in formats]
    if output and sum(file == output for _, file in chosen) > 1:
        raise UsageError("--output takes one format; write the others as FORMAT:FILE")
    if os.environ.get("GITHUB_ACTIONS") == "true" and "github" not in [name for name, _ in chosen]:
        chosen.append(("github", None))
    return tuple(chosen)


def _format(text: str) -> tuple[str, Path | None]:
    name, _, file = text.partition(":")
    if name not in FORMATS:
        raise argparse.ArgumentTypeError(f"{name!r} is not one of {', '.join(FORMATS)}")
    return name, Path(file) if file else None


def _amount(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number, 0 or more")
    return number


def _positive(text: str) -> float:
    if _amount(text) == 0:
        raise argparse.ArgumentTypeError("it must be more than 0")
    return _amount(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 1 or more")
    return int(text)


def _verdicts(text: str) -> list[Verdict]:
    try:
        return [Verdict(word.strip()) for word in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: the verdicts are {', '.join(Verdict)}") from None


def _shard(text: str) -> tuple[int, int]:
    index, _, count = text.partition("/")
    if not (index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
        raise argparse.ArgumentTypeError(f"{text!r} is not I/N with I from 1 to N")
    return int(index), int(count)
