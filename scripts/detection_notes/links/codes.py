"""Every code there is: what a visit can end with, or why a link is judged so; its kind, its meaning, what to do.

A code is the status of an answer ("404") or a name ("timeout"). docs/contributing.md shows this table to people.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a code says of a page: it is there; it cannot be seen from here; nothing answers; it is gone."""

    FINE = "fine"
    WALLED = "walled"
    SILENT = "silent"
    DEAD = "dead"


FINE, WALLED, SILENT, DEAD = Kind.FINE, Kind.WALLED, Kind.SILENT, Kind.DEAD


@dataclass(frozen=True, slots=True)
class Code:
    kind: Kind
    meaning: str
    advice: str


LATER = "nothing: a later run asks again"
LOOK = "look once in a browser"

CODES: dict[str, Code] = {
    "404": Code(DEAD, "the server says: not found", "find the page's new address or an archive copy, or remove the link"),
    "410": Code(DEAD, "the server says: gone for good", "find a replacement or an archive copy, or remove the link"),
    "no-such-host": Code(DEAD, "the host name does not exist", "check the spelling; else find where the site moved"),
    "no-address": Code(DEAD, "the host name has no address", "check the spelling; else find where the site moved"),
    "bad-url": Code(DEAD, "not a URL that can be visited", "correct it on the page"),
    "certificate-expired": Code(DEAD, "the certificate has expired", "wait for its owner to renew it, or link elsewhere"),
    "certificate-not-yet-valid": Code(DEAD, "the certificate is not valid yet", "wait, or link elsewhere"),
    "certificate-self-signed": Code(DEAD, "the certificate is signed by itself", "link elsewhere"),
    "certificate-wrong-name": Code(DEAD, "the certificate is for another name", "check the host name, or link elsewhere"),
    "certificate-unknown-issuer": Code(DEAD, "the certificate's issuer is not trusted", "link elsewhere; behind a company proxy set REQUESTS_CA_BUNDLE"),
    "certificate-incomplete": Code(WALLED, "its certificate comes without its whole chain, or of an unknown issuer", "look once in a browser; behind a company proxy set REQUESTS_CA_BUNDLE"),
    "certificate-unproved": Code(WALLED, "its certificate does not hold here, and no other host's did in this run", "look at this machine's network and clock; check more than one https link"),
    "certificate-invalid": Code(DEAD, "the certificate does not hold", "link elsewhere"),
    "redirect-loop": Code(DEAD, "it redirects in a circle", "find the page's address, or remove the link"),
    "redirect-too-long": Code(DEAD, "it redirects too many times", "link to where it should end"),
    "redirect-nowhere": Code(DEAD, "it redirects to nowhere that can be visited", "find the page's address, or remove the link"),
    "redirect-private": Code(DEAD, "it redirects into a private network", "find a public address, or remove the link"),
    "soft-404": Code(DEAD, "it answers as if all were well, but the page is not there", "find the page's new address, or remove the link"),
    "redirect-home": Code(DEAD, "the page is gone: it redirects to the home page", "find the page's new address, or remove the link"),
    "parked": Code(DEAD, "the domain is parked, for sale, expired or suspended", "find where the site moved, or remove the link"),
    "fragment-missing": Code(DEAD, "the page is there, but has no such #fragment", "correct the part after #"),
    "silent-for-long": Code(DEAD, "it has not answered for a long time", "find another address or an archive copy, or remove the link"),
    "fragment-unseen": Code(WALLED, "the #fragment is not in the page as sent; a script may make it", LOOK),
    "missing-file": Code(DEAD, "there is no such file or page in this checkout", "correct the address, or add the file"),
    "missing-anchor": Code(DEAD, "the page is there, but has no such #anchor", "correct the part after #; headings make anchors of their words"),
    "placeholder": Code(WALLED, "made for examples or to be filled in; it is not asked", "nothing; write it as code if it should not be a link"),
    "private-address": Code(WALLED, "a private or local address is not visited", "write it as code if it is an example, or use --allow-private"),
    "challenge": Code(WALLED, "a bot check answered instead of the page", LOOK),
    "suspect": Code(WALLED, "the page looks gone, but that could not be confirmed", LOOK),
    "hijacked": Code(WALLED, "title and language are no longer those of the page that was linked", "look at it; if it is another site, remove the link"),
    "login": Code(WALLED, "it asks for a login", "look at it, logged in; readers who are not will not see it"),
    "script-only": Code(WALLED, "the page as sent has nothing to see: a script makes it, or bars it", LOOK),
    "unreadable": Code(WALLED, "the page came in an encoding that could not be read", LOOK),
    "withheld": Code(WALLED, "a provider or a filter on the way answered instead of the site", LOOK),
    "rate-limited": Code(WALLED, "the server asks to come back later than a run can wait", LATER),
    "never-visited": Code(WALLED, "never visited", "run {command}"),
    "dead-once": Code(WALLED, "it was fine before and dead this time", "nothing: a run on another day decides"),
    "timeout": Code(SILENT, "no answer in time", LATER),
    "reset": Code(SILENT, "the connection was closed without an answer", LATER),
    "refused": Code(SILENT, "the connection was refused", LATER),
    "unreachable": Code(SILENT, "the network does not reach the host", LATER),
    "dns-failure": Code(SILENT, "the name server did not answer", LATER),
    "tls-failure": Code(WALLED, "no secure connection came about: its ciphers or keys are too old for us", "look once in a browser"),
    "proxy-failure": Code(WALLED, "the proxy did not pass it on", "check the proxy settings of this machine"),
    "fake-ip": Code(WALLED, "a proxy on this machine answers for every name (198.18.0.0/15)", "set HTTPS_PROXY to that proxy, or use --allow-private"),
    "resolves-inward": Code(SILENT, "here its name leads to an address inside a network", LATER),
    "private-repository": Code(WALLED, "only a token can see this repository", "readers without access see a 404; nothing, if that is meant"),
    "protocol": Code(SILENT, "the answer is not HTTP", LATER),
    "moved": Code(FINE, "it moved for good", "write the new address (--fix does it)"),
    "ok": Code(FINE, "it answers", ""),
}

UNANSWERED = ("504", "521", "522", "523", "524", "530")  # of gateways: what is behind them is silent
STATUSES = {
    "401": "it wants a login",
    "403": "it refuses us",
    "407": "the proxy wants a login",
    "429": "it asks us to slow down",
    "451": "it is withheld for legal reasons",
}


def about(code: str) -> Code:
    """What there is to say of a code. A status that has no row of its own is judged by its first digit."""
    if code in CODES:
        return CODES[code]
    if code.startswith("2"):
        return CODES["ok"]
    if code in UNANSWERED:
        return Code(SILENT, f"the server in front gets no answer from the one behind it (status {code})", LATER)
    if code.startswith("5"):
        return Code(WALLED, f"the server fails (status {code})", LATER)
    return Code(WALLED, STATUSES.get(code, f"it answers with status {code}"), LOOK)


def kind_of(code: str) -> Kind:
    return about(code).kind


def transient(code: str) -> bool:
    """Whether it may be otherwise in a moment, or tomorrow: nothing answered, or a server failed."""
    return kind_of(code) is SILENT or code == "proxy-failure" or (len(code) == 3 and code.startswith("5"))
