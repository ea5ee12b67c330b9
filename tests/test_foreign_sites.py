"""The checker on sites that nobody here wrote, as people run it: built HTML, GitHub's Markdown, several sites, old dead links."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from web import Exchange, Web

PROGRAM = Path(__file__).resolve().parents[1] / "scripts" / "check_links.py"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def web() -> Iterator[Web]:
    site = Web()
    yield site
    site.close()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("GITHUB_ACTIONS", "GITHUB_TOKEN", "GITHUB_WORKSPACE", "LINKS_FAIL", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)

    def go(*arguments: str, folder: str = ".", text: str | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(PROGRAM), "--allow-private", *arguments], cwd=tmp_path / folder, env={**os.environ, **environ}, capture_output=True, encoding="utf-8", input=text or "", timeout=120
        )  # fmt: skip

    return go


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def links(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Address → "verdict code"."""
    return {link["url"]: f"{link['verdict']} {link['code']}" for link in json.loads(done.stdout)["links"]}


def places(done: subprocess.CompletedProcess[str]) -> dict[str, list[dict]]:
    return {link["url"]: link["places"] for link in json.loads(done.stdout)["links"]}


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@notes.dev", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


# Built HTML


def test_a_built_site_is_checked_with_the_lines_of_its_sources(tmp_path: Path, web: Web, run: Run) -> None:
    dead = web.url("/dead")
    write(tmp_path, {
        "mkdocs.yml": f"site_name: x\nrepo_url: {web.url('/repo')}\nplugins: [macros]\n", "docs/a.md": f"# A\n\ntext\n\n[x]({dead}?a=1&b=2)\n", "docs/index.md": "# I\n",
        "site/index.html": f"<p>\n<a href='{web.url('/footer')}'>f</a>\n<a href='a/'>a</a><a href='no/'>n</a>\n<a href='{web.url('/repo')}'>r</a>", "site/a/index.html": f"<a href='{dead}?a=1&amp;b=2'>x</a>",
    })  # fmt: skip

    done = run("site", "--no-lock", "--format", "json")

    assert done.returncode == 1
    assert links(done) == {f"{dead}?a=1&b=2": "broken 404", web.url("/footer"): "broken 404", web.url("/repo"): "broken 404", "no/": "broken missing-file"}
    assert places(done) == {
        f"{dead}?a=1&b=2": [{"page": "docs/a.md", "line": 5, "via": "site/a/index.html"}],
        web.url("/footer"): [{"page": "site/index.html", "line": 2}],
        web.url("/repo"): [{"page": "mkdocs.yml", "line": 2, "via": "site/index.html"}],
        "no/": [{"page": "site/index.html", "line": 3}],
    }
    assert "not run" not in done.stdout


def test_a_site_of_any_generator_finds_its_sources(tmp_path: Path, web: Web, run: Run) -> None:
    dead = web.url("/dead")
    write(tmp_path, {"content/posts/a/index.md": f"[x]({dead})\n", "content/posts/b.md": f"\n[x]({dead})\n", "public/posts/a/index.html": f"<a href={dead}>x</a>", "public/posts/b/index.html": f"<a href={dead}>x</a>", "public/index.html": "x"})

    done = run("public", "--no-lock", "--format", "json")

    assert places(done)[dead] == [{"page": "content/posts/a/index.md", "line": 1, "via": "public/posts/a/index.html"}, {"page": "content/posts/b.md", "line": 2, "via": "public/posts/b/index.html"}]


def test_a_link_on_every_page_is_one_finding(tmp_path: Path, web: Web, run: Run) -> None:
    write(tmp_path, {f"site/{n}/index.html": f"<a href={web.url('/footer')}>f</a>" for n in range(40)} | {"site/index.html": ""})

    done = run("site", "--no-lock")

    assert done.stdout.count("broken http") == 1 and "also at 29 more places" in done.stdout
    assert web.paths() == ["/footer"]


# Markdown that no mkdocs.yml claims


def test_a_readme_with_dead_relative_links_fails_without_network_and_without_a_row(tmp_path: Path, run: Run) -> None:
    write(tmp_path, {"README.md": "# T\n\n[a](no.md) ![b](no.png) [c](#no) [d](#t) [e](docs/no/)\n"})

    done = run("README.md")

    assert done.returncode == 1
    assert "README.md:3: broken no.md (missing-file: there is no such file or page in this checkout)" in done.stdout
    assert "README.md:3: broken #no (missing-anchor" in done.stdout and "4 broken" in done.stdout
    assert (tmp_path / "links.lock").read_text() == "" if (tmp_path / "links.lock").exists() else True


def test_a_page_that_cannot_be_read_keeps_no_other_from_being_checked_and_status_2_beats_1(tmp_path: Path, web: Web, run: Run) -> None:
    write(tmp_path, {"mkdocs.yml": "site_name: x\nmarkdown_extensions: [callouts, pymdownx.snippets: {check_paths: true}]\n", "docs/a.md": f"[x]({web.url('/dead')})\n", "docs/b.md": '--8<-- "gone.md"\n'})
    (tmp_path / "docs/c.md").write_bytes("中文".encode("gbk"))

    done = run("--no-lock", "--format", "json")

    assert done.returncode == 2
    assert links(done) == {web.url("/dead"): "broken 404"}
    assert [problem.split(":")[0] for problem in json.loads(done.stdout)["problems"]] == ["mkdocs.yml", "docs/b.md", "docs/c.md"]
    assert done.stderr.count("check-links: ") == 3


def test_hooks_and_plugins_that_are_not_run_are_named_in_one_line(tmp_path: Path, run: Run) -> None:
    write(tmp_path, {"mkdocs.yml": "site_name: x\nhooks: [a.py]\nplugins:\n  - search\n  - macros\n  - git-revision-date: {}\n", "docs/index.md": "text\n"})

    done = run("--offline", "--no-lock")

    assert "mkdocs.yml: not run, so what they add was not checked: hook a.py, plugin macros, plugin git-revision-date; to check that too, build the site" in done.stdout


# A list of URLs


def test_a_list_of_urls_may_come_from_a_file_or_from_standard_input(tmp_path: Path, web: Web, run: Run) -> None:
    good, dead = web.on("/good", Exchange.reply), web.url("/dead")
    write(tmp_path, {"urls.txt": f"# ours\n{good}\n{dead}\n"})

    for done in (run("urls.txt", "--no-lock", "--format", "json"), run("-", "--no-lock", "--format", "json", text=f"{good}\n{dead}\n")):
        assert (done.returncode, links(done)) == (1, {good: "good ok", dead: "broken 404"})
    assert run("-", "--no-lock", text="no url\n").returncode == 2


# What a branch touched


def test_since_visits_only_what_the_branch_touched_from_any_folder(tmp_path: Path, web: Web, run: Run) -> None:
    write(tmp_path, {"docs/a.md": f"[old]({web.url('/old')})\n", "tools/x": ""})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "x")
    write(tmp_path, {"docs/a.md": f"[old]({web.url('/old')})\n\n[new]({web.url('/new')})\n"})

    done = run("../docs/a.md", "--since", "main", "--no-lock", folder="tools")

    assert (done.returncode, web.paths()) == (1, ["/new"])
    assert "/old" not in done.stdout


def test_since_removes_no_rows(tmp_path: Path, web: Web, run: Run) -> None:
    write(tmp_path, {"mkdocs.yml": "site_name: x\n", "docs/a.md": f"[old]({web.on('/old', Exchange.reply)})\n"})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "x")
    run()

    run("--since", "HEAD")

    assert web.url("/old") in (tmp_path / "links.lock").read_text()


# Which broken links fail


def died(url: str) -> str:
    return json.dumps({"url": url, "day": "2026-11-20", "status": 404, "good": "2026-01-01", "trail": ["2026-11-18 404", "2026-11-20 404"]}) + "\n"


@pytest.mark.parametrize(
    ("arguments", "policy", "variable", "status"),
    [((), "", "", 1), (("--fail", "new"), "", "", 0), ((), "fail = 'new'\n", "", 0), ((), "", "new", 0), ((), "fail = 'new'\n", "all", 1), (("--fail", "all"), "fail = 'new'\n", "new", 1)],
)
def test_a_link_that_died_elsewhere_fails_only_if_all_do(arguments: tuple[str, ...], policy: str, variable: str, status: int, tmp_path: Path, run: Run) -> None:
    write(tmp_path, {"page.md": "[x](https://dead.notes.dev/)\n", "links.lock": died("https://dead.notes.dev/"), "links.toml": policy})

    done = run("page.md", "--offline", *arguments, **({"LINKS_FAIL": variable} if variable else {}))

    assert done.returncode == status
    assert "page.md:1: broken https://dead.notes.dev/" in done.stdout
    assert ("it was good before" in done.stdout) == (status == 0)


def test_a_link_that_was_never_good_fails_under_new_too(tmp_path: Path, web: Web, run: Run) -> None:
    write(tmp_path, {"page.md": f"[x]({web.url('/dead')}) [y](no.md)\n"})

    done = run("page.md", "--fail", "new", "--no-lock", "--format", "json")

    assert done.returncode == 1 and json.loads(done.stdout)["failing"] == 2


def test_a_site_with_dead_links_may_begin_today(tmp_path: Path, web: Web, run: Run) -> None:
    dead = web.url("/dead")
    write(tmp_path, {"page.md": f"[x]({dead}) [y](no.md)\n"})

    begun = run("page.md", "--write-baseline")
    assert begun.returncode == 0 and "links.baseline: 0 entries before, 2 now" in begun.stdout
    assert run("page.md").returncode == 0

    write(tmp_path, {"page.md": f"[x]({dead}) [y](no.md) [z]({web.url('/other')})\n"})
    assert run("page.md").returncode == 1

    write(tmp_path, {"page.md": f"[x]({dead}) [y](no.md)\n"})
    web.on("/dead", Exchange.reply)
    again = run("page.md", "--max-age", "0")
    assert again.returncode == 0 and "1 entries are good again" in again.stdout
    assert "page.md no.md" in (tmp_path / "links.baseline").read_text() and dead not in (tmp_path / "links.baseline").read_text()


# Several sites


def test_several_sites_share_a_lock_and_a_policy(tmp_path: Path, run: Run) -> None:
    urls = {name: f"https://{name}.notes.dev/" for name in ("zh", "en", "vanished")}
    write(tmp_path, {
        "zh/mkdocs.yml": "site_name: zh\n", "en/mkdocs.yml": "site_name: en\n", "zh/docs/index.md": f"[x]({urls['zh']})\n", "en/docs/index.md": f"[x]({urls['en']})\n",
        "links.lock": died(urls["zh"]) + died(urls["vanished"]), "pyproject.toml": f"[[tool.links.keep]]\nurl = '{urls['zh']}'\nreason = 'kept'\n",
    })  # fmt: skip

    first = run("--offline", "--config", "zh/mkdocs.yml", "--lock", "links.lock")
    second = run("--offline", "--config", "en/mkdocs.yml", "--lock", "links.lock")

    assert "kept: kept" in first.stdout and first.returncode == second.returncode == 0
    assert all("policy: pyproject.toml" in done.stdout and "matches no link" not in done.stdout for done in (first, second))
    assert all(url in (tmp_path / "links.lock").read_text() for url in urls.values())

    run("--offline", "--config", "en/mkdocs.yml", "--lock", "links.lock", "--prune")
    assert urls["en"] in (tmp_path / "links.lock").read_text() and urls["vanished"] not in (tmp_path / "links.lock").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["page.md", "--prune"], "--prune needs all pages"), (["page.md", "--no-lock", "--prune"], "--merge and --prune write the lock"), (["page.md", "--merge", "a.lock", "b.lock"], "b.lock is a lock, not a page"),
        (["page.md", "--fail", "some"], "argument --fail: invalid choice: 'some'"), (["/nowhere/x.md"], "there is no such file or folder"),
    ],
)  # fmt: skip
def test_wrong_use_is_told(arguments: list[str], words: str, tmp_path: Path, run: Run) -> None:
    write(tmp_path, {"page.md": "", "a.lock": "", "b.lock": ""})

    done = run(*arguments)

    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr


def test_the_version_is_said(run: Run) -> None:
    done = run("--version")

    assert done.returncode == 0 and done.stdout.startswith("check-links ")


def test_advice_names_the_command_that_was_used(tmp_path: Path, run: Run) -> None:
    write(tmp_path, {"page.md": "[x](https://a.notes.dev/)\n"})

    assert f"→ run python {PROGRAM}" in run("page.md", "--offline", "--no-lock").stdout
    installed = tmp_path / "check-links"
    installed.write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(PROGRAM.parent)!r})\nfrom detection_notes.links.__main__ import main\nsys.exit(main())\n")
    installed.chmod(0o755)
    done = subprocess.run([installed, "page.md", "--offline", "--no-lock"], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert "→ run check-links" in done.stdout


def test_a_wrapped_address_is_judged_by_what_is_behind(tmp_path: Path, web: Web, run: Run) -> None:
    from urllib.parse import quote

    wrapped = {name: f"https://link.zhihu.com/?target={quote(url, safe='')}" for name, url in (("dead", web.url("/dead")), ("good", web.on("/good", Exchange.reply)), ("anchor", web.url("/good#no")))}
    write(tmp_path, {"page.md": " ".join(f"[x]({url})" for url in wrapped.values())})

    done = run("page.md", "--no-lock", "--format", "json")

    assert links(done) == {wrapped["dead"]: "broken 404", wrapped["good"]: "good ok", wrapped["anchor"]: "broken fragment-missing"}


def test_a_new_page_of_the_own_site_needs_not_be_published_yet(tmp_path: Path, web: Web, run: Run) -> None:
    home = web.url("/notes/")
    write(tmp_path, {"mkdocs.yml": f"site_name: x\nsite_url: {home}\n", "docs/index.md": f"[new]({home}new/) [no]({home}no/) [x](https://example.com/)\n", "docs/new.md": ""})

    done = run("--format", "json")

    assert (done.returncode, web.asked) == (1, [])
    assert links(done) == {f"{home}new/": "good ok", f"{home}no/": "broken missing-file", "https://example.com/": "unknown placeholder"}
    assert not (tmp_path / "links.lock").exists() or (tmp_path / "links.lock").read_text() == ""


def test_annotations_name_paths_from_the_root_of_the_repository(tmp_path: Path, web: Web, run: Run) -> None:
    write(tmp_path, {"notes/docs/a.md": f"[x]({web.url('/dead')})\n"})
    for environ in ({"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path)}, {"GITHUB_ACTIONS": "true"}):
        assert "file=notes/docs/a.md,line=1" in run("docs", "--no-lock", "--format", "github", folder="notes", **environ).stdout
        (tmp_path / ".git").mkdir(exist_ok=True)
