"""The lock: what is written is read again, whole or not at all, and two writers or two branches lose nothing."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from detection_notes.links import files, lock
from detection_notes.links.lock import LockError
from detection_notes.links.memory import remember
from detection_notes.links.model import Evidence, Visit

ROOT = Path(__file__).parents[2]
FULL = Evidence(
    "https://example.org/", "2026-11-23", 404, "soft-404", "https://example.org/final", "https://example.org/moved", "标题 “x”\t\\", "zh", 1.5,
    "2026-11-01", ("2026-11-20 404", "2026-11-23 soft-404"), "https://web.archive.org/web/2019/https://example.org/", "archived",
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "links.lock"


def test_what_is_written_is_read_again(path: Path) -> None:
    rows = [FULL, Evidence("https://example.org/never"), Evidence("https://example.org/good", "2026-11-23", 200, good="2026-11-23")]

    lock.write(path, rows)

    assert lock.read(path) == {row.url: row for row in rows}


def test_a_row_is_a_line_of_json_and_rows_are_sorted_by_url(path: Path) -> None:
    urls = ["https://b.org/", "http://z.org/", "https://a.org/中文", "https://a.org/?q=1", "https://a.org/\nx"]

    lock.write(path, [Evidence(url) for url in urls])

    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n") and len(text.splitlines()) == len(urls)
    assert [json.loads(line)["url"] for line in text.splitlines()] == sorted(urls)
    assert "中文" in text


def test_a_lock_that_is_not_there_is_empty(path: Path) -> None:
    assert lock.read(path) == {}


def test_nothing_is_written_when_nothing_differs(path: Path) -> None:
    lock.write(path, [FULL])
    before = path.stat()

    lock.write(path, [FULL])

    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("<<<<<<< HEAD", "2: a merge conflict; keep the rows of both sides"),
        ("=======", "2: a merge conflict"),
        (">>>>>>> branch", "2: a merge conflict"),
        ("not json", "2: not a JSON object"),
        ('{"url": "x"', "2: not a JSON object"),
        ("[" * 100_000, "2: not a JSON object"),
        ("[1]", '2: a row is an object with a "url"'),
        ("{}", '2: a row is an object with a "url"'),
        ('{"url": 3}', '2: a row is an object with a "url"'),
        ('{"url": "x", "verdict": "good"}', "2: 'verdict' is not a field"),
        ('{"url": "x", "day": "yesterday"}', "2: 'day' is not a field with such a value"),
        ('{"url": "x", "day": "20261123"}', "2: 'day' is not"),
        ('{"url": "x", "day": "2026-W47-1"}', "2: 'day' is not"),
        ('{"url": "x", "day": "2026-02-30"}', "2: 'day' is not"),
        ('{"url": "x", "good": 3}', "2: 'good' is not"),
        ('{"url": "x", "status": "200"}', "2: 'status' is not"),
        ('{"url": "x", "status": true}', "2: 'status' is not"),
        ('{"url": "x", "status": 7}', "2: 'status' is not"),
        ('{"url": "x", "seconds": NaN}', "2: 'seconds' is not"),
        ('{"url": "x", "seconds": Infinity}', "2: 'seconds' is not"),
        ('{"url": "x", "seconds": -1}', "2: 'seconds' is not"),
        ('{"url": "x", "trail": "2026-11-01 404"}', "2: 'trail' is not"),
        ('{"url": "x", "trail": ["404"]}', "2: 'trail' is not"),
        ('{"url": "x", "trail": ["2026-13-01 404"]}', "2: 'trail' is not"),
        ('{"url": "x", "trail": ["x y"]}', "2: 'trail' is not"),
        ('{"url": "x", "error": "\\u001b[31m"}', "2: 'error' is not"),
        ('{"url": "x", "moved": "javascript:alert(1)"}', "2: 'moved' is not"),
        ('{"url": "x", "archive": "data:text/html,x"}', "2: 'archive' is not"),
        ('{"url": "x", "final": ["https://example.org/"]}', "2: 'final' is not"),
    ],
)  # fmt: skip
def test_a_row_that_is_none_is_named_with_its_line(line: str, said: str, path: Path) -> None:
    path.write_text(f'{{"url": "https://example.org/"}}\n{line}\n', encoding="utf-8")

    with pytest.raises(LockError) as error:
        lock.read(path)

    assert f"links.lock:{said}" in str(error.value)
    assert len(str(error.value)) < 1000


def test_bytes_that_are_no_text_are_told_of(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(LockError, match="cannot be read .* restore it, or delete it and check again"):
        lock.read(path)


@pytest.mark.parametrize("prefix", ["\ufeff", "\n\n"])
def test_lines_of_other_editors_are_understood(prefix: str, path: Path) -> None:
    path.write_bytes(f'{prefix}{{"url": "https://example.org/"}}\r\n\r\n{{"url": "https://example.org/2"}}'.encode())

    assert list(lock.read(path)) == ["https://example.org/", "https://example.org/2"]


@settings(max_examples=40)
@given(st.text(min_size=1), st.text())
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, url: str, title: str) -> None:
    path = tmp_path_factory.mktemp("lock") / "links.lock"
    row = Evidence(url, "2026-11-23", 200, title=title or None)

    lock.write(path, [row])

    assert lock.read(path) == {url: row}


@pytest.mark.parametrize("url", ["https://example.org/\ud800", "https://example.org/\u2028\u0000\x7f"])
def test_characters_that_are_no_text_survive(url: str, path: Path) -> None:
    lock.write(path, [Evidence(url, title="\udfff")])

    assert lock.read(path) == {url: Evidence(url, title="\udfff")}


def test_what_another_run_wrote_meanwhile_is_kept(path: Path) -> None:
    lock.write(path, [Evidence("https://example.org/mine")])
    theirs = Evidence("https://example.org/theirs", "2026-11-23", 200, good="2026-11-23")
    later = Evidence("https://example.org/mine", "2026-11-23", 404, trail=("2026-11-23 404",))
    lock.write(path, [theirs, later])

    lock.write(path, [Evidence("https://example.org/mine", "2026-11-20", 200, good="2026-11-20")])

    assert lock.read(path) == {theirs.url: theirs, later.url: replace(later, good="2026-11-20")}


def test_rows_go_only_when_they_are_named(path: Path) -> None:
    lock.write(path, [FULL, Evidence("https://example.org/old")])

    lock.write(path, [FULL])
    assert len(lock.read(path)) == 2

    lock.write(path, [FULL], gone=frozenset({"https://example.org/old"}))
    assert list(lock.read(path)) == [FULL.url]


def test_a_hundred_thousand_rows_take_seconds(path: Path) -> None:
    rows = [Evidence(f"https://example.org/{n}", "2026-11-01", 200, title="A title", seconds=0.3, good="2026-11-01") for n in range(100_000)]

    began = time.process_time()
    lock.write(path, rows)

    assert len(lock.read(path)) == 100_000
    assert time.process_time() - began < 10


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_two_branches_merge_without_a_conflict(tmp_path: Path) -> None:
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    path = tmp_path / "links.lock"
    common = [Evidence(f"https://example.org/{n}") for n in "acegi"]
    git(tmp_path, "init", "-q", "-b", "main")

    def commit(*rows: Evidence) -> None:
        lock.write(path, rows)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", "x")

    commit(*common)
    git(tmp_path, "checkout", "-q", "-b", "one")
    commit(Evidence("https://example.org/b"), Evidence("https://example.org/c", "2026-11-01", 200, good="2026-11-01"))
    git(tmp_path, "checkout", "-q", "-b", "two", "main")
    commit(Evidence("https://example.org/b2"), Evidence("https://example.org/c", "2026-11-02", 404, trail=("2026-11-02 404",)))
    git(tmp_path, "merge", "-q", "one", "-m", "merge")

    rows = lock.read(path)
    assert sorted(url[-2:].strip("/") for url in rows) == ["a", "b", "b2", "c", "e", "g", "i"]
    assert rows["https://example.org/c"] == Evidence("https://example.org/c", "2026-11-02", 404, good="2026-11-01", trail=("2026-11-02 404",))
    lock.write(path, [])
    assert path.read_text(encoding="utf-8") == lock.render(rows.values())


WRITER = """
import sys
sys.path.insert(0, {scripts!r})
from pathlib import Path
from detection_notes.links import lock
from detection_notes.links.model import Evidence
print("ready", flush=True)
for n in range(10**6):
    lock.write(Path({path!r}), [Evidence(f"https://example.org/{{i}}", title=str(n) * 50) for i in range(300)])
"""


def test_a_kill_in_the_middle_of_a_write_leaves_a_whole_lock(path: Path) -> None:
    for attempt in range(8):
        code = WRITER.format(scripts=str(ROOT / "scripts"), path=str(path))
        writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert writer.stdout.readline() == "ready\n"
        while not path.exists():
            time.sleep(0.001)
        time.sleep(0.013 * attempt)
        writer.kill()
        writer.wait()
        assert len(lock.read(path)) == 300


RIVAL = """
import sys
sys.path.insert(0, {scripts!r})
from pathlib import Path
from detection_notes.links import lock
from detection_notes.links.model import Evidence
for n in range(25):
    lock.write(Path({path!r}), [Evidence(f"https://{{sys.argv[1]}}.example/{{n}}")])
"""


def test_runs_side_by_side_lose_nothing_of_one_another(path: Path) -> None:
    code = RIVAL.format(scripts=str(ROOT / "scripts"), path=str(path))
    rivals = [subprocess.Popen([sys.executable, "-c", code, f"r{n}"]) for n in range(4)]

    assert [rival.wait() for rival in rivals] == [0] * 4

    assert len(lock.read(path)) == 4 * 25


def test_no_run_overwrites_a_newer_row(path: Path) -> None:
    """A asks first and ends last: what B saw in between stays."""
    url = "https://example.org/"
    first = Evidence(url, "2026-11-20T10:00Z", 200, good="2026-11-20T10:00Z")
    lock.write(path, [first])
    known = lock.read(path)
    gone = remember(first, url, Visit(url, "2026-11-23T10:00Z", 404))
    fine = remember(first, url, Visit(url, "2026-11-23T10:05Z", 200))

    lock.write(path, [fine], known)
    lock.write(path, [gone], known)

    assert lock.read(path)[url] == fine


def test_of_two_runs_in_one_minute_the_one_that_found_the_page_counts(path: Path) -> None:
    url = "https://example.org/"
    gone, fine = (remember(None, url, Visit(url, "2026-11-23T10:00Z", status)) for status in (404, 200))

    lock.write(path, [fine])
    lock.write(path, [gone])

    assert lock.read(path)[url].status == 200


def test_a_run_replaces_what_it_knew_also_in_the_same_minute(path: Path) -> None:
    url = "https://example.org/"
    fine = remember(None, url, Visit(url, "2026-11-23T10:00Z", 200))
    lock.write(path, [fine])
    known = lock.read(path)
    gone = remember(fine, url, Visit(url, "2026-11-23T10:00Z", 404))

    lock.write(path, [gone], known)

    assert lock.read(path)[url] == gone


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-23T16:05Z"])
def test_moments_and_bare_days_of_older_locks_are_read(day: str, path: Path) -> None:
    row = Evidence("https://example.org/", day, 404, good=day, trail=(f"{day} 404",))

    lock.write(path, [row])

    assert lock.read(path) == {row.url: row}


def test_a_busy_lock_is_waited_for_and_then_nothing_is_written(path: Path) -> None:
    lock.write(path, [FULL])
    before = path.read_bytes()
    with files.alone(path.parent, 0), pytest.raises(files.Busy):
        lock.write(path, [Evidence("https://example.org/new")], seconds=0.1)

    assert path.read_bytes() == before
    assert lock.PATIENCE == 60
