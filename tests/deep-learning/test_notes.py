"""How the tests of this section find numbers in sentences."""

import pytest

from .notes import unsaid

PAGE = "第一句有 1,516 个。\n从 −90 到 12.5，48×48。\n另一句 148。\n"


@pytest.mark.parametrize("fact", [(1516,), ("1,516", "第一句"), (-90, "12.5"), (48,)])
def test_a_fact_is_said_when_one_sentence_holds_all_of_it(fact):
    assert not unsaid(PAGE, [fact])


@pytest.mark.parametrize("fact", [(516,), (12,), (90,), (1516, -90), ("第一句", 48), (2.5,)])
def test_it_is_not_said_by_parts_of_numbers_or_by_two_sentences(fact):
    assert unsaid(PAGE, [fact]) == [fact]
