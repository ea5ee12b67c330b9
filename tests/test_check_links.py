"""The link checker as people run it: the program, real pages, a real web on loopback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from web import Exchange, Web

PROGRAM = Path(__file__).resolve().parents[1] / "scripts" / "check_links.py"


@pytest.fixture
def web() -> Iterator[Web]:
    site = Web()
    yield site
    site.close()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """check_links.py in an empty folder; private addresses are open, since the web is here."""
    for name in ("GITHUB_ACTIONS", "GITHUB_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)

    def go(*arguments: str, private: bool = True, **environ: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(PROGRAM), *arguments, *(["--allow-private"] if private else [])]
        return subprocess.run(command, cwd=tmp_path, env={**os.environ, **environ}, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=120)

    return go


def page(folder: Path, text: str, name: str = "page.md") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def rows(folder: Path) -> dict[str, dict]:
    return {row["url"]: row for row in map(json.loads, (folder / "links.lock").read_text(encoding="utf-8").splitlines())}


def lock(folder: Path, *rows: dict) -> None:
    (folder / "links.lock").write_text("".join(json.dumps(row) + "\n" for row in sorted(rows, key=lambda row: row["url"])), encoding="utf-8")


def ago(days: int) -> str:
    """A day, counted from the moment of the call: a run of all tests may begin on one day and end on the next."""
    return (datetime.now(UTC).date() - timedelta(days)).isoformat()


# What a writer learns


def test_a_dead_link_stops_with_place_reason_and_what_to_do(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"# T\n\nSee [this]({web.url('/gone')}).\n")

    done = run("page.md")

    assert done.returncode == 1
    assert f"page.md:3: broken {web.url('/gone')} (404: the server says: not found)" in done.stdout
    assert "→ find the page's new address or an archive copy, or remove the link" in done.stdout


def test_a_link_that_refuses_programs_does_not_stop(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"[this]({web.on('/walled', lambda e: e.reply(403))})\n")

    done = run("page.md")

    assert done.returncode == 0
    assert "page.md:1: unknown" in done.stdout


def test_the_report_of_a_program_has_every_link_with_its_places(tmp_path: Path, web: Web, run) -> None:
    new = web.on("/new", Exchange.reply)
    old = web.on("/old", lambda e: e.redirect("/new", 301))
    page(tmp_path, f"[a]({old}) [b]({new})\n\n!!! note\n    [c]({old})\n")

    whole = json.loads(run("page.md", "--format", "json").stdout)

    assert whole["counts"] == {"good": 1, "moved": 1, "broken": 0, "unknown": 0}
    moved = next(link for link in whole["links"] if link["url"] == old)
    assert (moved["verdict"], moved["status"], moved["final"]) == ("moved", 200, new)
    assert moved["places"] == [{"page": "page.md", "line": 1}, {"page": "page.md", "line": 4}]


def test_each_address_is_asked_for_once_however_often_it_stands_there(tmp_path: Path, web: Web, run) -> None:
    url = web.on("/x", lambda e: e.reply(200, b"<title>t</title><p id=a></p><p id=b></p>"))
    page(tmp_path, f"[a]({url}) [b]({url}#a) [c]({url}#b)\n", "a.md")
    page(tmp_path, f"[a]({url})\n", "b.md")

    run("a.md", "b.md")

    assert web.paths() == ["/x"]


def test_a_folder_without_a_configuration_is_read_as_github_shows_it(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f'<div>\n\n[a]({web.url("/html")})\n\n</div>\n\n`{web.url("/code")}` {web.url("/bare")}\n', "notes/a.md")

    links = json.loads(run("notes", "--format", "json").stdout)["links"]

    assert [(link["url"], link["places"]) for link in links] == [(web.url("/html"), [{"page": "notes/a.md", "line": 3}]), (web.url("/bare"), [{"page": "notes/a.md", "line": 7}])]


def test_a_site_is_read_with_its_own_extensions_and_without_what_it_excludes(tmp_path: Path, web: Web, run) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: t\nmarkdown_extensions: [pymdownx.magiclink]\nexclude_docs: drafts/\n")
    page(tmp_path, f"---\ntitle: x\n---\n\n{web.on('/bare', Exchange.reply)}\n", "docs/index.md")
    page(tmp_path, f"[a]({web.url('/draft')})\n", "docs/drafts/a.md")

    done = run("--format", "json")

    assert [(link["url"], link["places"]) for link in json.loads(done.stdout)["links"]] == [(web.url("/bare"), [{"page": "docs/index.md", "line": 5}])]


def test_private_addresses_are_refused_unless_opened(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"[a]({web.on('/x', Exchange.reply)}) [b](http://10.0.0.1:1/)\n")

    links = json.loads(run("page.md", "--format", "json", private=False).stdout)["links"]

    assert ([link["code"] for link in links], web.asked) == (["placeholder", "private-address"], [])


# What it remembers


def test_the_second_run_asks_for_nothing(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"[a]({web.on('/x', Exchange.reply)}) [b]({web.url('/gone')}) [c]({web.on('/slow', lambda e: e.reply(503))})\n")
    run("page.md")
    asked = len(web.asked)

    done = run("page.md")

    assert len(web.asked) == asked
    assert done.returncode == 1  # what is broken stays so


def test_only_what_is_new_or_old_is_asked_for(tmp_path: Path, web: Web, run) -> None:
    fresh, old, new = (web.on(f"/{name}", Exchange.reply) for name in ("fresh", "old", "new"))
    page(tmp_path, f"[a]({fresh}) [b]({old}) [c]({new})\n")
    lock(tmp_path, {"url": fresh, "day": ago(5), "status": 200, "good": ago(5)}, {"url": old, "day": ago(31), "status": 200, "good": ago(31)})

    run("page.md")

    assert sorted(web.paths()) == ["/new", "/old"]
    assert rows(tmp_path)[fresh]["day"] == ago(5)
    assert rows(tmp_path)[old]["good"][:10] == ago(0)


@pytest.mark.parametrize(("option", "asked"), [(("--max-age", "3"), 1), (("--max-age", "60"), 0), (("--max-age", "0"), 1), ((), 0)])
def test_the_age_of_evidence_can_be_chosen(option: tuple[str, ...], asked: int, tmp_path: Path, web: Web, run) -> None:
    url = web.on("/x", Exchange.reply)
    page(tmp_path, f"[a]({url})\n")
    lock(tmp_path, {"url": url, "day": ago(5), "status": 200, "good": ago(5)})

    run("page.md", *option)

    assert len(web.asked) == asked


def test_offline_visits_nothing_and_gives_new_links_a_row(tmp_path: Path, web: Web, run) -> None:
    url = web.on("/x", Exchange.reply)
    page(tmp_path, f"[a]({url})\n")

    done = run("page.md", "--offline")

    assert (done.returncode, web.asked) == (0, [])
    assert rows(tmp_path) == {url: {"url": url}}
    assert "never visited" in done.stdout


def test_without_a_lock_everything_is_visited_and_nothing_written(tmp_path: Path, web: Web, run) -> None:
    url = web.on("/x", Exchange.reply)
    page(tmp_path, f"[a]({url})\n")
    lock(tmp_path, {"url": url, "day": ago(0), "status": 404})
    before = (tmp_path / "links.lock").read_bytes()

    done = run("page.md", "--no-lock")

    assert (done.returncode, web.paths()) == (0, ["/x"])
    assert (tmp_path / "links.lock").read_bytes() == before


def test_rows_of_links_that_are_gone_go_on_a_full_run_only(tmp_path: Path, web: Web, run) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: t\n")
    page(tmp_path, f"[a]({web.on('/x', Exchange.reply)})\n", "docs/index.md")
    lock(tmp_path, {"url": "https://vanished.example/", "day": ago(2), "status": 200, "good": ago(2)})

    run("docs/index.md")
    assert "https://vanished.example/" in rows(tmp_path)

    run()
    assert list(rows(tmp_path)) == [web.url("/x")]


def test_a_link_that_was_fine_is_broken_only_after_a_second_day(tmp_path: Path, web: Web, run) -> None:
    url = web.url("/gone")
    page(tmp_path, f"[a]({url})\n")
    lock(tmp_path, {"url": url, "day": ago(40), "status": 200, "good": ago(40)})

    done = run("page.md")
    assert done.returncode == 0
    assert "dead-once" in done.stdout

    lock(tmp_path, {"url": url, "day": ago(3), "status": 404, "good": ago(40), "trail": [f"{ago(3)} 404"]})
    assert run("page.md").returncode == 1


def test_with_no_network_nothing_is_lost_and_the_message_says_so(tmp_path: Path, run) -> None:
    page(tmp_path, "[a](https://a.notes.dev/a) [b](https://b.notes.dev/b)\n")
    lock(tmp_path, {"url": "https://a.notes.dev/a", "day": ago(90), "status": 200, "good": ago(90)})
    before = (tmp_path / "links.lock").read_bytes()
    nowhere = {name: "http://127.0.0.1:1" for name in ("HTTP_PROXY", "HTTPS_PROXY")}

    done = run("page.md", **nowhere)

    assert done.returncode == 3
    assert (tmp_path / "links.lock").read_bytes() == before
    assert "nothing answered: is there a network" in done.stdout and "--offline" in done.stdout
    assert "most often: proxy-failure (" in done.stdout


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_keeps_what_it_learnt(stop: signal.Signals, tmp_path: Path, web: Web) -> None:
    fine = [web.on(f"/{n}", Exchange.reply) for n in range(5)]
    hanging = [web.on(f"/hang{n}", Exchange.hang) for n in range(3)]
    page(tmp_path, "".join(f"[a]({url})\n" for url in fine + hanging))
    going = subprocess.Popen([sys.executable, str(PROGRAM), "page.md", "--allow-private"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    deadline = time.monotonic() + 30
    while len(web.asked) < 8 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)

    going.send_signal(stop)
    out, _ = going.communicate(timeout=30)

    assert going.returncode == 130
    assert "stopped: 5 visits are remembered, 3 are left for the next run" in out
    assert all(rows(tmp_path)[url]["status"] == 200 for url in fine)
    assert all("day" not in rows(tmp_path)[url] for url in hanging)


def test_a_run_may_not_last_longer_than_it_is_given(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"[a]({web.on('/x', Exchange.reply)}) [b]({web.on('/hang', Exchange.hang)})\n")

    began = time.monotonic()
    done = run("page.md", "--total", "2")

    assert time.monotonic() - began < 20
    assert "the time for this run (--total) was over: 1 addresses are left for the next run" in done.stdout
    assert rows(tmp_path)[web.url("/x")]["status"] == 200


# Policy


def test_a_kept_link_is_reported_dead_and_stops_nothing(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"[a]({web.url('/gone')})\n")
    (tmp_path / "pyproject.toml").write_text(f'[[tool.links.keep]]\nurl = "{web.url("/*")}"\nreason = "as history"\n')

    done = run("page.md")

    assert done.returncode == 0
    assert "broken" in done.stdout and "kept: as history" in done.stdout


def test_an_ignored_link_is_never_visited(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"[a]({web.url('/gone')})\n")
    (tmp_path / "pyproject.toml").write_text(f'[[tool.links.ignore]]\nurl = "{web.url("/gone")}"\nreason = "an example"\n')

    assert (run("page.md").returncode, web.asked) == (0, [])


def test_a_rule_that_has_run_out_no_longer_acts_and_is_named(tmp_path: Path, web: Web, run) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: t\n")
    page(tmp_path, f"[a]({web.url('/gone')})\n", "docs/index.md")
    (tmp_path / "pyproject.toml").write_text(
        f'[[tool.links.keep]]\nurl = "{web.url("/gone")}"\nreason = "r"\nuntil = 2020-01-01\n[[tool.links.keep]]\nurl = "https://nowhere.example/"\nreason = "r"\n'
    )

    done = run()

    assert done.returncode == 1
    assert "ran out on 2020-01-01" in done.stdout and "'https://nowhere.example/' matches no link" in done.stdout


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("[tool.links]\nmaxage = 3\n", "unknown key 'maxage'; the keys are max-age, timeout, per-host"),
        ("[tool.links]\nmax-age = 'old'\n", "max-age = 'old', but it must be a number"),
        ('[[tool.links.keep]]\nurl = "x"\n', "an entry has no reason"),
        ('[[tool.links.keep]]\nurl = "x"\nreason = "r"\nuntill = 2020-01-01\n', "unknown key 'untill'; the keys are url, reason, owner, until"),
        ("[tool.links\n", "pyproject.toml"),
    ],
)
def test_a_policy_that_cannot_be_used_is_named_with_the_right_words(policy: str, words: str, tmp_path: Path, run) -> None:
    page(tmp_path, "text\n")
    (tmp_path / "pyproject.toml").write_text(policy)

    done = run("page.md")

    assert done.returncode == 2
    assert words in done.stderr and "Traceback" not in done.stderr


# Wrong use


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.md"], "nowhere.md: there is no such file or folder"),
        ([], "there is no mkdocs.yml here: name the Markdown files or folders"),
        (["page.md", "--format", "yaml"], "'yaml' is not one of text, json, markdown, github, junit, sarif"),
        (["page.md", "--only", "dead"], "'dead': the verdicts are good, moved, broken, unknown"),
        (["page.md", "--timeout", "0"], "it must be more than 0"),
        (["page.md", "--max-age", "-1"], "is not a number, 0 or more"),
        (["page.md", "--shard", "3/2"], "'3/2' is not I/N"),
        (["page.md", "--config", "none.yml"], "--config none.yml: there is no such file"),
        (["page.md", "--sinse", "main"], "--sinse"),
        (["latin1.md"], "latin1.md: cannot be read"),
        (["page.md", "--lock", "bad.lock"], "bad.lock:1: not a JSON object"),
        (["page.md", "--since", "no-such-revision"], "--since: git says"),
    ],
)
def test_wrong_use_is_told_in_one_line_with_status_2(arguments: list[str], words: str, tmp_path: Path, run) -> None:
    page(tmp_path, "text\n")
    (tmp_path / "latin1.md").write_bytes(b"caf\xe9\n")
    (tmp_path / "bad.lock").write_text("nonsense\n")

    done = run(*arguments)

    assert done.returncode == 2
    assert words in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_help_teaches(run) -> None:
    done = run("--help")

    assert done.returncode == 0
    for words in ("examples:", "exit:", "--explain", "--offline", "unknown", "check_links.py --fix", "robots.txt", "HTTPS_PROXY"):
        assert words in done.stdout


# Reports


def test_several_formats_at_once_go_where_they_are_sent(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"[a]({web.url('/gone')})\n")

    done = run("page.md", "--format", "text", "--format", "json:links.json", "--format", "junit:links.xml", "--format", "sarif:links.sarif", "--format", "markdown:links.md.txt")

    assert done.returncode == 1 and "broken" in done.stdout
    assert json.loads((tmp_path / "links.json").read_text())["counts"]["broken"] == 1
    assert "<failure" in (tmp_path / "links.xml").read_text()
    assert json.loads((tmp_path / "links.sarif").read_text())["version"] == "2.1.0"
    assert "| broken |" in (tmp_path / "links.md.txt").read_text()


def test_output_takes_the_report_off_the_screen(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"[a]({web.on('/x', Exchange.reply)})\n")

    done = run("page.md", "--format", "json", "--output", "report.json")

    assert done.stdout == ""
    assert json.loads((tmp_path / "report.json").read_text())["counts"]["good"] == 1


def test_under_github_actions_places_are_annotated_by_themselves(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"text\n\n[a]({web.url('/gone')})\n")

    done = run("page.md", GITHUB_ACTIONS="true")

    assert "::error file=page.md,line=3,title=broken link::" in done.stdout + done.stderr


def test_only_some_verdicts_can_be_shown(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"[a]({web.url('/gone')}) [b]({web.on('/x', Exchange.reply)}) [c]({web.on('/w', lambda e: e.reply(403))})\n")

    done = run("page.md", "--only", "unknown")

    assert web.url("/w") in done.stdout and web.url("/gone") not in done.stdout
    assert done.returncode == 1  # what is hidden is still broken


def test_since_reports_only_what_stands_on_touched_lines(tmp_path: Path, web: Web, run) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments], cwd=tmp_path, check=True, capture_output=True)

    page(tmp_path, f"[old]({web.url('/old-dead')})\n\ntext\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    page(tmp_path, f"[old]({web.url('/old-dead')})\n\ntext\n\n[new]({web.on('/new', Exchange.reply)})\n")

    done = run("page.md", "--since", "HEAD", "--format", "json")

    assert [link["url"] for link in json.loads(done.stdout)["links"]] == [web.url("/new")]
    assert done.returncode == 0

    page(tmp_path, f"[x]({web.url('/dead-too')})\n", "untracked.md")
    assert run("untracked.md", "page.md", "--since", "HEAD").returncode == 1


def test_explain_tells_the_whole_story(tmp_path: Path, web: Web, run) -> None:
    web.on("/b", lambda e: e.reply(200, b"<title>The page</title>", server="nginx"))
    url = web.on("/a", lambda e: e.redirect("/b", 301))

    done = run("--explain", url)

    assert done.returncode == 0
    for words in (f"301 {url}", "location: /b", f"200 {web.url('/b')}", "server: nginx", "title: The page", f"permanent redirects lead to {web.url('/b')}", "verdict: moved", "the lock knows nothing of it"):
        assert words in done.stdout


# Mending


FIXED = [
    ("[a]({old})\n", "[a]({new})\n"),
    ("[a]({old} 'title') and [b]({old}/x)\n", "[a]({new} 'title') and [b]({old}/x)\n"),
    ("see [a][r]\n\n[r]: {old} 'T'\n", "see [a][r]\n\n[r]: {new} 'T'\n"),
    ("<{old}>\n", "<{new}>\n"),
    ("`{old}` [a]({old})\n\n    {old}\n", "`{old}` [a]({new})\n\n    {old}\n"),
    ("[a]({old}) [b]({old})\n", "[a]({new}) [b]({new})\n"),
    ('<img src="{old}">\n', '<img src="{new}">\n'),
    ("\ufeff[a]({old})\r\n[b]({old})\r\n", "\ufeff[a]({new})\r\n[b]({new})\r\n"),
    ("!!! note\n    [a]({old})\n", "!!! note\n    [a]({new})\n"),
]


@pytest.mark.parametrize(("before", "after"), FIXED)
def test_fix_writes_the_new_address_exactly_at_the_link(before: str, after: str, tmp_path: Path, web: Web, run) -> None:
    new = web.on("/a/much/longer/new/address", Exchange.reply)
    old = web.on("/old", lambda e: e.redirect("/a/much/longer/new/address", 301))
    web.on("/old/x", Exchange.reply)
    (tmp_path / "page.md").write_bytes(before.format(old=old).encode())

    done = run("page.md", "--fix")

    assert (tmp_path / "page.md").read_bytes() == after.format(old=old, new=new).replace(f"{new}/x", f"{old}/x").encode()
    assert "+++ b/page.md" in done.stdout


def test_diff_shows_and_writes_nothing(tmp_path: Path, web: Web, run) -> None:
    web.on("/new", Exchange.reply)
    path = page(tmp_path, f"[a]({web.on('/old', lambda e: e.redirect('/new', 301))})\n")
    before = path.read_bytes()

    done = run("page.md", "--diff")

    assert f"+[a]({web.url('/new')})" in done.stdout
    assert path.read_bytes() == before


def test_a_temporary_redirect_is_not_rewritten(tmp_path: Path, web: Web, run) -> None:
    web.on("/new", Exchange.reply)
    page(tmp_path, f"[a]({web.on('/old', lambda e: e.redirect('/new', 302))})\n")

    assert "nothing to fix" in run("page.md", "--fix").stdout


# Large sites


def test_shards_divide_the_work_and_merge_into_one_lock(tmp_path: Path, run) -> None:
    webs = [Web(f"127.0.0.{n}") for n in range(2, 8)]
    urls = [site.on(f"/{n}", Exchange.reply) for site in webs for n in range(3)]
    page(tmp_path, "".join(f"[a]({url})\n" for url in urls))

    for part in (1, 2, 3):
        run("page.md", "--shard", f"{part}/3", "--lock", f"{part}.lock")
    asked = sum(len(site.asked) for site in webs)
    run("page.md", *(word for n in "123" for word in ("--merge", f"{n}.lock")))

    assert asked == len(urls)
    assert all(rows(tmp_path)[url]["status"] == 200 for url in urls)
    [site.close() for site in webs]


def test_a_limit_takes_those_longest_not_seen(tmp_path: Path, web: Web, run) -> None:
    urls = [web.on(f"/{n}", Exchange.reply) for n in range(4)]
    page(tmp_path, "".join(f"[a]({url})\n" for url in urls))
    lock(tmp_path, *({"url": url, "day": ago(100 - n), "status": 200, "good": ago(100 - n)} for n, url in enumerate(urls)))

    run("page.md", "--limit", "2")

    assert sorted(web.paths()) == ["/0", "/1"]


# What others know of a page


def wayback(exchange: Exchange) -> None:
    exchange.reply(200, json.dumps({"archived_snapshots": {"closest": {"available": True, "url": "http://web.archive.org/web/2020/x"}}}).encode(), content_type="application/json")


def test_an_archive_copy_is_recorded_while_the_page_lives_and_offered_when_it_dies(tmp_path: Path, web: Web, run) -> None:
    from urllib.parse import quote

    url = web.on("/x", Exchange.reply)
    web.on(f"/wayback/available?url={quote(url, safe='')}", wayback)
    page(tmp_path, f"[a]({url})\n")

    run("page.md", "--archive", LINKS_WAYBACK=web.url("").rstrip("/"))
    assert rows(tmp_path)[url]["archive"] == "https://web.archive.org/web/2020/x"

    lock(tmp_path, rows(tmp_path)[url] | {"day": ago(2), "good": ago(40), "status": 404, "trail": [f"{ago(2)} 404"]})
    web.on("/x", lambda e: e.reply(404))
    done = run("page.md", "--max-age", "0")
    assert "an archive copy: https://web.archive.org/web/2020/x" in done.stdout


@pytest.mark.parametrize("answer", [lambda e: e.reply(500), lambda e: e.reply(200, b"not json"), lambda e: e.reply(200, b'{"archived_snapshots": {}}'), lambda e: e.reply(200, b"[1]"), Exchange.reset])
def test_a_missing_archive_never_matters(answer, tmp_path: Path, web: Web, run) -> None:
    from urllib.parse import quote

    url = web.on("/x", Exchange.reply)
    web.on(f"/wayback/available?url={quote(url, safe='')}", answer)
    page(tmp_path, f"[a]({url})\n")

    done = run("page.md", "--archive", LINKS_WAYBACK=web.url("").rstrip("/"))

    assert done.returncode == 0
    assert "archive" not in rows(tmp_path)[url]


def test_a_report_that_nobody_reads_loses_nothing(tmp_path: Path, web: Web) -> None:
    url = web.on("/x", Exchange.reply)
    page(tmp_path, f"[a]({url})\n")
    going = subprocess.Popen([sys.executable, str(PROGRAM), "page.md", "--allow-private"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    going.stdout.close()

    going.wait(timeout=60)

    assert rows(tmp_path)[url]["status"] == 200
    assert b"Traceback" not in going.stderr.read()


# When things go wrong


NO_NAMES = "import socket\ndef no(*a, **k): raise socket.gaierror({code}, 'no')\nsocket.getaddrinfo = no\n"


@pytest.mark.parametrize("code", ["socket.EAI_NONAME", "socket.EAI_AGAIN"])
def test_a_machine_without_names_breaks_no_link(code: str, tmp_path: Path, run) -> None:
    page(tmp_path, "[a](https://a.notes.dev/) [b](https://b.notes.dev/) [c](http://c.invalid/)\n")
    lock(tmp_path, {"url": "https://a.notes.dev/", "day": ago(90), "status": 200, "good": ago(90)})
    before = (tmp_path / "links.lock").read_bytes()
    (tmp_path / "sitecustomize.py").write_text(NO_NAMES.format(code=code))

    done = run("page.md", PYTHONPATH=str(tmp_path))

    assert done.returncode == 3
    assert (tmp_path / "links.lock").read_bytes() == before


def test_one_link_that_hangs_is_no_missing_network(tmp_path: Path, web: Web, run) -> None:
    url, control = web.on("/hang", Exchange.hang), web.on("/alive", Exchange.reply)
    page(tmp_path, f"[a]({url})\n")
    lock(tmp_path, {"url": control, "day": ago(1), "status": 200, "good": ago(1)})

    done = run("page.md", "--timeout", "1")

    assert done.returncode == 0
    assert f"page.md:1: unknown {url} (timeout: no answer in time)" in done.stdout
    assert rows(tmp_path)[url]["error"] == "timeout"
    assert "day" in rows(tmp_path)[control]


def test_an_error_of_the_checker_is_not_taken_for_a_broken_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture) -> None:
    from detection_notes.links import __main__ as program

    page(tmp_path, "[a](https://example.org/)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(program, "extract", lambda page: 1 / 0)
    before = signal.getsignal(signal.SIGTERM)

    assert program.main(["page.md", "--offline"]) == 2

    signal.signal(signal.SIGTERM, before)
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_an_extension_that_is_not_installed_is_named_with_the_remedy(tmp_path: Path, run) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nmarkdown_extensions: [no_such_extension]\n")
    page(tmp_path, "text\n", "docs/index.md")

    done = run("--offline")

    assert done.returncode == 2
    assert "the Markdown extension no_such_extension is not installed" in done.stdout and "Traceback" not in done.stderr


def test_a_lock_that_cannot_be_written_is_told_and_the_rest_left_alone(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"[a]({web.on('/x', Exchange.reply)})\n")
    (tmp_path / "folder.lock").mkdir()

    done = run("page.md", "--lock", "folder.lock")

    assert done.returncode == 2
    assert "folder.lock: cannot be read" in done.stderr and web.asked == []

    done = run("page.md", "--lock", "no/such/folder/links.lock")

    assert done.returncode == 2
    assert "cannot be written (No such file or directory)" in done.stderr


def test_a_run_that_is_killed_leaves_a_whole_lock(tmp_path: Path, web: Web) -> None:
    page(tmp_path, "".join(f"[a]({web.on(f'/{n}', Exchange.reply)})\n" for n in range(200)))
    lock(tmp_path, *({"url": web.url(f"/{n}"), "day": ago(90), "status": 200, "good": ago(90)} for n in range(200)))
    for attempt in range(4):
        going = subprocess.Popen([sys.executable, str(PROGRAM), "page.md", "--allow-private", "--max-age", "0"], cwd=tmp_path, stdout=subprocess.DEVNULL)
        asked = len(web.asked)
        while len(web.asked) < asked + 150 and going.poll() is None:
            time.sleep(0.002)
        time.sleep(0.03 * attempt)
        going.kill()
        going.wait()
        assert len(rows(tmp_path)) == 200


def test_ctrl_c_while_the_archive_is_asked_keeps_the_visits(tmp_path: Path, web: Web) -> None:
    archive = Web("127.0.0.2")
    archive._handlers = {}
    archive._answer = lambda connection: time.sleep(30)
    url = web.on("/x", Exchange.reply)
    page(tmp_path, f"[a]({url})\n")
    going = subprocess.Popen(
        [sys.executable, str(PROGRAM), "page.md", "--allow-private", "--archive"], cwd=tmp_path, stdout=subprocess.PIPE, encoding="utf-8", env={**os.environ, "LINKS_WAYBACK": archive.url("")}
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while not (tmp_path / "links.lock").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)

    going.send_signal(signal.SIGINT)
    going.communicate(timeout=30)

    assert going.returncode == 130
    assert rows(tmp_path)[url]["status"] == 200
    archive.close()


@pytest.mark.parametrize("target", ["/dev/null", "/dev/stdout"])
def test_a_report_may_go_to_a_device(target: str, tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, f"[a]({web.on('/x', Exchange.reply)})\n")
    kind = Path("/dev/null").stat().st_mode

    done = run("page.md", "--format", "json", "--output", target)

    assert done.returncode == 0 and Path("/dev/null").stat().st_mode == kind
    assert ('"counts"' in done.stdout) is (target == "/dev/stdout")


def test_a_fix_does_not_stand_in_a_report_for_programs(tmp_path: Path, web: Web, run) -> None:
    web.on("/new", Exchange.reply)
    page(tmp_path, f"[a]({web.on('/old', lambda e: e.redirect('/new', 301))})\n")

    done = run("page.md", "--diff", "--format", "json")

    assert json.loads(done.stdout)["counts"]["moved"] == 1
    assert f"+[a]({web.url('/new')})" in done.stderr


def test_archived_and_renamed_repositories_are_noticed(tmp_path: Path, web: Web, run) -> None:
    api = Web("127.0.0.2")
    for name, answer in (("o/kept", {"archived": True, "full_name": "o/kept"}), ("o/old", {"archived": False, "full_name": "n/new"})):
        web.on(f"http://github.com/{name}", Exchange.reply)  # the web stands in for a proxy
        api.on(f"/repos/{name}", lambda e, answer=answer: e.reply(200, json.dumps(answer).encode(), content_type="application/json"))
    page(tmp_path, "[a](http://github.com/o/kept)\n[b](http://github.com/o/old)\n")

    done = run("page.md", HTTP_PROXY=web.url(""), NO_PROXY="127.0.0.2", GITHUB_TOKEN="secret", GITHUB_API_URL=api.url("").rstrip("/"))

    assert "page.md:1: good http://github.com/o/kept (ok: it answers; the repository is archived)" in done.stdout
    assert "the repository is renamed to n/new" in done.stdout
    assert [row["repository"] for row in rows(tmp_path).values()] == ["archived", "renamed to n/new"]
    assert not [headers for _, _, _, headers in web.asked if "authorization" in headers]
    api.close()


def test_nothing_that_a_server_or_a_page_says_reaches_the_terminal_as_it_is(tmp_path: Path, web: Web, run) -> None:
    web.on("/new\x1b[31m", Exchange.reply)
    url = web.on("/old", lambda e: e.send(b"HTTP/1.1 301 \x1b[2J\r\nlocation: /new\x1b[31m\x07##[error]x\r\ncontent-length: 0\r\n\r\n"))
    page(tmp_path, f"::error::owned\n[a]({url})\n", "::error::page.md")

    done = run(".", "--fix")

    assert not [c for c in done.stdout + done.stderr if not c.isprintable() and c != "\n"]
    assert not [line for line in done.stdout.splitlines() if line.strip().startswith("::") or "##[" in line]


@pytest.mark.parametrize("bundle", ["nowhere.pem", "page.md"])
def test_certificates_that_cannot_be_read_are_told_with_the_variables(bundle: str, tmp_path: Path, run) -> None:
    page(tmp_path, "[a](https://127.0.0.1:1/)\n")

    for arguments in (["page.md"], ["--explain", "https://127.0.0.1:1/"]):
        done = run(*arguments, REQUESTS_CA_BUNDLE=str(tmp_path / bundle))
        assert done.returncode == 2
        assert "the certificates cannot be read" in done.stderr and "REQUESTS_CA_BUNDLE" in done.stderr and "Traceback" not in done.stderr


def test_a_terminal_shows_how_far_it_is(tmp_path: Path, web: Web) -> None:
    import pty

    page(tmp_path, "".join(f"[a]({web.on(f'/{n}', Exchange.reply)})\n" for n in range(5)))
    screen, terminal = pty.openpty()
    going = subprocess.Popen(
        [sys.executable, str(PROGRAM), "page.md", "--allow-private"], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=terminal, env={**os.environ, "TERM": "xterm"}
    )  # fmt: skip
    os.close(terminal)
    shown = b""
    try:
        while piece := os.read(screen, 4096):
            shown += piece
    except OSError:  # the program has ended
        pass
    os.close(screen)

    out, _ = going.communicate()
    assert b"visiting" in shown and b"/5" in shown
    assert b"5 good" in out and b"visiting" not in out
