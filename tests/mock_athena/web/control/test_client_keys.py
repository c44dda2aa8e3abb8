"""Keys that are registered by request: odd values are refused, harmless ones told again."""

import json

import pytest

from mock_athena.settings import fixtures_dir
from tests.mock_athena.web.in_process import Athena


@pytest.mark.parametrize("kty", ["[]", "{}", "5", "null", "1.5", "1e400", "NaN", "-Infinity"])
def test_a_key_type_that_is_no_text_is_refused(athena: Athena, kty: str) -> None:
    answer = athena.send("POST", "/_mock/clients", data=f'{{"jwks": {{"keys": [{{"kty": {kty}}}]}}}}'.encode())
    assert (answer.status_code, set(answer.get_json())) == (400, {"error"})


def test_a_fraction_beside_a_good_key_is_told_again(athena: Athena) -> None:
    path = fixtures_dir() / "clients.json"
    known = next(client for client in json.loads(path.read_text(encoding="utf-8")) if "jwks" in client)
    key = known["jwks"]["keys"][0] | {"x-note": 1.5}
    answer = athena.control("POST", "clients", {"client_id": "mine", "jwks": {"keys": [key]}})
    assert (answer.status_code, answer.get_json()["jwks"]) == (201, {"keys": [key]})
    assert athena.control("GET", "clients").status_code == 200
