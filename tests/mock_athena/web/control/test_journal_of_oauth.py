"""The journal names the client of a token or authorization request, proven or only claimed."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena

TOKEN, AUTHORIZE = "/oauth2/v1/token", "/oauth2/v1/authorize"
CREDENTIALS = {"grant_type": "client_credentials", "scope": "system/*.read"}


def logged(athena: Athena, path: str, **options: Any) -> Any:
    athena.send(options.pop("method", "POST"), path, **options)
    (entry,) = athena.journal()
    return entry


def test_a_token_request_shows_its_client(athena: Athena) -> None:
    entry = logged(athena, TOKEN, data=CREDENTIALS, auth=("mock-client", "mock-secret"))
    told = (200, "mock-client", "client_credentials granted system/*.read")
    assert (entry.status, entry.client_id, entry.reason) == told
    assert athena.journal(client="mock-client") == [entry]


def test_a_token_request_shows_what_was_not_granted(athena: Athena) -> None:
    asked = CREDENTIALS | {"scope": "system/Patient.rs system/Basic.rs"}
    entry = logged(athena, TOKEN, data=asked, auth=("mock-client", "mock-secret"))
    assert entry.reason == "client_credentials granted system/Patient.rs, not system/Basic.rs"


def test_a_refusal_after_authentication_shows_the_client(athena: Athena) -> None:
    sent = CREDENTIALS | {"scope": "nonsense", "client_id": "mock-client", "client_secret": "mock-secret"}
    entry = logged(athena, TOKEN, data=sent)
    assert (entry.status, entry.client_id) == (400, "mock-client")


def test_a_failed_authentication_shows_who_it_claimed_to_be(athena: Athena) -> None:
    entry = logged(athena, TOKEN, data=CREDENTIALS, auth=("mock-client", "guessed"))
    assert (entry.status, entry.client_id, entry.reason) == (401, "mock-client", "wrong secret for mock-client")
    assert "guessed" not in repr(entry)


def test_an_unknown_client_is_shown_shortened(athena: Athena) -> None:
    entry = logged(athena, TOKEN, data=CREDENTIALS | {"client_id": "x" * 5000})
    assert entry.status == 401
    assert entry.client_id.startswith("xxx")
    assert len(entry.client_id) < 200


@pytest.mark.parametrize(
    "sent",
    [
        {"headers": {"Authorization": "Basic !"}}, {"headers": {"Authorization": "Bearer x"}},
        {"data": {"client_assertion": "no.jwt.here"}}, {"data": "{}", "content_type": "application/json"}, {},
    ],
)  # fmt: skip
def test_who_does_not_say_a_name_has_none(athena: Athena, sent: dict[str, Any]) -> None:
    assert logged(athena, TOKEN, **sent).client_id is None


@pytest.mark.parametrize(("client", "status"), [("mock-public", 400), ("nobody", 400)])
def test_an_authorization_request_shows_its_client(athena: Athena, client: str, status: int) -> None:
    entry = logged(athena, AUTHORIZE, method="GET", query_string={"client_id": client})
    assert (entry.status, entry.client_id) == (status, client)
    assert entry.reason
