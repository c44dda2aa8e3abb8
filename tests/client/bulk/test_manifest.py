"""A manifest is read strictly where a mistake could lose data, and no further."""

from typing import Any

import pytest

from athena_fhir_client.bulk.errors import BadManifest
from athena_fhir_client.bulk.manifest import parse_manifest

SHA = "ab" * 32
BASE: dict[str, Any] = {
    "transactionTime": "2024-01-15T10:00:00Z",
    "request": "http://h/fhir/$export",
    "requiresAccessToken": False,
    "output": [{"type": "Patient", "url": "http://h/1", "count": 3}],
}


def test_everything_that_is_told() -> None:
    item = {"type": "Patient", "url": "http://h/1", "extension": {"sha256": SHA, "http://h/ext/size": 12}}
    manifest = parse_manifest({**BASE, "output": [item], "deleted": [{"type": "Bundle", "url": "http://h/2"}]})
    first, second = manifest.files
    assert (first.kind, first.sha256, first.size, first.count) == ("output", SHA, 12, None)
    assert (second.kind, second.type) == ("deleted", "Bundle")
    assert (manifest.requires_access_token, manifest.urls) == (False, ["http://h/1"])


def test_a_missing_error_loses_nothing() -> None:
    assert [file.count for file in parse_manifest(BASE).files] == [3]


def test_pages_are_linked() -> None:
    assert parse_manifest({**BASE, "link": [{"relation": "next", "url": "http://h/p2"}]}).next == "http://h/p2"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"output": None, "transactionTime": 5}, "transactionTime is 5"),
        ({"requiresAccessToken": "true"}, "expected true or false"),
        ({"output": [{"type": "Patient"}]}, r"output\[0\] has no url"),
        ({"output": [{"type": "../x", "url": "u"}]}, "expected a resource type"),
        ({"output": [{"type": "Patient", "url": "u", "count": "3"}]}, r"output\[0\].count is '3'"),
        ({"deleted": {"url": "u"}}, "deleted is not a list"),
    ],
)
def test_what_could_lose_data_is_an_error(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadManifest, match=says):
        parse_manifest({**BASE, **change})


def test_no_output_is_no_manifest() -> None:
    with pytest.raises(BadManifest, match="has no 'output'"):
        parse_manifest({"resourceType": "OperationOutcome"})
