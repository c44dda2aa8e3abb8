"""Files hold what the REST interface answers."""

import json
from urllib.parse import urlsplit

import pytest

from tests.mock_athena.web.in_process import Athena

GROUP = "/Group/a-1.C-500001"


def files(athena: Athena, path: str) -> dict[str, list[bytes]]:
    """The lines of each file of an export."""
    accepted = athena.get(path, headers={"Prefer": "respond-async"})
    athena.clock.advance(2_000_000_000)
    told = athena.get(urlsplit(accepted.headers["Content-Location"]).path.removeprefix("/fhir/r4")).get_json()
    urls = {item["type"]: urlsplit(item["url"]).path.removeprefix("/fhir/r4") for item in told["output"]}
    return {type: athena.get(url).data.splitlines() for type, url in urls.items()}


@pytest.mark.requirement("BFI-026")
def test_a_line_is_the_body_of_a_read(athena: Athena) -> None:
    for type, lines in files(athena, "/$export?_type=Patient,DocumentReference,Goal").items():
        athena.clock.advance(10_000_000_000)
        found = [json.loads(line)["id"] for line in lines]
        assert len(set(found)) == len(found) == athena.get(f"/{type}?_summary=count").get_json()["total"]
        for id, line in list(zip(found, lines, strict=True))[:5]:
            assert athena.get(f"/{type}/{id}").data == line


@pytest.mark.requirement("BFI-012")
def test_the_group_of_all_patients_has_at_least_two(athena: Athena) -> None:
    assert len(files(athena, f"{GROUP}/$export?_type=Patient")["Patient"]) >= 2
