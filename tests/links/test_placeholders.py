"""Addresses that are made for examples are told from those that are meant."""

import pytest
from detection_notes.links.placeholders import settled, template


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/", "http://www.example.org/a", "https://a.b.example.net", "https://EXAMPLE.com.", "http://api.acme.example/v1", "http://foo.test:8080/x", "https://user:pw@example.com/",
        "http://192.0.2.1/x", "http://198.51.100.7/", "http://203.0.113.255:80/", "http://[2001:db8::1]/", "https://[3fff::2]/x",
        "http://localhost", "http://localhost:8000/", "http://app.localhost/", "http://127.0.0.1:1/", "http://127.8.8.8/", "http://[::1]/", "http://0.0.0.0:8080/",
        "https://a.dev/{{ version }}/x", "https://a.dev/{{version}}", "https://a.dev/{% if a %}y{% endif %}", "https://a.dev/${VERSION}/x", "https://api.github.com/repos/{owner}/{repo}", "https://a.dev/%7B%7Bversion%7D%7D",
        "https://{host}/x", "https://<your-domain>/x", "https://$HOST/x", "https://a.dev/<name>", "https://%7Bhost%7D/",
    ],
)  # fmt: skip
def test_what_stands_for_another_address_is_a_placeholder(url: str) -> None:
    assert settled(url) == "placeholder"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com.cn/", "https://myexample.com/", "https://example.io/", "https://test.com/", "https://a.dev/test", "https://localhost.run/", "http://192.0.3.1/", "http://10.0.0.1/", "http://192.168.1.1/",
        "https://a.dev/a{b", "https://a.dev/%7B", "https://a.dev/?q={}", "https://a.dev/$x", "https://zh.wikipedia.org/wiki/中文", "https://a.dev/?a={%22b%22:1}", "http://[2001:db9::1]/", "https://[not an address", "https://a.dev/a%20b",
    ],
)  # fmt: skip
def test_what_is_meant_is_asked(url: str) -> None:
    assert settled(url) is None


@pytest.mark.parametrize("url", ["http://localhost:1/", "http://127.0.0.1/", "http://[::1]:5/", "http://0.0.0.0/"])
def test_this_machine_is_asked_where_it_is_opened(url: str) -> None:
    assert (settled(url), settled(url, private=True)) == ("placeholder", None)
    assert settled("https://example.com/", private=True) == settled("http://192.0.2.1/", private=True) == "placeholder"


@pytest.mark.parametrize("url", ["http://c.invalid/", "https://invalid", "https://a.b.INVALID:1/x"])
def test_a_name_that_says_that_it_does_not_exist_is_dead_without_being_asked(url: str) -> None:
    assert settled(url) == "no-such-host"


def test_relative_addresses_may_be_templates() -> None:
    assert template("{{ url }}") and template("../{{ page }}.md") and template("{% link x %}")
    assert not template("a{b.md") and not template("docs/a.md")
