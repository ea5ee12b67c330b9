"""The content security policy is obeyed by every page, by the search, and by pages that are loaded into one another."""

from playwright.sync_api import Browser, Page

from ..conftest import DESKTOP, Site, go
from ..pages import PAGES

WATCH = "window.violations = []; addEventListener('securitypolicyviolation', e => violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample} at ${location.pathname}`))"
NAMES = [page.name.removesuffix(".md").removesuffix("index") for page in PAGES]
ADDRESSES = [name + "/" if name and not name.endswith("/") else name for name in NAMES]


def opened(browser: Browser, site: Site, **options: object) -> Page:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", **options)
    context.add_init_script(WATCH)
    page = context.new_page()
    go(page, site.url)
    return page


def test_no_page_meets_its_policy(browser: Browser, site: Site):
    page = opened(browser, site)
    seen = []
    for address in [*ADDRESSES, "404.html"]:
        page.goto(site.url + address, wait_until="load")
        assert page.locator("meta[http-equiv=Content-Security-Policy]").count() == 1, address
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(50)
        seen += page.evaluate("violations")
    page.context.close()
    assert not seen


def test_neither_the_search_nor_pages_loaded_into_one_another_do(browser: Browser, site: Site):
    page = opened(browser, site)
    page.evaluate("window.kept = true")
    page.locator("[data-find] input").fill("感受野")
    page.locator(".find__list a").first.click()
    page.wait_for_url("**/deep-learning/cnn/**")
    for address in ("mmdetection/install/", "links/", ""):
        page.evaluate("address => { const a = document.createElement('a'); a.href = address; document.body.append(a); a.click(); a.remove() }", site.url + address)
        page.wait_for_url(site.url + address)
        page.wait_for_timeout(300)
    assert page.evaluate("kept"), "each page was loaded anew: instant navigation does not work"
    assert not page.evaluate("violations")
    page.context.close()


def test_a_script_that_somebody_puts_into_a_page_does_not_run(browser: Browser, site: Site):
    page = opened(browser, site)
    page.evaluate("const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s)")
    page.evaluate("const i = document.createElement('img'); i.src = 'http://127.0.0.2:1/x.png'; document.body.append(i)")
    page.wait_for_function("violations.length > 1")
    assert not page.evaluate("window.ran ?? false")
    assert {seen.split()[0] for seen in page.evaluate("violations")} == {"script-src-elem", "img-src"}
    page.context.close()
