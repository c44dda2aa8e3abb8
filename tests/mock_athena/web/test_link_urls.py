"""Links are URIs as RFC 3986 has them: what is no character of a URI is percent-encoded, and means the same."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.mock_athena.web.in_process import ADA, Athena
from tests.mock_athena.web.small_practice import bundle, link

# https://www.rfc-editor.org/rfc/rfc3986#appendix-A, after the scheme.
URI = re.compile(r"https?:(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})+")


@pytest.mark.parametrize(
    "search",
    [
        f"Observation?patient={ADA}&category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
        'Patient?name="<^`{Zoë}[x]\\,y#',
        "Patient/_history?_since=2020-01-01T00:00:00%2B01:00&_elements=name",
    ],
)
def test_a_link_is_a_uri(athena: Athena, search: str) -> None:
    path, _, query = search.partition("?")
    answer = athena.get(f"/{path}", query_string=dict(parse_qsl(query)))
    url = link(answer.get_json(), "self") or ""
    assert URI.fullmatch(url), url
    assert parse_qsl(urlsplit(url).query) == parse_qsl(query)


def test_a_next_link_is_one(athena: Athena) -> None:
    url = link(bundle(athena, f"Observation?patient={ADA}&status=http://x|,final&_count=1"), "next") or ""
    assert URI.fullmatch(url), url
