"""The EHR's launch page: a provider starts an application with a patient and a visit."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import ANNETTE, CALLBACK, PROVIDER, Visitor

VISIT = "a-500001.encounter-100001"
SCOPE = "launch launch/encounter openid fhirUser patient/*.rs user/*.rs"


@pytest.fixture
def growth(clinic: Athena) -> Iterator[str]:
    """The id of an application that can be started."""
    clinic.world.authorization.clients.register(
        {
            "client_id": "growth",
            "client_name": "Growth Chart",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code"],
            "scope": SCOPE,
            "token_endpoint_auth_method": "none",
            "initiate_login_uri": "http://127.0.0.1:8765/launch?from=ehr",
        }
    )
    yield "growth"
    clinic.world.authorization.clients.delete("growth")


@pytest.fixture
def provider(visitor: Visitor) -> Visitor:
    """A provider in front of the launch page."""
    visitor.open("/portal/launch")
    assert visitor.page.request.path == "/portal/sign-in"
    visitor.press("as", PROVIDER)
    assert visitor.page.request.path == "/portal/launch"
    return visitor


def test_without_an_application_it_says_how_to_get_one(provider: Visitor) -> None:
    assert "No registered application has a launch URL" in provider.page.text
    assert "/portal/developer/new" in provider.page.text


@pytest.mark.requirement("SMA-054", "SMA-055")
def test_application_patient_and_visit_are_started_together(growth: str, provider: Visitor) -> None:
    provider.open("/portal/launch")
    provider.press("search", search="powers")
    provider.press("patient", ANNETTE)
    started = provider.press("encounter", encounter=VISIT)
    assert started.status_code == 303
    url = urlsplit(started.location)
    told = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.netloc, url.path, told["from"]) == ("127.0.0.1:8765", "/launch", "ehr")
    assert told["iss"] == "http://localhost/fhir/r4"

    page = provider.authorize(client_id=growth, scope=SCOPE, launch=told["launch"])
    assert "Started from within the health record system" in page.text
    assert "the records of Annette Caitlin Powers" in page.text
    body = provider.redeem(provider.allow()["code"], client_id=growth)
    assert (body["patient"], body["encounter"], body["need_patient_banner"]) == (ANNETTE, VISIT, True)
    assert "id_token" in body


def test_the_launch_says_who_is_there_whatever_browser_it_comes_in(growth: str, provider: Visitor) -> None:
    provider.open("/portal/launch", query_string={"patient": ANNETTE})
    started = provider.press("encounter", encounter="none")
    id = parse_qs(urlsplit(started.location).query)["launch"][0]
    other = Visitor(provider.athena)
    page = other.authorize(client_id=growth, scope="launch openid patient/*.rs", launch=id)
    assert "Carolyn Hale, DO" in page.text
    assert "encounter" not in other.redeem(other.allow()["code"], client_id=growth)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"app": "mock-client"}, "registered no launch URL"),
        ({"app": ""}, "choose the application"),
        ({"patient": ""}, "choose the patient"),
        ({"patient": "a-500001.E-99"}, "expected the id of a Patient of production"),
        ({"encounter": "a-500001.encounter-200001"}, "expected the id of an Encounter of the patient"),
    ],
)
def test_what_cannot_be_started_is_explained(
    growth: str, provider: Visitor, changed: dict[str, str], told: str
) -> None:
    provider.open("/portal/launch", query_string={"patient": ANNETTE})
    page = provider.press("encounter", **changed)
    assert page.status_code == 400
    assert told in page.text


def test_a_patient_has_no_launch_page(growth: str, visitor: Visitor) -> None:
    visitor.sign_in(ANNETTE)
    page = visitor.open("/portal/launch")
    assert page.request.path == "/portal/sign-in"
    assert PROVIDER in page.text


@pytest.mark.parametrize(
    "url", ["javascript://x.example/%0aalert(1)", "ftp://x.example/", "/launch", "https://x.example/#a", "https://"]
)
def test_a_launch_url_is_one_of_the_web(clinic: Athena, url: str) -> None:
    response = clinic.control("POST", "clients", {"client_id": "odd", "initiate_login_uri": url})
    assert response.status_code == 400
    assert "initiate_login_uri" in response.text
