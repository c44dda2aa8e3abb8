"""Sizes and SHA-256 in the manifest, as an option."""

import json
from hashlib import sha256
from typing import Any

import pytest

from tests.mock_athena.web.bulk.manifest_schema import valid
from tests.mock_athena.web.in_process import Athena


@pytest.mark.requirement("BMF-016")
def test_each_file_is_told_with_its_size_and_hash(make_athena: Any) -> None:
    athena: Athena = make_athena(export_duration="instant", export_checksums=True)
    kicked = athena.get("/$export?_type=Patient,DiagnosticReport&foo=1", headers={
        "Prefer": "respond-async, handling=lenient"
    })  # fmt: skip
    url = kicked.headers["Content-Location"]
    manifest = valid(athena.send("GET", url, athena.token()).json)
    assert {item["type"] for item in manifest["output"]} == {"Patient", "DiagnosticReport"}
    for item in manifest["output"] + manifest["error"]:
        body = athena.send("GET", item["url"], athena.token()).data
        assert item["extension"] == {"size": len(body), "sha256": sha256(body).hexdigest()}
    assert json.loads(athena.send("GET", url, athena.token()).data) == manifest


def test_they_are_of_the_name_under_which_we_are_reached(make_athena: Any) -> None:
    athena: Athena = make_athena(export_duration="instant", export_checksums=True)
    kicked = athena.get("/$export?_type=DiagnosticReport", headers={"Prefer": "respond-async"})
    path = kicked.headers["Content-Location"].partition("localhost")[2]
    for host in ("localhost", "a.longer.name.test"):
        manifest: Any = athena.send("GET", path, athena.token(), headers={"Host": host}).json
        (item,) = manifest["output"]
        body = athena.send("GET", item["url"].partition(host)[2], athena.token(), headers={"Host": host}).data
        assert item["extension"]["sha256"] == sha256(body).hexdigest()
        assert host.encode() in body
