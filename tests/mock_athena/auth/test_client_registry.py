"""The clients at start, those of further files, and those registered while running."""

import json
from pathlib import Path

import pytest

from mock_athena.auth.client_registry import ClientRegistry
from mock_athena.auth.keys import refuse_unusable_keys
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import ManualClock
from mock_athena.errors import ConfigurationError, ControlError
from mock_athena.profiles import MISSION
from mock_athena.settings import Settings
from mock_athena.state.memory import MemoryState


@pytest.fixture
def registry() -> ClientRegistry:
    return ClientRegistry()


def test_the_published_clients_are_there(registry: ClientRegistry) -> None:
    known = {client.client_id: (client.client_secret, client.token_endpoint_auth_method) for client in registry.all()}
    assert known == {
        "mock-client": ("mock-secret", "client_secret_basic"),
        "mock-public": (None, "none"),
        "mock-backend": (None, "private_key_jwt"),
        "mock-readonly": ("mock-readonly-secret", "client_secret_basic"),
    }
    backend = registry.get("mock-backend")
    assert backend is not None
    assert backend.jwks is not None
    refuse_unusable_keys(backend.jwks)


def test_the_guides_callback_is_registered(registry: ClientRegistry) -> None:
    client = registry.get("mock-client")
    assert client is not None
    assert "https://your-app.com/api/ehr/callback" in client.redirect_uris


def test_a_registration_is_known_until_reset(registry: ClientRegistry) -> None:
    client = registry.register({"client_id": "mine"})
    assert registry.get("mine") == client
    assert registry.all()[-1] == client
    registry.reset()
    assert registry.get("mine") is None
    assert registry.get("mock-client")


def test_the_same_registration_again_is_accepted_and_another_is_a_conflict(registry: ClientRegistry) -> None:
    mine = {"client_id": "mine", "client_secret": "s"}
    assert registry.register(mine) == registry.register(mine)
    with pytest.raises(ControlError, match="registered with other metadata") as caught:
        registry.register(mine | {"scope": "system/Patient.rs"})
    assert caught.value.status == 409


def test_refused_metadata_is_a_bad_request(registry: ClientRegistry) -> None:
    with pytest.raises(ControlError, match="unknown client metadata nonsense") as caught:
        registry.register({"nonsense": 1})
    assert caught.value.status == 400
    with pytest.raises(ControlError, match="not a usable"):
        registry.register({"jwks": {"keys": [{"kty": "RSA", "kid": "k", "n": "!", "e": "AQAB"}]}})


def test_a_file_adds_clients_and_may_replace_ours(tmp_path: Path) -> None:
    path = tmp_path / "more.json"
    path.write_text(json.dumps([{"client_id": "mine"}, {"client_id": "mock-client", "client_secret": "changed"}]))
    server = AuthorizationServer(Settings(clients=str(path)), MISSION, ManualClock(), MemoryState())
    server.reset()
    replaced = server.clients.get("mock-client")
    assert replaced is not None
    assert replaced.client_secret == "changed"
    assert server.clients.get("mine")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("not json", "cannot be read"),
        ("{}", "expected a JSON array of clients"),
        ('[{"client_id": "a"}, {"colour": "red"}]', "client 2: unknown client metadata colour"),
        ('[{"client_id": "a"}, {"client_id": "a"}]', "client 2: client_id 'a' is used twice"),
        ('[{"jwks": {"keys": [{"kty": "RSA", "kid": "k", "n": "!", "e": "AQAB"}]}}]', "client 1: jwks.keys"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_file_is_named_with_the_entry(
    registry: ClientRegistry, tmp_path: Path, content: str | None, complaint: str
) -> None:
    path = tmp_path / "bad.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError, match=complaint) as caught:
        registry.load_file(path)
    assert str(path) in str(caught.value)
    assert len(registry.all()) == 4
