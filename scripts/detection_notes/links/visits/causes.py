"""An exception that ended a request → its code of ``codes.CODES``, found in the chain of its causes."""

import errno
import ssl
from collections.abc import Iterator
from http.client import HTTPException

from urllib3.exceptions import HTTPError, ProxyError, ReadTimeoutError

from detection_notes.links.visits import wire
from detection_notes.links.visits.guard import fake

FAILURES = (HTTPError, HTTPException, OSError)  # what a server or a network can do; requests' own errors are OSErrors

# OpenSSL's numbers. A server that forgets an intermediate cannot be told from an unknown authority (20, 21), and browsers
# mend the former; keys and hashes that only OpenSSL finds too weak (66 to 68) open in browsers as well.
CERTIFICATE = {
    9: "certificate-not-yet-valid", 10: "certificate-expired", 18: "certificate-self-signed", 19: "certificate-unknown-issuer",
    20: "certificate-incomplete", 21: "certificate-incomplete", 62: "certificate-wrong-name", 64: "certificate-wrong-name",
    66: "tls-failure", 67: "tls-failure", 68: "tls-failure",
}  # fmt: skip
CAUSES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((wire.Refused,), "private-address"),
    ((wire.ProxyFailed,), "proxy-failure"),
    ((TimeoutError, ReadTimeoutError), "timeout"),
    ((ConnectionRefusedError,), "refused"),
    ((ConnectionError,), "reset"),  # Python's own: reset, aborted, broken pipe, disconnected
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), "reset"),
    ((ssl.SSLError,), "tls-failure"),
    ((HTTPException,), "protocol"),
)  # narrow first: the first row that fits counts


def cause(failure: BaseException) -> tuple[str, str]:
    """The code of codes.CODES for an exception, and its words."""
    chain = list(causes(failure))
    for error in chain:
        if isinstance(error, ProxyError):  # whatever went wrong with the proxy says nothing of the page
            return "proxy-failure", str(error)
    for error in chain:
        if isinstance(error, ssl.SSLCertVerificationError):
            return CERTIFICATE.get(error.verify_code, "certificate-invalid"), error.verify_message
        if isinstance(error, wire.NameFailed):
            return error.missing or "dns-failure", str(error)
        if isinstance(error, wire.LeadsInward):
            return "fake-ip" if error.addresses and all(map(fake, error.addresses)) else "resolves-inward", str(error)
    for kinds, code in CAUSES:
        for error in chain:
            if isinstance(error, kinds):
                return code, str(error) or type(error).__name__
    numbered = next((error for error in chain if isinstance(error, OSError) and error.errno), failure)
    closed = getattr(numbered, "errno", None) in (errno.EPIPE, errno.ECONNABORTED)
    return "reset" if closed else "unreachable", str(numbered)


def causes(failure: BaseException) -> Iterator[BaseException]:
    """An exception and all behind it, nearest first. urllib3 hides some in ``args``, ``reason`` and ``original_error``."""
    seen: set[int] = set()
    todo: list[object] = [failure]
    while todo:
        error = todo.pop(0)
        if isinstance(error, BaseException) and id(error) not in seen:
            seen.add(id(error))
            yield error
            todo += [*error.args, getattr(error, "reason", None), getattr(error, "original_error", None), error.__cause__, error.__context__]
