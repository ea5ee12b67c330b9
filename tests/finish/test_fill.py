"""Places in a page: filled once, and again, and emptied."""

from detection_notes.finish.fill import emptied, fill, with_place

PAGE = "<p>a <!-- count:links --> b</p><!-- link-status --><p><code>&lt;!-- count:links --&gt;</code></p>"


def test_a_place_is_filled_where_it_stands_and_text_that_looks_like_one_is_left_alone() -> None:
    assert fill(PAGE, r"count:[\w-]+", lambda name: name[6:].upper()).startswith("<p>a <!-- count:links -->LINKS<!-- /count:links --> b</p>")
    assert fill(PAGE, r"count:[\w-]+", lambda name: "!").count("!--") == PAGE.count("!--") + 1


def test_filling_again_replaces_what_was_filled_in() -> None:
    once = fill(PAGE, "link-status", lambda _: r"<b>\1 old</b>")

    assert fill(once, "link-status", lambda _: "new") == fill(PAGE, "link-status", lambda _: "new")
    assert r"\1 old" in once


def test_an_emptied_page_is_the_page_that_was_built() -> None:
    assert emptied(fill(fill(PAGE, "link-status", lambda _: "x\ny"), r"count:\w+", lambda _: "1")) == PAGE


def test_a_place_is_made_once() -> None:
    page = with_place("<head><meta></head>", "head", r"(?=</head>)")

    assert page == "<head><meta><!-- head --></head>"
    assert with_place(page, "head", r"(?=</head>)") == page
