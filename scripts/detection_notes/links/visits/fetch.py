"""One address → one Visit: a GET with redirects followed by hand. The only module that imports requests.

GET and not HEAD, because servers refuse HEAD, hang on it and lie to it; the body is read only as far as it can say
something, so it costs no more.
"""

import json
import os
import re
import ssl
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import certifi
import requests
from ada_url import URL
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar, get_cookie_header
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse, Timeout

from detection_notes.links.hosts import HostRule, rule_for
from detection_notes.links.model import Task, Visit
from detection_notes.links.visits import page, wire
from detection_notes.links.visits.causes import FAILURES
from detection_notes.links.visits.chain import BadURL, Try
from detection_notes.links.visits.guard import allowed, inward, literal
from detection_notes.links.visits.network import near
from detection_notes.links.visits.proxies import Proxies
from detection_notes.links.visits.redirects import REDIRECTS, Dead, target
from detection_notes.links.visits.tries import Pause

HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 check-links/1",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}
PROXY_WANTS_LOGIN = 407
NO_TIMEOUT = Timeout(None)
ORIGIN = re.compile(r"https?://[^/?]+")
BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
ORDINARY = re.compile(  # what every reader of URLs reads alike, so that it need not be parsed; most are so
    rf"https?://(?:(?:[a-z0-9-]+\.)+[a-z]{{2,}}|(?:{BYTE}\.){{3}}{BYTE})(?::(?!80\b|443\b)(?:[1-9]\d{{1,3}}|[1-5]\d{{4}}))?"
    r"(?:/[\w~!$&()*+,;=:@/.-]*(?:\?[\w~!$&()*+,;=:@/?.-]+)?)?",
    re.ASCII,
)


class _Adapter(HTTPAdapter):
    """requests' adapter over the connections of ``wire``; paths stay as they were prepared."""

    def __init__(self, pools: dict[str, type], context: ssl.SSLContext, hosts: int, per_host: int) -> None:
        self._pools, self._context = pools, context
        self._by_origin: dict[str, Any] = {}
        super().__init__(pool_connections=2 * hosts + 10, pool_maxsize=per_host)  # redirects lead to more hosts
        self.poolmanager.pool_classes_by_scheme = pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, proxy_ssl_context=self._context, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        if proxies:
            return super().get_connection_with_tls_context(request, verify, proxies, cert)
        origin = ORIGIN.match(request.url)[0]  # type: ignore[index]  # every prepared URL has one
        pool = self._by_origin.get(origin)
        if pool is None:
            where, tls = self.build_connection_pool_key_attributes(request, verify, cert)
            pool = self._by_origin[origin] = self.poolmanager.connection_from_host(**where, pool_kwargs=tls)
        return pool

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        parts = urlsplit(request.url)
        tls = {"ssl_context": self._context} if parts.scheme == "https" else {}
        return {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}, tls

    def open(self, request: requests.PreparedRequest, target: str, proxies: dict[str, str] | None) -> HTTPResponse:
        """As ``send``, but the answer and the exceptions are urllib3's own: they say all that is needed, and what
        requests puts around the answer costs as much as reading it. The deadlines are those of ``wire``.
        """
        pool = self.get_connection_with_tls_context(request, True, proxies)
        response: HTTPResponse = pool.urlopen(
            request.method,
            target,
            headers=request.headers,
            retries=self.max_retries,
            redirect=False,
            assert_same_host=False,
            timeout=NO_TIMEOUT,
            preload_content=False,
            decode_content=False,
        )
        return response

    def request_url(self, request: Any, proxies: Any) -> str:
        parts = urlsplit(request.url)
        if proxies and parts.scheme == "http":
            return str(request.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class Client:
    """Visits addresses; may be shared by threads.

    ``private`` opens loopback and private networks. Proxies, certificate bundles and the secrets that ``rules`` name
    come from ``environ``. Raises
    OSError for certificates and NetworkError for proxies that cannot be used.
    """

    def __init__(self, hosts: int = 10, per_host: int = 8, private: bool = False, environ: Mapping[str, str] = os.environ, rules: Iterable[HostRule] = ()) -> None:
        self.private = private
        self._rules, self._environ = tuple(rules), environ
        self._hosts, self._per_host = max(hosts, 1), per_host * 2
        self._context = wire.tls(*trusted(environ))
        self._resolver = wire.Resolver()
        self._proxies = Proxies(environ)
        self._adapters = {proxy: self._adapter(proxy) for proxy in (None, *self._proxies.socks)}

    def visit(self, task: Task, timeout: float, day: str) -> Visit:
        """Ask for an address at once, to the end; all that happens within ``timeout`` seconds is in the Visit."""
        end = time.monotonic() + timeout
        result = self.begin(task, timeout, day)
        while isinstance(result, Pause):
            result = result.resume(end - time.monotonic())
        return result

    def begin(self, task: Task, timeout: float, day: str) -> Visit | Pause:
        """Ask for an address; before each further request there is a Pause. Never raises for what a server or a network does."""
        return Try(self, task, day).go_on(timeout)

    def json(self, url: str, timeout: float, token: str | None = None) -> object:
        """The JSON that an API answers, or None for anything else. A token goes to the host of ``url`` only."""
        wire.set_deadline(time.monotonic() + timeout)
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            response, _ = self.ask(url, self.jar(), headers)
            if response.status in REDIRECTS and urlsplit(there := target(url, response, self.private))[:2] == urlsplit(url)[:2]:
                response.close()
                response, _ = self.ask(there, self.jar(), headers)
            data = response.read(page.WHOLE_BYTES, decode_content=True)
            response.close()
        except (Dead, BadURL, *FAILURES):
            return None
        try:
            return json.loads(data) if response.status == 200 else None
        except (ValueError, RecursionError):
            return None

    def close(self) -> None:
        for adapter in self._adapters.values():
            adapter.close()

    def jar(self) -> "Cookies":
        return Cookies()

    def ask(self, url: str, jar: "Cookies", headers: Mapping[str, str] | None = None) -> tuple[HTTPResponse, str | None]:
        """One request: the answer, its body not read yet, and the cookies that were sent."""
        request = prepare(url)
        there = str(request.url)
        host = urlsplit(there).hostname or ""
        if rule := rule_for(self._rules, host):
            request.headers = CaseInsensitiveDict(request.headers)
            request.headers.update(rule.filled(self._environ, secure=there.startswith("https:") or near(there)))
        request.headers.update(headers or {})
        if literal(host) and not allowed(host, self.private):
            raise wire.Refused(f"{host} is a private address")
        here = host == "localhost" or host.endswith(".localhost")  # no proxy knows what this machine calls itself
        proxy = None if here else self._proxies.of(there)
        if proxy and inward(host) and not self.private:
            raise wire.Refused(f"{host} is a private name, and the proxy would look it up")
        cookies: str | None = get_cookie_header(jar.kept, request) if jar.kept else None  # type: ignore[no-untyped-call]
        if cookies:
            request.headers["Cookie"] = cookies
        socks = proxy if proxy in self._adapters else None
        proxies = {urlsplit(there).scheme: proxy} if proxy and not socks else None
        request.headers[wire.TARGET] = path = self._adapters[socks].request_url(request, proxies)
        response = self._adapters[socks].open(request, path, proxies)
        if proxies and response.status == PROXY_WANTS_LOGIN:
            response.close()
            raise wire.ProxyFailed("the proxy wants a login (407)")
        if "set-cookie" in response.headers:
            jar.kept = RequestsCookieJar() if jar.kept is None else jar.kept
            extract_cookies_to_jar(jar.kept, request, response)  # type: ignore[no-untyped-call]
        return response, cookies

    def _adapter(self, socks: str | None) -> _Adapter:
        return _Adapter(wire.pools(self._resolver, self.private, socks), self._context, self._hosts, self._per_host)


class Cookies:
    """The cookies of one chain. Most have none, and a jar costs a fifth of a request."""

    kept: RequestsCookieJar | None = None


def trusted(environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The certificates to trust: a bundle (file), a folder, or both."""
    bundle = next((environ[k] for k in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE") if environ.get(k)), None)
    folder = environ.get("SSL_CERT_DIR")
    if bundle and os.path.isdir(bundle):
        return None, bundle
    if bundle or folder:
        return bundle, folder
    return certifi.where(), None


def prepare(url: str) -> requests.PreparedRequest:
    """A GET for a URL as people write it and browsers read it (WHATWG): spaces, Chinese, emoji, backslashes. Raises BadURL."""
    request = requests.PreparedRequest()
    request.method, request.body = "GET", None
    request.headers = dict(HEADERS)  # type: ignore[assignment]  # one that knows no cases costs as much as the rest
    if ORDINARY.fullmatch(url) and "/." not in url and "xn--" not in url:
        request.url = url if "/" in url[8:] else f"{url}/"
        return request
    try:
        parts = URL(url)
    except ValueError as error:
        raise BadURL(f"{url!r} is no URL") from error
    if parts.protocol not in ("http:", "https:") or not parts.hostname or parts.port == "0":
        raise BadURL(f"{url!r} has no host or another scheme")
    request.url = f"{parts.protocol}//{parts.host}{parts.pathname}{parts.search}"
    if parts.username:
        request.headers = CaseInsensitiveDict(request.headers)
        request.prepare_auth((unquote(parts.username), unquote(parts.password)))
    return request
