"""The link checker where its users sit: behind proxies and portals, beside another run, at a terminal, stopped half-way."""

import json
import os
import pty
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from detection_notes.links import files, lock
from web import Exchange, Web

PROGRAM = Path(__file__).resolve().parents[1] / "scripts" / "check_links.py"
YEAR = timedelta(days=365)
NAMES = """
import socket
real = socket.getaddrinfo
def lookup(host, *rest, **more):
    if host[:1].isdigit() or ":" in host:
        return real(host, *rest, **more)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ({address!r}, rest[0]))]
socket.getaddrinfo = lookup
"""


@pytest.fixture
def web() -> Iterator[Web]:
    site = Web()
    yield site
    site.close()


@pytest.fixture
def environ() -> dict[str, str]:
    """The environment without what would change how things are asked."""
    changing = ("GITHUB_", "LINKS_", "SSL_CERT_", "REQUESTS_CA_", "CURL_CA_")
    return {name: value for name, value in os.environ.items() if "proxy" not in name.lower() and not name.startswith(changing)}


@pytest.fixture
def run(tmp_path: Path, environ: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    def go(*arguments: str, private: bool = False, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(PROGRAM), *arguments, *(["--allow-private"] if private else [])]
        return subprocess.run(command, cwd=tmp_path, env={**environ, **more}, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=120)

    return go


def page(folder: Path, *urls: str) -> None:
    (folder / "page.md").write_text("".join(f"[a]({url})\n" for url in urls), encoding="utf-8")


def verdicts(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {link["url"]: f"{link['verdict']} {link['code']}" for link in json.loads(done.stdout)["links"]}


def names_lead_to(folder: Path, address: str) -> dict[str, str]:
    """The environment in which a name server answers every name with one address."""
    (folder / "sitecustomize.py").write_text(NAMES.format(address=address), encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


def test_behind_a_proxy_that_answers_for_every_name_nothing_is_written_and_it_is_said(tmp_path: Path, run) -> None:
    page(tmp_path, "https://a.sites.org/", "https://b.sites.org/")
    (tmp_path / "links.lock").write_text('{"url": "https://a.sites.org/", "day": "2026-01-01", "status": 200, "good": "2026-01-01"}\n')
    before = (tmp_path / "links.lock").read_bytes()

    done = run("page.md", **names_lead_to(tmp_path, "198.18.0.7"))

    assert done.returncode == 3
    assert (tmp_path / "links.lock").read_bytes() == before
    assert "198.18.0.0/15" in done.stdout and "HTTPS_PROXY" in done.stdout
    assert "private-address" not in done.stdout


def test_a_name_that_leads_inward_here_is_no_private_address(tmp_path: Path, run, web: Web) -> None:
    """A name server with a blocklist, say. What a literal address says of itself is another matter."""
    page(tmp_path, f"http://a.sites.org:{web.port}/", "http://10.0.0.1/")

    done = run("page.md", "--no-lock", "--format", "json", **names_lead_to(tmp_path, "127.0.0.1"))

    assert verdicts(done)["http://10.0.0.1/"] == "unknown private-address"
    assert web.asked == []


def certificate(folder: Path, ca: trustme.CA, name: str, **more: datetime) -> Web:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert(name, **more).configure_cert(context)
    web = Web(name if name[0].isdigit() else "127.0.0.1", context)
    web.on("/", Exchange.reply)
    return web


def test_a_certificate_condemns_its_host_only_when_another_ones_holds(tmp_path: Path, run) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    fine = certificate(tmp_path, ca, "127.0.0.2")
    expired = certificate(tmp_path, ca, "127.0.0.3", not_before=datetime.now(UTC) - 2 * YEAR, not_after=datetime.now(UTC) - YEAR)
    environ = {"SSL_CERT_FILE": str(tmp_path / "ca.pem")}

    page(tmp_path, expired.url("/"))
    alone = run("page.md", "--format", "json", private=True, **environ)
    kept = (tmp_path / "links.lock").read_text()
    page(tmp_path, expired.url("/"), fine.url("/"))
    proved = run("page.md", "--format", "json", private=True, **environ)

    assert (alone.returncode, verdicts(alone)) == (0, {expired.url("/"): "unknown certificate-unproved"})
    assert "certificate" not in kept  # the row says that it was never visited
    assert (proved.returncode, verdicts(proved)) == (1, {expired.url("/"): "broken certificate-expired", fine.url("/"): "good ok"})
    fine.close(), expired.close()


def test_a_portal_that_takes_every_host_for_itself_is_said_and_nothing_is_written(tmp_path: Path, run) -> None:
    portal = Web("127.0.0.5")
    portal._handlers = _Any(lambda e: e.reply(200, b"<title>Welcome</title>") if "login.hotel.net" in e.path else e.redirect("http://login.hotel.net/"))
    page(tmp_path, "http://a.sites.org/", "http://b.sites.org/", "http://c.sites.org/")

    done = run("page.md", HTTP_PROXY=portal.url(""), HTTPS_PROXY="http://127.0.0.1:1")

    assert done.returncode == 3
    assert "login.hotel.net" in done.stdout
    assert not (tmp_path / "links.lock").exists() or "day" not in (tmp_path / "links.lock").read_text()
    portal.close()


class _Any(dict):
    """Answers every path the same way."""

    def __init__(self, handler: Callable[[Exchange], None]) -> None:
        super().__init__()
        self._handler = handler

    def get(self, path: str, default: object) -> Callable[[Exchange], None]:
        return self._handler


def test_a_proxy_that_cannot_be_used_is_said_in_one_line(tmp_path: Path, run) -> None:
    page(tmp_path, "https://a.sites.org/")

    done = run("page.md", HTTPS_PROXY="http://user:secret@:99999")

    assert done.returncode == 2
    assert done.stderr.startswith("check-links: HTTPS_PROXY: ") and "secret" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def stopped(tmp_path: Path, environ: dict[str, str], *arguments: str, after: Callable[[], bool]) -> tuple[int, float, str]:
    """Start the program, stop it when ``after`` says so; its status, the seconds it took to end, what it printed."""
    going = subprocess.Popen([sys.executable, str(PROGRAM), "page.md", *arguments], cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    end = time.monotonic() + 60
    while not after() and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.2)
    began = time.monotonic()
    going.send_signal(signal.SIGINT)
    out, _ = going.communicate(timeout=60)
    return going.returncode, time.monotonic() - began, out


def test_ctrl_c_without_a_network_asks_for_none(tmp_path: Path, environ: dict[str, str]) -> None:
    """Everything hangs, the controls too: what is asked after Ctrl-C would be seen at the proxy."""
    proxy = Web("127.0.0.6")
    proxy._handlers = _Any(Exchange.hang)
    page(tmp_path, *(f"http://{name}.sites.org/" for name in "abc"))

    status, seconds, _ = stopped(tmp_path, {**environ, "HTTP_PROXY": proxy.url(""), "HTTPS_PROXY": proxy.url("")}, after=lambda: len(proxy.asked) >= 3)

    assert status == 130
    assert [method for _, method, _, _ in proxy.asked] == ["GET"] * 3
    assert seconds < 10  # the time for a link is 30
    assert not (tmp_path / "links.lock").exists() or "timeout" not in (tmp_path / "links.lock").read_text()
    proxy.close()


def test_a_second_ctrl_c_loses_nothing(tmp_path: Path, environ: dict[str, str], web: Web) -> None:
    fine = [web.on(f"/{n}", Exchange.reply) for n in range(3)]
    page(tmp_path, *fine, web.on("/hang", Exchange.hang))
    going = subprocess.Popen([sys.executable, str(PROGRAM), "page.md", "--allow-private"], cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    end = time.monotonic() + 60
    while len(web.asked) < 4 and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.5)

    for _ in range(2):
        going.send_signal(signal.SIGINT)
        time.sleep(0.7)
    going.communicate(timeout=60)

    assert going.returncode in (130, -signal.SIGINT)  # the second may come when all is done
    assert sum(row.status == 200 for row in lock.read(tmp_path / "links.lock").values()) == 3


def test_a_network_that_is_not_there_is_asked_for_once(tmp_path: Path, run) -> None:
    proxy = Web("127.0.0.6")
    proxy._handlers = _Any(lambda e: e.hang() if e.method == "CONNECT" else e.connection.close())
    known = "".join(json.dumps({"url": f"https://known{n}.net/", "day": "2026-11-01", "status": 200, "good": "2026-11-01"}) + "\n" for n in range(5))
    (tmp_path / "links.lock").write_text(known)
    page(tmp_path, "http://a.sites.org/")

    done = run("page.md", HTTP_PROXY=proxy.url(""), HTTPS_PROXY=proxy.url(""))

    assert done.returncode == 3
    tunnels = [path for _, method, path, _ in proxy.asked if method == "CONNECT"]
    assert len(tunnels) == len(set(tunnels)) == 4 and "example.com:443" in tunnels
    assert (tmp_path / "links.lock").read_text() == known
    proxy.close()


def test_two_runs_at_once_keep_what_both_saw(tmp_path: Path, environ: dict[str, str], web: Web) -> None:
    for name in "ab":
        urls = [web.on(f"/{name}{n}", lambda e: (time.sleep(0.3), e.reply())) for n in range(10)]
        (tmp_path / f"{name}.md").write_text("".join(f"[a]({url})\n" for url in urls))
    runs = [subprocess.Popen([sys.executable, str(PROGRAM), f"{name}.md", "--allow-private"], cwd=tmp_path, env=environ, stdout=subprocess.DEVNULL) for name in "ab"]

    assert [run.wait(60) for run in runs] == [0, 0]

    rows = lock.read(tmp_path / "links.lock")
    assert len(rows) == 20 and {row.status for row in rows.values()} == {200}


def test_a_lock_that_stays_busy_ends_the_run_with_2_and_nothing_is_written(tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    import check_links

    page(tmp_path, web.on("/", Exchange.reply))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    before = signal.getsignal(signal.SIGTERM)
    with files.alone(tmp_path, 0):
        status = check_links.main(["page.md", "--allow-private"])
    signal.signal(signal.SIGTERM, before)

    assert status == 2
    assert "another run is writing here; nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "links.lock").exists()


def test_what_a_step_said_before_stays_in_its_summary(tmp_path: Path, web: Web, run) -> None:
    page(tmp_path, web.on("/", Exchange.reply))
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")

    run("page.md", "--format", f"markdown:{summary}", private=True, GITHUB_STEP_SUMMARY=str(summary))

    assert summary.read_text().startswith("before\n### Links: 1 good")


def test_a_log_is_written_on_and_not_replaced(tmp_path: Path, web: Web, environ: dict[str, str]) -> None:
    page(tmp_path, web.on("/", Exchange.reply))
    log = tmp_path / "log"
    log.write_text("before\n")
    with open(log, "ab") as out:
        subprocess.run([sys.executable, str(PROGRAM), "page.md", "--allow-private", "--output", "/dev/stdout"], cwd=tmp_path, env=environ, stdout=out, check=True)

    assert log.read_text().startswith("before\n") and "1 URLs" in log.read_text()


@pytest.mark.parametrize(("typed", "written"), [(b"y\n", True), (b"n\n", False), (b"\n", False), (b"\x04", False)])
def test_a_question_to_the_person_stands_in_no_report(typed: bytes, written: bool, tmp_path: Path, web: Web, environ: dict[str, str]) -> None:
    web.on("/new", Exchange.reply)
    page(tmp_path, web.on("/old", lambda e: e.redirect("/new", 301)))
    screen, terminal = pty.openpty()
    os.write(screen, typed)
    command = [sys.executable, str(PROGRAM), "page.md", "--allow-private", "--no-lock", "--fix", "--format", "json"]

    done = subprocess.run(command, cwd=tmp_path, env=environ, stdin=terminal, capture_output=True, encoding="utf-8", timeout=60)
    os.close(screen), os.close(terminal)

    assert json.loads(done.stdout)["counts"]["moved"] == 1
    assert "write this? [y/N]" in done.stderr and "Traceback" not in done.stderr
    assert ("/new" in (tmp_path / "page.md").read_text()) is written


@pytest.mark.parametrize("arguments", [("page.md", "--diff"), ("page.md",), ("--explain",)])
def test_any_terminal_gets_utf_8(arguments: tuple[str, ...], tmp_path: Path, web: Web, environ: dict[str, str]) -> None:
    web.on("/%E6%96%B0", lambda e: e.reply(200, "<title>中文标题</title>".encode()))
    url = web.on("/old", lambda e: e.redirect("/新", 301))
    page(tmp_path, url)
    more = [url] if arguments == ("--explain",) else []

    done = subprocess.run([sys.executable, str(PROGRAM), *arguments, *more, "--allow-private"], cwd=tmp_path, env={**environ, "PYTHONIOENCODING": "cp1252"}, capture_output=True, timeout=60)

    assert done.returncode == 0, done.stderr
    done.stdout.decode("utf-8")


def test_explain_knows_a_url_however_it_is_written_and_tries_as_a_run_does(tmp_path: Path, web: Web, run) -> None:
    url = web.on("/a", lambda e: e.reply(502) if e.count < 3 else e.reply())
    (tmp_path / "links.lock").write_text(json.dumps({"url": url, "day": "2026-11-01", "status": 200, "good": "2026-11-01"}) + "\n")

    done = run("--explain", url.replace("http:", "HTTP:"), private=True)

    assert "verdict: good" in done.stdout and "last visited 2026-11-01" in done.stdout
    assert len(web.asked) == 3


def test_one_address_is_asked_once_however_it_is_written(tmp_path: Path, web: Web, run) -> None:
    web.on("/", Exchange.reply)
    page(tmp_path, *(f"http://{host}:{web.port}{end}" for host in ("localhost", "LOCALHOST") for end in ("", "/", "#x")))

    run("page.md", "--no-lock", private=True)

    assert len(web.asked) <= 1
