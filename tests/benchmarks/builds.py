"""How long a build takes, beside stock Material's of the same pages, and how soon `make serve` shows a change.

    python tests/benchmarks/builds.py [ROUNDS]

The two builds alternate; medians are printed. Processor time is what counts on a machine that does other things too.
Stock is MkDocs with Material, its own search, the same Markdown files and pymdown-extensions: without our extensions,
hooks and templates.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PORT = 8765
QUIET = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SITE_URL": f"http://127.0.0.1:{PORT}/"}


class Loader(yaml.SafeLoader):
    """Tags of MkDocs are kept as they are written."""


Loader.add_multi_constructor("", lambda loader, suffix, node: None)


def stock(folder: Path) -> Path:
    """A configuration of the same pages without anything of ours."""
    ours = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)
    kept = [entry for entry in ours["markdown_extensions"] if not str(entry).startswith("detection_notes")]
    values = {
        "site_name": "stock",
        "site_url": QUIET["SITE_URL"],
        "docs_dir": str(ROOT / "docs"),
        "nav": ours["nav"],
        "exclude_docs": ours.get("exclude_docs"),
        "theme": {"name": "material", "language": "zh", "features": ours["theme"]["features"]},
        "plugins": [{"search": {"lang": ["zh", "en"]}}],
        "markdown_extensions": [entry if isinstance(entry, str) else {name: without(options) for name, options in entry.items()} for entry in kept],
    }
    path = folder / "mkdocs.yml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    return path


def without(options: dict | None) -> dict:
    return {name: value for name, value in (options or {}).items() if value is not None}


def build(config: Path, folder: Path) -> tuple[float, float]:
    """Seconds of one build: processor, wall."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-f", str(config), "-d", str(folder)], cwd=ROOT, env=QUIET, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - start


def change(project: Path) -> list[float]:
    """Seconds from saving a page to the server's giving the new text, three times."""
    server = subprocess.Popen([sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{PORT}"], cwd=project, env=QUIET, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    page, taken = project / "docs/detection/map.md", []
    try:
        wait_for("</html>", 120)
        for number in range(3):
            words = f"第 {number} 次改动"
            page.write_text(page.read_text(encoding="utf-8") + f"\n{words}\n", encoding="utf-8")
            start = time.monotonic()
            wait_for(words, 60)
            taken.append(time.monotonic() - start)
    finally:
        server.terminate()
        server.wait()
    return taken


def wait_for(words: str, patience: float) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/detection/map/", timeout=patience) as answer:
                if words in answer.read().decode():
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise TimeoutError(words)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    pages = sum(1 for _ in (ROOT / "docs").rglob("*.md"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        configs = {"stock": stock(folder), "ours": ROOT / "mkdocs.yml"}
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in configs}
        for _ in range(rounds):
            for name, config in configs.items():
                times[name].append(build(config, folder / name))
        cpu, wall = ({name: statistics.median(one[at] for one in times[name]) for name in configs} for at in (0, 1))
        print(f"{pages} pages, {rounds} rounds, medians; load {os.getloadavg()[0]:.1f}")
        for name in configs:
            print(f"{name:6} processor {cpu[name]:.2f} s, wall {wall[name]:.2f} s")
        print(f"beyond stock: {(cpu['ours'] - cpu['stock']) / pages * 1000:.0f} ms a page of processor time, {(wall['ours'] - wall['stock']) / pages * 1000:.0f} ms of wall time")
        project = folder / "project"
        project.mkdir()
        for name in ("docs", "overrides", "scripts", "tests"):
            shutil.copytree(ROOT / name, project / name)
        for name in ("mkdocs.yml", "pyproject.toml", "links.lock"):
            shutil.copy(ROOT / name, project / name)
        print("serve shows a change after", ", ".join(f"{seconds:.2f} s" for seconds in change(project)))


if __name__ == "__main__":
    main()
