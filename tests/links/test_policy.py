"""The policy in pyproject.toml: what it says, what it may not say, and which of its rules are to be looked at again."""

from datetime import date
from dataclasses import replace
from pathlib import Path

import pytest
from detection_notes.links.policy import Policy, PolicyError, find, read, stale

TODAY = date(2026, 11, 23)


@pytest.fixture
def policy(tmp_path: Path):
    """Read a policy from the text below [tool.links]."""

    def parse(text: str, head: str = "[tool.links]\n") -> Policy:
        (tmp_path / "pyproject.toml").write_text(head + text, encoding="utf-8")
        return read(tmp_path / "pyproject.toml", TODAY)

    return parse


def test_without_a_file_or_a_table_the_defaults_hold(tmp_path: Path, policy) -> None:
    default = read(tmp_path / "none.toml", TODAY)

    assert (default.max_age, default.timeout, default.per_host, default.total, default.dead_days, default.silent_days) == (30, 30, 8, 900, 2, 7)
    assert policy("", head="[project]\nname = 'x'\n") == default
    assert replace(policy(""), file=None, rules={}) == default


def test_numbers_are_read(policy) -> None:
    read_numbers = policy("max-age = 7\ntimeout = 2.5\nper-host = 3\ntotal = 60\ndead-days = 1\nsilent-days = 14\n")

    assert (read_numbers.max_age, read_numbers.timeout, read_numbers.per_host, read_numbers.total, read_numbers.dead_days, read_numbers.silent_days) == (7, 2.5, 3, 60, 1, 14)


RULE = '[[tool.links.{kind}]]\nurl = "{url}"\nreason = "why"\n{more}\n'


@pytest.mark.parametrize(
    ("pattern", "url", "acts"),
    [
        ("https://example.org/a", "https://example.org/a", True),
        ("https://example.org/a", "https://example.org/ab", False),
        ("https://example.org/*", "https://example.org/a/b?c#d", True),
        ("https://example.org/?", "https://example.org/a", True),
        ("https://example.org/?", "https://example.org/ab", False),
        ("https://example.org/a?b[]=1", "https://example.org/a?b[]=1", True),
        ("https://example.org/[ab]*", "https://example.org/a1", False),
        ("https://example.org/[ab]*", "https://example.org/[ab]1", True),
        ("https://EXAMPLE.org/*", "https://example.org/a", False),
        ("*", "https://example.org/", True),
    ],
)
def test_a_rule_acts_on_a_url_or_a_pattern(pattern: str, url: str, acts: bool, policy) -> None:
    rules = policy(RULE.format(kind="keep", url=pattern, more=""), head="")

    assert bool(rules.rule("keep", url)) is acts
    assert rules.rule("ignore", url) is None


@pytest.mark.parametrize(("until", "acts"), [("2026-11-22", False), ("2026-11-23", False), ("2026-11-24", True)])
def test_a_rule_acts_until_its_day(until: str, acts: bool, policy) -> None:
    rules = policy(RULE.format(kind="ignore", url="*", more=f"until = {until}"), head="")

    assert bool(rules.rule("ignore", "https://example.org/")) is acts


def test_who_and_why_are_read(policy) -> None:
    rule = policy(RULE.format(kind="keep", url="*", more='owner = "someone"'), head="").rule("keep", "x")

    assert (rule.reason, rule.owner, rule.until) == ("why", "someone", None)


def test_accepted_are_statuses_and_codes(policy) -> None:
    rules = policy(RULE.format(kind="accept", url="https://example.org/*", more='status = [403, "timeout"]'), head="")

    assert rules.accepts("https://example.org/a", "403") and rules.accepts("https://example.org/a", "timeout")
    assert not rules.accepts("https://example.org/a", "404") and not rules.accepts("https://example.net/", "403")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max_age = 3", "unknown key 'max_age'; the keys are max-age, timeout, per-host, total, dead-days, silent-days, fail, keep, ignore, accept, host"),
        ("max-age = '3'", "max-age = '3', but it must be a number, 0 or more"),
        ("max-age = -1", "max-age = -1, but"),
        ("max-age = true", "max-age = True, but"),
        ("max-age = inf", "max-age = inf, but"),
        ("max-age = nan", "max-age = nan, but"),
        ("timeout = 0", "timeout = 0, but it must be a number, 0.1 or more"),
        ("per-host = 0", "per-host = 0, but it must be a number, 1 or more"),
        ("keep = 'https://example.org/'", "keep: write a list of tables, each with url and reason"),
        ("keep = ['https://example.org/']", "keep: write a list of tables"),
        ("[[tool.links.keep]]\nurl = 'x'", "keep: an entry has no reason; each needs one"),
        ("[[tool.links.keep]]\nreason = 'x'", "keep: an entry has no url"),
        ("[[tool.links.keep]]\nurl = 'x'\nreason = ''", "keep: an entry has no reason"),
        ("[[tool.links.keep]]\nurl = 'x'\nreason = 'y'\nexpires = 2027-01-01", "keep: unknown key 'expires'; the keys are url, reason, owner, until"),
        ("[[tool.links.keep]]\nurl = 'x'\nreason = 'y'\nstatus = [403]", "keep: unknown key 'status'"),
        ("[[tool.links.keep]]\nurl = 'x'\nreason = 'y'\nuntil = '2027-01-01'", "keep: until = '2027-01-01', but it must be a date"),
        ("[[tool.links.keep]]\nurl = 'x'\nreason = 'y'\nuntil = 2027-01-01T00:00:00Z", "but it must be a date"),
        ("[[tool.links.keep]]\nurl = 3\nreason = 'y'", "keep: url = 3, but it must be a str"),
        ("[[tool.links.accept]]\nurl = 'x'\nreason = 'y'", "accept: an entry has no status"),
        ("[[tool.links.accept]]\nurl = 'x'\nreason = 'y'\nstatus = 403", "accept: status = 403, but it must be a list"),
        ("max-age = ", "Invalid value"),
    ],
)  # fmt: skip
def test_what_it_may_not_say_is_named_with_what_it_may(text: str, said: str, policy) -> None:
    with pytest.raises(PolicyError) as error:
        policy(text)

    assert "pyproject.toml" in str(error.value) and said in str(error.value)


def test_a_table_that_is_none_is_told(policy) -> None:
    with pytest.raises(PolicyError, match=r"\[tool.links\]: it must be a table"):
        policy("", head="[tool]\nlinks = 3")


def test_a_word_is_said_on_rules_that_ran_out_or_match_nothing(policy) -> None:
    rules = policy(
        RULE.format(kind="keep", url="https://example.org/used", more="")
        + RULE.format(kind="keep", url="https://example.org/unused", more="")
        + RULE.format(kind="ignore", url="https://example.org/*", more="until = 2026-01-01")
        + RULE.format(kind="accept", url="https://example.net/*", more="status = [403]"),
        head="",
    )

    assert stale(rules, {"https://example.org/used"}) == [
        "pyproject.toml: keep 'https://example.org/unused' matches no link: delete it",
        "pyproject.toml: ignore 'https://example.org/*' ran out on 2026-01-01: look again, then renew or delete it",
        "pyproject.toml: accept 'https://example.net/*' matches no link: delete it",
    ]


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def test_the_nearest_policy_upwards_holds_up_to_the_root_of_the_repository(tmp_path: Path) -> None:
    write(tmp_path, {
        "pyproject.toml": "[tool.links]\nmax-age = 99\n", "repo/.git/config": "", "repo/pyproject.toml": "[tool.links]\nmax-age = 1\n",
        "repo/a/pyproject.toml": "[project]\nname = 'x'\n", "repo/a/deep/x": "", "repo/b/links.toml": "max-age = 2\n", "repo/b/pyproject.toml": "[tool.links]\nmax-age = 3\n",
        "other/.git/config": "",
    })  # fmt: skip

    found = {name: find(tmp_path / name, TODAY, {}) for name in ("repo/a/deep", "repo/b", "repo", "other")}

    assert {name: policy.max_age for name, policy in found.items()} == {"repo/a/deep": 1, "repo/b": 2, "repo": 1, "other": 30}
    assert found["repo/b"].file == tmp_path / "repo/b/links.toml" and found["other"].file is None


def test_what_fails_is_said_by_the_policy_and_over_it_by_a_variable(tmp_path: Path) -> None:
    assert find(tmp_path, TODAY, {}).fail == "all"
    write(tmp_path, {"links.toml": "fail = 'new'\n"})

    assert find(tmp_path, TODAY, {}).fail == "new"
    assert find(tmp_path, TODAY, {"LINKS_FAIL": "all"}).fail == "all"
    with pytest.raises(PolicyError, match="LINKS_FAIL: fail = 'some', but it must be one of all, new"):
        find(tmp_path, TODAY, {"LINKS_FAIL": "some"})
    write(tmp_path, {"links.toml": "fail = true\n"})
    with pytest.raises(PolicyError, match="fail = True"):
        find(tmp_path, TODAY, {})
