"""Settings: every knob explained, settable from the environment, and checked before anything is built."""

from dataclasses import fields, replace
from typing import Any

import pytest

from mock_athena.errors import ConfigurationError
from mock_athena.settings import Settings, environment_name, fixtures_dir


@pytest.mark.parametrize("knob", fields(Settings), ids=lambda knob: knob.name)
def test_every_knob_teaches(knob: Any) -> None:
    help = knob.metadata["help"]
    assert len(help) > 15
    assert help.endswith(".")
    assert help[0].isupper()


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("MOCK_ATHENA_PORT", "0", 0),
        ("MOCK_ATHENA_DIRTY", "0.5", 0.5),
        ("MOCK_ATHENA_AUTO_APPROVE", "TRUE", True),
        ("MOCK_ATHENA_LOG_REQUESTS", "no", False),
        ("MOCK_ATHENA_DATA", "a.ndjson,b", ("a.ndjson", "b")),
        ("MOCK_ATHENA_TRUSTED_PROXIES", "10.0.0.1,::1", ("10.0.0.1", "::1")),
        ("MOCK_ATHENA_CLOCK", "manual", "manual"),
    ],
)
def test_a_variable_sets_its_knob(variable: str, text: str, value: object) -> None:
    settings = Settings.from_environment({variable: text, "HOME": "/somewhere"})
    assert getattr(settings, variable.removeprefix("MOCK_ATHENA_").lower()) == value


def test_every_knob_has_its_variable() -> None:
    for knob in fields(Settings):
        with pytest.raises(ConfigurationError, match="expected one of .*" + environment_name(knob.name)):
            Settings.from_environment({"MOCK_ATHENA_NOTHING": "1"})


def test_what_is_given_beats_the_environment() -> None:
    settings = Settings.from_environment({"MOCK_ATHENA_PORT": "1", "MOCK_ATHENA_SEED": "7"}, port=2)
    assert (settings.port, settings.seed) == (2, 7)


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("MOCK_ATHENA_PORT", "eighty", "a whole number"),
        ("MOCK_ATHENA_PORT", "", "a whole number"),
        ("MOCK_ATHENA_DIRTY", "soon", "a number of seconds"),
        ("MOCK_ATHENA_AUTO_APPROVE", "perhaps", "true or false"),
    ],
)
def test_a_variable_of_the_wrong_kind_says_what_was_expected(variable: str, text: str, expected: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{variable}='{text}': expected {expected}"):
        Settings.from_environment({variable: text})


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"port": -1}, "port -1 is not between"),
        ({"port": 65_536}, "port 65536 is not between"),
        ({"patients": -1}, "patients -1 is negative"),
        ({"export_file_resources": 0}, "export-file-resources 0 is not a positive"),
        ({"exports_at_once": -1}, "exports-at-once -1 is negative"),
        ({"poll_interval": "soon"}, "poll-interval 'soon' is not a number of seconds"),
        ({"token_lifetime": 0}, "token-lifetime 0 is not between"),
        ({"token_lifetime": 10**30}, "token-lifetime 1000000"),
        ({"batch_cost": ""}, "batch-cost '' is unknown; expected 'request' or 'entry'"),
        ({"registration": "all"}, "registration 'all' is unknown; expected 'local', 'open' or 'off'"),
        ({"cors": "here"}, "cors 'here' is unknown; expected 'everywhere', 'not-token' or 'nowhere'"),
        ({"journal_size": 0}, "journal-size 0 is not"),
        ({"journal_bodies": "all"}, "journal-bodies 'all' is not a number of exchanges up to 9999"),
        ({"journal_bodies": "10000"}, "journal-bodies '10000' is not"),
        ({"external_url": "ehr.test"}, "external-url 'ehr.test' is not an origin"),
        ({"external_url": "https://ehr.test/fhir"}, "is not an origin such as"),
        ({"external_url": "https://a\r\nX: y"}, "is not an origin such as"),
        ({"trusted_proxies": ("proxy",)}, "trusted-proxies: 'proxy' is not an address"),
        ({"trusted_proxies": ("10.0.0.0/8",)}, "is not an address"),
        ({"workers": 0}, "workers 0 is not between 1 and 64"),
        ({"workers": 2, "counters": "memory"}, "admit too much together: leave --counters out"),
        ({"workers": 2, "retry_after": "fair"}, "needs --workers 1: workers do not know"),
    ],
)
def test_a_value_that_can_never_work_is_refused_at_once(values: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        Settings(**values)


def test_a_copy_with_changes_is_checked_too() -> None:
    assert replace(Settings(), seed=5).seed == 5
    with pytest.raises(ConfigurationError):
        replace(Settings(), port=-1)


def test_the_golden_data_are_found() -> None:
    assert (fixtures_dir() / "clients.json").is_file()
