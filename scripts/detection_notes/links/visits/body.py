"""The beginning of an answer's body."""

from urllib3 import HTTPResponse
from urllib3.exceptions import DecodeError

from detection_notes.links.visits.causes import FAILURES

UNPACKED = frozenset(("", "identity", "gzip", "x-gzip", "deflate"))


def read_body(response: HTTPResponse, limit: int) -> tuple[bytes | None, bool, bool]:
    """The beginning of an HTML body, whether that is all of it, and whether it is packed in a way that cannot be undone.

    None for what is not HTML.
    """
    if "html" not in response.headers.get("content-type", "text/html").lower():
        return None, False, False
    encoding = response.headers.get("content-encoding")
    if encoding and not UNPACKED.issuperset(encoding.lower().replace(",", " ").split()):
        return b"", False, True
    data, whole = bytearray(), False
    try:
        while len(data) < limit and not whole:
            piece = response.read1(min(limit - len(data), 65536), decode_content=True)
            data += piece
            whole = not piece or (not encoding and response.length_remaining == 0)
    except DecodeError:
        return bytes(data), False, not data
    except FAILURES:
        pass  # cut short or dripping: the status stands, and what came is read
    return bytes(data), whole, False
