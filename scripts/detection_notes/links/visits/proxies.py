"""Which proxy a URL is asked through, as the environment says."""

import importlib.util
import ipaddress
import os
import urllib.request
from collections.abc import Mapping
from urllib.parse import urlsplit

from detection_notes.links.visits.network import NetworkError

SOCKS = ("socks4", "socks4a", "socks5", "socks5h")
MISSING = "PySocks is not installed: python -m pip install PySocks"


class Proxies:
    """HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in lower case too; of the system where the process has none.

    Raises NetworkError for a proxy that cannot be used.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        found = _named(environ)
        self._system = environ is os.environ and not found  # then the settings of macOS or Windows count
        found = urllib.request.getproxies() if self._system else found
        self._bypassed = [entry.strip().lower() for entry in found.pop("no", "").split(",") if entry.strip()]
        self._by_scheme = {scheme: _checked(scheme, proxy) for scheme, proxy in found.items() if scheme in ("http", "https", "all") and proxy}

    @property
    def socks(self) -> set[str]:
        """Those that speak SOCKS."""
        return {proxy for proxy in self._by_scheme.values() if urlsplit(proxy).scheme in SOCKS}

    def of(self, url: str) -> str | None:
        """The address of the proxy for a URL, or None."""
        if not self._by_scheme:
            return None
        parts = urlsplit(url)
        proxy = self._by_scheme.get(parts.scheme) or self._by_scheme.get("all")
        host = parts.hostname or ""
        if proxy is None or self._bypasses(host, parts.port) or (self._system and urllib.request.proxy_bypass(host)):
            return None
        return proxy

    def _bypasses(self, host: str, port: int | None) -> bool:
        for entry in self._bypassed:
            name, _, number = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "")
            if number and number != str(port):
                continue
            if entry == "*" or host == name.strip("[].") or host.endswith(f".{name.lstrip('*.')}") or _within(host, entry):
                return True
        return False


def _named(environ: Mapping[str, str]) -> dict[str, str]:
    """Scheme → proxy; a name in lower case counts more than one in capitals."""
    names = sorted(environ, key=str.islower)
    return {name.lower().removesuffix("_proxy"): environ[name] for name in names if name.lower().endswith("_proxy")}


def _within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network.strip("[]"), strict=False)
    except ValueError:
        return False


def _checked(scheme: str, proxy: str) -> str:
    address = proxy if "://" in proxy else f"http://{proxy}"
    variable = f"{scheme.upper()}_PROXY"
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and parts.port != 0 and parts.scheme in ("http", "https", *SOCKS)
    except ValueError:
        usable = False
    if not usable:
        said = address.rpartition("@")[2]  # the part before it may be a password
        raise NetworkError(f"{variable}: {said!r} is not the address of a proxy; write http://HOST:PORT or socks5h://HOST:PORT")
    if parts.scheme in SOCKS and importlib.util.find_spec("socks") is None:
        raise NetworkError(f"{variable} names a SOCKS proxy, and {MISSING}")
    return address
