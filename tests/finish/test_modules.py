import json
import re
import subprocess
from pathlib import Path

import pytest
from detection_notes.finish import modules
from detection_notes.finish.join import JoinError, join
from playwright._impl._driver import compute_driver_executable

from ..conftest import ROOT

NODE = compute_driver_executable()[0]

TEXT = "// said to writers\nexport const told = (number) => `${number > 1 ? ` ${number} times` : \"once\"}  !`;\n"


def test_a_module_of_the_site_is_written_short_and_its_source_and_others_stay(tmp_path):
    docs, site = tmp_path / "docs", tmp_path / "site"
    for folder in (docs, site):
        (folder / "assets").mkdir(parents=True)
        (folder / "assets" / "told.mjs").write_text(TEXT, encoding="utf-8")
    (site / "assets" / "theirs.mjs").write_text(TEXT, encoding="utf-8")
    (docs / "left-out.mjs").write_text(TEXT, encoding="utf-8")
    for _ in range(2):  # a site that is finished already stays as it is
        modules.write_short(docs, site)
        short = (site / "assets" / "told.mjs").read_text(encoding="utf-8")
        assert "said to writers" not in short or modules.minify is None
        assert " times`" in short and "}  !`" in short, "spaces in text are no spaces of the program"
    assert (docs / "assets" / "told.mjs").read_text(encoding="utf-8") == TEXT == (site / "assets" / "theirs.mjs").read_text(encoding="utf-8")
    assert not (site / "left-out.mjs").exists()


def test_without_the_minifier_a_module_stays_as_it_is_written(monkeypatch):
    monkeypatch.setattr(modules, "minify", None)
    assert modules.shortened(TEXT) == TEXT


def test_what_does_not_parse_is_refused_with_its_place():
    if modules.minify:
        with pytest.raises(ValueError, match="line 1"):
            modules.shortened("export const = 3")


def test_the_built_site_has_its_modules_short_and_those_of_the_widgets_in_few_files(site):
    joined = join(modules.heads(ROOT / "docs" / modules.WIDGETS))
    for source in (ROOT / "docs" / "assets").rglob("*.mjs"):
        built = site.folder / source.relative_to(ROOT / "docs")
        if ROOT / "docs" / modules.WIDGETS in source.parents and source not in joined:
            assert not built.exists(), source
        else:
            assert built.read_text(encoding="utf-8") == modules.shortened(joined.get(source) or source.read_text(encoding="utf-8")), source
    assert len(joined) < 20


# Modules in one file


@pytest.fixture
def write(tmp_path):
    def write(**texts: str) -> dict[str, Path]:
        for name, text in texts.items():
            (tmp_path / f"{name}.mjs").write_text(text, encoding="utf-8")
        return {name: tmp_path / f"{name}.mjs" for name in texts}

    return write


BASE = "export const box = (n) => [n];\nexport function whole(n) {\n  return n + 1;\n}\nlet hidden = 1;\nexport { hidden };\n"


def test_what_modules_export_and_how_they_call_it_stays_when_they_are_joined(write, tmp_path):
    path = write(
        base=BASE,
        left='import { box as boxed, whole } from "./base.mjs";\n\nexport const left = (n) => boxed(whole(n));\n',
        right='import {\n  box as boxed, hidden,\n} from "./base.mjs";\nexport const [right, other] = [boxed(hidden), 2];\n',
        head="".join(f'import {{ {name} }} from "./{file}.mjs";\n' for name, file in (("left", "left"), ("right", "right"), ("apart as away", "apart")))
        + 'export { other } from "./right.mjs";\nexport const said = [left(1), right, away];\n',
        apart='import { whole } from "./base.mjs";\nexport const apart = whole(5);\n',
    )
    joined = join({path["head"]: [], path["apart"]: [path["base"]]})
    for file, text in joined.items():
        file.write_text(modules.shortened(text), encoding="utf-8")
    for name in ("base", "left", "right"):
        path[name].unlink()
    script = tmp_path / "say.mjs"
    script.write_text('import * as head from "./head.mjs";\nconsole.log(JSON.stringify([head.said, Object.keys(head), Object.keys(await import("./apart.mjs"))]));\n', encoding="utf-8")
    said = subprocess.run([NODE, str(script)], capture_output=True, encoding="utf-8", check=True).stdout
    assert json.loads(said) == [[[2], [1], 6], ["other", "said"], ["apart", "b", "c", "d"]], "what a head exports keeps its name"


def test_a_short_name_is_none_that_the_head_exports(write, tmp_path):
    path = write(
        base=BASE, head='import { box } from "./base.mjs";\nexport const [b, c] = [box(1), box(2)];\n',
        other='import { box, whole } from "./base.mjs";\nimport { b, c } from "./head.mjs";\nexport const said = [b, c, box(3), whole(3)];\n',
    )
    for file, text in join({path["head"]: [path["base"]], path["other"]: []}).items():
        file.write_text(modules.shortened(text), encoding="utf-8")
    said = subprocess.run([NODE, "--input-type=module", "-e", f'import {{ said }} from "{path["other"]}"; console.log(JSON.stringify(said))'], capture_output=True, encoding="utf-8", check=True).stdout
    assert json.loads(said) == [[1], [2], [3], 4]


def test_a_module_that_two_files_import_is_to_have_a_file_of_its_own(write):
    path = write(base=BASE, one='import { box } from "./base.mjs";\nbox(1);\n', two='import { box } from "./base.mjs";\nbox(2);\n')
    heads = {path["one"]: [], path["two"]: []}
    with pytest.raises(JoinError, match=r"base\.mjs is imported by .*one\.mjs and by .*two\.mjs"):
        join(heads)
    assert 'from "./base.mjs";' in join({**heads, path["base"]: []})[path["two"]]


@pytest.mark.parametrize("own", ["const whole = 3;\n", "const [a, whole] = [1, 2];\n", 'import { box as whole } from "./base.mjs";\n', "class whole {}\n"])
def test_a_name_that_means_two_things_in_one_file_is_refused(write, own):
    path = write(base=BASE, head=f'import {{ box }} from "./base.mjs";\n{own}')
    with pytest.raises(JoinError, match=r"whole is whole of .*base\.mjs and "):
        join({path["head"]: []})


def test_a_module_that_asks_for_its_own_place_stays_in_its_folder(write, tmp_path):
    path = write(head='import { here } from "./inner/own.mjs";\nhere;\n')
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "own.mjs").write_text("export const here = import.meta.url;\n", encoding="utf-8")
    with pytest.raises(JoinError, match=r"own\.mjs asks for its own place"):
        join({path["head"]: []})


@pytest.mark.parametrize("line", ["export default 3;", 'import * as base from "./base.mjs";', 'import "./base.mjs";', 'export * from "./base.mjs";'])
def test_another_form_of_import_or_export_is_refused_with_its_line(write, line):
    path = write(base=BASE, head=f"{line}\n")
    with pytest.raises(JoinError, match=re.escape(f"not: {line}")):
        join({path["head"]: []})
