"""A missing torch is said aloud: nothing that needs it passes, and nothing else fails for its sake."""

import subprocess
import sys

from .pages import ROOT

RUN = "import sys; sys.modules['torch'] = None; import pytest; sys.exit(pytest.main(sys.argv[1:]))"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", RUN, "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")


def test_the_quick_tests_can_be_collected_without_torch():
    done = run("--collect-only", "--quiet", "-m", "not torch", "tests")
    assert done.returncode == 0, done.stdout


def test_a_module_that_needs_torch_fails_and_says_what_to_do(tmp_path):
    module = tmp_path / "test_marked.py"
    module.write_text("import pytest\nimport torch\n\npytestmark = pytest.mark.torch\n\n\ndef test_it():\n    pass\n")
    done = run("--rootdir", str(ROOT), "-c", "pyproject.toml", "-p", "tests.conftest", str(module))
    assert done.returncode == 1, done.stdout
    assert "1 error" in done.stdout
    assert "pip install torch==2.13.0" in done.stdout and "make quick" in done.stdout


def test_a_single_test_that_needs_torch_fails_and_says_what_to_do(tmp_path):
    module = tmp_path / "test_single.py"
    module.write_text("import pytest\n\n\n@pytest.mark.torch\ndef test_it():\n    import torch\n\n\ndef test_other():\n    pass\n")
    done = run("--rootdir", str(ROOT), "-c", "pyproject.toml", "-p", "tests.conftest", str(module))
    assert "1 passed, 1 error" in done.stdout
    assert "pip install torch==2.13.0" in done.stdout
