"""A target that gives us no control API: what can be shown with clients that a team has registered there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from athena_fhir_conformance import Credentials, Manners, Run, Selection, run
from athena_fhir_conformance.registrations import read_registrations
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import Verdict
from mock_athena import Settings, create_app
from tests.conformance.wsgi import CLIENT

REDIRECTS = ["https://team.example/callback", "https://team.example/other"]
SCOPE = "launch/patient openid fhirUser offline_access user/*.cruds patient/*.cruds"
FILE = """
[confidential]
id = "team-app"
secret = "$TEAM_APP_SECRET"
redirect_uris = ["https://team.example/callback", "https://team.example/other"]

[public]
id = "team-public"
redirect_uris = ["https://team.example/callback"]

[stranger]
id = "team-stranger"
secret = "stranger-secret"
"""


def _metadata(id: str, secret: str = "", users: bool = True) -> dict[str, object]:
    return {
        "client_id": id,
        "grant_types": ["authorization_code", "refresh_token"] if users else ["client_credentials"],
        "scope": SCOPE if users else "system/*.rs",
        "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
        **({"client_secret": secret} if secret else {}),
        **({"redirect_uris": REDIRECTS} if users else {}),
    }


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Run, Run]]:
    """Of sign-in and exports: without clients of ours, and with them."""
    folder = tmp_path_factory.mktemp("team")
    registered = [
        json.loads(Path("fixtures/clients.json").read_text(encoding="utf-8"))[0],
        _metadata("team-app", "app-secret"),
        _metadata("team-public"),
        _metadata("team-stranger", "stranger-secret", users=False),
    ]
    (folder / "clients.json").write_text(json.dumps(registered), encoding="utf-8")
    (folder / "team.toml").write_text(FILE, encoding="utf-8")
    settings = Settings(clock="manual", control_token="closed", limits="off", clients=str(folder / "clients.json"))
    app = create_app(settings)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TEAM_APP_SECRET", "app-secret")
        clients = read_registrations(str(folder / "team.toml"))
    chosen = Selection(("sign_in",))
    alone = run(app, CLIENT, selection=chosen, manners=Manners(quotas=()))
    manners = Manners(quotas=(), clients=clients, user="a-500001.E-1", password="test-E-1")
    yield alone, run(app, CLIENT, selection=chosen, manners=manners)
    app.close()


def test_what_needs_a_client_is_skipped_and_says_which(runs: tuple[Run, Run]) -> None:
    alone, _ = runs
    assert not alone.of(Verdict.FAIL)
    needing = [each.reason for each in alone.of(Verdict.SKIP) if "--clients" in each.reason]
    assert len(needing) > 40
    assert any("[confidential] of --clients" in reason for reason in needing)


def test_with_clients_a_person_signs_in(runs: tuple[Run, Run]) -> None:
    alone, team = runs
    assert not team.of(Verdict.FAIL), [(each.id, each.reason) for each in team.of(Verdict.FAIL)]
    assert team.count(Verdict.PASS) > 45
    assert team.count(Verdict.PASS) > alone.count(Verdict.PASS) + 40
    assert all(each.reason for each in team.of(Verdict.SKIP))


def test_their_secrets_are_in_no_report(runs: tuple[Run, Run]) -> None:
    written = json.dumps(runs[1].document())
    assert "team-app" in written
    assert not [secret for secret in ("app-secret", "stranger-secret", "test-E-1") if secret in written]


def test_a_token_that_was_given_reaches_as_far_as_the_target_says() -> None:
    """Its scopes are known to nobody but the target: what it refuses for want of one is not held against it."""
    app = create_app(Settings(clock="manual", control_token="closed", limits="off"))
    scopes = "system/Patient.rs system/Observation.rs"
    given = Credentials(token=Target("http://127.0.0.1/fhir/r4", CLIENT, app=app).tokens.of(scopes))
    found = run(app, given, selection=Selection(("bulk_manifest", "search")), manners=Manners(quotas=()))
    app.close()
    assert not found.of(Verdict.FAIL), [(each.id, each.reason) for each in found.of(Verdict.FAIL)]
    assert found.count(Verdict.PASS) > 20
    assert any(each.reason.startswith("the token has no scope system/Condition") for each in found.of(Verdict.SKIP))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[confidential", "cannot be read as TOML"),
        ('[nobody]\nid = "x"', "there is no part nobody; there are confidential, public"),
        ('[stranger]\nsecret = "x"', "[stranger] has no id"),
        ('confidential = "x"', "[confidential] has no id"),
        ('[stranger]\nid = "x"', "it has no secret"),
        ('[stranger]\nid = "x"\nsecret = "$NOT_SET_AT_ALL"', "NOT_SET_AT_ALL, which has the secret, is not set"),
        ('[stranger]\nid = "x"\nsecrets = "y"', "has secrets; there are id, private_key, redirect_uris, secret"),
        ('[confidential]\nid = "x"\nsecret = "y"', "has no redirect_uris"),
        ('[public]\nid = "x"\nsecret = "y"\nredirect_uris = ["z"]', "a public client has no secret"),
        ('[signer]\nid = "x"\nsecret = "y"', "has no private_key"),
        ('[signer]\nid = "x"\nprivate_key = "none.json"', "cannot be read as a JWK"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "clients.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(words)):
        read_registrations(str(file))
