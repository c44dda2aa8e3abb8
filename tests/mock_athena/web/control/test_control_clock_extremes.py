"""Numbers and dates that no clock can follow are refused at once."""

import pytest

from tests.mock_athena.web.conftest import MakeAthena


@pytest.mark.parametrize(
    "number",
    [
        "-1e999990", "-1e400", "-1e99999999999", "1e99999999999", "-1e99999999999999999999", "1e99999999999999999999",
        "-" + "9" * 4000, "-1" + "0" * 4000 + ".0", "-1" + "0" * 100_000, "-1" + "0" * 100_000 + ".5", "1e999990",
        "-1e-999990", "-1e-99999999999999999999",
    ],
)  # fmt: skip
def test_a_number_beyond_all_clocks_is_refused_quickly(make_athena: MakeAthena, number: str) -> None:
    athena = make_athena(start="2026-01-01T00:00:00Z")
    answer = athena.send("POST", "/_mock/clock", data=f'{{"advance": {number}}}'.encode())
    assert (answer.status_code, set(answer.get_json())) == (400, {"error"})
    assert len(answer.get_json()["error"]) < 400
    assert athena.control("GET", "clock").get_json()["unix"] == "1767225600.000000000"


@pytest.mark.parametrize("past", ["2025-12-31T00:00:00Z", "0001-01-01T00:00:00+14:00", "2025"])
def test_a_past_instant_is_told_as_it_was_sent_beside_the_present_one(make_athena: MakeAthena, past: str) -> None:
    athena = make_athena(start="2026-01-01T00:00:00Z")
    told = athena.control("POST", "clock", {"to": past}).get_json()["error"]
    assert "stands at 2026-01-01T00:00:00.000Z" in told
    assert past in told
    assert "1767225600" not in told
