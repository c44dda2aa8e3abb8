"""FHIR search text in, result page out: https://hl7.org/fhir/R4/search.html.

Parsing is finished before anything is run: :func:`parse_search` makes a :class:`SearchQuery` or refuses,
:func:`run_search` runs it on one snapshot.
"""

from mock_athena.search.along import Found
from mock_athena.search.circumstances import Circumstances
from mock_athena.search.parse import parse_search
from mock_athena.search.query import DEFAULT_COUNT, MAXIMUM_COUNT, SearchQuery
from mock_athena.search.run import Page, run_search

__all__ = [
    "DEFAULT_COUNT",
    "MAXIMUM_COUNT",
    "Circumstances",
    "Found",
    "Page",
    "SearchQuery",
    "parse_search",
    "run_search",
]
