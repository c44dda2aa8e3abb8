"""A bulk export with nothing but curl, compressed and not."""

import gzip
import json
import re
import subprocess
from pathlib import Path

from tests.emulator import RegisteredClient
from tests.tools import tool


def curl(*arguments: str) -> bytes:
    return subprocess.run(
        [tool("curl"), "--silent", "--show-error", "--fail", *arguments], check=True, capture_output=True
    ).stdout


def test_from_kick_off_to_deletion(manual_client: RegisteredClient, tmp_path: Path) -> None:
    emulator, token = manual_client.emulator, ("--header", f"Authorization: {manual_client.bearer()}")
    kick_off = ("--header", "Prefer: respond-async", f"{emulator.base}/Patient/$export?_type=Patient")
    head = curl("--dump-header", "-", "--output", str(tmp_path / "outcome.json"), *token, *kick_off).decode()
    found = re.search(r"(?im)^content-location: (\S+)", head)
    assert found
    status_url = found[1]

    assert curl("--write-out", "%{http_code}", *token, status_url) == b"202"
    emulator.advance(2)
    (file,) = json.loads(curl(*token, status_url))["output"]

    plain, packed = tmp_path / "plain.ndjson", tmp_path / "packed.ndjson.gz"
    curl("--output", str(plain), *token, file["url"])
    curl("--output", str(packed), "--header", "Accept-Encoding: gzip", *token, file["url"])
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    assert len(plain.read_bytes().splitlines()) == file["count"]
    assert curl("--compressed", *token, file["url"]) == plain.read_bytes()

    deletion = ("--output", str(tmp_path / "deleted.json"), "--write-out", "%{http_code}", "--request", "DELETE")
    assert curl(*deletion, *token, status_url) == b"202"
    gone = subprocess.run([tool("curl"), "--silent", *token, status_url], check=True, capture_output=True).stdout
    assert json.loads(gone)["issue"][0]["code"] == "not-found"
