"""Evidence and policy → verdict. Pure; the whole policy is on this screen.

``broken`` is only what is dead for everybody. What refuses or fails to answer from here and now is ``unknown``.
"""

from datetime import date
from itertools import takewhile

from detection_notes.links.model import Evidence, Verdict
from detection_notes.links.policy import Policy

FINE, WALLED, SILENT, DEAD = "fine", "walled", "silent", "dead"

# Stable codes → (kind, what it means, what to do). docs/contributing/link-codes documents them from this table.
CODES: dict[str, tuple[str, str, str]] = {
    "404": (DEAD, "the server says: not found", "find the page's new address or an archive copy, or remove the link"),
    "410": (DEAD, "the server says: gone for good", "find a replacement or an archive copy, or remove the link"),
    "no-such-host": (DEAD, "the host name does not exist", "check the spelling; else find where the site moved"),
    "no-address": (DEAD, "the host name has no address", "check the spelling; else find where the site moved"),
    "bad-url": (DEAD, "not a URL that can be visited", "correct it on the page"),
    "certificate-expired": (DEAD, "the certificate has expired", "wait for its owner to renew it, or link elsewhere"),
    "certificate-not-yet-valid": (DEAD, "the certificate is not valid yet", "wait, or link elsewhere"),
    "certificate-self-signed": (DEAD, "the certificate is signed by itself", "link elsewhere"),
    "certificate-wrong-name": (DEAD, "the certificate is for another name", "check the host name, or link elsewhere"),
    "certificate-unknown-issuer": (DEAD, "the certificate's issuer is not trusted", "link elsewhere; behind a company proxy set REQUESTS_CA_BUNDLE"),
    "certificate-invalid": (DEAD, "the certificate does not hold", "link elsewhere"),
    "redirect-loop": (DEAD, "it redirects in a circle", "find the page's address, or remove the link"),
    "redirect-too-long": (DEAD, "it redirects too many times", "link to where it should end"),
    "redirect-nowhere": (DEAD, "it redirects to nowhere that can be visited", "find the page's address, or remove the link"),
    "redirect-private": (DEAD, "it redirects into a private network", "find a public address, or remove the link"),
    "soft-404": (DEAD, "it answers 200, but the page says: not found", "find the page's new address, or remove the link"),
    "redirect-home": (DEAD, "the page is gone: it redirects to the home page", "find the page's new address, or remove the link"),
    "parked": (DEAD, "the domain is parked or for sale", "find where the site moved, or remove the link"),
    "hijacked": (DEAD, "title and language are no longer those of the page that was linked", "look at it; if it is another site, remove the link"),
    "fragment-missing": (DEAD, "the page is there, but has no such #fragment", "correct the part after #"),
    "fragment-unseen": (WALLED, "the #fragment is not in the page as sent; a script may make it", "look once in a browser"),
    "private-address": (WALLED, "a private or local address is not visited", "write it as code if it is an example, or use --allow-private"),
    "challenge": (WALLED, "a bot check answered instead of the page", "look once in a browser"),
    "suspect": (WALLED, "the page looks gone, but that could not be confirmed", "look once in a browser"),
    "rate-limited": (WALLED, "the server asks to come back later than a run can wait", "nothing: a later run asks again"),
    "timeout": (SILENT, "no answer in time", "nothing: a later run asks again"),
    "reset": (SILENT, "the connection was closed without an answer", "nothing: a later run asks again"),
    "refused": (SILENT, "the connection was refused", "nothing: a later run asks again"),
    "unreachable": (SILENT, "the network does not reach the host", "nothing: a later run asks again"),
    "dns-failure": (SILENT, "the name server did not answer", "nothing: a later run asks again"),
    "tls-failure": (SILENT, "no secure connection came about", "nothing: a later run asks again"),
    "proxy-failure": (SILENT, "the proxy did not pass it on", "check the proxy settings of this machine"),
    "protocol": (SILENT, "the answer is not HTTP", "nothing: a later run asks again"),
    "never-visited": (WALLED, "never visited", "python scripts/check_links.py"),
    "dead-once": (WALLED, "it was fine before and dead this time", "nothing: a run on another day decides"),
    "silent-for-long": (DEAD, "it has not answered for a long time", "find another address or an archive copy, or remove the link"),
    "moved": (FINE, "it moved for good", "write the new address (--fix does it)"),
    "ok": (FINE, "it answers", ""),
}


def kind_of(code: str) -> str:
    """A status or an error code → FINE, WALLED, SILENT or DEAD."""
    if code in CODES:
        return CODES[code][0]
    if code.startswith("2"):
        return FINE
    return SILENT if code.startswith("5") else WALLED


def judge(evidence: Evidence, policy: Policy) -> tuple[Verdict, str]:
    """The verdict and the code that explains it: a key of CODES, or a status."""
    if evidence.day is None:
        return Verdict.UNKNOWN, "never-visited"
    code = evidence.error or str(evidence.status)
    if policy.accepts(evidence.url, code):
        return Verdict.GOOD, "ok"
    match kind_of(code):
        case "fine" if evidence.moved:
            return Verdict.MOVED, "moved"
        case "fine":
            return Verdict.GOOD, "ok"
        case "dead" if evidence.good and dead_days(evidence) < policy.dead_days:
            return Verdict.UNKNOWN, "dead-once"
        case "dead":
            return Verdict.BROKEN, code
        case "silent" if silent_for(evidence) >= policy.silent_days:
            return Verdict.BROKEN, "silent-for-long"
    return Verdict.UNKNOWN, code


def dead_days(evidence: Evidence) -> int:
    """On how many days it was dead since it was last fine."""
    return sum(kind_of(step.partition(" ")[2]) == DEAD for step in evidence.trail)


def silent_for(evidence: Evidence) -> int:
    """Days from the first to the latest of the visits in a row that found nothing alive; a wall (403, …) is alive."""
    steps = [step.partition(" ") for step in evidence.trail]
    row = list(takewhile(lambda step: kind_of(step[2]) in (SILENT, DEAD), reversed(steps)))
    return (date.fromisoformat(row[0][0]) - date.fromisoformat(row[-1][0])).days if row else 0


def explain(code: str) -> tuple[str, str]:
    """What a code means and what to do, in words."""
    if code in CODES:
        return CODES[code][1], CODES[code][2]
    meaning = {"401": "it wants a login", "403": "it refuses us", "407": "the proxy wants a login", "429": "it asks us to slow down", "451": "it is withheld for legal reasons"}.get(code)
    if kind_of(code) == SILENT:
        return meaning or f"the server fails (status {code})", "nothing: a later run asks again"
    return meaning or f"it answers with status {code}", "look once in a browser"
