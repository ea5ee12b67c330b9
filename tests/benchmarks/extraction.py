"""How long it takes to read pages, and how much memory: python tests/benchmarks/extraction.py [FOLDER …].

Beside any folders that are named (with a mkdocs.yml, whose Markdown extensions must be installed) it reads pages that it
writes itself: 3,000 plain ones with 30,000 links, as MkDocs renders them and as GitHub shows them. The peer is what
anyone would write: render each page with a new Markdown and take the addresses from its HTML. They take turns; what is
printed is the median of the rounds, as a table in Markdown. Memory is the sum over all processes, what they share counted once.
"""

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from benchmarks.cost import Cost, measure  # noqa: E402

SCRIPTS = ROOT / "scripts"
OURS = [sys.executable, str(SCRIPTS / "check_links.py"), "--offline", "--no-lock", "--output", os.devnull]
NAIVE = """
import sys
from pathlib import Path
from selectolax.lexbor import LexborHTMLParser
from markdown import Markdown
sys.path.insert(0, sys.argv[1])
from detection_notes.links.config import site
from detection_notes.links.readers.source import without_front_matter
here = site(Path("mkdocs.yml"))
found = 0
for page in here.docs.rglob("*.md"):
    text = without_front_matter(page.name, page.read_text(encoding="utf-8-sig"), True).text
    html = Markdown(extensions=list(here.extensions), extension_configs=dict(here.configs)).convert(text)
    found += sum((node.attributes.get("href") or "").startswith("http") for node in LexborHTMLParser(html).css("a"))
"""


def plain(folder: Path, pages: int, links: int) -> None:
    """Pages of some paragraphs, a list and a table, with so many links each."""
    (folder / "docs").mkdir(parents=True)
    for number in range(pages):
        text = [f"# Page {number}\n", "Words of a paragraph, *some* of them `marked`, none of much meaning. " * 6 + "\n"]
        text += [f"- see [item {link}](https://host{link}.notes.dev/{number}/{link}?a=1&b=2) for more\n" for link in range(links - 1)]
        text += [f"| a | b |\n|---|---|\n| x | [y](https://table.notes.dev/{number}) |\n"]
        (folder / "docs" / f"{number:04}.md").write_text("\n".join(text), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=3000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        shown, rendered = Path(scratch, "github"), Path(scratch, "mkdocs")
        for folder in (shown, rendered):
            plain(folder, chosen.pages, 10)
        (rendered / "mkdocs.yml").write_text("site_name: x\nmarkdown_extensions: [admonition, attr_list, footnotes, md_in_html, pymdownx.superfences, pymdownx.details]\n")
        naive = [sys.executable, "-c", NAIVE, str(SCRIPTS)]
        cases = {
            f"{chosen.pages} plain pages, as MkDocs renders": (rendered, {"ours": OURS, "naive": naive}), f"{chosen.pages} plain pages, as GitHub shows": (shown, {"ours": [*OURS, "docs"]}),
            "one touched page of them": (rendered, {"ours": [*OURS, "docs/0007.md"]}),
        } | {str(folder): (folder, {"ours": OURS, "naive": naive}) for folder in chosen.folders}  # fmt: skip
        print("| pages | program | seconds | processor seconds | MiB |\n|---|---|---|---|---|")
        for name, (folder, programs) in cases.items():
            taken: dict[str, list[Cost]] = {program: [] for program in programs}
            for _ in range(chosen.rounds):
                for program, command in programs.items():
                    taken[program].append(measure(command, folder, 1, 2)[0])
            for program, samples in taken.items():
                seconds, processor, memory = (statistics.median(getattr(cost, field) for cost in samples) for field in ("seconds", "cpu", "mebibytes"))
                print(f"| {name} | {program} | {seconds:.1f} | {processor:.1f} | {memory:.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
