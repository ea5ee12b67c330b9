import pytest
from detection_notes.finish.editors import Editors
from detection_notes.finish.pictures import with_sizes
from detection_notes.finish.site import Page, Site
from PIL import Image

from ..conftest import html_files


@pytest.fixture
def small(tmp_path):
    (tmp_path / "note.assets").mkdir()
    (tmp_path / "note.assets" / "图 1.svg").write_text('<svg xmlns="x" viewBox="0 0 350 260" width="525"><rect width="9"/></svg>')
    (tmp_path / "bare.svg").write_text('<svg viewBox="0 0 30 24"></svg>')
    return Site(tmp_path, tmp_path, tmp_path, "", "", "", "zh", {}, Editors("", ""))


def shown(site, html):
    return with_sizes(site, Page("note/index.html", html)).html


def test_a_picture_of_the_site_gets_its_size(small):
    assert 'width="525" height="390"' in shown(small, '<img alt="a > b" src="../note.assets/%E5%9B%BE%201.svg" />')
    Image.new("1", (7, 5)).save(small.folder / "dots.png")
    assert 'width="7" height="5"' in shown(small, '<img alt="" src="../dots.png">')
    assert 'width="30" height="24"' in shown(small, '<img alt="" src="/bare.svg">')


def test_what_has_a_size_or_none_that_is_known_stays(small):
    for html in ('<img src="../bare.svg" width="9" height="9">', '<img src="../lost.svg">', '<img src="https://example.org/a.svg">', "<img alt=''>"):
        assert shown(small, html) == html


def test_only_pictures_after_the_first_may_wait(small):
    html = shown(small, '<img src="../bare.svg"><img src="../bare.svg">')
    assert html.count('loading="lazy"') == 1 and html.index("lazy") > html.index("<img", 5)


def test_a_page_may_be_finished_twice(small):
    once = shown(small, '<img src="../bare.svg"><img src="../bare.svg">')
    assert shown(small, once) == once


def test_every_picture_of_the_built_site_has_its_size(site):
    for name, tree in html_files(site):
        for image in tree.css("img"):
            assert image.attributes.get("width") and image.attributes.get("height"), f"{name}: {image.html}"
