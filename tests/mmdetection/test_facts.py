"""What the pages on MMDetection and Docker say of mmdet 3.3.0, held against the wheel: paths, flags, classes, AP.

A page may speak of the past too. A path or class that is gone stands in HISTORY or ELSEWHERE with the reason; a command of
the past stands in a ``!!! then`` admonition or in a block whose title says so (```` ```shell title="2019 年的写法" ````).
"""

import builtins
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages import DOCS, PAGES, SNIPPET

from .wheel import average_precision, classes, config_paths, flags, models, models_by_config, registered, tool_paths

HISTORY = {
    "configs/libra_rcnn/libra_faster_rcnn_x101_64x4d_fpn_1x.py": "2019-05-25 to 2020-03-23",
    "configs/libra_rcnn/libra_faster_rcnn_x101_64x4d_fpn_1x_coco.py": "2020-03-23 to 2022-08-26",
}
ELSEWHERE = {
    "RoIAlign": "an operator of mmcv",
    "DataLoader": "torch.utils.data",
    "DistributedDataParallel": "torch.nn.parallel",
    "MMDataParallel": "mmcv 1.x, gone in 2.0",
    "SharedFCBBoxHead": "mmdet 1.x, now Shared2FCBBoxHead",
    "CUDAExtension": "torch.utils.cpp_extension",
    "UnpicklingError": "pickle",
    "ConnectTimeoutError": "urllib3",
    "ConvWS": "a layer of mmcv, in an error message",
    "ChildFailedError": "torch.distributed.elastic",
    "MyDetector": "a class of the reader's own, in an error message",
}
IN_SCOPE = [page for page in PAGES if page.name.startswith(("mmdetection/", "docker/"))]
COMMANDS = {"shell", "bash", "sh", "console"}
PAST = re.compile(r'title="[^"]*(2019|历史|旧|已失效|1\.x|2\.x)')
WRAPPERS = {"tools/dist_train.sh": "tools/train.py", "tools/dist_test.sh": "tools/test.py"}


def section(path: Path, name: str | None) -> str:
    """What a snippet brings into a page: a file, or the lines between the markers of a section."""
    text = path.read_text(encoding="utf-8")
    if name is None:
        return text
    return re.search(rf"\[start:{re.escape(name)}\][^\n]*\n(.*?)[^\n]*\[end:{re.escape(name)}\]", text, re.DOTALL)[1]


def expand(source: str) -> list[str]:
    """The lines of a page with its snippets in place, indented as they stand."""
    lines: list[str] = []
    for line in source.split("\n"):
        found = SNIPPET.match(line)
        indent = line[: len(line) - len(line.lstrip())]
        cut = section(DOCS / found["path"], found["section"]).rstrip().split("\n") if found else [line]
        lines += [indent + piece for piece in cut] if found else cut
    return lines


def commands(lines: list[str]) -> Iterator[str]:
    """Every command line of today in the shell blocks, continuation lines joined."""
    then, fence, skip, kept = None, None, False, ""
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if fence is None:
            if then is not None and line.strip() and indent <= then:
                then = None
            if re.match(r" *(!!!|\?\?\?\+?) then\b", line):
                then = indent
            elif opened := re.match(r" *(`{3,})(\w*)", line):
                fence, skip = opened[1], opened[2] not in COMMANDS or then is not None or bool(PAST.search(line))
        elif line.strip() == fence:
            fence = None
        elif not skip:
            kept += line.strip().removeprefix("$ ").removesuffix("\\")
            if not line.rstrip().endswith("\\"):
                yield kept
                kept = ""


def wrong_flags(lines: list[str]) -> list[str]:
    """Flags that the tool of 3.3.0 does not know, as ``tools/train.py: --gpus``."""
    found = []
    for command in commands(lines):
        for tool in re.findall(r"tools/[\w/]+\.(?:py|sh)", command):
            program = WRAPPERS.get(tool, tool)
            if program in tool_paths() and program.endswith(".py"):
                given = re.findall(r"(?<=\s)--[\w-]+", command.split(tool, 1)[1].split("#")[0])
                found += [f"{tool}: {flag}" for flag in given if flag not in flags(program) | {"--help"}]
    return found


def wrong_paths(text: str) -> list[str]:
    named = set(re.findall(r"(?<![\w/])configs/[\w./+-]+\.py\b", text)) - config_paths() - set(HISTORY)
    return sorted(named | (set(re.findall(r"(?<![\w/])tools/[\w/]+\.(?:py|sh)\b", text)) - tool_paths()))


def unknown_classes(text: str) -> list[str]:
    """Words in inline code that look like a class and are none of mmdet, mmengine, Python or ELSEWHERE."""
    words = set(re.findall(r"(?<!`)`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)`(?!`)", text))
    looks = {word for word in words if sum(letter.isupper() for letter in word) > 1}
    known = classes() | classes("mmengine") | set(registered()) | set(registered("mmengine")) | set(vars(builtins)) | set(ELSEWHERE)
    return sorted(looks - known)


def tables(lines: list[str]) -> Iterator[list[list[str]]]:
    """Every Markdown table outside of code blocks, as rows of cells; the first row is the header."""
    rows: list[list[str]] = []
    fenced = False
    for line in [*lines, ""]:
        fenced ^= line.lstrip().startswith("```")
        if line.lstrip().startswith("|") and not fenced:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                rows.append(cells)
        elif rows:
            yield rows
            rows = []


def wrong_values(lines: list[str]) -> tuple[int, list[str]]:
    """How many rows of AP tables were held against a metafile, and what is wrong with the others.

    A row that names a model or config of the zoo must carry its values; any other row must say where it is from (出处).
    """
    checked, wrong = 0, []
    for header, *rows in tables(lines):
        columns = {at: ("mask AP" if "掩码" in cell or "mask" in cell else "box AP") for at, cell in enumerate(header) if re.search(r"(框|掩码|box|mask) AP$", cell)}
        for row in rows if columns else []:
            names = [word for word in re.findall(r"[\w.%+-]+", " ".join(row)) if word in models_by_config() or word in models()]
            if names:
                checked += 1
                values = average_precision(names[0])
                for at, metric in columns.items():
                    shown = row[at].strip("*")
                    if shown != (str(values[metric]) if metric in values else "–"):
                        wrong.append(f"{names[0]}: {metric} is {values.get(metric, 'not given')}, not {shown}")
            elif not ("出处" in header and row[header.index("出处")]):
                wrong.append(f"no source for: {' | '.join(row)}")
    return checked, wrong


@pytest.mark.parametrize("note", IN_SCOPE, ids=lambda note: note.name)
def test_every_config_and_tool_on_a_page_is_in_the_wheel(note):
    assert not wrong_paths("\n".join(expand(note.source)))


@pytest.mark.parametrize("note", IN_SCOPE, ids=lambda note: note.name)
def test_every_flag_in_a_command_of_today_is_known_to_its_tool(note):
    assert not wrong_flags(expand(note.source))


@pytest.mark.parametrize("note", IN_SCOPE, ids=lambda note: note.name)
def test_every_class_named_on_a_page_exists(note):
    assert not unknown_classes("\n".join(expand(note.source)))


@pytest.mark.parametrize("note", IN_SCOPE, ids=lambda note: note.name)
def test_every_ap_in_a_table_is_the_metafile_s_or_has_a_source(note):
    assert not wrong_values(expand(note.source))[1]


def test_the_tables_are_really_read():
    checked = {page.name: wrong_values(expand(page.source))[0] for page in IN_SCOPE}
    assert checked["mmdetection/index.md"] >= 10 and checked["mmdetection/htc.md"] >= 3


def test_nothing_on_the_lists_of_the_past_is_still_there():
    assert not set(HISTORY) & config_paths()
    assert not set(ELSEWHERE) & (classes() | classes("mmengine"))


def test_a_config_that_does_not_exist_is_found():
    assert wrong_paths("`configs/htc/htc_r50_fpn_1x_coco.py` and `configs/htc/htc_r51_fpn_1x_coco.py`, `tools/nowhere.py`") == [
        "configs/htc/htc_r51_fpn_1x_coco.py",
        "tools/nowhere.py",
    ]


def test_a_flag_that_is_gone_is_found_unless_it_is_told_as_history():
    line = "python tools/train.py configs/htc/htc_r50_fpn_1x_coco.py \\\n    --gpus 2 --work-dir=x"
    assert wrong_flags(f"```shell\n{line}\n```".split("\n")) == ["tools/train.py: --gpus"]
    assert wrong_flags("```shell\nbash tools/dist_train.sh c.py 2 --validate\n```".split("\n")) == ["tools/dist_train.sh: --validate"]
    assert not wrong_flags(f'```shell title="2019 年的写法"\n{line}\n```'.split("\n"))
    assert not wrong_flags(['!!! then "2019"', "", "    ```shell", *("    " + part for part in line.split("\n")), "    ```"])
    after = ['!!! then "2019"', "", "    text", "", "```shell", *line.split("\n"), "```"]
    assert wrong_flags(after) == ["tools/train.py: --gpus"]


def test_a_class_that_does_not_exist_is_found():
    assert unknown_classes("`CascadeRoIHead`, `ModuleNotFoundError`, `CascadeRoiHead`, `AP`") == ["CascadeRoiHead"]


def test_a_wrong_ap_is_found_and_so_is_one_without_a_source():
    table = ["| 模型 | 框 AP | 掩码 AP |", "| --- | ---: | --- |", "| `htc_r50_fpn_1x_coco` | 42.3 | 37.5 |", "| 某模型 | 60.0 | – |"]
    assert wrong_values(table) == (1, ["htc_r50_fpn_1x_coco: mask AP is 37.4, not 37.5", "no source for: 某模型 | 60.0 | –"])
