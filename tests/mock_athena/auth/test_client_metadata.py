"""What RFC 7591 lets a client say about itself, beyond what we act on, is kept and told again."""

from typing import Any

import pytest

from mock_athena.auth.registration import parse_registration

URI = "https://app.example"
ABOUT: dict[str, Any] = {
    "client_uri": URI,
    "logo_uri": f"{URI}/logo.png",
    "tos_uri": f"{URI}/terms",
    "policy_uri": f"{URI}/privacy",
    "contacts": ["dev@app.example", "+1-555-0100"],
    "software_id": "4NRB1-0XZABZI9E6-5SM3R",
    "software_version": "2.1",
    "response_types": ["code"],
}


def test_what_a_client_says_about_itself_is_told_again() -> None:
    told = parse_registration(ABOUT).metadata()
    assert {name: told[name] for name in ABOUT} == ABOUT


def test_what_was_not_said_is_not_told() -> None:
    assert not set(ABOUT) & set(parse_registration(dict.fromkeys(ABOUT)).metadata())


def test_what_was_said_stays_as_it_was() -> None:
    given = {"client_id": "c", "client_secret": "s", "contacts": ["a"]}
    client = parse_registration(given)
    assert client == parse_registration(given)
    assert client != parse_registration(given | {"contacts": ["b"]})
    given["contacts"].append("b")  # type: ignore[attr-defined]
    client.metadata()["contacts"].append("c")
    assert client.metadata()["contacts"] == ["a"]
    with pytest.raises(TypeError):
        client.about["contacts"] = ()  # type: ignore[index]


@pytest.mark.parametrize(
    ("metadata", "complaint"),
    [
        ({"response_types": ["token"]}, "response_types: token: expected code, or leave it out"),
        ({"response_types": ["code", "id_token"]}, "response_types: id_token: expected code"),
        ({"response_types": "code"}, "response_types must be a JSON array of strings"),
        ({"contacts": "dev@app.example"}, "contacts must be a JSON array of strings"),
        ({"client_uri": "app"}, "client_uri 'app': expected an absolute URL"),
        ({"logo_uri": 5}, "logo_uri must be a text"),
        ({"tos_uri": "javascript:alert(1)"}, "tos_uri 'javascript:alert"),
        ({"software_version": 2}, "software_version must be a text"),
        ({"software_statement": "x"}, "unknown client metadata software_statement"),
        (
            {"subject_type": "public"},
            "unknown client metadata subject_type: expected some of .*software_version",
        ),
        ({"about": {}}, "unknown client metadata about"),
    ],
)
def test_what_makes_no_sense_is_refused(metadata: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_registration(metadata)


def test_no_response_type_is_a_backends_way_to_say_so() -> None:
    assert parse_registration({"response_types": []}).metadata()["response_types"] == []
