"""Pages → links: external ones, and those that lead nowhere in the checkout; several processes share many pages.

What an extension prints goes to standard error, so that it never stands in a report.
"""

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from detection_notes.links.address import external
from detection_notes.links.local import missing_as_built, missing_on_github
from detection_notes.links.model import Link
from detection_notes.links.pages import Form, Page, text_of_standard_input
from detection_notes.links.readers.source import Source, read, without_front_matter
from detection_notes.links.settings import PagesError

A_SHARE = 25  # pages for which one more process pays
SHARES = 2  # of each process, so that one with long pages does not keep the others waiting at the end
MOST = 400  # pages that one process reads


@dataclass(frozen=True, slots=True)
class Extract:
    """``problems`` are pages that could not be read or rendered, or not wholly, in words with the remedy."""

    links: list[Link]
    problems: list[str]


def extract(pages: Sequence[Page]) -> Extract:
    """The links of all pages, in their order. One page that fails keeps no other from being read."""
    with _standard_output_closed():
        found = _shared(pages, min(_cores(), len(pages) // A_SHARE))
    links = [link for page in found for link in page.links]
    return Extract(links, list(dict.fromkeys(problem for page in found for problem in page.problems)))


def one(page: Page) -> Extract:
    """The links of one page."""
    try:
        match page.form:
            case Form.LIST:
                text = text_of_standard_input() if str(page.path) == "-" else read(page.path, page.name)
                return listed(Source(page.name, text))
            case Form.BUILT:
                from detection_notes.links.readers import built

                links, within, base = built.read(page.path, page.name)
                lost = [_placed(link, page.path) for link in missing_as_built(page, within, base, built.anchors_of)]
                return Extract(links + lost, [])
            case Form.MKDOCS:
                from detection_notes.links.readers import mkdocs

                return Extract(*mkdocs.read(page, without_front_matter(page.name, read(page.path, page.name), like_mkdocs=True)))
        from detection_notes.links.readers import github

        links, within = github.read(without_front_matter(page.name, read(page.path, page.name), like_mkdocs=False))
        return Extract(links + list(missing_on_github(page, within, github.anchors_of)), [])
    except PagesError as error:
        return Extract([], [str(error)])
    except OSError as error:
        return Extract([], [f"{page.name}: cannot be read ({error.strerror})"])


def listed(source: Source) -> Extract:
    """A list of URLs, one a line; lines that begin with # say something to people."""
    links, problems = [], []
    for number, line in enumerate(source.text.split("\n"), source.first_line):
        text = line.strip()
        url = external(text)
        if url:
            links.append(Link(source.name, number, url, line.find(text) + 1))
        elif text and not text.startswith("#"):
            problems.append(f"{source.name}:{number}: not a URL: {text[:80]}; write one URL a line, beginning with http:// or https://")
    return Extract(links, problems)


def _placed(link: Link, path: Path) -> Link:
    from dataclasses import replace

    from detection_notes.links.readers.built import line_of

    return replace(link, line=line_of(path, link.url))


def _cores() -> int:
    if "fork" not in multiprocessing.get_all_start_methods() or sys.platform == "darwin":
        return 1  # starting Python anew in each process costs more than it saves
    return len(os.sched_getaffinity(0))


def _shared(pages: Sequence[Page], processes: int) -> list[Extract]:
    """Every page's links. With several processes each reads one share and ends, which frees what the parsers still hold."""
    if processes < 2:
        return [one(page) for page in pages]
    _prepare(pages)
    context = multiprocessing.get_context("fork")
    size = min(MOST, -(-len(pages) // (SHARES * processes)))
    todo = deque(pages[start : start + size] for start in range(0, len(pages), size))
    shares = len(todo)
    found: dict[int, list[Extract]] = {}
    running: dict[Connection, tuple[int, Sequence[Page]]] = {}
    while todo or running:
        while todo and len(running) < processes:
            share = shares - len(todo), todo.popleft()
            here, there = context.Pipe(duplex=False)
            context.Process(target=_read, args=(share[1], there), daemon=True).start()
            there.close()
            running[here] = share
        for pipe in wait(list(running)):
            assert isinstance(pipe, Connection)
            number, share_of_pages = running.pop(pipe)
            try:
                found[number] = pipe.recv()
            except EOFError:  # the process was killed, say for its memory
                found[number] = [one(page) for page in share_of_pages]
            pipe.close()
    return [extract for number in range(shares) for extract in found[number]]


def _prepare(pages: Sequence[Page]) -> None:
    """Import and set up once what every process needs."""
    if any(page.form is Form.GITHUB for page in pages):
        from detection_notes.links.readers import github  # noqa: F401
    for site in {page.site for page in pages if page.form is Form.MKDOCS and page.site}:
        from detection_notes.links.readers.mkdocs import rendering

        rendering(site)


def _read(pages: Sequence[Page], pipe: Connection) -> None:
    pipe.send([one(page) for page in pages])
    pipe.close()


@contextmanager
def _standard_output_closed() -> Iterator[None]:
    """What is printed meanwhile, also below Python, goes to standard error."""
    sys.stdout.flush()
    try:
        output, error = sys.stdout.fileno(), sys.stderr.fileno()
    except (OSError, ValueError):  # no real files, as under a test
        with redirect_stdout(sys.stderr):
            yield
        return
    kept = os.dup(output)
    os.dup2(error, output)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, output)
        os.close(kept)
