"""An exception that ended a visit → its code of ``codes.CODES``, found in the chain of its causes."""

import errno
import ssl
from http.client import HTTPException

from urllib3.exceptions import ProxyError, ReadTimeoutError

from detection_notes.links.visits import wire

CERTIFICATE = {
    9: "certificate-not-yet-valid", 10: "certificate-expired", 18: "certificate-self-signed",
    19: "certificate-unknown-issuer", 20: "certificate-unknown-issuer", 21: "certificate-unknown-issuer",
    62: "certificate-wrong-name", 64: "certificate-wrong-name",
}  # fmt: skip
CAUSES: tuple[tuple[tuple[type, ...], str], ...] = (
    ((wire.Refused,), "private-address"),
    ((TimeoutError, ReadTimeoutError), "timeout"),
    ((ConnectionRefusedError,), "refused"),
    ((ConnectionError,), "reset"),  # Python's own: reset, aborted, broken pipe, disconnected
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), "reset"),
    ((ssl.SSLError,), "tls-failure"),
    ((HTTPException,), "protocol"),
)  # narrow first: the first row that fits counts


def cause(failure: BaseException) -> tuple[str, str]:
    """The code of codes.CODES for an exception, found in the chain of its causes, narrow first; and its words."""
    chain, todo = [], [failure]
    while todo:
        error = todo.pop(0)
        if isinstance(error, BaseException) and error not in chain:
            chain.append(error)
            todo += [*error.args, getattr(error, "reason", None), getattr(error, "original_error", None), error.__cause__, error.__context__]

    def first(*kinds: type) -> BaseException | None:
        return next((error for error in chain if isinstance(error, kinds)), None)

    if error := first(ProxyError):  # whatever went wrong with the proxy says nothing of the page
        return "proxy-failure", str(error)
    if error := first(ssl.SSLCertVerificationError):
        return CERTIFICATE.get(error.verify_code, "certificate-invalid"), error.verify_message
    if error := first(wire.NameFailed):
        return error.missing or "dns-failure", str(error)
    for kinds, code in CAUSES:
        if error := first(*kinds):
            return code, str(error) or type(error).__name__
    error = next((e for e in chain if isinstance(e, OSError) and e.errno), failure)
    return ("reset" if getattr(error, "errno", None) in (errno.EPIPE, errno.ECONNABORTED) else "unreachable"), str(error)
