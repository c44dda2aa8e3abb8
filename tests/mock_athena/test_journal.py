"""The journal: bounded, exact in its counts, filtered as asked, and without secrets."""

import json

import pytest

from mock_athena.journal import Entry, Journal, without_secrets

ENTRY = Entry(
    seq=1, instant=1_767_225_600_000_000_001, method="GET", path="/fhir/r4/Patient/1", query="", status=200,
    route="fhir",
    environment="production", client_id="mock-client", patient=None, remote="127.0.0.1", verdict="admitted", reason="",
    requirement="", faults=(), wait=0, request_id="r", nanoseconds=1_000_000,
)  # fmt: skip


def journal(*entries: Entry, size: int = 100) -> Journal:
    made = Journal(size)
    for entry in entries:
        made.append(entry)
    return made


def test_entries_come_in_order_of_their_decisions() -> None:
    kept = journal(*(ENTRY._replace(seq=seq) for seq in (3, 1, 2)))
    assert [entry.seq for entry in kept.entries()] == [1, 2, 3]


def test_the_ring_is_bounded_and_the_counters_are_not() -> None:
    kept = journal(*(ENTRY._replace(seq=seq, status=200 if seq % 3 else 429) for seq in range(1, 1001)), size=10)
    assert [entry.seq for entry in kept.entries()] == list(range(991, 1001))
    assert kept.counters() == {"status.200": 667, "status.429": 333, "total": 1000, "verdict.admitted": 1000}


def test_reset_forgets_entries_and_counts() -> None:
    kept = journal(ENTRY)
    kept.reset()
    assert (kept.entries(), kept.counters()) == ([], {})


OTHER = ENTRY._replace(
    seq=2, instant=1_767_225_601_500_000_000, method="POST", path="/fhir/r4/$export", status=429, route="bulk",
    client_id=None, verdict="refused", requirement="C2", faults=("status", "latency"), wait=1_500_000_000,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("status", "429", [2]),
        ("status", "4xx", [2]),
        ("status", "4XX", [2]),
        ("status", "2xx", [1]),
        ("client", "mock-client", [1]),
        ("method", "POST", [2]),
        ("route", "bulk", [2]),
        ("verdict", "refused", [2]),
        ("path", "/fhir/r4/Patient/*", [1]),
        ("path", "*", [1, 2]),
        ("since", "1767225601.5", [2]),
        ("since", "1767225601.500000001", []),
        ("since", "0", [1, 2]),
        ("until", "1767225601.5", [1]),
        ("until", "1767225601.500000001", [1, 2]),
        ("environment", "production", [1, 2]),
        ("environment", "sandbox", []),
        ("requirement", "C2", [2]),
        ("fault", "latency", [2]),
        ("fault", "lat*", [2]),
        ("limit", "1", [2]),
        ("limit", "0", []),
        ("limit", "9", [1, 2]),
    ],
)
def test_a_filter_selects(name: str, value: str, found: list[int]) -> None:
    assert [entry.seq for entry in journal(ENTRY, OTHER).entries(**{name: value})] == found


def test_filters_hold_together() -> None:
    assert journal(ENTRY, OTHER).entries(status="200", method="POST") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "many"),
        ("status", "600"),
        ("until", "now"),
        ("limit", "-1"),
        ("limit", "many"),
        ("since", "yesterday"),
        ("since", "NaN"),
        ("since", "Infinity"),
    ],
)
def test_a_bad_value_is_an_error_that_says_what_was_expected(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name}={value}: expected"):
        journal(ENTRY).entries(**{name: value})


@pytest.mark.parametrize("name", ["colour", "self", "wanted"])
def test_an_unknown_filter_is_an_error_that_names_the_known(name: str) -> None:
    with pytest.raises(ValueError, match=f"unknown filter '{name}': expected status, client"):
        journal(ENTRY).entries(**{name: "x"})


@pytest.mark.parametrize(
    ("query", "route", "kept"),
    [
        ("access_token=s3cret&_count=1", "fhir", "access_token=***&_count=1"),
        ("_count=1&ACCESS_TOKEN=s3cret", "fhir", "_count=1&ACCESS_TOKEN=***"),
        ("access%5Ftoken=s3cret", "fhir", "access%5Ftoken=***"),
        ("client_secret=s3cret&client_assertion=s3cret", "oauth", "client_secret=***&client_assertion=***"),
        ("code_verifier=s3cret&password=s3cret", "fhir", "code_verifier=***&password=***"),
        ("subject_token=s3cret", "fhir", "subject_token=***"),
        ("code=s3cret&state=s3cret&scope=a", "oauth", "code=***&state=***&scope=a"),
        ("code=8480-6&patient=1", "fhir", "code=8480-6&patient=1"),
        ("flag", "fhir", "flag"),
        ("", "oauth", ""),
    ],
)  # fmt: skip
def test_values_that_could_let_somebody_in_are_struck_out(query: str, route: str, kept: str) -> None:
    assert without_secrets(query, route) == kept


def test_the_log_is_one_json_line_for_each_exchange(capsys: pytest.CaptureFixture[str]) -> None:
    log = Journal(10, log=True)
    log.append(ENTRY._replace(path="/fhir/r4/a\nb\x85c\u2028d"))
    log.append(OTHER)
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 2
    assert json.loads(lines[0])["path"] == "/fhir/r4/a\nb\x85c\u2028d"
    assert json.loads(lines[1])["status"] == 429


def test_the_latest_are_told_without_the_others() -> None:
    kept = journal(*(ENTRY._replace(seq=seq, status=200 if seq % 10 else 429) for seq in range(1, 501)), size=300)
    seen = kept.latest(3)
    assert ([entry.seq for entry in seen.entries], *seen[1:]) == ([500, 499, 498], 300, 200, 3)
    seen = kept.latest(3, lambda entry: entry.status == 429)
    assert ([entry.seq for entry in seen.entries], seen.looked) == ([500, 490, 480], 300)
    seen = kept.latest(3, lambda entry: entry.status == 429, within=15)
    assert ([entry.seq for entry in seen.entries], seen.looked) == ([500, 490], 15)


def test_neighbours_are_those_that_a_filter_lets_through() -> None:
    kept = journal(*(ENTRY._replace(seq=seq, status=200 if seq % 10 else 429) for seq in (8, 9, 11, 10, 12, 20)))
    assert kept.around(11, lambda entry: entry.status == 429) == (
        ENTRY._replace(seq=10, status=429),
        ENTRY._replace(seq=11),
        ENTRY._replace(seq=20, status=429),
    )
    assert kept.around(7, lambda _: True) == (None, None, ENTRY._replace(seq=8))


def test_a_text_is_looked_for_in_what_a_person_reads() -> None:
    entry = ENTRY._replace(
        path="/fhir/r4/Patient", query="name=Ada", reason="no Patient", client_id="Mine", request_id="ID"
    )
    for text, found in (("patient", 1), ("NAME=ada", 1), ("no pat", 1), ("mine", 1), ("id", 1), ("200", 0)):
        assert len(journal(entry).entries(text=text)) == found, text
    assert journal(ENTRY._replace(client_id=None)).entries(text="none") == []
