"""Which network addresses may be visited.

A pull request of a stranger may contain any URL. Without this, it could make CI ask for things inside its network.
"""

import ipaddress
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

NAT64 = ipaddress.ip_network("64:ff9b::/96")
AZURE = IPv4Address("168.63.129.16")  # answers only inside a cloud, though it lies in public space


def public(address: str) -> bool:
    """Whether an IP address is reached over the public internet, looking through IPv4 inside IPv6."""
    ip = plain(address)
    return ip.is_global and not ip.is_multicast and ip != AZURE


def local(address: str) -> bool:
    """Whether an address is one that --allow-private opens: loopback or a private network, never link-local metadata."""
    ip = plain(address)
    return ip.is_loopback or (ip.is_private and not ip.is_link_local and not ip.is_unspecified and not ip.is_reserved)


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
