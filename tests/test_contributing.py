"""The contributing page: verbs that exist, codes that are the checker's, snippets that do what is said of them."""

import re
import tomllib
from datetime import date
from pathlib import Path

import markdown
from detection_notes.links.codes import CODES, DEAD, FINE, about, kind_of
from detection_notes.links.judge import judge
from detection_notes.links.model import Evidence, Verdict
from detection_notes.links.policy import Policy, read
from detection_notes.notes.line_joins import LineJoinsExtension
from detection_notes.notes.then_now import ThenNowExtension

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/contributing.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^###? (.+)\n((?:(?!##).*\n)*)", PAGE, re.MULTILINE))


def codes(section: str) -> list[str]:
    return re.findall(r"^\| `([\w-]+)` \|", SECTIONS[section], re.MULTILINE)


def block(language: str, containing: str) -> str:
    return next(text for text in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if containing in text)


def test_every_code_of_the_checker_is_explained_under_its_verdict():
    dead = [code for code in CODES if kind_of(code) == DEAD]
    fine = [code for code in CODES if kind_of(code) == FINE]
    assert sorted(codes("判失效的代码")) == sorted(dead)
    assert sorted(codes("判未知的代码")) == sorted(set(CODES) - set(dead) - set(fine))
    assert all(f"`{code}`" in SECTIONS["判未知的代码"] for code in fine)


def test_the_statuses_that_are_called_unknown_are():
    named = re.findall(r"`(\d{3})`", SECTIONS["判未知的代码"])
    assert named == ["401", "403", "429", "451"]
    for status in (*map(int, named), 500, 503):
        verdict, code = judge(Evidence("https://example.org/", "2026-11-23", status), Policy(date(2026, 11, 23)))
        assert verdict is Verdict.UNKNOWN and about(code).meaning


def test_the_days_of_the_page_are_those_of_the_policy():
    policy = read(ROOT / "pyproject.toml", date(2026, 11, 23))
    said = SECTIONS["一个网址经过什么"]
    assert f"超过 {policy.max_age:g} 天" in said
    assert policy.dead_days == 2 and "不同的两天" in said
    assert policy.silent_days == 7 and "一周以上" in said


def test_every_verb_of_the_page_exists():
    verbs = set(re.search(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split())
    used = set(re.findall(r"make ([a-z]+)(?=[`\s])", PAGE))
    assert {"serve", "check", "build", "quick", "test", "examples"} <= used <= verbs


def test_the_form_of_a_link_renders_as_a_definition_list():
    html = markdown.markdown(block("markdown", "《题名》"), extensions=["def_list"])
    assert html.count("<dt>") == 1 and html.count("<dd>") == 3
    assert html.index("<dt>") < html.index('<a href="https://example.org/article">') < html.index("<dd>")


def test_the_form_of_then_and_now_renders_as_a_pair():
    html = markdown.markdown(block("markdown", "!!! then"), extensions=["admonition", ThenNowExtension()])
    assert html.startswith('<div class="then-now"')


def test_the_form_of_a_self_test_renders_as_a_question_with_its_answer():
    extensions = ["attr_list", "pymdownx.details", LineJoinsExtension()]
    html = markdown.markdown(block("markdown", "data-answer"), extensions=extensions)
    assert html.count('<details class="question">') == 2
    assert '<p class="answer" data-answer="9 4">' in html and 'data-tolerance="0.01"' in html


def test_the_rule_that_keeps_a_link_is_a_valid_policy(tmp_path: Path):
    rule = block("toml", "tool.links.keep")
    tomllib.loads(rule)
    (tmp_path / "pyproject.toml").write_text(rule, encoding="utf-8")
    policy = read(tmp_path / "pyproject.toml", date(2026, 11, 23))
    assert policy.rule("keep", "https://example.org/old/page")
    assert not policy.rule("keep", "https://example.org/new/page")


def test_the_rule_for_a_host_is_a_valid_policy(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text(block("toml", "tool.links.host"), encoding="utf-8")
    (rule,) = read(tmp_path / "pyproject.toml", date(2026, 11, 23)).hosts
    assert (rule.host, rule.per_host, rule.interval, rule.variables) == ("*.example.org", 2, 1.0, ["LINKS_EXAMPLE_TOKEN"])
