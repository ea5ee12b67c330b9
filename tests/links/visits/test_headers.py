"""What headers say: one Location, its bytes as they came, and how long a host wants to be left alone."""

import time
from email.utils import formatdate

import pytest
from detection_notes.links.visits.headers import location, wait


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("/中文".encode(), "/中文"),
        ("/中文".encode("gbk"), "/%D6%D0%CE%C4"),
        ("/a b/中".encode("gbk"), "/a%20b/%D6%D0"),
        ("/100%/中".encode("gbk"), "/100%/%D6%D0"),
        (b"/%D6%D0?a=1&b=[2]#c", "/%D6%D0?a=1&b=[2]#c"),
        (b" /x\t", "/x"),
    ],
)
def test_the_bytes_of_a_location_are_read_as_browsers_read_them(sent: bytes, read: str) -> None:
    assert location([sent.decode("latin-1")]) == read


@pytest.mark.parametrize(("values", "read"), [([], None), ([""], None), (["/a", "/a"], "/a"), (["/a", " /a "], "/a"), (["/a", "/b"], None)])
def test_a_location_that_is_sent_twice_must_be_the_same(values: list[str], read: str | None) -> None:
    assert location(values) == read


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry-after": "5"}, 5),
        (503, {"retry-after": " 5 "}, 5),
        (403, {"retry-after": "5"}, 5),
        (200, {"retry-after": "5"}, None),
        (301, {"retry-after": "5"}, None),
        (404, {"retry-after": "5"}, None),
        (500, {"retry-after": "5"}, None),
        (429, {}, None),
        (429, {"retry-after": "-5"}, None),
        (429, {"retry-after": "soon"}, None),
        (429, {"retry-after": "1.5"}, None),
        (429, {"retry-after": "99999999999999"}, None),
        (429, {"retry-after": "Mon, 99 Nov 20266 25:61:61 GMT"}, None),
        (429, {"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        (200, {"ratelimit": '"default";r=0;t=30'}, 30),
        (200, {"ratelimit": '"default";r=7;t=30'}, None),
        (200, {"ratelimit": '"hour";r=7;t=3000, "minute";r=0;t=12'}, 12),
        (200, {"ratelimit": "limit=100, remaining=0, reset=40"}, 40),
        (200, {"ratelimit": "limit=100, remaining=10, reset=40"}, None),
        (200, {"ratelimit-remaining": "0", "ratelimit-reset": "20"}, 20),
        (200, {"ratelimit-remaining": "1", "ratelimit-reset": "20"}, None),
        (404, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "20"}, 20),
        (200, {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "20"}, 20),
        (200, {"x-ratelimit-remaining": "0"}, None),
        (200, {"x-ratelimit-remaining": "00, 00;w=60", "x-ratelimit-reset": "9"}, 9),
        (200, {"x-ratelimit-remaining": "many", "x-ratelimit-reset": "9"}, None),
        (429, {"retry-after": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "20"}, 5),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, None),
    ],
)
def test_a_host_says_how_long_it_wants_to_be_left_alone(status: int, headers: dict[str, str], seconds: float | None) -> None:
    assert wait(status, headers) == seconds


@pytest.mark.parametrize("scale", [1, 1000])
def test_a_counter_may_say_when_on_the_clock_it_begins_anew(scale: int) -> None:
    said = wait(200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int((time.time() + 30) * scale))})

    assert said == pytest.approx(30, abs=3)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "UTC"])
@pytest.mark.parametrize("form", ["rfc", "without a zone", "asctime"])
def test_a_date_is_utc_wherever_this_machine_stands(form: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    moment = time.time() + 10
    date = {"rfc": formatdate(moment, usegmt=True), "without a zone": formatdate(moment, usegmt=True).removesuffix(" GMT"), "asctime": time.asctime(time.gmtime(moment))}[form]

    said = wait(429, {"retry-after": date})
    monkeypatch.undo()
    time.tzset()

    assert said == pytest.approx(10, abs=3)
