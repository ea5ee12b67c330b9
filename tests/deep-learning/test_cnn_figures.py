"""docs/deep-learning/cnn.md and cnn-details.md: the figures are what their scripts draw."""

import importlib
import re

import pytest

from .notes import DETAILS, NOTES, PAGE

FIGURES = {
    "by-hand": ("draw_conv_by_hand", "by_hand"),
    "channels": ("draw_conv_by_hand", "channels"),
    "shift": ("draw_conv_shift", "svg"),
    "growth": ("draw_receptive_growth", "svg"),
    "effective": ("draw_receptive_effective", "svg"),
}


@pytest.mark.torch
@pytest.mark.parametrize("picture", FIGURES)
def test_figure_is_what_its_script_draws(picture, monkeypatch):
    script, function = FIGURES[picture]
    monkeypatch.syspath_prepend(NOTES / "code")
    drawn = getattr(importlib.import_module(script), function)()
    assert drawn == (NOTES / "cnn.assets" / f"{picture}.svg").read_text(encoding="utf-8"), f"run: python docs/deep-learning/code/{script}.py"
    assert f"cnn.assets/{picture}.svg" in PAGE + DETAILS


@pytest.mark.torch
def test_the_figure_by_hand_shows_the_sum_of_the_window_it_marks(monkeypatch):
    monkeypatch.syspath_prepend(NOTES / "code")
    drawing = importlib.import_module("draw_conv_by_hand")
    terms, total = drawing.products()
    top, left = drawing.STOP
    assert eval(terms.replace("×", "*")) == total == drawing.convolve(drawing.image, drawing.kernel)[top][left]
    assert len(re.findall(r'class="chosen"', drawing.by_hand())) == 9 + 1
