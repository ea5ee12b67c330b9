"""One address → one Visit: a GET with redirects followed by hand. The only module that imports requests.

GET and not HEAD, because servers refuse HEAD, hang on it and lie to it; the body is read only as far as it can say
something, so it costs no more. ``Client.visit`` never raises for anything that a server or a network does.
"""

import json
import os
import re
import ssl
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.parse import unquote, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar, get_cookie_header
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies, requote_uri
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError, LocationParseError

from detection_notes.links.visits import page, wire
from detection_notes.links.model import Hop, Task, Visit
from detection_notes.links.visits import page, wire
from detection_notes.links.visits.causes import cause
from detection_notes.links.visits.guard import allowed, inward, literal
from detection_notes.links.visits.page import Answer, Said

HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 check-links/1",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}
REDIRECTS = {300, 301, 302, 303, 307, 308}
PERMANENT = {301, 308}
LONGEST_CHAIN = 20
BODY_SECONDS = 5.0
NOTED = ("location", "retry-after", "content-type", "server", "cf-mitigated", "content-length")
MADE_UP = "q7x2-no-such-page-3f9k"
FAILURES = (requests.RequestException, HTTPError, HTTPException, OSError)  # what a server or a network can do


class BadURL(Exception):
    """Not a URL that can be visited."""


class Dead(Exception):
    """The chain ends in nothing; ``code`` is one of codes.CODES."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class _Adapter(HTTPAdapter):
    """requests' adapter over the connections of ``wire``; ``//`` at the start of a path is left as it is."""

    def __init__(self, pools: dict[str, type], context: ssl.SSLContext, hosts: int, per_host: int) -> None:
        self._pools, self._context = pools, context
        super().__init__(pool_connections=2 * hosts + 10, pool_maxsize=per_host)  # redirects lead to more hosts
        self.poolmanager.pool_classes_by_scheme = pools

    def proxy_manager_for(self, proxy, **kwargs):
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, proxy_ssl_context=self._context, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def get_connection_with_tls_context(self, request, verify, proxies=None, cert=None):
        if proxies:
            return super().get_connection_with_tls_context(request, verify, proxies, cert)
        where, tls = self.build_connection_pool_key_attributes(request, verify, cert)
        return self.poolmanager.connection_from_host(**where, pool_kwargs=tls)

    def build_connection_pool_key_attributes(self, request, verify, cert=None):
        parts = urlsplit(request.url)
        tls = {"ssl_context": self._context} if parts.scheme == "https" else {}
        return {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}, tls

    def cert_verify(self, conn, url, verify, cert):
        pass  # the context does

    def build_response(self, req, resp):
        return resp  # urllib3's own answer says all that is needed; the object around it costs as much as reading it

    def request_url(self, request, proxies):
        if proxies:
            return super().request_url(request, proxies)
        parts = urlsplit(request.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class Client:
    """Visits addresses; may be shared by threads.

    ``private`` opens loopback and private networks. Proxies and certificate bundles come from ``environ``.
    """

    def __init__(self, hosts: int = 10, per_host: int = 8, private: bool = False, environ: Mapping[str, str] = os.environ) -> None:
        self._private = private
        context = wire.tls(*trusted(environ))
        self._adapter = _Adapter(wire.pools(wire.Resolver(), private), context, max(hosts, 1), per_host * 2)
        self._proxied = any(k.lower().endswith("_proxy") and k.lower() != "no_proxy" and v for k, v in environ.items())

    def json(self, url: str, timeout: float, token: str | None = None) -> object:
        """The JSON that an API answers, or None for anything else. A token goes to the host of ``url`` only."""
        wire.set_deadline(time.monotonic() + timeout)
        try:
            headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
            response, _ = self._ask(url, RequestsCookieJar(), headers)
            if response.status in REDIRECTS and (there := self._next(url, response)) and urlsplit(there)[:2] == urlsplit(url)[:2]:
                response.close()
                response, _ = self._ask(there, RequestsCookieJar(), headers)
            data = response.read(page.WHOLE_BYTES, decode_content=True)
            response.close()
            return json.loads(data) if response.status == 200 else None
        except (Dead, BadURL, *FAILURES, ValueError, RecursionError):
            return None

    def close(self) -> None:
        self._adapter.close()

    def visit(self, task: Task, timeout: float, today: str) -> Visit:
        """Ask for an address; all that happens within ``timeout`` seconds is in the Visit."""
        began = time.monotonic()
        wire.set_deadline(began + timeout)
        chain = _Chain()
        said = Said()
        try:
            answer = self._answer(task.address, chain, page.limit(task))
            wire.set_deadline(began + timeout)
            said = page.understand(answer, task, lambda: self._neighbour(task.address))
        except Dead as dead:
            said = Said(error=dead.code, detail=str(dead))
        except BadURL as bad:
            said = Said(error="redirect-nowhere" if chain.hops else "bad-url", detail=str(bad))
        except FAILURES as failure:
            said = Said(None, None, *cause(failure))
        last = chain.hops[-1] if chain.hops else None
        return Visit(
            address=task.address,
            day=today,
            status=last.status if last else None,
            error=said.error,
            detail=said.detail,
            final=chain.url if chain.hops and chain.url != task.address else None,
            moved=chain.moved,
            title=said.title,
            language=said.language,
            seconds=time.monotonic() - began,
            hops=tuple(chain.hops),
            retry_after=retry_after(last) if last else None,
            missing=said.missing,
            unseen=said.unseen,
            answered=bool(chain.hops) or wire.connected(),
        )

    def _answer(self, address: str, chain: "_Chain", limit: int) -> Answer:
        """Follow the chain to its end and read at most ``limit`` bytes of the body, for BODY_SECONDS at most."""
        response = self._follow(address, chain)
        try:
            wire.set_deadline(time.monotonic() + min(BODY_SECONDS, wire.remaining()))
            body, whole = _body(response, limit)
        finally:
            if response.isclosed():  # read to its end: the connection can serve again
                response.release_conn()
            else:
                response.close()
        return Answer(chain.url, response.status, response.headers, body, whole, len(chain.hops) > 1)

    def _neighbour(self, address: str) -> Answer | None:
        """The answer to a made-up address beside this one, or None if there is none."""
        try:
            return self._answer(urljoin(address, MADE_UP), _Chain(), page.HEAD_BYTES)
        except (Dead, BadURL, *FAILURES):
            return None

    def _follow(self, address: str, chain: "_Chain") -> BaseHTTPResponse:
        chain.url = address
        jar = RequestsCookieJar()
        seen = set()
        while True:
            began = time.monotonic()
            response, cookies = self._ask(chain.url, jar)
            headers = {k: v for k in NOTED if (v := response.headers.get(k))}
            chain.hops.append(Hop(chain.url, response.status, headers, time.monotonic() - began))
            if response.status not in REDIRECTS or (response.status == 300 and "location" not in response.headers):
                return response
            _leave(response)
            if (chain.url, cookies) in seen:
                raise Dead("redirect-loop", f"it comes back to {chain.url}")
            if len(chain.hops) > LONGEST_CHAIN:
                raise Dead("redirect-too-long", f"more than {LONGEST_CHAIN} redirects")
            seen.add((chain.url, cookies))
            chain.step(self._next(chain.url, response), response.status in PERMANENT)

    def _next(self, url: str, response: BaseHTTPResponse) -> str:
        location = response.headers.get("location", "").strip()
        if not location:
            raise Dead("redirect-nowhere", f"status {response.status} without a Location")
        try:
            location = urljoin(url, location.encode("latin-1", "ignore").decode("utf-8", "replace"))
            parts = urlsplit(location)
        except ValueError as error:
            raise Dead("redirect-nowhere", f"to {location!r}") from error
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            raise Dead("redirect-nowhere", f"to {location!r}")
        if literal(parts.hostname) and not allowed(parts.hostname.strip("[]"), self._private):
            raise Dead("redirect-private", f"to {location!r}")
        return location

    def _ask(self, url: str, jar: RequestsCookieJar, headers: Mapping[str, str] | None = None) -> tuple[BaseHTTPResponse, str | None]:
        request = prepare(url)
        request.headers.update(headers or {})
        host = urlsplit(request.url).hostname or ""
        if literal(host) and not allowed(host, self._private):
            raise wire.Refused(f"{host} is a private address")
        here = host == "localhost" or host.endswith(".localhost")  # no proxy knows what this machine calls itself
        proxies = get_environ_proxies(request.url) if self._proxied and not here else None
        if proxies and inward(host) and not self._private:
            raise wire.Refused(f"{host} is a private name, and the proxy would look it up")
        cookies = get_cookie_header(jar, request) if len(jar) else None
        if cookies:
            request.headers["Cookie"] = cookies
        response = self._adapter.send(request, stream=True, timeout=None, proxies=proxies)
        if "set-cookie" in response.headers:
            extract_cookies_to_jar(jar, request, response)
        return response, cookies


class _Chain:
    """The redirects of one visit: the answers so far, where it stands, and where the permanent ones led."""

    def __init__(self) -> None:
        self.hops: list[Hop] = []
        self.url = ""
        self.moved: str | None = None
        self._temporary = False

    def step(self, url: str, permanent: bool) -> None:
        self._temporary = self._temporary or not permanent
        self.url = url
        if not self._temporary:
            self.moved = url


def trusted(environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The certificates to trust: a bundle (file), a folder, or both."""
    bundle = next((environ[k] for k in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE") if environ.get(k)), None)
    folder = environ.get("SSL_CERT_DIR")
    if bundle and os.path.isdir(bundle):
        return None, bundle
    if bundle or folder:
        return bundle, folder
    return requests.certs.where(), None


def prepare(url: str) -> requests.PreparedRequest:
    """A GET for a URL as people write it: spaces, Chinese, IDN. Raises BadURL."""
    request = requests.PreparedRequest()
    request.method, request.body, request._body_position = "GET", None, None
    try:
        request.prepare_url(url, None)
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise BadURL(f"{url!r} has no host or another scheme")
    except (requests.RequestException, LocationParseError, UnicodeError, ValueError) as error:
        raise BadURL(f"{url!r}: {error}") from error
    request.headers = CaseInsensitiveDict(HEADERS)
    if parts.username:
        request.prepare_auth((unquote(parts.username), unquote(parts.password or "")))
    return request


def retry_after(hop: Hop) -> float | None:
    """Seconds that the server asks to wait, given as seconds or as a date; None if it does not say."""
    value = hop.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time()) if value else None
    except (ValueError, TypeError, OverflowError):
        return None


def _leave(response: BaseHTTPResponse) -> None:
    """Drop a body that is not needed: a short one is read, so that the connection can serve again."""
    length = response.headers.get("content-length", "")
    if length.isdecimal() and len(length) < 6:
        response.drain_conn()
    else:
        response.close()


def _body(response: BaseHTTPResponse, limit: int) -> tuple[bytes | None, bool]:
    """The beginning of an HTML body, and whether that is all of it; None for what is not HTML."""
    if "html" not in response.headers.get("content-type", "text/html").lower():
        return None, False
    data, whole = bytearray(), False
    try:
        while len(data) < limit and not whole:
            piece = response.read1(min(limit - len(data), 65536), decode_content=True)
            data += piece
            whole = not piece
    except (HTTPError, HTTPException, OSError):
        pass  # cut short, dripping or badly packed: the status stands, and what came is read
    return bytes(data), whole
