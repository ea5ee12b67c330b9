"""How far a run is: a bar on a terminal, now and then a plain line elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

EVERY = 10.0  # seconds from one plain line to the next

Advance = Callable[[], None]


def progress(total: int) -> AbstractContextManager[Advance]:
    """Gives a function to call after each of ``total`` visits."""
    if total == 0:
        return nullcontext(lambda: None)
    return _bar(total) if sys.stderr.isatty() else _lines(total)


@contextmanager
def _lines(total: int) -> Iterator[Advance]:
    count, told = 0, time.monotonic()

    def advance() -> None:
        nonlocal count, told
        count += 1
        if time.monotonic() - told > EVERY:
            told = time.monotonic()
            print(f"visited {count} of {total}", file=sys.stderr, flush=True)

    yield advance


@contextmanager
def _bar(total: int) -> Iterator[Advance]:
    from rich.console import Console  # late: a pipe needs no bar
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    with Progress("visiting", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        visits = bar.add_task("visiting", total=total)
        yield lambda: bar.advance(visits)
