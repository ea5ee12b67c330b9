"""docs/refuted.md: each claim has an address, says what is true, and leads to the place that shows it."""

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "refuted.md").read_text(encoding="utf-8")
CLAIMS = dict(re.findall(r"^### (.+)\n\n((?:.+\n)+)", PAGE, re.MULTILINE))


def test_every_heading_is_a_claim_in_quotation_marks_and_stands_once():
    headings = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
    assert headings == list(CLAIMS) and len(headings) >= 15
    assert not [heading for heading in headings if not re.fullmatch("「.+」", heading)]


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_is_answered_and_leads_to_a_section_of_a_note(claim: str):
    *answer, last = CLAIMS[claim].splitlines()
    assert answer and re.fullmatch(r"证据：.*\[.+\]\([\w/-]+\.md#.+\).*。", last), last
