"""Messages that stop people who install or train, put whole into the search box of the built site in a real browser."""

from urllib.parse import unquote

import pytest
from playwright.sync_api import Page

from .messages import MESSAGES, Message

FIELD, SAID, LINKS = "[data-find] input", ".find__said", ".find__list a"
FRAMES = """Traceback (most recent call last):
  File "tools/train.py", line 121, in <module>
    main()
  File "tools/train.py", line 117, in main
    runner.train()
  File "/home/user/anaconda3/envs/openmmlab/lib/python3.10/site-packages/mmengine/runner/runner.py", line 1777, in train
    model = self.train_loop.run()  # type: ignore
  File "/home/user/mmdetection/mmdet/models/task_modules/assigners/max_iou_assigner.py", line 193, in assign
    assign_result = self.assign_wrt_overlaps(overlaps, gt_labels)
"""
ENDS_TRACEBACK = [message for message in MESSAGES if message.text.split(":")[0].endswith("Error") and "\n    raise" not in message.text]
first_line = [message.text.strip().split("\n")[0][:70] for message in MESSAGES]


@pytest.fixture(scope="module")
def box(browser, site) -> Page:
    page = browser.new_page(bypass_csp=True)
    page.goto(site.url)
    yield page
    page.close()


def found(page: Page, text: str, put: str) -> list[str]:
    """The addresses that the box shows for a text that is typed or pasted, best first."""
    field = page.locator(FIELD)
    field.fill("")
    page.evaluate("document.querySelector('.find__said').textContent = ''")
    if put == "typed":
        field.fill(text)
    else:
        field.focus()
        page.keyboard.insert_text(text)  # as a paste: the browser makes one line of several
    page.wait_for_function("document.querySelector('.find__said').textContent !== ''")
    here = page.locator(LINKS).evaluate_all("all => all.map(a => new URL(a.href).pathname + new URL(a.href).hash)")
    return [unquote(address).lstrip("/") for address in here]


def test_the_places_that_cure_are_there(site):
    for page_name in {place.partition("#")[0] for message in MESSAGES for place in message.places}:
        ids = {node.attributes["id"] for node in site.page(page_name + "index.md").css("[id]")}
        wanted = {place.partition("#")[2] for message in MESSAGES for place in message.places if place.startswith(page_name + "#")}
        assert wanted <= ids, wanted - ids


@pytest.mark.parametrize("put", ["typed", "pasted"])
@pytest.mark.parametrize("message", MESSAGES, ids=first_line)
def test_a_message_finds_the_section_that_cures_it(box: Page, message: Message, put: str):
    answers = found(box, message.text, put)
    assert set(answers[:3]) & set(message.places), answers


@pytest.mark.parametrize("message", ENDS_TRACEBACK, ids=[message.text[:40] for message in ENDS_TRACEBACK])
def test_the_frames_of_a_traceback_do_not_hide_its_message(box: Page, message: Message):
    answers = found(box, FRAMES + message.text, "pasted")
    assert set(answers[:3]) & set(message.places), answers


def test_frames_alone_find_nothing_of_a_wrong_page(box: Page):
    """What is left of another program's traceback is not spoken of in the notes."""
    assert found(box, FRAMES + "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: accounts", "pasted") == []
