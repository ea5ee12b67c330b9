"""Run the toy story of the notes on MMDetection from its first command to its last, in a clean environment.

    python scripts/run_story.py [--torch-index URL|default] [--keep FOLDER]        (make test-clean)

The commands are those of docs/mmdetection/code/story.sh, which the pages show section by section. They run in one shell,
in a new folder with nothing but the repository's docs in it; the first that fails ends the run with exit code 1. What
each section says, without times and dates, goes to story.txt beside it, which the pages and the tests read.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STORY = ROOT / "docs" / "mmdetection" / "code" / "story.sh"
INDEX = " --index-url https://download.pytorch.org/whl/cpu"
SECTION = re.compile(r"# --8<-- \[(start|end):([\w-]+)\]")
KEPT = {  # section → the lines worth keeping; a section without an entry keeps nothing
    "data": r".", "own": r".", "yolo": r".", "infer": r".", "names": r".", "errors": r".",
    **dict.fromkeys(("train", "test", "resume", "tta", "inherited", "scratch", "loaded"), r"bbox_mAP: "), "voc": r"pascal_voc/mAP: ",
    "operators": r"^NotImplementedError",
    "finetune": r"bbox_mAP: |size mismatch|Load checkpoint from|unexpected key|missing keys",
    "strip": r".", "count": r".", "translated": r"^要人来定|^没有可比|Epoch\(train\)",
}
NOISE = re.compile(r"Warning|warn|^\s*$|^\s+(?:_bootstrap\._exec|import pkg_resources)|Loads checkpoint|Failed to search registry|^DONE|^creating index|^index created|^loading annotations|^Done \(")
STAMP = re.compile(r"^\d\d/\d\d \d\d:\d\d:\d\d - mmengine - \w+ - ")
CLOCK = re.compile(r"  (?:eta|time|data_time|memory): \S+")


def sections(text: str) -> list[tuple[str, str]]:
    """Name and commands of each section, in order."""
    found: list[tuple[str, str]] = []
    lines: list[str] = []
    name: str | None = None
    for line in text.splitlines():
        mark = SECTION.search(line)
        if mark and mark[1] == "start":
            name, lines = mark[2], []
        elif mark:
            found.append((mark[2], "\n".join(lines)))
            name = None
        elif name:
            lines.append(line)
    return found


def index_option(index: str) -> str:
    """What pip is told about where torch comes from: nothing said, the index of the story; ``default``, its own."""
    return {"": INDEX, "default": ""}.get(index, f" --index-url {index}")


def script(index: str) -> str:
    """One shell program: a line that names the section, then its commands; the first failure ends it."""
    parts = ["set -e"]
    for name, commands in sections(STORY.read_text(encoding="utf-8")):
        parts += [f"echo '=== {name}'", commands]
    return "\n".join(parts).replace(INDEX, index_option(index)) + "\n"


def kept(name: str, lines: list[str]) -> list[str]:
    """What a section says that is the same each time."""
    wanted = KEPT.get(name)
    clean = [CLOCK.sub("", STAMP.sub("", line)).rstrip() for line in lines if not NOISE.search(line)]
    return [line for line in clean if wanted and re.search(wanted, line)]


def record(output: str) -> str:
    """The text of story.txt."""
    parts = re.split(r"^=== (\S+)\n", output, flags=re.MULTILINE)[1:]
    blocks = []
    for name, text in zip(parts[::2], parts[1::2]):
        first, *others = re.split(r"^--- (\S+)\n", text, flags=re.MULTILINE)  # a program may name parts of what it says
        blocks.append((name, kept(name, first.splitlines())))
        blocks += [(f"{name}-{part}", kept(name, inner.splitlines())) for part, inner in zip(others[::2], others[1::2])]
    return "".join(f"# --8<-- [start:{name}]\n" + "".join(f"{line}\n" for line in lines) + f"# --8<-- [end:{name}]\n" for name, lines in blocks if lines)


def run(folder: Path, index: str) -> int:
    """Run the story in a folder, show it as it goes, write story.txt when it came to its end."""
    (folder / "docs").symlink_to(ROOT / "docs")
    shell = subprocess.Popen(["bash", "-c", script(index)], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    lines = []
    for line in shell.stdout or ():
        sys.stdout.write(line)
        lines.append(line)
    (folder / "story.log").write_text("".join(lines), encoding="utf-8")
    if shell.wait():
        print(f"The story stopped with exit code {shell.returncode}; the log is {folder}/story.log.", file=sys.stderr)
        return 1
    STORY.with_suffix(".txt").write_text(record("".join(lines)), encoding="utf-8")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the toy story of the notes in a clean environment.")
    parser.add_argument("--torch-index", default="", help="another package index for torch, or: default (pip's own)")
    parser.add_argument("--keep", type=Path, help="work in this new folder and leave it there")
    parser.add_argument("--record", type=Path, metavar="LOG", help="run nothing: write story.txt from the log of a run that came to its end")
    asked = parser.parse_args()
    if asked.record:
        STORY.with_suffix(".txt").write_text(record(asked.record.read_text(encoding="utf-8")), encoding="utf-8")
        return 0
    if asked.keep:
        asked.keep.mkdir(parents=True)
        return run(asked.keep, asked.torch_index)
    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder), asked.torch_index)


if __name__ == "__main__":
    sys.exit(main())
