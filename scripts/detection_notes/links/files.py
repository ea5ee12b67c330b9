"""Files are written whole or not at all, not in the middle of a Ctrl-C, and by one program at a time."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

LOOKS = 250  # 20 ms apart, whether another program still writes


class FileError(Exception):
    """A file cannot be written; the text says which and why."""


def write(path: Path, text: str) -> None:
    """Replace a file in one step. Raises FileError; then the old file stands as it was."""
    data = text.encode("utf-8", "backslashreplace")  # of lone surrogates: still JSON
    temporary = None
    try:
        if path.exists() and not path.is_file():  # a pipe or a device is written to, not replaced
            path.write_bytes(data)
            return
        path = path.resolve()
        if path.exists() and path.read_bytes() == data:
            return
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({error.strerror}); nothing was changed") from error
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One writer in a folder at a time, where the system can tell; it waits for some seconds at most."""
    handle = None
    try:
        if fcntl:
            handle = os.open(folder, os.O_RDONLY)
            for _ in range(LOOKS):
                with suppress(BlockingIOError):
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                time.sleep(0.02)
    except OSError:  # no such folder, or one that cannot be locked
        pass
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait until this is done."""
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt
