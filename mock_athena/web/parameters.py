"""The parameters of a request as (name, value) pairs, in the order in which they came."""

from urllib.parse import parse_qsl

Pairs = list[tuple[str, str]]


def pairs_of(text: str) -> Pairs:
    """The pairs of a query string or a form, decoded."""
    return parse_qsl(text, keep_blank_values=True)
