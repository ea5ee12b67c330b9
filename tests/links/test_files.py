"""Files are written whole or not at all, and no signal comes between."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from detection_notes.links import files
from detection_notes.links.files import FileError, uninterrupted

OLD = "old\n"
SCRIPTS = Path(__file__).parents[2] / "scripts"


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


def test_what_is_no_file_gets_the_text_behind_what_stands_there(tmp_path: Path) -> None:
    """``program --output /dev/stdout >> log`` once replaced the log."""
    log = tmp_path / "log"
    log.write_text("before\n")
    code = f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); from pathlib import Path; from detection_notes.links import files; files.write(Path('/dev/stdout'), 'text\\n')"
    with open(log, "ab") as out:
        subprocess.run([sys.executable, "-c", code], stdout=out, check=True)

    assert log.read_text() == "before\ntext\n"


def test_a_text_can_be_put_behind_another(path: Path, tmp_path: Path) -> None:
    files.append(path, "one\n")
    files.append(path, "two\n")

    assert path.read_text() == "one\ntwo\n"
    with pytest.raises(FileError, match="cannot be written"):
        files.append(tmp_path / "no" / "file", "x")


def test_a_folder_in_which_another_writes_is_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    with files.alone(tmp_path, 0):
        with pytest.raises(files.Busy, match="another run is writing here; nothing was written"), files.alone(tmp_path, 0.3):
            pytest.fail("two at once")
        assert 0.3 <= time.monotonic() - began < 5
    with files.alone(tmp_path, 0):
        pass


def test_a_folder_is_free_again_when_its_writer_fails_or_is_killed(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), files.alone(tmp_path, 0):
        raise ZeroDivisionError
    code = f"import sys, time; sys.path.insert(0, {str(SCRIPTS)!r}); from pathlib import Path; from detection_notes.links import files\nwith files.alone(Path({str(tmp_path)!r}), 0): print('in', flush=True); time.sleep(60)"
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert writer.stdout.readline() == b"in\n"
    with pytest.raises(files.Busy), files.alone(tmp_path, 0):
        pass
    writer.kill()
    writer.wait()

    with files.alone(tmp_path, 0):
        pass
    assert list(tmp_path.iterdir()) == []  # nothing is left behind
