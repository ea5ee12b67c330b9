"""What the picker says of a machine that gets no way: its title and the nearest choice must not contradict each other."""

import json
import re
from pathlib import Path

import pytest

from .conftest import run_node

LABELS = {"Python": "python", "torch": "torch", "CUDA": "cuda"}
VERSION = r"\d+(?:\.\d+)?"


@pytest.fixture(scope="module")
def refused() -> list:
    return json.loads(run_node(Path(__file__).with_name("nearest.mjs")))


def number(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.search(VERSION, text)[0].split(".")))


def allowed(title: str, key: str, chosen: str) -> bool:
    """Whether the versions that a title names (以上, 到, 或更旧, a list after a colon) hold the chosen one."""
    label = next(word for word, name in LABELS.items() if name == key)
    if label not in title or chosen == "cpu":
        return True
    if span := re.search(rf"({VERSION}) 到 ({VERSION})", title):
        return number(span[1]) <= number(chosen) <= number(span[2])
    if least := re.search(rf"{label}[ ：]*({VERSION}) 以上", title):
        return number(chosen) >= number(least[1])
    if most := re.search(rf"({VERSION}) 或更旧", title):
        return number(chosen) <= number(most[1])
    named = re.findall(VERSION, title.partition("：")[2])
    return not named or number(chosen) in map(number, named)


def test_no_title_contradicts_the_nearest_choice(refused):
    assert len(refused) > 100
    wrong = {(title, key, chosen) for _, title, changes in refused for key, chosen in changes or [] if not allowed(title, key, chosen)}
    assert wrong == set()


def test_the_titles_that_were_wrong_are_told_apart():
    assert not allowed("换一个 Python：3.12 或更旧", "python", "3.13") and not allowed("换一个 Python：3.10 以上", "python", "3.9")
    assert allowed("换一个 CUDA：11.8 或 12.1", "cuda", "12.1") and not allowed("换一个 CUDA：11.8 或 12.1", "cuda", "12.4")
