"""Logins, home pages and languages, told by the address alone."""

import pytest
from detection_notes.links.address import is_home, is_locale, is_login, is_variant

HOST = "https://site.example"


@pytest.mark.parametrize(
    "path",
    ["/login", "/zh-CN/login/", "/users/sign_in", "/signin?ReturnUrl=%2Fp", "/ServiceLogin?continue=x", "/wp-login.php", "/user_login.jsp", "/account/login.aspx", "/login;jsessionid=1", "/auth?redirect_uri=x", "/#/login?redirect=/x"],
)
def test_a_login_is_told_by_its_address(path: str) -> None:
    assert is_login(HOST + path)


@pytest.mark.parametrize("path", ["/", "/docs/authentication", "/blog/how-login-works", "/catalogin", "/logins-of-2019", "/auth/guide", "/sessions/2019", "/a?next=/b", "/accounts/list", "/new?page=2"])
def test_what_only_has_such_words_is_no_login(path: str) -> None:
    assert not is_login(HOST + path)


def test_a_host_for_logins_is_one_when_it_leads_back() -> None:
    assert is_login("https://passport.site.example/web?service=x") and is_login("https://accounts.google.com/v3/x?continue=y")
    assert not is_login("https://auth.example/docs/")


@pytest.mark.parametrize("path", ["", "/", "/index.html", "/zh-CN/", "/en_US", "/ja/index.php", "/zh-hans/", "/pt-BR/home", "/default.aspx", "/cn/zh/"])
def test_a_home_page_is_one_in_any_language(path: str) -> None:
    assert is_home(HOST + path)


@pytest.mark.parametrize("path", ["/?p=1", "/go/faq", "/faq", "/docs/", "/2019/", "/zh/docs", "/api"])
def test_another_page_is_no_home_page(path: str) -> None:
    assert not is_home(HOST + path)


@pytest.mark.parametrize(("part", "expected"), [("zh", True), ("zh-CN", True), ("en_us", True), ("zh-hans-cn", True), ("es-419", True), ("docs", False), ("v2", False), ("faq", False), ("", False)])
def test_a_language_is_told_from_other_parts(part: str, expected: bool) -> None:
    assert is_locale(part) is expected


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("https://a.example/docs/", "https://a.example/zh-CN/docs/", True),
        ("https://a.example/en/docs/", "https://a.example/zh/docs/", True),
        ("https://www.a.example/", "https://zh.a.example/", True),
        ("https://a.example/x?lang=en", "https://a.example/x?lang=zh", True),
        ("http://a.example/docs", "https://a.example/docs", False),
        ("https://a.example/docs", "https://a.example/docs/", False),
        ("https://a.example/docs/a", "https://a.example/zh/docs/b", False),
        ("https://a.example/docs", "https://b.example/zh/docs", False),
    ],
)
def test_a_variant_differs_in_its_language_alone(one: str, two: str, expected: bool) -> None:
    assert is_variant(one, two) is expected
