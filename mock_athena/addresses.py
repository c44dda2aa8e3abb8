"""Addresses of servers: where one is reached, and how it is told without the secrets that are in it."""

import re

_PARAMETER = re.compile(r"[?&]\w*password=")
_MARK = re.compile(r"[@:/?#\[\]&= ]+")


def reachable(host: str) -> str:
    """A name under which a caller on this machine reaches what listens on ``host``."""
    if host in ("0.0.0.0", "", "::"):  # noqa: S104 - compared, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def hidden(url: str) -> str:
    """A URL without the password that may be in it, before the host or as a parameter."""
    scheme, slashes, rest = url.partition("//")
    secrets, at, place = _parted(rest)
    return f"{scheme}{slashes}{secrets.partition(':')[0]}{at}{place.partition('?')[0]}"


def said(url: str, error: object) -> str:
    """What an error says of a URL, in one line and without its secrets.

    Drivers quote an address that they cannot read, or that part of a password which they take for a host or a port.
    """
    text = " ".join(str(error).split()).replace(url, hidden(url))
    secrets, _, place = _parted(url.partition("//")[2])
    secret = secrets.partition(":")[2]
    parameters = place.partition("?")[2].split("&")
    found = [secret, *_MARK.split(secret)]
    found += [each.partition("=")[2] for each in parameters if _PARAMETER.match(f"?{each}")]
    for each in sorted(filter(None, found), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", "…", text)
    return text


def _parted(rest: str) -> tuple[str, str, str]:
    """What follows the scheme: who asks, ``@``, and where; an ``@`` in a parameter parts nothing."""
    user, at, place = rest.rpartition("@")
    return ("", "", rest) if _PARAMETER.search(user) else (user, at, place)
