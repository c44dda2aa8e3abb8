"""An application is configured by the four variables of the integration guide."""

import subprocess
import sys

import pytest

from athena_fhir_client import Configuration, ConfigurationError

ENVIRONMENT = {
    "ATHENAHEALTH_CLIENT_ID": "mock-client",
    "ATHENAHEALTH_CLIENT_SECRET": "mock-secret",
    "ATHENAHEALTH_REDIRECT_URI": "https://your-app.com/api/ehr/callback",
    "ATHENAHEALTH_FHIR_ENDPOINT": "http://127.0.0.1:8080/fhir/r4/",
}


def test_all_four_variables_are_read() -> None:
    found = Configuration.from_environment(ENVIRONMENT)
    assert found.client_id == "mock-client"
    assert found.client_secret == "mock-secret"
    assert found.redirect_uri == "https://your-app.com/api/ehr/callback"
    assert found.fhir_endpoint == "http://127.0.0.1:8080/fhir/r4"


def test_the_endpoint_is_production_unless_something_else_is_said() -> None:
    found = Configuration.from_environment({"ATHENAHEALTH_CLIENT_ID": "mine"})
    assert found.fhir_endpoint == "https://api.platform.athenahealth.com/fhir/r4"


def test_the_secret_never_shows() -> None:
    assert "mock-secret" not in repr(Configuration.from_environment(ENVIRONMENT))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ATHENAHEALTH_CLIENT_ID", ""),
        ("ATHENAHEALTH_FHIR_ENDPOINT", "api.platform.athenahealth.com/fhir/r4"),
        ("ATHENAHEALTH_REDIRECT_URI", "/api/ehr/callback"),
    ],
)
def test_a_setting_that_cannot_work_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        Configuration.from_environment({**ENVIRONMENT, name: value})


def test_without_its_libraries_the_client_says_what_to_install() -> None:
    program = "import sys; sys.modules['requests'] = None; from athena_fhir_client import Configuration, AthenaClient"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].endswith(
        "requests is not installed; the client needs it: pip install 'mock-athena[client]'"
    )


def test_further_variables_say_what_the_real_api_wants() -> None:
    more = {"ATHENAHEALTH_SCOPE": "system/Patient.rs", "ATHENAHEALTH_PRACTICE": "500001", "ATHENAHEALTH_KEY_ID": "k"}
    found = Configuration.from_environment({**ENVIRONMENT, **more, "ATHENAHEALTH_PRIVATE_KEY": "key.pem"})
    assert (found.scope, found.practice, found.private_key, found.key_id) == (
        "system/Patient.rs",
        "500001",
        "key.pem",
        "k",
    )
