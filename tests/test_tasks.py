# ruff: noqa: E501 - a task a line
"""What new readers come with, solved in a real browser in at most two steps: by a search, and from the home page by links.

A step is a question typed or a link clicked. Each task names the places that answer it; having reached one of them (or, where
it is only a page, any of its sections) the reader has the answer on the screen.
"""

from dataclasses import dataclass
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import DESKTOP, Site

FIELD, SAID, RESULTS = "[data-find] input", ".find__said", ".find__list a"
SHOWN = 3  # results that a reader looks at before typing something else


@dataclass(frozen=True)
class Task:
    """``asked`` is typed into the box; ``links`` are the addresses of the links clicked, one after the other, on the way from home."""

    want: str
    asked: str
    links: tuple[str, ...]
    places: tuple[str, ...]


TASKS = [
    Task("反传第二次就报错", "RuntimeError: Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed).", ("pytorch/backward/#图用完就释放",), ("pytorch/backward/#图用完就释放",)),
    Task("224 的图过 7×7、步长 2 的卷积，出来多大", "7×7 步长 2 的卷积 输出多大", ("deep-learning/cnn/#输出有多大",), ("deep-learning/cnn/#输出有多大", "deep-learning/cnn/")),
    Task("用 labelme 标的图训练", "labelme 标注怎么训练", ("mmdetection/training/", "mmdetection/your-data/"), ("mmdetection/your-data/#转换labelme-和-yolo--coco", "mmdetection/your-data/")),
    Task("损失在降，mAP 却是 0", "loss 下降但是 mAP 是 0", ("mmdetection/training/", "mmdetection/your-data/#类别名的三种错"), ("mmdetection/your-data/#类别名的三种错",)),
    Task("两个工具算出的 mAP 不一样", "两个工具算的 mAP 不一样", ("detection/map-in-use/#别的工具为什么给别的数",), ("detection/map-in-use/#别的工具为什么给别的数",)),
    Task("在 RTX 5090 上装", "RTX 5090 怎么装", ("mmdetection/install/", "mmdetection/install/#路线三之二gpu自己编译新-pytorchrtx-50"), ("mmdetection/install/#路线三之二gpu自己编译新-pytorchrtx-50",)),
    Task("训练时显存不够", "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB", ("mmdetection/training-errors/", "mmdetection/training-errors/#torchoutofmemoryerror-cuda-out-of-memory"), ("mmdetection/training-errors/#torchoutofmemoryerror-cuda-out-of-memory",)),
    Task("手上是 2.x 的配置，要用 3.x", "2.x 的老配置怎么改成 3.x", ("mmdetection/training/", "mmdetection/old-configs/"), ("mmdetection/old-configs/", "mmdetection/old-configs/#一个例子", "mmdetection/old-configs/#它怎样工作")),
    Task("两张卡训练，学习率写多少", "两张显卡 学习率", ("mmdetection/training/#学习率跟着总批量走",), ("mmdetection/training/#学习率跟着总批量走",)),
    Task("国内拉不动 Docker 镜像", "docker pull 太慢 国内", ("docker/", "docker/#在中国大陆拉镜像"), ("docker/#在中国大陆拉镜像",)),
]
each = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.want)


@pytest.fixture(scope="module")
def page(browser: Browser, site: Site):
    page = browser.new_page(viewport=DESKTOP)
    yield page
    page.close()


def here(page: Page, site: Site) -> str:
    return unquote(page.url.removeprefix(site.url))


def test_the_tasks_take_two_steps():
    assert len(TASKS) == 10 and all(1 <= len(task.links) <= 2 for task in TASKS)


@each
def test_a_search_solves_it(task: Task, page: Page, site: Site):
    page.goto(site.url)
    page.locator(FIELD).fill(task.asked)
    expect(page.locator(SAID)).not_to_be_empty()
    found = page.locator(RESULTS).evaluate_all("all => all.map(a => a.href)")
    right = [address for address in found[:SHOWN] if unquote(address.removeprefix(site.url)) in task.places]
    assert right, f"{page.locator(SAID).inner_text()}: {[unquote(address.removeprefix(site.url)) for address in found[:SHOWN]]}"
    page.locator(RESULTS).nth(found.index(right[0])).click()
    page.wait_for_url(right[0])


WAYS = "article a[href], .md-sidebar--secondary a[href]"


def way(page: Page, site: Site, address: str) -> int | None:
    """The number of the visible link to an address; a page that is being loaded into another shows it a little later."""
    for _ in range(50):
        links = page.locator(WAYS).filter(visible=True).evaluate_all("all => all.map(a => a.href)")
        found = [unquote(link.removeprefix(site.url)) for link in links]
        if address in found:
            return found.index(address)
        page.wait_for_timeout(100)
    return None


@each
def test_links_from_the_home_page_solve_it(task: Task, page: Page, site: Site):
    page.goto(site.url)
    for address in task.links:
        link = way(page, site, address)
        assert link is not None, f"no link to {address} on {here(page, site) or 'the home page'}"
        page.locator(WAYS).filter(visible=True).nth(link).click()
        page.wait_for_url(lambda url, address=address: unquote(url.removeprefix(site.url)) == address)
    assert here(page, site) in task.places
