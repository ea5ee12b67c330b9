"""Files are written whole or not at all, not in the middle of a Ctrl-C, and by one program at a time."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class FileError(Exception):
    """A file cannot be written; the text says which and why."""


class Busy(FileError):
    """Another program is writing."""


def write(path: Path, text: str) -> None:
    """Replace a file in one step. Raises FileError; then the old file stands as it was.

    What is no file (a pipe, /dev/stdout, whatever it leads to) is written to, behind what stands there.
    """
    data = text.encode("utf-8", "backslashreplace")  # of lone surrogates: still JSON
    temporary = None
    try:
        if _is_stream(path):
            append(path, text)
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


def append(path: Path, text: str) -> None:
    """Write behind what stands in a file or stream. Raises FileError."""
    try:
        with open(path, "ab") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({error.strerror})") from error


def _is_stream(path: Path) -> bool:
    """Whether a path names a device or a pipe; /dev/stdout does, even where it leads to a file."""
    return path.parts[:2] in ((os.sep, "dev"), (os.sep, "proc")) or (path.exists() and not path.is_file())


@contextmanager
def alone(folder: Path, seconds: float) -> Iterator[None]:
    """One writer in a folder at a time, where the system can tell (Windows cannot). Raises Busy after so many seconds.

    The folder itself is locked, and no file beside it: nothing is left behind in anybody's repository.
    """
    handle = None
    try:
        if fcntl is not None:
            handle = _locked(folder, time.monotonic() + seconds)
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _locked(folder: Path, end: float) -> int | None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # no such folder: writing will say so
        return None
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if time.monotonic() >= end:
                os.close(handle)
                raise Busy(f"{folder}: another run is writing here; nothing was written. Try again when it is done") from None
            time.sleep(0.02)
        except OSError:  # a file system that has no locks
            return handle
        except BaseException:
            os.close(handle)
            raise


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
