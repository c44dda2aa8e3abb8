"""FHIR search text in, result page out: https://hl7.org/fhir/R4/search.html.

Parsing is finished before anything is run: :func:`parse_search` makes a :class:`SearchQuery` or refuses,
:func:`run_search` runs it on one snapshot.
"""

from mock_athena.search.parse import Circumstances, parse_search
from mock_athena.search.query import DEFAULT_COUNT, MAXIMUM_COUNT, SearchQuery
from mock_athena.search.run import Page, run_search

__all__ = ["DEFAULT_COUNT", "MAXIMUM_COUNT", "Circumstances", "Page", "SearchQuery", "parse_search", "run_search"]
