"""Which installation fits which machine: the rules of install_matrix.json against wheels, pages and each other."""

import itertools
import json
import re
from importlib.metadata import version

import pytest

from .test_install import assigned

ASKED = ("system", "python", "torch", "cuda", "card")


@pytest.fixture(scope="module")
def matrix(notes) -> dict:
    return json.loads((notes / "code" / "install_matrix.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def table(code):
    return code("install_table")


def picks(matrix: dict):
    choices = [list(matrix["questions"][name]) for name in ASKED]
    return (dict(zip(ASKED, values)) for values in itertools.product(*choices))


def newer(first: str, second: str) -> bool:
    return tuple(map(int, first.split("."))) >= tuple(map(int, second.split(".")))


def test_every_machine_gets_a_way_and_every_way_and_rule_is_needed(matrix, table):
    ways, rules = set(), set()
    for pick in picks(matrix):
        ways.add(table.choose(pick))
        rules.add(next(number for number, rule in enumerate(matrix["rules"]) if all(pick[key] in allowed for key, allowed in rule["when"].items())))
    assert ways | {other for way in matrix["ways"].values() for other in way.get("instead", [])} == set(matrix["ways"])
    assert rules == set(range(len(matrix["rules"]))), "a rule that no machine reaches"


def test_a_prebuilt_wheel_is_promised_only_where_one_was_built(matrix, table):
    for pick in picks(matrix):
        way = table.choose(pick)
        if not way.startswith("prebuilt"):
            continue
        wanted = "cpu" if way == "prebuilt-cpu" else pick["cuda"]
        rows = [row for row in matrix["wheels"]["index"] if (row["system"], row["torch"]) == (pick["system"], pick["torch"])]
        assert rows and wanted in rows[0]["cuda"] and matrix["pins"]["mmcv"] in rows[0]["mmcv"], pick
        assert pick["python"] in matrix["questions"]["torch"][pick["torch"]]["python"]


def test_a_card_gets_a_cuda_that_knows_it_and_a_torch_that_fits_the_standard(matrix, table):
    for pick in picks(matrix):
        way, card, torch = table.choose(pick), matrix["questions"]["card"][pick["card"]], matrix["questions"]["torch"][pick["torch"]]
        if way.startswith(("compile-cuda", "prebuilt-cuda", "blackwell")):
            assert card["capability"] is None or newer(pick["cuda"], card["cuda"]), pick
        if way.startswith(("compile", "blackwell")):
            assert way.endswith("cxx20") == (torch["cxx"] == 20), pick
        if pick["card"] == "blackwell" and pick["system"] != "macos" and not way.startswith("other"):
            assert newer(pick["cuda"], "12.8") and pick["torch"] in ("2.7-2.13", "2.14"), pick


def test_a_cuda_is_asked_of_a_torch_only_where_a_wheel_was_built(matrix, table):
    """Windows compiles with torch 2.7.1, whose wheels are cu118, cu126 and cu128."""
    for pick in picks(matrix):
        way, torch = table.choose(pick), matrix["questions"]["torch"][pick["torch"]]
        line = next((line for line in table.commands(pick) if "download.pytorch.org" in line), "")
        if line:
            fixed = {"windows-compile": ["cpu", "11.8", "12.6", "12.8"], "compile-cuda-128": ["12.8"], "blackwell-128": ["12.8"]}
            built = fixed.get(way, torch["cuda"])
            index = line.rsplit("/", 1)[1]
            assert index in ["cpu" if one == "cpu" else "cu" + one.replace(".", "") for one in built], (pick, line)
    assert "12.8" not in matrix["questions"]["torch"]["2.7-2.13"]["cuda"] and "12.1" not in matrix["questions"]["torch"]["2.2-2.6"]["cuda"]


def test_rtx_50_and_an_old_torch_are_told_that_the_card_asks_for_a_newer(matrix, table):
    for pick in picks(matrix):
        if pick["card"] == "blackwell" and pick["system"] != "macos" and pick["torch"] in ("2.1", "2.2-2.6") and pick["python"] != "3.14":
            assert table.choose(pick) == "other-torch-for-card", pick
    assert "torch 从 2.7" in matrix["ways"]["other-torch-for-card"]["reason"]


def test_setuptools_comes_before_the_torch_that_asks_for_a_newer_one(matrix):
    """torch 2.13 asks for 77.0.3, which the index it is installed from need not have."""
    for name, way in matrix["ways"].items():
        for number, line in enumerate(way["commands"]):
            if line.startswith("pip install torch=={torch}") or "torch==2.11.0" in line:
                assert '"setuptools>=' in way["commands"][number - 1] and number > 0, name


def test_no_command_hides_a_redirection_in_single_quotes_which_cmd_does_not_know(matrix):
    lines = [line for way in matrix["ways"].values() for line in way["commands"]]
    assert any("<" in line for line in lines) and not [line for line in lines if re.search(r"'[^']*[<>][^']*'", line)]


def test_what_is_offered_instead_asks_for_a_torch_that_was_built_for_its_cuda(matrix, table):
    """cu128 ends with torch 2.11."""
    for name, way in matrix["ways"].items():
        for other in filter(lambda other: other.startswith("fork"), way.get("instead", [])):
            first = next(line for line in matrix["ways"][other]["commands"] if "torch==" in line)
            assert ("cu128" in first) == name.endswith("-128"), name


def test_the_fork_is_not_offered_where_it_cannot_be_compiled(matrix, table):
    """setup.py of onedl-mmcv 2.3.6 writes -std=c++17 for every torch from 1.13 on, and its packages ask for Python 3.10."""
    for pick in picks(matrix):
        offered = [other for other in matrix["ways"][table.choose(pick)].get("instead", []) if other.startswith("fork")]
        assert not offered or matrix["questions"]["torch"][pick["torch"]]["cxx"] == 17, pick
    assert {tuple(matrix["ways"][name]["python"]) for name in ("fork", "fork-128")} == {("3.10", "3.11", "3.12")}


def test_rtx_50_gets_cuda_12_8_first_and_13_0_beside_it(matrix, table, notes):
    row = next(situation for situation in matrix["situations"] if situation["pick"]["card"] == "blackwell")
    assert table.choose(row["pick"]) == "blackwell-128" and table.cudas(row) == ["12.8", "13.0"]
    assert "blackwell" in matrix["ways"]["blackwell-128"]["instead"] and matrix["ways"]["blackwell"]["instead"] == ["blackwell-128"]
    section = (notes / "compile.md").read_text(encoding="utf-8").split("### RTX 50\n")[1].split("\n### ")[0]
    assert section.index("torch==2.11.0 --index-url https://download.pytorch.org/whl/cu128") < section.index("`torch==2.13.0` 和 `cu130`")


def test_each_row_leads_to_a_section_that_is_there(matrix, table, site):
    for situation in matrix["situations"]:
        page, _, anchor = matrix["ways"][table.way_of(situation)]["section"].partition("#")
        assert site.page(f"mmdetection/{page or 'install.md'}").css(f'[id="{anchor}"]'), situation["label"]
    links = site.page("mmdetection/install.md").css(".ways tbody tr td:last-child a")
    assert len(links) == len(matrix["situations"])


def test_the_columns_hold_every_version_that_leads_to_the_row_s_way(matrix, table):
    for situation in matrix["situations"]:
        fits, pick = table.pythons(situation), situation["pick"]
        all_versions = matrix["questions"]["python"]
        assert fits == all_versions[all_versions.index(fits[0]):][:len(fits)], "printed as a range"
        for python in fits:
            assert matrix["ways"][table.choose(pick | {"python": python})]["commands"]
        for cuda in table.cudas(situation):
            assert "way" in situation or matrix["ways"][table.choose(pick | {"cuda": cuda})]["commands"]
    assert [situation["way"] for situation in matrix["situations"] if "way" in situation] == ["fork"]


def test_a_time_that_was_not_measured_is_called_a_guess(matrix, table):
    measured = {name for name, way in matrix["ways"].items() if way["commands"] and "guessed" not in way}
    assert measured == {"compile-cpu", "toy"} and all(matrix["ways"][name]["ran"] for name in measured)
    told = table.minutes(matrix["ways"]["compile-cpu-cxx20"]), table.tried(matrix["ways"]["compile-cpu-cxx20"], "linux")
    assert told == ("照 2.13 估计 21 分", "跑过（torch 是 cu130 的包）")


def test_cuda_12_8_gets_the_newest_torch_that_has_wheels_for_it(matrix, table):
    """cu128: from 2.7 to 2.11."""
    found = [table.commands(pick) for pick in picks(matrix)
             if (pick["system"], pick["torch"], pick["cuda"]) == ("linux", "2.7-2.13", "12.8") and pick["card"] != "none" and pick["python"] in ("3.10", "3.11", "3.12")]
    assert len(found) == 6 * 3 and all("pip install torch==2.11.0 --index-url https://download.pytorch.org/whl/cu128" in lines for lines in found)


def test_a_torch_is_refused_to_a_python_where_pypi_has_none_and_the_reason_names_the_last(matrix, table):
    newest, oldest = matrix["pypi"]["newest"], matrix["pypi"]["oldest"]
    for pick in picks(matrix):
        way, torch = table.choose(pick), matrix["questions"]["torch"][pick["torch"]]["version"]
        missing = newer(torch, newest.get(pick["python"], "99")) and torch != newest.get(pick["python"])
        early = not newer(torch, oldest.get(pick["python"], "0"))
        if way not in ("other-torch-for-card", "other-python"):
            assert (way == "other-python-for-torch", way == "other-torch-for-python") == (missing, early), pick
    assert all(last in matrix["ways"]["other-python-for-torch"]["reason"] for last in newest.values())


def test_what_was_run_on_one_system_is_not_said_of_another(matrix, table):
    for pick in picks(matrix):
        way = matrix["ways"][table.choose(pick)]
        assert table.tried(way, pick["system"]).startswith("跑过") == bool(way["ran"] and way["ran_on"] == pick["system"]), pick


def test_mmcv_is_compiled_only_where_its_setup_runs(matrix, table):
    """get_version reads locals() after exec, which has no effect from Python 3.13 on (PEP 667)."""
    for pick in picks(matrix):
        if any("wheel" in line and "mmcv==" in line or "./mmcv-2.1.0" in line for line in table.commands(pick)):
            assert pick["python"] not in ("3.13", "3.14"), pick


def test_the_name_that_exec_sets_is_seen_by_locals_only_before_3_13():
    import sys

    def version_as_in_setup():
        exec("__version__ = '2.1.0'")
        return locals()["__version__"]

    if sys.version_info < (3, 13):
        assert version_as_in_setup() == "2.1.0"
    else:
        with pytest.raises(KeyError, match="__version__"):
            version_as_in_setup()


def test_the_commands_pin_what_the_wheels_ask_for(matrix):
    low, high = assigned("mmcv_minimum_version"), assigned("mmcv_maximum_version")
    assert matrix["pins"]["mmdet"] == version("mmdet") and matrix["pins"]["mmengine"] == version("mmengine-lite")
    assert newer(matrix["pins"]["mmcv"], "2.0.0") and newer(high, matrix["pins"]["mmcv"]) and low == "2.0.0rc4" and high != matrix["pins"]["mmcv"]
    lines = "\n".join(line for way in matrix["ways"].values() for line in way["commands"])
    assert set(re.findall(r"\bmmcv==([\d.]+)", lines)) == {matrix["pins"]["mmcv"]}
    assert set(re.findall(r"\bmmdet==([\d.]+)", lines)) == {matrix["pins"]["mmdet"]}
    assert set(re.findall(r"\bmmengine(?:-lite)?==([\d.]+)", lines)) == {matrix["pins"]["mmengine"]}
    for line in lines.split("\n"):
        if re.search(r"pip (wheel|install) .*\b(onedl-)?mmcv\b(?!-lite)", line):
            assert "--no-build-isolation" in line or " -f https://" in line or ".whl" in line or "--no-index" in line, line


def test_each_way_says_why_and_what_was_not_run(matrix):
    for name, way in matrix["ways"].items():
        assert way["reason"] and (way["ran"] or way["not_run"] or not way["commands"]), name
        assert not way["commands"] or way["minutes"] > 0
    assert all("没有跑过" in matrix["ways"][name]["not_run"] for name in ("blackwell", "blackwell-128")) and re.fullmatch(r"2026-\d\d-\d\d", matrix["day"])


def test_the_commands_of_the_page_are_those_of_the_data(matrix, table, notes):
    text = "".join((notes / name).read_text(encoding="utf-8") for name in ("install.md", "compile.md"))
    lines = {line.strip() for line in text.split("\n")}
    for situation in matrix["situations"]:
        if table.choose(situation["pick"]) in ("compile-cpu", "compile-cpu-cxx20", "compile-cuda", "blackwell-128", "windows-compile"):
            missing = [line for line in table.commands(situation["pick"]) if line not in lines]
            assert not missing, missing


def test_the_recorded_index_is_that_of_the_table_of_the_page(matrix, notes):
    text = (notes / "install.md").read_text(encoding="utf-8")
    linux = {row["torch"]: row for row in matrix["wheels"]["index"] if row["system"] == "linux"}
    assert "| 2.2、2.3、2.4 | 12.1、11.8、CPU | 2.2.0 |" in text
    assert all(linux[torch]["mmcv"] == ["2.2.0"] and linux[torch]["cuda"] == ["12.1", "11.8", "cpu"] for torch in ("2.2", "2.3", "2.4"))
    assert "| 2.1 | 12.1、11.8、CPU | 2.1.0、2.2.0 |" in text and linux["2.1"]["mmcv"] == ["2.1.0", "2.2.0"]
    windows = {row["torch"] for row in matrix["wheels"]["index"] if row["system"] == "windows"}
    assert "2.4" not in windows and "没有为 torch 2.4 编的" in text


@pytest.mark.torch
def test_the_capabilities_are_those_of_torch(matrix):
    """torch's own table of architectures; it stands inside a function, so its source is read."""
    import inspect

    from torch.utils import cpp_extension

    named = dict(re.findall(r"\('(\w+)', '([\d.;]+)\+PTX'\)", inspect.getsource(cpp_extension._get_cuda_arch_flags)))
    expected = {"turing": "Turing", "ampere-a100": "Ampere", "ampere": "Ampere", "ada": "Ada", "hopper": "Hopper", "blackwell": "Blackwell"}
    for card, family in expected.items():
        assert matrix["questions"]["card"][card]["capability"] in named[family].split(";"), card
