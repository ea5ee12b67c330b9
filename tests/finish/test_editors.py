import pytest
from detection_notes.finish.editors import Editors
from detection_notes.links.settings import PagesError

GITHUB = "https://github.com/owner/notes/edit/main/docs/{path}"


@pytest.mark.parametrize(
    ("edit", "repository"),
    [
        (GITHUB, "https://github.com/owner/notes"),
        ("https://gitlab.com/group/sub/notes/-/edit/main/docs/{path}", "https://gitlab.com/group/sub/notes"),
        ("https://codeberg.org/owner/notes/_edit/main/docs/{path}", "https://codeberg.org/owner/notes"),
        ("", ""),
    ],
)
def test_the_repository_is_what_stands_before_edit(edit, repository):
    assert Editors(edit, "").repository == repository


@pytest.mark.parametrize("edit", ["https://github.com/owner/notes", "github.com/owner/notes/edit/main/{path}", "https://github.com/owner/notes/edit/main/docs/"])
def test_an_address_of_another_form_is_refused_with_the_form_that_is_meant(edit):
    with pytest.raises(PagesError, match=r"https://github\.com/OWNER/NAME/edit/main/docs/\{path\}"):
        Editors(edit, "")


def test_a_file_is_edited_where_the_template_says():
    assert Editors(GITHUB, "").file("detection/a b.md") == "https://github.com/owner/notes/edit/main/docs/detection/a%20b.md"


def test_an_issue_is_filled_in_as_each_host_asks_for_it():
    assert Editors(GITHUB, "").issue("a&b", "c#d\ne") == "https://github.com/owner/notes/issues/new?title=a%26b&body=c%23d%0Ae"
    gitlab = Editors("https://gitlab.com/o/n/-/edit/main/docs/{path}", "")
    assert gitlab.issue("标题", "x") == "https://gitlab.com/o/n/-/issues/new?issue[title]=标题&issue[description]=x"
