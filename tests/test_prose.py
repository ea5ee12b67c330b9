"""tests/prose.py: a number that drifts is seen, a sentence that is reworded is not."""

import pytest

from .prose import missing

PAGE = "三张图里共有 5 个真值，\n召回率是 3/5，`score_thr=0.05` 很低。\n"


@pytest.mark.parametrize("said", ["三张图，真值 5 个", "召回率 3/5", "`score_thr=0.05`"])
def test_words_are_free(said):
    assert missing(PAGE, [said]) == []


@pytest.mark.parametrize("said", ["四张图，真值 5 个", "三张图，真值 6 个", "召回率 3/50", "`score_thr=0.5`", "3/5，5 个", "5 个，三张"])
def test_numbers_are_not(said):
    assert missing(PAGE, [said]) == [said]


def test_tex_stands_as_it_is():
    assert missing("$$\\frac{1}{2} = r$$", [r"\frac{1}{2}", r"\frac{1}{3}"]) == [r"\frac{1}{3}"]


def test_a_sentence_without_numbers_cannot_be_compared():
    with pytest.raises(ValueError, match="no number"):
        missing(PAGE, ["召回率"])
