"""docs/deep-learning/cnn.md: the figures are what their scripts draw."""

import importlib

import pytest

from .notes import NOTES, PAGE


@pytest.mark.parametrize(
    ("script", "picture"),
    [("draw_conv_shift", "shift"), ("draw_receptive_growth", "growth"), ("draw_receptive_effective", "effective")],
)
def test_figure_is_what_its_script_draws(script, picture, monkeypatch):
    monkeypatch.syspath_prepend(NOTES / "code")
    drawn = importlib.import_module(script).svg()
    assert drawn == (NOTES / "cnn.assets" / f"{picture}.svg").read_text(encoding="utf-8")
    assert f"cnn.assets/{picture}.svg" in PAGE
