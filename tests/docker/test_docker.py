"""The page on Docker: its files pass the linters, its commands know their flags, its pins are those of the notes."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.pages import DOCS

CODE = DOCS / "docker" / "code"
BIN = Path(sys.executable).parent
FLAGS = json.loads((Path(__file__).parent / "flags-28.2.2.json").read_text(encoding="utf-8"))  # from docker … --help


@pytest.fixture(scope="module")
def text() -> str:
    return (DOCS / "docker" / "index.md").read_text(encoding="utf-8")


def hadolint(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / "hadolint", "--no-color", path], capture_output=True, encoding="utf-8")


def compose(path: Path) -> subprocess.CompletedProcess[str]:
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path]
    return subprocess.run(command, capture_output=True, encoding="utf-8")


@pytest.mark.parametrize("name", ["Dockerfile.cpu", "Dockerfile.gpu"])
def test_hadolint_finds_nothing(name):
    done = hadolint(CODE / name)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("python:3.11-slim-bookworm", "python", "DL3006"),
        ("g++=4:12.2.0-3", "g++", "DL3008"),
        ("--no-cache-dir ", "", "DL3042"),
        ('CMD ["python", "-c", "import mmcv.ops, mmdet.apis, mmdet; print(mmdet.__version__)"]', "CMD python", "DL3025"),
    ],
)
def test_hadolint_would_find_something(old, new, finding, tmp_path):
    source = (CODE / "Dockerfile.cpu").read_text(encoding="utf-8")
    assert old in source
    (tmp_path / "Dockerfile").write_text(source.replace(old, new), encoding="utf-8")
    done = hadolint(tmp_path / "Dockerfile")
    assert done.returncode == 1 and finding in done.stdout


def test_the_compose_file_keeps_the_schema():
    done = compose(CODE / "compose.yaml")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("shm_size:", "shm-size:", "'shm-size' was unexpected"),
        ("\n              capabilities: [gpu]", "", "'capabilities' is a required property"),
    ],
)
def test_the_schema_would_find_something(old, new, message, tmp_path):
    source = (CODE / "compose.yaml").read_text(encoding="utf-8")
    assert old in source
    (tmp_path / "compose.yaml").write_text(source.replace(old, new), encoding="utf-8")
    done = compose(tmp_path / "compose.yaml")
    assert done.returncode == 1 and message in done.stdout


def test_compose_builds_for_the_card_that_it_is_told():
    """The default of the Dockerfile would be every card's, if compose did not hand the reader's on."""
    build = yaml.safe_load((CODE / "compose.yaml").read_text(encoding="utf-8"))["services"]["train"]["build"]
    default = re.search(r'^ARG ARCH="(.+)"$', (CODE / build["dockerfile"]).read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert build["args"] == {"ARCH": f"${{ARCH:-{default}}}"}


def test_the_short_form_for_gpus_keeps_the_schema_too(tmp_path):
    source = (CODE / "compose.yaml").read_text(encoding="utf-8")
    without = re.sub(r"    deploy:\n(?:      .*\n)+", "    gpus: all\n", source)
    assert "deploy" not in without and "volumes:\n  cache:" in without
    (tmp_path / "compose.yaml").write_text(without, encoding="utf-8")
    assert compose(tmp_path / "compose.yaml").returncode == 0


def commands(text: str) -> list[list[str]]:
    """Every ``docker …`` line of the shell blocks as words, comments dropped."""
    blocks = re.findall(r"^```shell\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.split("\n")]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("docker ")]


def wrong_flags(words: list[str]) -> list[str]:
    """Flags of a docker command that Docker 28.2.2 does not list; what stands after the image belongs to the image."""
    known = FLAGS[words[1]].split() + ["-it"]
    takes_value = {"-v", "-w", "-u", "-e", "-f", "-t", "--gpus", "--build-arg", "--format", "--name", "--restart"} - ({"-f"} if words[1] == "logs" else set())
    wrong, rest = [], words[2:]
    while rest and rest[0].startswith("-"):
        flag, equals, _ = rest[0].partition("=")
        wrong += [] if flag in known else [flag]
        rest = rest[2:] if flag in takes_value and not equals else rest[1:]
    return wrong


def test_every_flag_of_a_docker_command_is_one_that_docker_lists(text):
    found = commands(text)
    assert len(found) >= 12
    for words in found:
        assert not wrong_flags(words), words


def test_every_flag_in_a_sentence_or_table_is_one_of_docker_run(text):
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    flags = {re.split(r"[ =]", span)[0] for span in re.findall(r"`(-[^`]+)`", prose)}
    assert {"--gpus", "--shm-size", "--ipc", "--rm", "-it", "-v", "-w", "-u", "-e"} <= flags <= {*FLAGS["run"].split(), "-it"}


def test_an_unknown_flag_would_be_found():
    assert wrong_flags("docker run --rm --gpu all image".split()) == ["--gpu"]
    assert wrong_flags("docker run --rm -v a:b image --anything".split()) == []


def test_the_image_that_a_command_names_is_built_before_or_official(text):
    built = {words[words.index("-t") + 1] for words in commands(text) if words[1] == "build"}
    assert built == {"mmdet:cpu", "mmdet:gpu"}
    files = {words[words.index("-f") + 1] for words in commands(text) if words[1] == "build"}
    assert all((CODE / name).is_file() for name in files) and len(files) == 2


def test_the_folders_that_are_mounted_are_made_first(text):
    """Docker makes a missing one as root, and the user of the images could not write into it."""
    mounted = {words[at + 1].split(":")[0] for words in commands(text) if "train.py" in " ".join(words) for at, word in enumerate(words) if word == "-v"}
    assert mounted == {"$PWD", "$PWD/work_dirs", "mmdet-cache"}
    assert text.index("mkdir -p work_dirs\n") < text.index("docker build -f Dockerfile.cpu")


def test_the_folders_that_compose_mounts_are_made_first(text):
    """Each bind mount of its service beside the file, and the one for data leads elsewhere where DATA says so."""
    volumes = yaml.safe_load((CODE / "compose.yaml").read_text(encoding="utf-8"))["services"]["train"]["volumes"]
    sources = {re.sub(r"\$\{DATA:-(.*)\}", r"\1", volume.rsplit(":/workspace", 1)[0]) for volume in volumes if ":/workspace" in volume}
    made = re.search(r"^mkdir -p (.+)$", text[text.index("## 写成 compose"):text.index("compose.yaml\"")], re.MULTILINE)[1].split()
    assert sources == {".", *(f"./{folder}" for folder in made)}
    assert "${DATA:-./data}:/workspace/data:ro" in volumes and "`DATA=/mnt/datasets`" in text and "`-v /mnt/datasets:/workspace/data:ro`" in text


def test_the_command_in_the_container_trains_and_survives(text):
    """The tool lies where the images link it, work_dirs is kept, a restart resumes; compose does the same."""
    found = [words for words in commands(text) if "/tools/train.py" in words]
    assert len(found) == 2
    for words in found:
        assert "toy_retinanet.py" in words and '$PWD/work_dirs:/workspace/work_dirs' in words and "$PWD:/workspace:ro" in words
    survives = found[1]
    assert "--resume" in survives and survives[survives.index("--restart") + 1] == "on-failure:3" and "-d" in survives
    assert survives[survives.index("--gpus") + 1] == '"device=0"', "the inner quotes reach docker"
    service = yaml.safe_load((CODE / "compose.yaml").read_text(encoding="utf-8"))["services"]["train"]
    assert service["command"][:2] == ["python", "/tools/train.py"] and service["command"][-1] == "--resume" and service["restart"] == "on-failure:3"
    assert "./work_dirs:/workspace/work_dirs" in service["volumes"] and "cache:/home/me" in service["volumes"]
    for name in ("Dockerfile.cpu", "Dockerfile.gpu"):
        source = (CODE / name).read_text(encoding="utf-8")
        assert '.mim/tools" /tools' in source and "ENV HOME=/home/me USER=me" in source and "mkdir -m 1777 /home/me" in source
        assert source.index("/home/me") < source.index("USER 1000:1000")


def test_the_tools_are_where_the_image_links_them():
    """The very expression of the Dockerfiles, run here: it finds mmdet without importing it (that would ask for mmcv)."""
    expression = re.search(r'python -c "(import importlib.*?)"\)', (CODE / "Dockerfile.cpu").read_text(encoding="utf-8"))[1]
    done = subprocess.run([sys.executable, "-c", expression], capture_output=True, encoding="utf-8")
    assert (Path(done.stdout.strip()) / ".mim" / "tools" / "train.py").is_file(), done.stderr


def test_the_answers_that_are_numbers_are_computed(text):
    assert 'data-answer="49.2 1"' in text
    size = 16 * 3 * 800 * 1344 / 2**20
    assert size == pytest.approx(49.2, abs=0.05) and 64 // size == 1


def test_the_pins_are_those_of_the_notes():
    requirements = (CODE / "requirements.txt").read_text(encoding="utf-8").split()
    assert {"setuptools>=77.0.3,<82", "mmengine-lite==0.10.7", "mmdet==3.3.0", "packaging"} < set(requirements)
    for name in ("Dockerfile.cpu", "Dockerfile.gpu"):
        source = (CODE / name).read_text(encoding="utf-8")
        assert "mmcv==2.1.0" in source and "--no-build-isolation" in source and "USER 1000:1000" in source
    assert "torch==2.13.0" in (CODE / "Dockerfile.cpu").read_text(encoding="utf-8")
    image = (CODE / "Dockerfile.cpu").read_text(encoding="utf-8")
    for stage in image.split("\nFROM ")[1:]:
        assert re.search(r"setuptools==|requirements\.txt \\", stage).start() < stage.index("torch==2.13.0"), "torch asks for setuptools, which its own index may lack"
    assert "numpy<2" in (CODE / "Dockerfile.gpu").read_text(encoding="utf-8")
    assert "FORCE_CUDA=1" in (CODE / "Dockerfile.gpu").read_text(encoding="utf-8")


def test_no_mirror_is_named(text):
    """A mirror that works today may be gone tomorrow: the page gives the way, never an address."""
    mirrors = re.search(r'\{"registry-mirrors": \["https://(.*?)"\]\}', text)[1]
    assert mirrors == "<你的加速站>"
    section = re.search(r"## 在中国大陆拉镜像\n(.*?)\n## ", text, re.DOTALL)[1]
    assert not re.findall(r"https?://[\w.-]+", section)


def test_a_batch_fills_the_default_shared_memory(text):
    assert 8 * 3 * 800 * 1344 * 4 / 2**20 == pytest.approx(98.4, abs=0.1) and "约 98 MiB" in text
    assert 98.4 > 64 and "默认只有 64 MB" in text
    size = 98.4 / 4
    assert size < 64 < 3 * size and "uint8，小到四分之一" in text, "one batch fits, three do not"


def test_the_page_says_what_was_not_run(text):
    assert "镜像没有建过，容器没有启动过" in text
    version = next(Path(__file__).parent.glob("flags-*.json")).stem.partition("-")[2]
    assert f"都在 Docker {version} 的帮助里" in text
