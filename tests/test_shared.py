"""What conftest.py shares: pages in one context of a browser, which meet no traces of each other, and the order of the files."""

from types import SimpleNamespace

from .conftest import LONG, ROOT, pytest_collection_modifyitems

PERMITTED = "navigator.permissions.query({ name: 'clipboard-read' }).then(answer => answer.state)"
LEFT = "Promise.all([localStorage.left ?? null, document.cookie, caches.keys(), indexedDB.databases()]).then(all => JSON.stringify(all))"


def test_a_page_finds_nothing_that_one_before_it_left(page_at):
    page = page_at("")
    page.evaluate("async () => { localStorage.left = 'x'; document.cookie = 'left=x'; await caches.open('left') }")
    page.context.grant_permissions(["clipboard-read"])
    assert "left=x" in page.evaluate(LEFT) and page.evaluate(PERMITTED) == "granted"
    after = page_at("")
    assert after.context == page.context
    assert after.evaluate(LEFT) == '[null,"",[],[]]' and after.evaluate(PERMITTED) != "granted"


def test_a_first_visit_finds_no_file_kept_and_others_do(page_at):
    """A kept file costs nothing, or the answer that it is still the same: less than the file."""
    kept = "performance.getEntriesByType('resource').filter(e => e.transferSize < e.encodedBodySize).length"
    page_at("")
    assert page_at("").evaluate(kept) > 0
    assert page_at("", first_visit=True).evaluate(kept) == 0


def test_the_files_that_take_longest_go_first_and_all_keep_their_order_within():
    names = ["test_a.py", LONG[1], LONG[0], "links/test_b.py"]
    items = [SimpleNamespace(path=ROOT / "tests" / name, number=number) for name in names for number in range(3)]
    pytest_collection_modifyitems(items)
    wanted = [LONG[0], LONG[1], "test_a.py", "links/test_b.py"]
    assert [(item.path, item.number) for item in items] == [(ROOT / "tests" / name, number) for name in wanted for number in range(3)]
