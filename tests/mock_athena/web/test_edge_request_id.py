"""The request id: kept if it does no harm, else made; and the time that every answer tells."""

import pytest

from tests.mock_athena.web.in_process import Athena


@pytest.mark.requirement("HDR-011")
@pytest.mark.parametrize("sent", ["mine", "0123-abc_def.~!", "x" * 128])
def test_a_request_id_is_kept(athena: Athena, sent: str) -> None:
    assert athena.get("/Patient", headers={"X-Request-Id": sent}).headers["X-Request-Id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 129, "a b", "a\tb", "a\x7f", "\xe4", "a\x00b"])
def test_a_request_id_that_could_do_harm_is_replaced(athena: Athena, sent: str) -> None:
    made = athena.get("/Patient", environ={"HTTP_X_REQUEST_ID": sent}).headers["X-Request-Id"]
    assert len(made) == 16
    assert made.isalnum()


@pytest.mark.parametrize("evil", ["a\r\nSet-Cookie: x=1", "a\nb", "a\r"])
def test_no_header_can_be_smuggled_in_with_a_request_id(athena: Athena, evil: str) -> None:
    answer = athena.get("/Patient", environ={"HTTP_X_REQUEST_ID": evil})
    assert "Set-Cookie" not in answer.headers
    assert "\n" not in answer.headers["X-Request-Id"]
    assert len(answer.headers.getlist("X-Request-Id")) == 1


@pytest.mark.requirement("HDR-011")
@pytest.mark.parametrize("path", ["/fhir/r4/Patient", "/oauth2/v1/keys", "/_mock/health", "/nowhere"])
def test_every_answer_has_an_id_and_its_time(athena: Athena, path: str) -> None:
    answer = athena.send("GET", path)
    assert answer.headers["X-Request-Id"]
    assert float(answer.headers["Server-Timing"].removeprefix("total;dur=")) > 0
