"""Which addresses may be visited: nothing in a private network, whatever it is called and however it is reached."""

import socket
import time
from collections.abc import Callable

import pytest
from detection_notes.links.visits import wire
from detection_notes.links.visits.guard import allowed, fake, inward, literal, local, public
from urllib3.exceptions import ProtocolError
from web import Exchange, Web

PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "::1", "fc00::1", "fd12::1",
    "::ffff:127.0.0.1", "::ffff:192.168.1.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::1",
]  # fmt: skip
NEVER = [
    "0.0.0.0", "169.254.169.254", "169.254.1.1", "168.63.129.16", "100.100.100.200", "100.64.0.1", "192.0.0.192", "224.0.0.1", "255.255.255.255", "240.0.0.1",
    "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1", "fec0::1", "::127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "64:ff9b:1::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_visited(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_may_be_visited_only_when_asked_for(address: str) -> None:
    assert not public(address)
    assert local(address)


@pytest.mark.parametrize("address", NEVER)
def test_metadata_and_link_local_addresses_are_never_visited(address: str) -> None:
    assert not public(address)
    assert not local(address)


@pytest.mark.parametrize(("host", "expected"), [("127.0.0.1", True), ("::1", True), ("[::1]", True), ("fe80::1%lo", True), ("example.org", False), ("127.1", False)])
def test_an_address_is_told_from_a_name(host: str, expected: bool) -> None:
    assert literal(host) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True), ("a.localhost", True), ("LOCALHOST.", True), ("metadata", True), ("metadata.google.internal", True), ("printer.local", True),
        ("nas.lan", True), ("2130706433", True), ("0x7f000001", True), ("127.1", True), ("0x7f.0x1", True), ("router.home.arpa", True),
        ("example.org", False), ("internal.example.org", False), ("localhost.example.org", False), ("8.8.8.8", False), ("例子.测试", False),
    ],
)  # fmt: skip
def test_a_name_of_a_private_network_is_known_by_its_form(host: str, expected: bool) -> None:
    assert inward(host) is expected


def looked_up(*answers: list[str]) -> Callable:
    """A name server: the first list of addresses at the first question, and so on; the last for ever."""
    left = list(answers)

    def lookup(host: str, port: int, *_: object) -> list[tuple]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]

    return lookup


def connect(port: int, *answers: list[str], private: bool = False, seconds: float = 5.0) -> int:
    """Ask for the page at a name that a name server answers so; returns the status."""
    wire.set_deadline(time.monotonic() + seconds)
    pool = wire.pools(wire.Resolver(looked_up(*answers)), private)["http"]("name.example", port)
    return pool.urlopen("GET", "/", retries=False).status


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254"])
def test_a_name_that_leads_to_a_private_address_is_refused(address: str, web: Web) -> None:
    with pytest.raises(ProtocolError, match=r"LeadsInward.*name\.example is "):
        connect(web.port, [address])

    assert web.asked == []


def test_of_several_addresses_only_the_allowed_are_tried(web: Web) -> None:
    web.on("/", Exchange.reply)

    assert connect(web.port, ["169.254.169.254", "127.0.0.1"], private=True) == 200


def test_a_name_that_changes_between_two_looks_is_not_followed(web: Web) -> None:
    """DNS rebinding: what was looked up and checked is what is connected to, for the whole run."""
    asked = []

    def lookup(host: str, port: int, *rest: object) -> list[tuple]:
        asked.append(host)
        return looked_up(["127.0.0.9"] if len(asked) == 1 else ["127.0.0.1"])(host, port)

    wire.set_deadline(time.monotonic() + 2)
    pool = wire.pools(wire.Resolver(lookup), private=True)["http"]("name.example", web.port)
    for _ in range(2):
        with pytest.raises(ProtocolError, match="refused"):  # by 127.0.0.9, where nobody listens
            pool.urlopen("GET", "/", retries=False)

    assert (asked, web.asked) == (["name.example"], [])


def test_an_address_that_hangs_leaves_time_for_the_next(web: Web) -> None:
    web.on("/", Exchange.reply)
    with socket.socket() as full:
        full.bind(("127.0.0.9", web.port))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.9", web.port))

        assert connect(web.port, ["127.0.0.9", "127.0.0.1"], private=True, seconds=2) == 200

        for one in waiting:
            one.close()


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:7f00:1]", "0.0.0.0", "127.0.0.1"])
def test_no_spelling_of_this_machine_is_visited(name: str, web: Web, verdict) -> None:
    web.on("/", Exchange.reply)

    assert verdict(web.url("/", host=name), private=False).words == "unknown private-address"
    assert web.asked == []


@pytest.mark.parametrize("where", ["http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://[fe80::1]/", "http://168.63.129.16/", "http://100.100.100.200/", "http://0.0.0.0/"])
def test_metadata_is_not_visited_even_when_private_addresses_are_open(where: str, web: Web, verdict) -> None:
    assert verdict(where, private=True).words == "unknown private-address"
    assert verdict(web.on("/", lambda e: e.redirect(where)), private=True).words == "broken redirect-private"


@pytest.mark.parametrize("hop", [1, 2, 5])
def test_a_redirect_into_a_private_network_is_not_followed_at_any_hop(hop: int, web: Web, verdict) -> None:
    for step in range(1, hop):
        web.on(f"/{step}", lambda e, step=step: e.redirect(f"/{step + 1}"))
    web.on(f"/{hop}", lambda e: e.redirect("http://169.254.169.254/"))

    assert verdict(web.url("/1")).words == "broken redirect-private"
    assert len(web.asked) == hop


@pytest.mark.parametrize(("address", "expected"), [("198.18.0.1", True), ("198.19.255.255", True), ("198.17.0.1", False), ("198.20.0.1", False), ("::ffff:198.18.0.1", True), ("10.0.0.1", False)])
def test_addresses_that_a_proxy_makes_up_are_known(address: str, expected: bool) -> None:
    assert fake(address) is expected
    assert not (expected and allowed(address, False))
    assert not expected or allowed(address, True)
