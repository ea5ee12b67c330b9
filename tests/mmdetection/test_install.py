"""The page "安装 MMDetection": versions, error messages, and that a search for a message finds it."""

import ast
import re
from importlib.metadata import metadata, requires, version
from urllib.parse import unquote

import pytest

from .test_facts import expand, tables
from .wheel import config_paths, load, package, root, tree


@pytest.fixture(scope="module")
def text(notes):
    return (notes / "install.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def routes(text, notes):
    """Every way of installing: the page itself, and the one on compiling that it leads to."""
    return text + (notes / "compile.md").read_text(encoding="utf-8")


def errors(text: str) -> dict[str, str]:
    """Heading of each error (without the mark #) → what stands below it, on the pages of the three chapters of errors."""
    found = {}
    for chapter in re.findall(r"^## 报错与修法：.*?\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^### ", chapter, flags=re.MULTILINE)[1:]:
            heading, body = part.split("\n", 1)
            found[heading] = body
    return found


def message(heading: str) -> str:
    return " ".join(text for _, text in re.findall(r"(`+)(.+?)\1(?!`)", heading)[:1])


def assigned(name: str) -> str:
    """A string constant of mmdet/__init__.py."""
    for node in tree(package() / "__init__.py").body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return node.value.value
    raise AssertionError(name)


def test_every_error_stands_as_a_message_with_when_why_and_how(text):
    found = errors(text)
    assert len(found) >= 20
    for heading, body in found.items():
        assert message(heading), heading
        assert [body.count(f"- **{part}**：") for part in ("时机", "原因", "修法")] == [1, 1, 1], heading
        assert "重现过" in body or "没有实跑" in body or "来自" in body or "#" in body, f"{heading}: ran, or from where?"


def test_the_index_of_messages_leads_to_each_of_them(site):
    page = site.page("mmdetection/install.md")
    anchors, messages = [], False
    for heading in page.css("article :is(h2, h3)"):
        messages = "报错与修法" in heading.text() if heading.tag == "h2" else messages
        anchors += [f"#{heading.id}"] if heading.tag == "h3" and messages else []
    listed = [unquote(link.attributes["href"]) for link in page.css("table a[href^='#']")]
    assert len(anchors) == 29 and set(anchors) <= set(listed)


def test_the_message_on_mmcv_2_2_is_the_one_that_mmdet_raises(text):
    low, high = assigned("mmcv_minimum_version"), assigned("mmcv_maximum_version")
    raised = f"AssertionError: MMCV=={high} is used but incompatible. Please install mmcv>={low}, <{high}."
    assert f"### `{raised}`\n" in text
    source = (package() / "__init__.py").read_text(encoding="utf-8")
    assert "f'MMCV=={mmcv.__version__} is used but incompatible. '" in source
    assert "f'Please install mmcv>={mmcv_minimum_version}, <{mmcv_maximum_version}.'" in source


@pytest.mark.torch
def test_what_torch_says_of_a_weight_of_mmengine_is_quoted_word_for_word(text, tmp_path):
    import torch
    from mmengine.logging.history_buffer import HistoryBuffer

    torch.save({"message_hub": HistoryBuffer()}, tmp_path / "epoch_1.pth")
    with pytest.raises(Exception, match="Weights only load failed") as raised:
        torch.load(tmp_path / "epoch_1.pth", weights_only=True)
    said = re.sub(r"\x1b\[\d+m", "", str(raised.value))
    body = next(body for heading, body in errors(text).items() if "Weights only load failed" in heading)
    quoted = [part for _, part in re.findall(r"(`+)(.+?)\1(?!`)", body) if len(part.split()) > 5]
    assert len(quoted) == 4
    assert [part for part in quoted if part not in said and " ".join(part.split()) not in " ".join(said.split())] == []


def test_the_message_of_pip_names_the_requirement_of_the_extra_mim(text):
    requirement = next(line for line in metadata("mmdet").get_all("Requires-Dist") if line.startswith("mmcv"))
    assert requirement == 'mmcv <2.2.0,>=2.0.0rc4 ; extra == \'mim\''
    assert 'mmdet 3.3.0 requires mmcv<2.2.0,>=2.0.0rc4; extra == "mim", but you have mmcv 2.2.0 which is incompatible.' in text
    assert not [line for line in metadata("mmdet").get_all("Requires-Dist") if line.startswith("mmcv") and "extra" not in line]


def test_the_table_of_versions_has_the_range_of_this_mmdet(text):
    rows = {row[0]: row[1:] for header, *rows in tables(expand(text)) for row in rows if header == ["mmdet", "mmcv", "mmengine"]}
    low, high = assigned("mmcv_minimum_version"), assigned("mmcv_maximum_version")
    engine = f"≥ {assigned('mmengine_minimum_version')}，< {assigned('mmengine_maximum_version')}"
    assert rows["3.3.0、3.2.0"] == [f"≥ {low}，< {high}", engine]
    assert version("mmdet") == "3.3.0" and version("mmengine-lite") == "0.10.7"


def test_the_rows_of_older_versions_are_what_their_wheels_say(text):
    rows = {row[0]: row[1:] for header, *rows in tables(expand(text)) for row in rows if header == ["mmdet", "mmcv", "mmengine"]}
    assert {name: row for name, row in rows.items() if name != "3.3.0、3.2.0"} == {  # read from mmdet/__init__.py of each wheel on PyPI
        "3.1.0、3.0.0": ["≥ 2.0.0rc4，< 2.1.0", "≥ 0.7.1，< 1.0.0"],
        "2.28.2": ["mmcv-full ≥ 1.3.17，≤ 1.8.0", "不用"],
        "2.25.3": ["mmcv-full ≥ 1.3.17，≤ 1.7.0", "不用"],
        "2.3.0": ["mmcv-full 1.0.5", "不用"],
    }
    assert "（1.3.17 到 1.8.0 正是 2.28.2 的范围）" in text and "Please install mmcv>=1.3.17, <=1.8.0.`" in text


def test_one_bound_of_setuptools_stands_everywhere(routes):
    here, windows = routes.split("### Windows\n")
    assert set(re.findall(r"setuptools(?:>=[\d.]+,)?<(\d+)", here)) == {"82"}
    assert re.findall(r"setuptools<(\d+)", windows) == ["81", "82"], "the recipe of mmcv #3335 compiles below 81"
    assert "setuptools 小于 82" in routes and "setuptools 要 64 以上、82 以下" in routes


def test_nothing_with_operators_is_built_away_from_torch(routes):
    """A source package built in isolation does not see torch and comes out without operators."""
    blocks = "\n".join(re.findall(r"```shell\n(.*?)```", routes, re.DOTALL))
    built = [line for line in map(str.strip, blocks.split("\n")) if re.match(r"(\w+=\S+ )*pip (install|wheel) ", line) and re.search(r"\b(onedl-)?mmcv\b", line)]
    assert len(built) >= 6
    for line in built:
        assert "--no-build-isolation" in line or " -f https://" in line or line.endswith(".whl"), line


def test_mmengine_lite_needs_packaging_and_does_not_say_so(text):
    assert not [line for line in requires("mmengine-lite") if line.startswith("packaging") and "extra" not in line]
    assert "packaging" in imports(package("mmengine") / "utils" / "version_utils.py")
    assert "### `ModuleNotFoundError: No module named 'packaging'`" in text


def test_a_base_in_a_package_needs_pkg_resources():
    assert "pkg_resources" in imports(package("mmengine") / "utils" / "package_utils.py")
    assert "is_installed(package)" in (package("mmengine") / "config" / "config.py").read_text(encoding="utf-8")


def test_mmengine_still_calls_find_loader():
    calls = [path for path in package("mmengine").rglob("*.py") if "find_loader" in path.read_text(encoding="utf-8")]
    assert calls, "the remark on Python 3.14 is out of date"


def test_mmengine_s_launcher_always_sets_a_cuda_device():
    assert "torch.cuda.set_device" in (package("mmengine") / "dist" / "utils.py").read_text(encoding="utf-8")
    assert "--launcher pytorch" in (root() / "tools" / "dist_train.sh").read_text(encoding="utf-8")


def imports(path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_fifteen_configs_cannot_be_read_at_this_level(text):
    recipes = [path for path in config_paths() if "_base_" not in path.split("/")]
    broken = (
        "configs/bytetrack/bytetrack_yolox_x_8xb4-amp-80e_crowdhuman-mot17halftrain_test-mot17test.py",
        "configs/sort/faster-rcnn_r50_fpn_8xb2-4e_mot17train_",
        "configs/sort/faster-rcnn_r50_fpn_8xb2-8e_mot20",
    )
    mmpretrain = (
        "configs/convnext/",
        "configs/rtmdet/classification/",
        "configs/rtmdet/rtmdet_l_convnext_b",
        "configs/timm_example/",
    )
    missing = sorted(path for path in recipes if path.startswith(broken))
    foreign = sorted(path for path in recipes if path.startswith(mmpretrain))
    assert (len(recipes), len(missing), len(foreign)) == (823, 4, 11)
    assert "823 份全部试读过一遍，808 份能这样读出来；另外 15 份不行：11 份要 mmpretrain，4 份（bytetrack、sort）" in text
    for path in missing:
        with pytest.raises(FileNotFoundError):
            load(path)
    for path in foreign:
        with pytest.raises(ImportError):
            load(path)


def test_the_command_blocks_pin_what_the_page_recommends(routes):
    blocks = "\n".join(re.findall(r"```shell\n(.*?)```", routes, re.DOTALL))
    assert set(re.findall(r"\bmmdet==([\d.]+)", blocks)) == {"3.3.0"}
    assert set(re.findall(r"\bmmcv==([\d.]+)", blocks)) == {"2.1.0"}
    assert set(re.findall(r"\bmmengine(?:-lite)?==([\d.]+)", blocks)) == {"0.10.7"}


ASK = """async questions => {
    const [{ prepare, ask }, index] = await Promise.all([import("/assets/search/engine.mjs"), fetch("/search.json").then(answer => answer.json())]);
    const ready = prepare(index);
    return questions.map(words => ask(ready, words).slice(0, 3).map(({ address, anchor }) => `${address}#${anchor}`));
}"""
ALSO = {  # messages that share a section with another: message → words of the heading
    "ModuleNotFoundError: No module named 'mmcv.ops'": "mmcv._ext",
    "ModuleNotFoundError: No module named 'mmcv.parallel'": "mmcv.runner",
    "ImportError: cannot import name 'Config' from 'mmcv'": "mmcv.runner",
    "cannot open xxx.so": "undefined symbol",
    'mmdet 3.3.0 requires mmcv<2.2.0,>=2.0.0rc4; extra == "mim", but you have mmcv 2.2.0 which is incompatible.': "MMCV==2.2.0",
    "Unsupported global: GLOBAL mmengine.logging.history_buffer.HistoryBuffer was not an allowed global by default": "Weights only",
}


def test_a_search_for_each_message_finds_it(site, page, text):
    """The whole message, asked of the site's own search: its section is among the first three results."""
    page.goto(f"{site.url}mmdetection/install/")
    sections = dict(page.evaluate("[...document.querySelectorAll('article h3[id]')].map(h => [h.id, h.textContent])"))
    messages = dict([*((message(heading), message(heading)) for heading in errors(text)), *ALSO.items()])
    lost = []
    for (query, words), found in zip(messages.items(), page.evaluate(ASK, [*messages]), strict=True):
        wanted = {f"mmdetection/install/#{name}" for name, title in sections.items() if words in title}
        assert wanted, words
        if not wanted & set(found):
            lost.append((query, found))
    assert not lost, lost
