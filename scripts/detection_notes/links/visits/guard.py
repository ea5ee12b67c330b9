"""Which network addresses may be visited.

A pull request of a stranger may contain any URL. Without this, it could make CI ask for things inside its network.
"""

import ipaddress
import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

NAT64 = ipaddress.ip_network("64:ff9b::/96")
UNICAST = ipaddress.ip_network("2000::/3")  # all of the public internet that has IPv6
METADATA = {  # of clouds; not all of them lie in link-local or private space
    ipaddress.ip_address(address) for address in ("169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")
}  # fmt: skip
FAKE = ipaddress.ip_network("198.18.0.0/15")  # for measurements (RFC 2544); proxies answer every name with one of these
INWARD = re.compile(r"(?:.*\.)?(?:localhost|local|internal|intranet|lan|home\.arpa|\d+|0x[0-9a-f]*)|[^.]*")


def public(address: str) -> bool:
    """Whether an IP address is reached over the public internet, looking through IPv4 inside IPv6."""
    ip = plain(address)
    return ip.is_global and not ip.is_multicast and ip not in METADATA and (ip.version == 4 or ip in UNICAST)


def local(address: str) -> bool:
    """Whether an address is one that --allow-private opens: loopback or a private network, never link-local or metadata."""
    ip = plain(address)
    closed = ip.is_link_local or ip.is_unspecified or ip.is_reserved or ip in METADATA
    return ip.is_loopback or (ip.is_private and not closed)


def fake(address: str) -> bool:
    """Whether an address is one that proxies on this machine (Clash, Surge, sing-box) give to every name."""
    return plain(address) in FAKE


def inward(host: str) -> bool:
    """Whether a name is one of a private network by its form, wherever it is looked up (by a proxy, say)."""
    return not literal(host) and INWARD.fullmatch(host.lower().rstrip(".")) is not None


def plain(address: str) -> IPv4Address | IPv6Address:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in NAT64:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is None and ip.teredo:
            inner = ip.teredo[1]
        return inner or ip
    return ip


@lru_cache(1024)
def allowed(address: str, private: bool) -> bool:
    return public(address) or (private and local(address))


@lru_cache(1024)
def literal(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True
