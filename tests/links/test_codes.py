"""Every code is of one kind and has words."""

from detection_notes.links.codes import CODES, DEAD, FINE, SILENT, WALLED, about, kind_of


def test_every_code_has_words_and_every_verdict_but_good_an_advice() -> None:
    for code in (*CODES, "401", "403", "407", "418", "429", "451", "500", "503", "521", "999"):
        assert about(code).meaning and (about(code).advice or code == "ok")


def test_every_status_is_of_one_kind() -> None:
    for status in range(100, 1000):
        expected = DEAD if status in (404, 410) else FINE if 200 <= status < 300 else SILENT if 500 <= status < 600 else WALLED
        assert kind_of(str(status)) == expected
