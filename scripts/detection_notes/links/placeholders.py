"""Addresses that stand for others: made for examples, or templates that something else fills in. They are never asked."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from detection_notes.links.address import name

EXAMPLES = ("example.com", "example.org", "example.net", "example.edu", "example", "test")  # RFC 2606 and 6761
HERE = ("localhost", "localhost.localdomain")
NOWHERE = "invalid"  # RFC 6761: it exists nowhere, and is chosen to say so
DOCUMENTATION = [ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")]  # RFC 5737, 3849, 9637
LEFT, RIGHT = r"(?:\{|%7B)", r"(?:\}|%7D)"
TEMPLATE = re.compile(rf"(?i){LEFT}{LEFT}|{LEFT}%(?!\w\w)|{LEFT}%25|\$(?:\{{|%7B)|{LEFT}[\w.,*+/-]+{RIGHT}|^https?://[^/?#]*(?:[<>{{}}$]|%3C|%3E|%7B|%7D)|<[\w -]+>")


def template(address: str) -> bool:
    """Whether an address holds a blank to be filled in: ``{{ version }}``, ``{% if %}``, ``${HOST}``, ``{owner}``."""
    return TEMPLATE.search(address) is not None


def settled(url: str, private: bool = False) -> str | None:
    """The code of a URL that is judged without being asked, or None. ``private``: this machine may be asked."""
    if template(url):
        return "placeholder"
    host = name(url).rstrip(".")
    if _under(host, (NOWHERE,)):
        return "no-such-host"
    if _under(host, EXAMPLES):
        return "placeholder"
    address = _address(host)
    if address and any(address in network for network in DOCUMENTATION if network.version == address.version):
        return "placeholder"
    here = _under(host, HERE) or (address is not None and (address.is_loopback or address.is_unspecified))
    return "placeholder" if here and not private else None


def _under(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
