"""A naive reading of R4's search, to judge ours by: the one with which the conformance suite judges any server."""

from athena_fhir_conformance.matching import (
    FIRST,
    LAST,
    MATCHES,
    Range,
    is_in_time,
    is_quantity,
    is_text,
    is_token,
    plain,
    points_to,
    span,
    strings,
    tokens,
    values,
    when,
)

__all__ = [
    "FIRST",
    "LAST",
    "MATCHES",
    "Range",
    "is_in_time",
    "is_quantity",
    "is_text",
    "is_token",
    "plain",
    "points_to",
    "span",
    "strings",
    "tokens",
    "values",
    "when",
]
