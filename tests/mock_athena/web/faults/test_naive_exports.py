"""Each scenario of a bulk export that goes wrong breaks a client that works without it."""

import gzip
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from mock_athena.errors import ConnectionFault
from mock_athena.faults.scenarios import shipped
from mock_athena.settings import fixtures_dir
from tests.mock_athena.web.faults.naive import Broken
from tests.mock_athena.web.faults.naive_exports import Found, counted, everything, typed
from tests.mock_athena.web.in_process import Athena

Client = Callable[[Athena], Found]
FAILURES = (Broken, KeyError, ValueError, UnicodeDecodeError, ConnectionFault)
BREAKS: dict[str, Client] = {
    "export-stuck": everything,
    "export-slow": everything,
    "export-failed": everything,
    "export-failed-late": everything,
    "export-status-503": everything,
    "export-status-429": everything,
    "export-retry-after-date": everything,
    "export-no-retry-after": everything,
    "export-wrong-count": counted,
    "export-no-error": everything,
    "export-wrong-host": everything,
    "export-broken-download": everything,
    "export-short-file": everything,
    "export-bad-line": everything,
    "export-control-character": everything,
    "export-duplicated-line": everything,
    "export-wrong-type": typed,
    "export-file-403": everything,
    "export-file-404": everything,
    "export-file-410": everything,
    "export-token-expires": everything,
}
# Shown elsewhere: in a read timeout of a real client, and by the error file.
ELSEWHERE = {"export-stalled-file", "export-incomplete"}


@pytest.fixture
def athena(make_athena: Callable[..., Athena]) -> Athena:
    return make_athena(export_duration="600", token_lifetime=86_400)


def outcome_of(client: Client, athena: Athena) -> Found | None:
    """What it found; None if it broke."""
    try:
        return client(athena)
    except FAILURES:
        return None


def file_of(athena: Athena, **options: Any) -> Any:
    """The file of Patients of an export, as it is sent now."""
    accepted = athena.get("/$export?_type=Patient", headers={"Prefer": "respond-async"})
    athena.clock.advance(600_000_000_000)
    manifest = athena.send("GET", urlsplit(accepted.headers["Content-Location"]).path, athena.token()).get_json()
    return athena.send("GET", urlsplit(manifest["output"][0]["url"]).path, athena.token(), **options)


def test_every_scenario_of_an_export_is_tried() -> None:
    assert {name for name in shipped() if name.startswith("export-")} == BREAKS.keys() | ELSEWHERE


@pytest.mark.parametrize("scenario", BREAKS)
def test_a_client_breaks_on_it_that_works_without(athena: Athena, scenario: str) -> None:
    client = BREAKS[scenario]
    healthy = outcome_of(client, athena)
    assert healthy is not None
    athena.clock.advance(10_000_000_000)
    assert athena.control("POST", "faults", {"scenario": scenario}).status_code == 201
    assert outcome_of(client, athena) != healthy
    assert any(entry.faults for entry in athena.journal())
    athena.control("DELETE", "faults")
    athena.control("POST", "reset")
    assert outcome_of(client, athena) == healthy


@pytest.mark.parametrize("how", ["cut", "not-json", "latin-1", "blank", "missing", "pretty", "byte-order-mark"])
def test_other_bad_lines_break_it_too(athena: Athena, how: str) -> None:
    healthy = everything(athena)
    athena.clock.advance(10_000_000_000)
    athena.control("POST", "faults", {"kind": "bad-line", "with": {"line": 1, "how": how}})
    assert outcome_of(everything, athena) != healthy


@pytest.mark.parametrize("how", ["no-count", "no-output", "text-boolean", "relative-urls", "wrong-type"])
def test_other_odd_manifests_are_odd(athena: Athena, how: str) -> None:
    clients = (everything, counted, typed)
    healthy = [client(athena) for client in clients]
    athena.clock.advance(10_000_000_000)
    athena.control("POST", "faults", {"kind": "odd-manifest", "with": {"how": how}})
    found = [outcome_of(client, athena) for client in clients]
    assert (found == healthy) is (how == "text-boolean")  # which hurts those who look at it


@pytest.mark.parametrize("kind", ["bad-line", "malformed-json", "wrong-host", "short-body"])
def test_a_packed_file_is_changed_within(athena: Athena, kind: str) -> None:
    whole = file_of(athena).data
    athena.clock.advance(10_000_000_000)
    with_ = {"wrong-host": {"origin": "http://x.test"}, "malformed-json": {"how": "comma"}}.get(kind, {})
    athena.control("POST", "faults", {"kind": kind, "with": with_, "match": {"path": "*/bulkdata/*"}})
    answer = file_of(athena, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    plain = gzip.decompress(answer.data)
    assert (plain == whole) is (kind == "wrong-host")  # no Patient names a URL of ours
    assert plain == file_of(athena).data


@pytest.mark.parametrize(
    "kind", ["bad-line", "malformed-json", "short-body", "wrong-host", "duplicated-entries", "looping-pages"]
)
def test_no_fault_holds_a_file_in_memory(athena: Athena, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_athena.faults.answer.Answer.whole", lambda _: pytest.fail("the whole body was read"))
    athena.control("POST", "faults", {"kind": kind, "match": {"path": "*/bulkdata/*"}})
    answer = file_of(athena)
    assert answer.status_code == 200
    length = answer.headers.get("Content-Length")
    assert length is None or int(length) == len(answer.data)


def test_the_same_client_meets_them_and_no_other(athena: Athena) -> None:
    rule = {"kind": "bad-line", "match": {"route": "bulk", "client": "mock-backend"}}
    athena.control("POST", "faults", rule)
    assert outcome_of(everything, athena) is not None


def test_the_scenarios_are_those_of_the_documentation() -> None:
    page = (fixtures_dir().parent / "docs" / "bulk-files.md").read_text(encoding="utf-8")
    assert [name for name in shipped() if name.startswith("export-") and f"`{name}`" not in page] == []
