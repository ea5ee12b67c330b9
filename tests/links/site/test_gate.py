"""What the site makes of the lock: marks, warnings that stop a strict build, the page of all links."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from detection_notes.links.site.gate import Gate

ROOT = Path(__file__).resolve().parents[3]
NO_NETWORK = "import socket\ndef no(*a, **k): raise OSError('the network was asked for')\nsocket.socket.connect = socket.getaddrinfo = socket.create_connection = no\n"


def row(url: str, **fields: object) -> str:
    return json.dumps({"url": url, **fields}) + "\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site with the real hooks."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text(
        f"site_name: t\nsite_url: http://127.0.0.1/\ntheme: {{name: mkdocs}}\nplugins: []\nhooks: [{ROOT / 'scripts' / 'site_hooks.py'}]\nmarkdown_extensions: [admonition, attr_list, detection_notes.links.site.mark]\n"
    )
    (tmp_path / "pyproject.toml").write_text('[[tool.links.keep]]\nurl = "https://kept.notes.dev/*"\nreason = "as history"\n')
    (tmp_path / "links.lock").write_text("")
    (tmp_path / "sitecustomize.py").write_text(NO_NETWORK)
    return tmp_path


def build(site: Path) -> subprocess.CompletedProcess[str]:
    """mkdocs build --strict, with sockets that refuse to connect."""
    environment = {**os.environ, "PYTHONPATH": str(site), "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict"], cwd=site, env=environment, capture_output=True, encoding="utf-8")


def test_a_link_that_the_lock_does_not_know_stops_a_strict_build(site: Path) -> None:
    (site / "docs" / "index.md").write_text("# T\n\n[a](https://new.notes.dev/)\n")

    done = build(site)

    assert done.returncode == 1
    assert "index.md: https://new.notes.dev/ is not in links.lock: run `python scripts/check_links.py`" in done.stderr


def test_a_link_that_was_never_visited_but_is_in_the_lock_does_not(site: Path) -> None:
    (site / "docs" / "index.md").write_text("# T\n\n[a](https://new.notes.dev/)\n")
    (site / "links.lock").write_text(row("https://new.notes.dev/"))

    assert build(site).returncode == 0
    assert 'data-link="new"' in (site / "site" / "index.html").read_text()


def test_a_dead_link_stops_a_strict_build_with_its_reason_and_what_to_do(site: Path) -> None:
    (site / "docs" / "index.md").write_text("# T\n\n[a](https://dead.notes.dev/)\n")
    (site / "links.lock").write_text(row("https://dead.notes.dev/", day="2026-11-20", status=404, trail=["2026-11-20 404"]))

    done = build(site)

    assert done.returncode == 1
    assert "https://dead.notes.dev/ is broken (404: the server says: not found): find the page's new address" in done.stderr


def test_a_dead_link_in_raw_html_stops_it_too(site: Path) -> None:
    (site / "docs" / "index.md").write_text("# T\n\n<div><img src='https://dead.notes.dev/a.png'></div>\n")
    (site / "links.lock").write_text(row("https://dead.notes.dev/a.png", day="2026-11-20", status=404, trail=["2026-11-20 404"]))

    assert build(site).returncode == 1


def test_a_link_that_refuses_us_does_not_stop_it(site: Path) -> None:
    (site / "docs" / "index.md").write_text("# T\n\n[a](https://walled.notes.dev/)\n")
    (site / "links.lock").write_text(row("https://walled.notes.dev/", day="2026-11-20", status=403, trail=["2026-11-20 403"]))

    assert build(site).returncode == 0


def test_a_dead_link_that_is_kept_is_shown_as_dead_and_stops_nothing(site: Path) -> None:
    (site / "docs" / "index.md").write_text("# T\n\n[a](https://kept.notes.dev/old)\n")
    (site / "links.lock").write_text(row("https://kept.notes.dev/old", day="2026-11-20", status=404, trail=["2026-11-20 404"]))

    assert build(site).returncode == 0
    assert 'data-link="broken"' in (site / "site" / "index.html").read_text()


def test_the_archive_copy_that_the_gate_offers_is_no_unknown_link(site: Path) -> None:
    (site / "docs" / "index.md").write_text("# T\n\n[a](https://kept.notes.dev/old)\n")
    (site / "links.lock").write_text(row("https://kept.notes.dev/old", day="2026-11-20", status=404, trail=["2026-11-20 404"], archive="https://web.archive.org/web/1/x"))

    assert build(site).returncode == 0
    assert "https://web.archive.org/web/1/x" in (site / "site" / "index.html").read_text()


def test_the_page_of_all_links_is_filled_with_names_pages_and_days(site: Path) -> None:
    (site / "docs" / "index.md").write_text("# Home\n\n[《甲》](https://good.notes.dev/) [《乙》](https://kept.notes.dev/old)\n")
    (site / "docs" / "links.md").write_text("# Links\n\n<!-- link-status -->\n")
    (site / "links.lock").write_text(
        row("https://good.notes.dev/", day="2026-11-21", status=200, good="2026-11-21")
        + row("https://kept.notes.dev/old", day="2026-11-20", status=404, trail=["2026-11-20 404"])
    )

    assert build(site).returncode == 0
    html = (site / "site" / "links" / "index.html").read_text()
    assert "共 2 个地址：失效 1，已迁移 0，未知 0，可用 1" in html
    assert "《甲》" in html and "《乙》" in html and "2026-11-21" in html and "保留：as history" in html
    assert '<a href="..">Home</a>' in html or '<a href="../">Home</a>' in html


def test_a_lock_that_is_damaged_stops_the_build_with_the_line(site: Path) -> None:
    (site / "docs" / "index.md").write_text("# T\n")
    (site / "links.lock").write_text("{not json\n")

    done = build(site)

    assert done.returncode != 0
    assert "links.lock:1" in done.stderr and "Traceback" not in done.stderr


def test_a_title_from_the_web_cannot_act_on_the_page(site: Path) -> None:
    (site / "docs" / "index.md").write_text("# Home\n\n<https://good.notes.dev/>\n")
    (site / "docs" / "links.md").write_text("# Links\n\n<!-- link-status -->\n")
    (site / "links.lock").write_text(row("https://good.notes.dev/", day="2026-11-21", status=200, good="2026-11-21", title="<script>alert(1)</script>", moved='https://x.notes.dev/"><script>alert(2)</script>'))

    build(site)

    for page in (site / "site").rglob("*.html"):
        assert "<script>alert" not in page.read_text()


def test_an_archive_copy_that_is_linked_for_itself_is_judged_by_its_own_row(tmp_path: Path) -> None:
    copy = "https://web.archive.notes.dev/2019/https://dead.notes.dev/"
    (tmp_path / "links.lock").write_text(
        row("https://dead.notes.dev/", day="2026-11-20", status=404, trail=["2026-11-20 404"], archive=copy) + row(copy, day="2026-11-20", status=404, trail=["2026-11-20 404"])
    )

    problems = Gate(tmp_path).read("a/", "A", f'<a href="{copy}">copy</a>')

    assert len(problems) == 1 and copy in problems[0] and "404" in problems[0]


def problems(folder: Path, *urls: str) -> list[str]:
    return Gate(folder).read("a/", "A", "".join(f"<a href='{url}'>x</a>" for url in urls))


def test_what_is_judged_without_asking_needs_no_row(site: Path) -> None:
    (site / "docs" / "new.md").write_text("# New\n")
    (site / "docs" / "index.md").write_text("# T\n")
    (site / "mkdocs.yml").write_text("site_name: t\nsite_url: https://me.notes.dev/\n")

    assert problems(site, "https://example.com/x", "http://localhost:8000/", "https://me.notes.dev/new/") == []
    said = problems(site, "https://me.notes.dev/no/", "https://x.invalid/")
    assert len(said) == 2 and "missing-file" in said[0] and "no-such-host" in said[1]


def test_one_value_binds_the_gate_as_it_binds_the_checker(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that was good before, one that never was; the policy, the variable over it."""
    died, never = "https://died.notes.dev/", "https://never.notes.dev/"
    trail = ["2026-11-18 404", "2026-11-20 404"]
    (site / "links.lock").write_text(row(died, day="2026-11-20", status=404, good="2026-01-01", trail=trail) + row(never, day="2026-11-20", status=404, trail=trail))
    monkeypatch.delenv("LINKS_FAIL", raising=False)

    assert len(problems(site, died, never)) == 2
    monkeypatch.setenv("LINKS_FAIL", "new")
    (said,) = problems(site, died, never)
    assert never in said
    monkeypatch.delenv("LINKS_FAIL")
    (site / "pyproject.toml").write_text("[tool.links]\nfail = 'new'\n")
    assert len(problems(site, died, never)) == 1
    (site / "links.baseline").write_text(f"{never}\n")
    assert problems(site, died, never) == []
