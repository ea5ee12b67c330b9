"""What the headers of an answer say: where to go on, how long to wait before the next request, and what is noted of them."""

import re
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from urllib3 import HTTPHeaderDict

REFUSALS = (403, 429, 503)  # of the host, which may be over later; what 404 or 500 says is of one page
EPOCH = 1e8  # a reset that is larger is no number of seconds but a time on the clock
NOTED = ("location", "retry-after", "content-type", "server", "cf-mitigated", "content-length")
REMAINING = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
RESET = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")


def location(values: list[str]) -> str | None:
    """The one value of Location, or None if there is none or they differ. Bytes that are not UTF-8 (GBK, say) are sent back as they came."""
    distinct = {value.strip() for value in values}
    if len(distinct) != 1 or not (value := distinct.pop()):
        return None
    raw = value.encode("latin-1", "ignore")  # http.client read it as that
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return quote(raw, safe="".join(map(chr, range(0x21, 0x7F))))


def wait(status: int, headers: Mapping[str, str]) -> float | None:
    """Seconds until the host wants the next request; None if it does not say.

    Retry-After counts in a refusal (RFC 9110, 10.2.3). A counter of requests counts in any answer, once it is used up:
    RateLimit (draft-ietf-httpapi-ratelimit-headers, old and new) and the X- headers before it.
    """
    asked = _retry_after(headers.get("retry-after", "").strip()) if status in REFUSALS else None
    return _used_up(headers) if asked is None else asked


def _retry_after(value: str) -> float | None:
    if re.fullmatch(r"\d{1,9}", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:  # asctime, which has no zone: HTTP's dates are UTC
        moment = moment.replace(tzinfo=UTC)
    try:
        return max(0.0, moment.timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _used_up(headers: Mapping[str, str]) -> float | None:
    """Seconds until the counter begins anew, if it stands at 0."""
    if not any("limit" in name for name in headers):  # as nearly always
        return None
    whole = headers.get("ratelimit", "")
    for part in whole.split(",") if ";" in whole else [whole.replace(",", ";")]:
        said = dict(re.findall(r"\b(r|t|remaining|reset)\s*=\s*(\d{1,12})\b", part))
        if said.get("r", said.get("remaining")) == "0":
            return _seconds(said.get("t") or said.get("reset") or "")
    remaining = next((headers[name].strip() for name in REMAINING if headers.get(name)), "")
    reset = next((headers[name].strip() for name in RESET if headers.get(name)), "")
    return _seconds(reset) if re.fullmatch(r"0+(?:\D.*)?", remaining) else None


def _seconds(text: str) -> float | None:
    match = re.match(r"\d{1,13}(?:\.\d+)?", text)
    if match is None:
        return None
    number = float(match[0])
    if number > EPOCH * 1000:  # milliseconds
        number /= 1000
    return max(0.0, number - time.time()) if number > EPOCH else number


def noted(headers: HTTPHeaderDict) -> dict[str, str]:
    """The headers that say something, by name in lower case; one that was sent twice alike counts once."""
    found = {}
    for name in headers:
        low = name.lower()
        if low in NOTED or ("limit" in low and "ratelimit" in low.replace("-", "")):
            found[low] = ", ".join(dict.fromkeys(headers.getlist(name)))
    return found
