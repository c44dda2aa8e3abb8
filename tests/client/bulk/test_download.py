"""A file is fetched on where it was, begun again where it must be, and never joined from two representations."""

import hashlib
import json
from pathlib import Path
from threading import Event

import pytest

from athena_fhir_client import AthenaClient
from athena_fhir_client.bulk.download import Download, Effort
from athena_fhir_client.bulk.errors import BadFile, DownloadFailed
from athena_fhir_client.bulk.export import Silent
from athena_fhir_client.bulk.http import Exchange
from athena_fhir_client.bulk.part import OnBad
from athena_fhir_client.bulk.state import FileState
from athena_fhir_client.errors import ForeignHost
from tests.client.bulk.scripted import Scripted, serving

LINES = [json.dumps({"resourceType": "Patient", "id": f"p{n}", "text": "é" * (n % 7)}) for n in range(500)]
CONTENT = "".join(f"{line}\n" for line in LINES).encode()


def file_of(scripted: Scripted, **told: object) -> FileState:
    return FileState("Patient.ndjson", "output", "Patient", f"{scripted.origin}/file", **told)  # type: ignore[arg-type]


def fetch(
    client: AthenaClient, folder: Path, file: FileState, on_bad: OnBad = "stop", *, with_token: bool = True
) -> FileState:
    effort = Effort(attempts=3, chunk=1000)
    Download(
        Exchange(client), folder, file, with_token, lambda: None, Event(), Silent(), effort, on_bad, compressed=True
    ).run()
    return file


@pytest.mark.requirement("BFI-025")
@pytest.mark.parametrize("compresses", [False, True])
def test_a_whole_file_plain_or_compressed(compresses: bool, tmp_path: Path) -> None:
    scripted = Scripted(CONTENT, compresses=compresses)
    with serving(scripted) as client:
        file = fetch(client, tmp_path, file_of(scripted, count=500, sha256=hashlib.sha256(CONTENT).hexdigest()))
    assert (tmp_path / "Patient.ndjson").read_bytes() == CONTENT
    assert (file.whole, file.lines, file.bytes, file.types) == (True, 500, len(CONTENT), {"Patient": 500})
    assert [path.name for path in tmp_path.iterdir()] == ["Patient.ndjson"]


@pytest.mark.parametrize("compresses", [False, True])
def test_after_a_disconnect_it_goes_on_where_it_was(compresses: bool, tmp_path: Path) -> None:
    scripted = Scripted(CONTENT, compresses=compresses, cuts=[300, 200])
    with serving(scripted) as client:
        fetch(client, tmp_path, file_of(scripted, count=500))
    assert (tmp_path / "Patient.ndjson").read_bytes() == CONTENT
    assert [sent.get("range") for _, sent in scripted.asked] == [None, "bytes=300-", "bytes=500-"]
    assert [sent.get("if-range") for _, sent in scripted.asked] == [None, '"one"', '"one"']


def test_another_run_goes_on_too_and_counts_what_was_there(tmp_path: Path) -> None:
    scripted = Scripted(CONTENT, cuts=[5000, 0, 0, 0])
    with serving(scripted) as client:
        file = file_of(scripted, count=500)
        with pytest.raises(DownloadFailed, match="5000 bytes are kept; run the same again"):
            fetch(client, tmp_path, file)
        assert (tmp_path / "Patient.ndjson.part").read_bytes() == CONTENT[:5000]
        assert not (tmp_path / "Patient.ndjson").exists()
        fetch(client, tmp_path, file)
    assert (tmp_path / "Patient.ndjson").read_bytes() == CONTENT
    assert scripted.asked[-1][1]["range"] == "bytes=5000-"


def test_what_changed_meanwhile_is_begun_again(tmp_path: Path) -> None:
    def change(scripted: Scripted) -> None:
        if len(scripted.asked) == 2:
            scripted.content, scripted.etag = CONTENT[: len(LINES[0]) + 1] * 3, '"two"'

    scripted = Scripted(CONTENT, cuts=[300], before=change)
    with serving(scripted) as client:
        fetch(client, tmp_path, file_of(scripted))
    assert (tmp_path / "Patient.ndjson").read_bytes() == CONTENT[: len(LINES[0]) + 1] * 3


@pytest.mark.parametrize(("etag", "ranges"), [("", True), ('W/"weak"', True), ('"one"', False)])
def test_without_validator_or_ranges_it_begins_again(etag: str, ranges: bool, tmp_path: Path) -> None:
    scripted = Scripted(CONTENT, etag=etag, ranges=ranges, cuts=[300])
    with serving(scripted) as client:
        fetch(client, tmp_path, file_of(scripted))
    assert (tmp_path / "Patient.ndjson").read_bytes() == CONTENT


def test_a_server_that_always_breaks_off_at_the_same_byte_is_given_up(tmp_path: Path) -> None:
    scripted = Scripted(CONTENT, etag="", cuts=[300] * 20)
    with (
        serving(scripted) as client,
        pytest.raises(DownloadFailed, match="3 attempts in a row"),
    ):
        fetch(client, tmp_path, file_of(scripted))
    assert len(scripted.asked) <= 5


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"count": 499}, "500 lines, the manifest says 499"),
        ({"size": 7}, f"{len(CONTENT)} bytes, the manifest says 7"),
        ({"sha256": "0" * 64}, "SHA-256"),
        ({"type": "Observation"}, "line 1: it is not a resource|line 1: it is a Patient, expected a Observation"),
    ],
)
def test_what_is_not_as_the_manifest_says_gets_no_name(told: dict[str, object], problem: str, tmp_path: Path) -> None:
    scripted = Scripted(CONTENT)
    with serving(scripted) as client:
        file = file_of(scripted)
        for name, value in told.items():
            setattr(file, name, value)
        with pytest.raises(BadFile, match=problem):
            fetch(client, tmp_path, file)
    assert not (tmp_path / "Patient.ndjson").exists()
    assert len(scripted.asked) == 3


def test_a_bad_line_is_fetched_again_and_may_be_good_then(tmp_path: Path) -> None:
    def mend(scripted: Scripted) -> None:
        if len(scripted.asked) == 2:
            scripted.content = CONTENT

    scripted = Scripted(CONTENT.replace(b'"p7"', b'"p\x017"'), before=mend)
    with serving(scripted) as client:
        assert fetch(client, tmp_path, file_of(scripted)).refetched == 1
    assert (tmp_path / "Patient.ndjson").read_bytes() == CONTENT


@pytest.mark.parametrize("on_bad", ["stop", "skip", "keep"])
def test_bad_lines_are_told_by_file_and_line_and_dealt_with_as_asked(on_bad: OnBad, tmp_path: Path) -> None:
    spoilt = CONTENT.replace(b'"p7"', b'"p\x017"').replace(b'"id": "p9"', b'"id": p9')
    scripted = Scripted(spoilt)
    target = tmp_path / "Patient.ndjson"
    with serving(scripted) as client:
        file = file_of(scripted, count=500)
        if on_bad == "stop":
            with pytest.raises(BadFile, match=r"Patient\.ndjson, line 8: it is not JSON.*line 10"):
                fetch(client, tmp_path, file, on_bad)
            assert not target.exists()
            return
        fetch(client, tmp_path, file, on_bad)
    assert [problem.partition(":")[0] for problem in file.bad] == ["Patient.ndjson, line 8", "Patient.ndjson, line 10"]
    kept = (
        spoilt
        if on_bad == "keep"
        else b"".join(f"{line}\n".encode() for n, line in enumerate(LINES) if n not in (7, 9))
    )
    assert target.read_bytes() == kept


@pytest.mark.requirement("BFI-024")
def test_without_need_no_token_is_sent(tmp_path: Path) -> None:
    scripted = Scripted(CONTENT)
    with serving(scripted) as client:
        fetch(client, tmp_path, file_of(scripted), with_token=False)
    assert "authorization" not in scripted.asked[0][1]


@pytest.mark.requirement("BFI-021")
def test_a_redirect_to_another_host_loses_the_token(tmp_path: Path) -> None:
    home, away = Scripted(CONTENT), Scripted(CONTENT)
    with serving(away), serving(home) as client:
        home.redirect_to = f"{away.origin}/elsewhere"
        fetch(client, tmp_path, file_of(home))
    assert home.asked[0][1]["authorization"] == "Bearer secret"
    assert "authorization" not in away.asked[0][1]
    assert (tmp_path / "Patient.ndjson").read_bytes() == CONTENT


def test_a_file_of_another_host_that_needs_the_token_is_not_asked_for(tmp_path: Path) -> None:
    home, away = Scripted(CONTENT), Scripted(CONTENT)
    with serving(away), serving(home) as client, pytest.raises(ForeignHost, match="not sent to another host"):
        fetch(client, tmp_path, file_of(away))
    assert away.asked == []
