"""What runs on the code host: valid by its schemas, safe by zizmor's rules, and no right to write beside strangers' code."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from detection_notes.finish.editors import Editors

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
SCHEMAS = {
    **{path: "vendor.github-workflows" for path in WORKFLOWS},
    ROOT / ".github/dependabot.yml": "vendor.dependabot",
    ROOT / "action.yml": "vendor.github-actions",
}
ZIZMOR = Path(sys.executable).with_name("zizmor")


def run(*command: object, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=120, **more)


def valid(path: Path, schema: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, path)


def audit(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(ZIZMOR, "--offline", "--no-progress", "--pedantic", "--collect=all", "--strict-collection", folder)


def jobs() -> list[tuple[str, dict, dict]]:
    """(workflow's file name, workflow, job) of every job."""
    read = {path.name: yaml.safe_load(path.read_text()) for path in WORKFLOWS}
    return [(name, workflow, job) for name, workflow in read.items() for job in workflow["jobs"].values()]


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_the_file_fits_its_schema(path: Path):
    done = valid(path, SCHEMAS[path])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_the_schema_notices_a_key_that_does_not_exist(path: Path, tmp_path: Path):
    spoilt = tmp_path / path.name
    spoilt.write_text(re.sub(r"^(updates|jobs|runs):", r"no-such-\1:", path.read_text(), flags=re.MULTILINE))
    assert valid(spoilt, SCHEMAS[path]).returncode == 1


def test_zizmor_finds_nothing(tmp_path: Path):
    """In a copy, so that what lies about in a working tree (environments, builds) is not read."""
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    shutil.copy(ROOT / "action.yml", tmp_path)
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", tmp_path)
    done = audit(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall("completed", done.stderr)) == len(SCHEMAS) + 1


@pytest.mark.parametrize(
    ("pattern", "replacement", "rule"),
    [
        (r"(actions/checkout)@\w+ # (v\S+)", r"\1@\2", "unpinned-uses"),
        (r"\n +with:\n +persist-credentials: false", "", "artipacked"),
        (r"^permissions: \{\}$", "permissions: write-all", "excessive-permissions"),
        (r"run: make build.*", 'run: echo "${{ github.head_ref }}"', "template-injection"),
        (r"^  pull_request:", "  pull_request_target:", "dangerous-triggers"),
    ],
)
def test_zizmor_notices_a_workflow_made_unsafe(pattern: str, replacement: str, rule: str, tmp_path: Path):
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    safe = (ROOT / ".github/workflows/check.yml").read_text()
    spoilt = re.sub(pattern, replacement, safe, flags=re.MULTILINE)
    assert spoilt != safe
    (folder / "check.yml").write_text(spoilt)
    done = audit(tmp_path)
    assert done.returncode != 0
    assert f"[{rule}]" in done.stdout


def test_every_action_is_pinned_by_its_hash_and_says_its_version():
    uses = [line for path in SCHEMAS for line in path.read_text().splitlines() if re.search(r"\buses:", line)]
    assert len(uses) > 10
    for line in uses:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_one_action_has_one_version_everywhere():
    pins = {pin for path in SCHEMAS for pin in re.findall(r"uses: (\S+)@(\w+)", path.read_text())}
    assert len(pins) == len({action for action, _ in pins})


def test_no_workflow_has_a_right_that_its_job_does_not_name():
    for name, workflow, job in jobs():
        assert workflow["permissions"] == {}, name
        assert job["permissions"], name
        assert job["timeout-minutes"] <= 60, name


def test_a_job_that_may_write_runs_no_code_of_this_project():
    """Neither of a stranger's branch nor of main: such a job installs nothing and calls no program of the checkout."""
    writing = [(name, job) for name, _, job in jobs() if "write" in job["permissions"].values()]
    assert {name for name, _ in writing} == {"publish.yml", "refresh-links.yml"}
    for name, job in writing:
        script = "\n".join(step.get("run", "") for step in job["steps"])
        assert not re.search(r"\b(make|pip|python|uv|npm)\b|scripts/", script), name


def test_pull_requests_run_with_reading_rights_only():
    """``on`` is True to a YAML 1.1 reader."""
    for name, workflow, job in jobs():
        triggers = workflow[True]
        assert "pull_request_target" not in triggers and "workflow_run" not in triggers, name
        if "pull_request" in triggers:
            assert set(job["permissions"].values()) == {"read"}, name


def test_links_are_refreshed_from_main_only():
    workflow = yaml.safe_load((ROOT / ".github/workflows/refresh-links.yml").read_text())
    assert workflow["jobs"]["visit"]["if"] == "github.ref == 'refs/heads/main'"
    assert workflow["jobs"]["propose"]["needs"] == "visit"


def test_the_site_is_published_under_its_own_address():
    """The two variables are the ones that mkdocs.yml and scripts/finish_site.py read."""
    build = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text())["jobs"]["build"]
    (step,) = [step for step in build["steps"] if step.get("run") == "make build"]
    assert step["env"]["SITE_URL"] == "${{ steps.pages.outputs.base_url }}/"
    assert '!ENV [SITE_URL, ""]' in (ROOT / "mkdocs.yml").read_text(), "without it there is no address, rather than another's"
    Editors(step["env"]["EDIT_URI"].replace("${{ github.server_url }}", "https://github.com").replace("${{ github.repository }}", "owner/notes"), "")


def test_the_history_is_fetched_that_pages_take_their_dates_from():
    build = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text())["jobs"]["build"]
    (checkout,) = [step for step in build["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"]["fetch-depth"] == 0


def test_every_make_verb_that_a_workflow_calls_exists():
    """Of .ci/run too."""
    texts = [path.read_text() for path in WORKFLOWS] + [(ROOT / ".ci/run").read_text()]
    called = {verb for text in texts for verb in re.findall(r"(?:run: |exec |^ +)make ([a-z]+)", text, re.MULTILINE)}
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"build", "test"} <= called <= verbs


def test_the_hook_for_other_repositories_calls_the_program_that_the_package_installs():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    program, *words = hook["entry"].split()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts[program] == "detection_notes.links.__main__:main"
    assert words == ["--offline"]  # a commit waits for no host


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Another repository, without a mkdocs.yml, with one page."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "README.md").write_text("# Notes\n\n[one](https://notes.dev/one) and `https://notes.dev/code`\n")
    return folder


def test_the_hook_works_in_another_repository(elsewhere: Path):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    code = "import sys; from detection_notes.links.__main__ import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    done = run(sys.executable, "-c", code, *hook["entry"].split()[1:], "README.md", cwd=elsewhere, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (elsewhere / "links.lock").read_text() == '{"url": "https://notes.dev/one"}\n'


def check_as_the_action_does(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the action's last step as a runner would, with the Python of the tests for the one it installs."""
    step = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"][-1]
    python = folder.parent / "check-links/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    assert set(inputs) == set(step["env"]) - {"HOME_OF_CHECKER", "GITHUB_TOKEN"}
    environment = {**os.environ, **inputs, "RUNNER_TEMP": str(folder.parent), "HOME_OF_CHECKER": str(ROOT)}
    return run("bash", "-e", "-c", step["run"], cwd=folder, env=environment)


def test_the_action_checks_the_paths_it_is_given(elsewhere: Path):
    done = check_as_the_action_does(elsewhere, PATHS="README.md", CONFIG="", ARGUMENTS="--offline --format json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"https://notes.dev/one"' in done.stdout


def test_the_actions_inputs_are_words_and_never_commands(elsewhere: Path):
    done = check_as_the_action_does(elsewhere, PATHS="$(touch,spoilt) * ;touch", CONFIG="", ARGUMENTS="--offline")
    assert done.returncode == 2
    assert [path.name for path in elsewhere.iterdir()] == ["README.md"]


def test_the_action_installs_the_checker_by_hash_and_what_the_site_needs_besides(tmp_path: Path):
    """With a Python that writes down what it is asked to do. No word of an input is an option or a command."""
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    (install,) = [step["run"] for step in steps if "pip install" in step.get("run", "")]
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nif [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi\nfor word; do printf "%s|" "$word"; done >> {tmp_path}/asked\necho >> {tmp_path}/asked\n')
    python.chmod(0o755)
    environment = {**os.environ, "PYTHON": str(python), "RUNNER_TEMP": str(tmp_path), "HOME_OF_CHECKER": str(ROOT)}
    for packages in ("", "mkdocs-material mdx-gh-links==0.4 * $(touch,x)"):
        done = run("bash", "-e", "-c", install, cwd=tmp_path, env={**environment, "PACKAGES": packages})
        assert done.returncode == 0, done.stderr
    checker = f"-m|pip|install|--quiet|--require-hashes|--no-deps|-r|{ROOT}/requirements-checker.txt|"
    asked = [line for line in (tmp_path / "asked").read_text().splitlines() if "|pip|" in line]
    assert asked == [checker, checker, "-m|pip|install|--quiet|--|mkdocs-material|mdx-gh-links==0.4|*|$(touch,x)|"]


def test_pull_requests_and_publishing_fail_for_links_that_were_never_good_only():
    """The variable binds the checker and the gate of the build alike; history is fetched where a diff is asked for."""
    for name in ("check.yml", "publish.yml"):
        steps = [step for _, _, job in [entry for entry in jobs() if entry[0] == name] for step in job["steps"]]
        checking = [step for step in steps if "check_links.py" in step.get("run", "") or "make build" in step.get("run", "")]
        assert checking and all(step["env"]["LINKS_FAIL"] == "new" for step in checking), name
        if any("--since" in step.get("run", "") for step in steps):
            checkout = next(step for step in steps if "actions/checkout" in step.get("uses", ""))
            assert checkout["with"]["fetch-depth"] == 0, name
    assert "--since" in (ROOT / ".github/workflows/check.yml").read_text()


def test_the_check_runs_before_the_builder():
    (rule,) = re.findall(r"^build: (\w+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert rule == "check"
    (job,) = [job for name, _, job in jobs() if name == "check.yml" and job["name"] == "Links and site"]
    scripts = [step["run"] for step in job["steps"] if "run" in step]
    assert ["check_links.py" in script for script in scripts].index(True) < ["make build" in script for script in scripts].index(True)
