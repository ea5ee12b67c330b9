"""``[[tool.links.host]]`` in the policy: how a host wants to be asked.

    [[tool.links.host]]
    host = "*.example.org"           # a name or a pattern
    token = "LINKS_EXAMPLE_TOKEN"    # the environment variable that holds it: Authorization: Bearer …
    headers = { Accept = "text/html", X-Key = "$LINKS_EXAMPLE_KEY" }   # $… is a variable of the environment
    per-host = 2                     # requests under way
    interval = 1.0                   # seconds from one request to the next

What is secret stands in the environment only, in variables whose names begin with LINKS_: a policy that somebody
proposes can send nothing else away. Such headers go to this host over https (or on this machine), and to no other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

PREFIX = "LINKS_"
KEYS = ("host", "token", "headers", "per-host", "interval")


@dataclass(frozen=True, slots=True)
class HostRule:
    host: str
    token: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    per_host: int | None = None
    interval: float = 0.0

    @property
    def variables(self) -> list[str]:
        """The variables of the environment that it needs."""
        return [*([self.token] if self.token else []), *(value[1:] for value in self.headers.values() if value.startswith("$"))]

    def filled(self, environ: Mapping[str, str], secure: bool) -> dict[str, str]:
        """The headers to send; those whose variable is not set, and secret ones on an open connection, are left out."""
        named = dict(self.headers) | ({"Authorization": f"${self.token}"} if self.token else {})
        found = {}
        for name, value in named.items():
            if not value.startswith("$"):
                found[name] = value
            elif secure and (secret := environ.get(value[1:])):
                found[name] = f"Bearer {secret}" if value == f"${self.token}" and name == "Authorization" else secret
        return found


def rule_for(rules: Iterable[HostRule], name: str) -> HostRule | None:
    """The first rule that fits a host's name."""
    return next((rule for rule in rules if fnmatchcase(name.lower(), rule.host.lower())), None)


def unset(rules: Iterable[HostRule], environ: Mapping[str, str]) -> list[str]:
    """A word on each variable that a rule needs and the environment lacks."""
    return [f"{name} is not set: {rule.host} is asked without it" for rule in rules for name in rule.variables if not environ.get(name)]


def parse(entries: object, where: str) -> tuple[HostRule, ...]:
    """The rules of a table. Raises ValueError with the key and the right ones."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f"{where}: write a list of tables, each with a host")
    return tuple(_rule(entry, where) for entry in entries)


def _rule(entry: Mapping[str, object], where: str) -> HostRule:
    for key in entry:
        if key not in KEYS:
            raise ValueError(f"{where}: unknown key {key!r}; the keys are {', '.join(KEYS)}")
    host, token, headers = entry.get("host"), entry.get("token", ""), entry.get("headers", {})
    if not isinstance(host, str) or not host or "/" in host:
        raise ValueError(f"{where}: host = {host!r}, but it must be the name of a host, without scheme and path")
    if not isinstance(token, str) or not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise ValueError(f"{where}: {host}: token is the name of a variable, headers are names and texts")
    rule = HostRule(host, token, headers, _number(entry, "per-host", where), _number(entry, "interval", where) or 0.0)
    for name in rule.variables:
        if not name.startswith(PREFIX):
            raise ValueError(f"{where}: {host}: {name!r} is no variable that may be sent; its name must begin with {PREFIX}")
    return rule


def _number(entry: Mapping[str, Any], key: str, where: str) -> Any:
    value = entry.get(key)
    if value is None:
        return None
    whole = key == "per-host"
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not (1 if whole else 0) <= value < 1e6:
        raise ValueError(f"{where}: {key} = {value!r}, but it must be a {'whole number, 1' if whole else 'number, 0'} or more")
    return value
