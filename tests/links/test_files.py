"""Files are written whole or not at all, and no signal comes between."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from detection_notes.links import files
from detection_notes.links.files import FileError, uninterrupted

OLD = "old\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.txt"


@pytest.mark.parametrize("broken", ["replace", "fsync", "fdopen"])
def test_a_write_that_fails_leaves_the_file_as_it_was(broken: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write(path, OLD)
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(FileError, match=r"file\.txt: cannot be written \(No space left on device\); nothing was changed"):
        files.write(path, "new\n")

    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["file.txt"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="No such file or directory"):
        files.write(tmp_path / "no" / "file.txt", OLD)


def test_the_mode_and_the_link_of_the_file_are_kept(path: Path) -> None:
    real = path.with_name("real.txt")
    real.write_text("")
    real.chmod(0o640)
    path.symlink_to(real)

    files.write(path, OLD)

    assert path.is_symlink() and real.read_text() == OLD
    assert real.stat().st_mode & 0o777 == 0o640


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)

    files.write(pipe, "words\n")

    assert reader.communicate()[0] == b"words\n"
    assert pipe.is_fifo()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_until_a_write_is_done(number: int) -> None:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    done = []
    try:
        with pytest.raises(KeyboardInterrupt), uninterrupted():
            os.kill(os.getpid(), number)
            os.kill(os.getpid(), number)
            done.append("written")
        assert done == ["written"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_write_without_a_signal_interrupts_nothing() -> None:
    with uninterrupted():
        pass
