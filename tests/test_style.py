"""The programs are linted and fully typed. What is found is printed as the tools say it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words, "scripts"], cwd=ROOT, capture_output=True, encoding="utf-8")


def test_the_linter_finds_nothing(tmp_path: Path) -> None:
    done = run("ruff", "check", "--quiet", "--output-format", "concise", "--cache-dir", str(tmp_path))

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_type_checker_finds_nothing(tmp_path: Path) -> None:
    done = run("mypy", "--no-error-summary", "--cache-dir", str(tmp_path))

    assert done.returncode == 0, done.stdout + done.stderr
