"""What several tests share: the site as it is built for readers, served on loopback, and a real browser."""

import functools
import http.server
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import find_browser
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request
from selectolax.lexbor import LexborHTMLParser as HTMLParser

ROOT = Path(__file__).resolve().parents[1]
EDIT_URI = "https://github.com/owner/notes/edit/main/docs/{path}"
SETTLED = """() => new Promise(done => requestIdleCallback(
  () => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))), { timeout: 1000 }))"""  # scripts act on the layout, or when there is time
DESKTOP = {"width": 1280, "height": 900}
LONG = (  # the files that take longest, longest first
    "test_site.py",
    "test_examples.py",
    "widgets/test_elements.py",
    "test_face.py",
    "test_builders.py",
    "finish/test_policy_in_the_browser.py",
    "search/test_box.py",
)
TORCH = importlib.util.find_spec("torch") is not None
NO_TORCH = (
    "torch is missing, so this could not be tested. Install it (make test does, or: pip install torch==2.13.0), "
    'or leave these tests out knowingly (make quick, or: pytest -m "not torch").'
)
MARKED = re.compile(r"^pytestmark = .*\bpytest\.mark\.torch\b", re.MULTILINE)


def pytest_configure() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # nohup, or in the background of a script: tests send Ctrl-C to programs
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Two processes for each processor: while one waits (for a frame, for a server that hangs), another works."""
    processors = yield
    return 2 * processors


@pytest.fixture(scope="module", autouse=True)
def process_as_it_was() -> Iterator[None]:
    """Whatever a module's tests import (listings of the notes run whole) leaves the clocks and the folder as they were."""
    before = _process()
    yield
    assert _process() == before, "this module, or a listing it imported, changed the process for the tests after it"


def _process() -> tuple[object, ...]:
    return time.time, time.monotonic, time.perf_counter, time.sleep, os.getcwd()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first: `make test` hands out the files in this order, and no process is left alone with a long one."""
    order = {(ROOT / "tests" / name).resolve(strict=True): place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


def pytest_report_header() -> str:
    return "torch: installed" if TORCH else "torch: MISSING, the tests that need it will fail"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if not TORCH and item.get_closest_marker("torch"):
        pytest.fail(NO_TORCH, pytrace=False)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> "_ModuleWithoutTorch | None":
    """Without torch a module marked torch cannot even be imported: one failing test stands for it."""
    if not TORCH and MARKED.search(module_path.read_text(encoding="utf-8")):
        return _ModuleWithoutTorch.from_parent(parent, path=module_path)
    return None


class _ModuleWithoutTorch(pytest.File):
    def collect(self) -> "Iterator[_MissingTorch]":
        item = _MissingTorch.from_parent(self, name="torch")
        item.add_marker("torch")
        yield item


class _MissingTorch(pytest.Item):
    def runtest(self) -> None:
        pytest.fail(NO_TORCH, pytrace=False)


@dataclass(frozen=True)
class Site:
    """A built site: its folder, its address, and what the builder said (with its exit status)."""

    folder: Path
    url: str
    status: int
    messages: str

    def page(self, name: str) -> HTMLParser:
        """The built page of a file under docs/."""
        address = name.removesuffix("index.md") if name.endswith("index.md") else name.removesuffix(".md") + "/"
        return HTMLParser((self.folder / address / "index.html").read_bytes())


def html_files(site: Site) -> list[tuple[str, HTMLParser]]:
    """Every built page: (path from the root of the site, its tree)."""
    files = sorted(site.folder.rglob("*.html"))
    return [(file.relative_to(site.folder).as_posix(), HTMLParser(file.read_bytes())) for file in files]


def build(project: Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """``mkdocs build --strict`` (never -q: it hides what strict counts) in a project, written to a folder."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=project,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole site, built strictly and served. With warnings it is served all the same; test_site says them."""
    folder = tmp_path_factory.mktemp("built") / "site"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    done = build(ROOT, folder, SITE_URL=url, EDIT_URI=EDIT_URI)
    if not (folder / "index.html").exists():
        pytest.fail(f"the site could not be built:\n{done.stdout}", pytrace=False)
    yield Site(folder, url, done.returncode, done.stdout)
    server.shutdown()
    server.server_close()


@pytest.fixture
def build_pages(tmp_path: Path) -> Callable[[dict[str, str]], subprocess.CompletedProcess[str]]:
    """Build pages of a test's own (path under docs/ → Markdown) with the real configuration, into ``tmp_path/site``."""

    def run(pages: dict[str, str]) -> subprocess.CompletedProcess[str]:
        for name in ("scripts", "overrides", "pyproject.toml", "links.lock"):
            if (ROOT / name).exists():
                (tmp_path / name).symlink_to(ROOT / name)
        shutil.copyfile(ROOT / "mkdocs.yml", tmp_path / "whole.yml")
        (tmp_path / "mkdocs.yml").write_text("INHERIT: whole.yml\nnav: null\n", encoding="utf-8")
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs" / "assets").symlink_to(ROOT / "docs" / "assets")
        for name, text in pages.items():
            (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
        return build(tmp_path, tmp_path / "site")

    return run


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """pytest-playwright starts this browser: an installed Chromium or Chrome, else Playwright's own."""
    path = find_browser.find()
    if path is None:
        pytest.fail(find_browser.HELP.format(tried=""))
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox", "--disable-quic"]}


def go(page: Page, address: str) -> None:
    """Open an address, and wait until the page has asked for nothing more while it had time to three times in a row.

    Half a second without a request ("networkidle") is long for most pages, and on a busy machine too short for some:
    what a page does next may still wait for the processor.
    """
    under_way: set[Request] = set()
    asked: list[Request] = []

    def begun(request: Request) -> None:
        under_way.add(request)
        asked.append(request)

    def ended(request: Request) -> None:
        under_way.discard(request)

    listeners = {"request": begun, "requestfinished": ended, "requestfailed": ended}
    for event, listener in listeners.items():
        page.on(event, listener)
    page.goto(address)
    quiet, until = 0, time.monotonic() + 60
    while quiet < 3:
        assert time.monotonic() < until, f"{address} still waits for {[request.url for request in under_way]}"
        before = len(asked)
        page.evaluate(SETTLED)
        quiet = 0 if under_way or len(asked) > before else quiet + 1
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


@pytest.fixture(scope="session")
def context_of(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """One context for each set of options, with an empty page that keeps its processes: to start them costs more than a page does."""
    kept: dict[str, BrowserContext] = {}

    def context(**options: object) -> BrowserContext:
        key = json.dumps(options, sort_keys=True)
        if key not in kept:
            kept[key] = browser.new_context(**options)
            kept[key].new_page()
        return kept[key]

    yield context
    for each in kept.values():
        each.close()


@pytest.fixture
def page_at(browser: Browser, context_of: Callable[..., BrowserContext], site: Site) -> Iterator[Callable[..., Page]]:
    """Open a page of the site: ``page_at(path, viewport=…, …)``, and wait until it asks for nothing more.

    It finds nothing that pages before it stored or were permitted, only files that the browser keeps, and on a
    ``first_visit`` not even those. Its content security policy is not in force: it would forbid what Playwright waits
    with. The tests of the policy open pages of their own.
    """
    opened: list[Page | BrowserContext] = []

    def open_page(path: str, *, first_visit: bool = False, **options: object) -> Page:
        options = {"viewport": DESKTOP, "locale": "zh-CN", "bypass_csp": True, **options}
        context = browser.new_context(**options) if first_visit else context_of(**options)
        page = context.new_page()
        opened.append(context if first_visit else page)
        context.clear_permissions()
        context.new_cdp_session(page).send("Storage.clearDataForOrigin", {"origin": site.url, "storageTypes": "all"})
        if options.get("java_script_enabled", True):
            go(page, site.url + path)
        else:  # no frame is ever asked for, and nothing after what the page names
            page.goto(site.url + path)
        return page

    yield open_page
    for each in opened:
        each.close()
