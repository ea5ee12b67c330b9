"""Which proxy is used for which URL, by the variables of the environment."""

import os
import urllib.request

import pytest
from detection_notes.links.visits import proxies
from detection_notes.links.visits.network import NetworkError
from detection_notes.links.visits.proxies import Proxies

P, Q = "http://127.0.0.1:1080", "http://127.0.0.1:1081"


@pytest.mark.parametrize(
    ("environ", "url", "expected"),
    [
        ({}, "http://a.org/", None),
        ({"HTTP_PROXY": P}, "http://a.org/", P),
        ({"HTTP_PROXY": P}, "https://a.org/", None),
        ({"HTTP_PROXY": P, "http_proxy": Q}, "http://a.org/", Q),
        ({"http_proxy": Q, "HTTP_PROXY": P}, "http://a.org/", Q),
        ({"ALL_PROXY": P}, "https://a.org/", P),
        ({"ALL_PROXY": P, "HTTPS_PROXY": Q}, "https://a.org/", Q),
        ({"HTTPS_PROXY": "127.0.0.1:1080"}, "https://a.org/", P),
        ({"HTTPS_PROXY": ""}, "https://a.org/", None),
        ({"FTP_PROXY": "ftp://x"}, "https://a.org/", None),
    ],
)
def test_the_proxy_of_a_url_is_that_of_its_scheme(environ: dict[str, str], url: str, expected: str | None) -> None:
    assert Proxies(environ).of(url) == expected


@pytest.mark.parametrize(
    ("none", "url", "bypassed"),
    [
        ("a.org", "http://a.org/", True),
        ("a.org", "http://b.a.org/", True),
        (".a.org", "http://b.a.org/", True),
        ("*.a.org", "http://b.a.org/", True),
        ("a.org", "http://ba.org/", False),
        ("A.org", "http://a.ORG/", True),
        ("x.org, a.org", "http://a.org/", True),
        ("*", "http://a.org/", True),
        ("a.org:8080", "http://a.org:8080/", True),
        ("a.org:8080", "http://a.org/", False),
        ("10.0.0.0/8", "http://10.2.3.4/", True),
        ("10.0.0.0/8", "http://11.2.3.4/", False),
        ("10.1.1.1", "http://10.1.1.1/", True),
        ("::1", "http://[::1]/", True),
        ("fd00::/8", "http://[fd12::1]/", True),
        ("", "http://a.org/", False),
        (" , ", "http://a.org/", False),
    ],
)
def test_no_proxy_names_the_hosts_that_are_asked_directly(none: str, url: str, bypassed: bool) -> None:
    assert (Proxies({"HTTP_PROXY": P, "NO_PROXY": none}).of(url) is None) is bypassed


def test_a_socks_proxy_without_its_library_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxies.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(NetworkError, match=r"ALL_PROXY names a SOCKS proxy, and PySocks is not installed: python -m pip install PySocks"):
        Proxies({"ALL_PROXY": "socks5h://127.0.0.1:7890"})


@pytest.mark.parametrize("scheme", ["socks4", "socks4a", "socks5", "socks5h"])
def test_socks_proxies_are_known_by_their_scheme(scheme: str) -> None:
    found = Proxies({"ALL_PROXY": f"{scheme}://127.0.0.1:7890", "HTTP_PROXY": P})

    assert found.socks == {f"{scheme}://127.0.0.1:7890"}


def test_without_variables_the_settings_of_the_system_count(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(urllib.request, "getproxies", lambda: {"http": P, "https": P})
    monkeypatch.setattr(urllib.request, "proxy_bypass", lambda host: host == "direct.org")

    assert [Proxies(os.environ).of(url) for url in ("http://a.org/", "http://direct.org/")] == [P, None]
    monkeypatch.setenv("HTTP_PROXY", Q)
    assert [Proxies(os.environ).of(url) for url in ("http://a.org/", "http://direct.org/", "https://a.org/")] == [Q, Q, None]
