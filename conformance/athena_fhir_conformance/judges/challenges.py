"""What an answer of 401 or 403 says in WWW-Authenticate (RFC 9110 §11.6.1, RFC 6750 §3)."""

import re

_PARAMETER = re.compile(r'([A-Za-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


def parameters_of(field: str, scheme: str) -> dict[str, str] | None:
    """The parameters of the challenge of ``scheme``; None where the field has none of that scheme."""
    match = re.search(rf"(?:^|,)\s*{scheme}(?:\s+(?P<rest>.*)|\s*)$", field, re.IGNORECASE | re.DOTALL)
    if match is None:
        return None
    rest = re.split(r",\s*[A-Za-z]+\s+[A-Za-z_-]+\s*=", match["rest"] or "")[0]
    return {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(rest)}
