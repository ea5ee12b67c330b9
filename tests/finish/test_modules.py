import pytest
from detection_notes.finish import modules

from ..conftest import ROOT

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


def test_the_built_site_has_its_modules_short(site):
    for source in (ROOT / "docs" / "assets").rglob("*.mjs"):
        built = site.folder / source.relative_to(ROOT / "docs")
        assert built.read_text(encoding="utf-8") == modules.shortened(source.read_text(encoding="utf-8")), source
