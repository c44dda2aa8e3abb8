"""Conditional requests: https://www.rfc-editor.org/rfc/rfc9110#section-13.1."""

import re
from email.utils import parsedate_to_datetime

# An entity tag (RFC 9110 §8.8.3), or what does not count as one.
_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def is_unchanged(if_none_match: str | None, if_modified_since: str | None, etag: str, modified: str | None) -> bool:
    """Whether a caller knows the current state already, so that 304 is the answer.

    If-None-Match decides alone where it is sent. It is a list, or ``*`` for whatever there is, and compared weakly: a
    version is the same whether its tag begins with ``W/`` or not. A date that is none counts for nothing.

    Args:
        etag: of the current state. modified: its Last-Modified, if it has one.
    """
    if if_none_match is not None:
        return if_none_match.strip() == "*" or etag.removeprefix("W/") in _TAG.findall(if_none_match)
    if if_modified_since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(if_modified_since)
    except (ValueError, TypeError):
        return False
