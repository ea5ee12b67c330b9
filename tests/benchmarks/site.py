"""How fast the pages are, beside what stock Material for MkDocs makes of the same text.

    npm install --prefix DIR lighthouse@12.2.3            once, anywhere outside of the repository
    python tests/benchmarks/site.py --lighthouse DIR [--runs 5] [PAGE…]

Builds the site twice: as it is published, and with Material's own settings (its search, no style sheet, script,
template or finishing of ours). Both are served with gzip from this machine; Lighthouse's mobile preset looks at each
page by turns, ours then stock's, and the medians stand side by side. Also: bytes of a cold visit by a browser, and
how long a build takes. Timings are worth no more than the machine is quiet.
"""

import argparse
import contextlib
import gzip
import http.server
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import find_browser  # noqa: E402

PAGES = ("", "deep-learning/cnn/", "detection/map/", "mmdetection/install/", "pytorch/image-classification/", "links/")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PACKED = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".xml", ".txt"}
FLAGS = ("--headless=new", "--no-sandbox", "--disable-quic")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files with gzip and a few minutes of cache, as GitHub Pages sends them."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        pack = path.suffix in PACKED
        if path not in self.server.packed:
            self.server.packed[path] = gzip.compress(path.read_bytes(), 9) if pack else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(self.server.packed[path])))
        self.send_header("Cache-Control", "max-age=600")
        if pack:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(self.server.packed[path])

    def log_message(self, format: str, *args: object) -> None:
        pass


Handler.extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript", ".woff2": "font/woff2"}


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *args: Handler(*args, directory=str(folder)))
    server.packed = {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def stock_settings(text: str) -> str:
    """mkdocs.yml with what Material makes of the same text by itself."""
    text = re.sub(r"^(hooks|extra_css|extra_javascript|plugins):\n(?:[ ]+.*\n|\n)*", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\s+(?:custom_dir|favicon|logo): .*\n|^  icon:\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^  - detection_notes\..*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"icon: (?:auto|sun|moon)$", "icon: material/brightness-auto", text, flags=re.MULTILINE)
    return text.replace("custom\n", "indigo\n") + "plugins:\n  - search:\n      lang: [zh, en]\n"


def build(settings: str, folder: Path, address: str) -> float:
    """Build the notes by these settings; gives the seconds that it took."""
    config = ROOT / f".benchmark-{os.getpid()}.yml"
    config.write_text(settings, encoding="utf-8")
    try:
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(config), "--site-dir", str(folder)],
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "SITE_URL": address, "EDIT_URI": "https://github.com/owner/notes/edit/main/docs/{path}"},
            capture_output=True,
            encoding="utf-8",
        )
        if done.returncode:
            sys.exit(f"the build failed:\n{done.stdout}{done.stderr}")
        return time.monotonic() - begun
    finally:
        config.unlink()


def look(lighthouse: Path, address: str) -> dict[str, float]:
    """One look by Lighthouse: the four scores, and milliseconds of style and layout."""
    command = [
        str(lighthouse / "node_modules/.bin/lighthouse"), address, "--quiet", "--output=json",
        f"--chrome-flags={' '.join(FLAGS)}", f"--only-categories={','.join(CATEGORIES)}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, env={**os.environ, "CHROME_PATH": str(find_browser.find())}, check=True)
    said = json.loads(done.stdout)
    scores = {name: 100 * (said["categories"][name]["score"] or 0) for name in CATEGORIES}
    work = said["audits"]["mainthread-work-breakdown"]["details"]["items"]
    scores["style and layout, ms"] = sum(item["duration"] for item in work if item["group"] == "styleLayout")
    scores["shift"] = said["audits"]["cumulative-layout-shift"]["numericValue"]
    failed = [name for name, audit in said["audits"].items() if audit.get("score") == 0 and audit["scoreDisplayMode"] == "binary"]
    if failed:
        print(f"    {address}: {', '.join(failed)}", file=sys.stderr)
    return scores


def cold(address: str) -> int:
    """Bytes over the wire of a first visit, headers left out."""
    total = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser.find()), args=list(FLAGS[1:]))
        page = browser.new_page()

        def count(response) -> None:
            nonlocal total
            total += int(response.headers.get("content-length", 0))

        page.on("response", count)
        page.goto(address, wait_until="networkidle")
        browser.close()
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", default=PAGES, metavar="PAGE", help="addresses from the root of the site")
    parser.add_argument("--lighthouse", type=Path, help="the folder that npm installed Lighthouse into; without it, sizes and builds alone")
    parser.add_argument("--runs", type=int, default=5)
    said = parser.parse_args()
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    kinds = {"ours": settings, "stock": stock_settings(settings)}
    work = Path(tempfile.mkdtemp(prefix="site-"))
    try:
        with served(work / "ours") as ours, served(work / "stock") as stock:
            addresses = {"ours": ours, "stock": stock}
            seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
            for _ in range(said.runs):
                for kind in kinds:
                    seconds[kind].append(build(kinds[kind], work / kind, addresses[kind]))
            built = len(list((work / "ours").rglob("index.html")))
            medians = {kind: statistics.median(times) for kind, times in seconds.items()}
            print(f"build, {built} pages: ours {medians['ours']:.2f} s, stock {medians['stock']:.2f} s: {1000 * (medians['ours'] - medians['stock']) / built:.0f} ms a page more")
            for page in said.pages:
                print(f"{page or 'home'}: cold visit, ours {cold(ours + page) / 1000:.0f} kB, stock {cold(stock + page) / 1000:.0f} kB")
                if said.lighthouse:
                    compare(said.lighthouse, {kind: address + page for kind, address in addresses.items()}, said.runs)
    finally:
        shutil.rmtree(work)


def compare(lighthouse: Path, addresses: dict[str, str], runs: int) -> None:
    seen: dict[str, list[dict[str, float]]] = {kind: [] for kind in addresses}
    for _ in range(runs):
        for kind, address in addresses.items():
            seen[kind].append(look(lighthouse, address))
    for name in seen["ours"][0]:
        ours, stock = (statistics.median(one[name] for one in seen[kind]) for kind in ("ours", "stock"))
        print(f"    {name:22} ours {ours:7.2f}   stock {stock:7.2f}")


if __name__ == "__main__":
    main()
