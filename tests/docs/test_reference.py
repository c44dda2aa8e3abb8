"""``docs/reference`` is what the code makes of it; ``make reference`` writes it anew."""

from werkzeug.test import Client

from mock_athena import Settings, create_app
from tests.docs.reference.pages import FOLDER, PAGES


def test_the_pages_are_what_the_code_makes() -> None:
    stale = [name for name, made in PAGES.items() if (FOLDER / name).read_text(encoding="utf-8") != made()]
    assert stale == [], "docs/reference is out of date: make reference"


def test_no_other_page_is_in_the_folder() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)


def test_the_page_of_headers_names_every_field_of_an_answer() -> None:
    app = create_app(Settings(clock="manual"))
    form = {"grant_type": "client_credentials", "client_id": "mock-client", "client_secret": "mock-secret"}
    token = Client(app).post("/oauth2/v1/token", data=form)
    headers = {"Authorization": f"Bearer {token.get_json()['access_token']}", "Origin": "https://app.test"}
    asynchronous = headers | {"Prefer": "respond-async"}
    answers = [token]
    for path in ("/fhir/r4/Patient/a-500001.E-1", "/fhir/r4/metadata", "/documents/report_123.pdf", "/fhir/r5/Patient"):
        answers += [Client(app).get(path, headers=headers), Client(app).get(path)]
    started = Client(app).get("/fhir/r4/Patient/$export?_type=Patient", headers=asynchronous)
    polled = Client(app).get(started.headers["Content-Location"], headers=headers)
    app.world.clock.advance(2_000_000_000)
    done = Client(app).get(started.headers["Content-Location"], headers=headers)
    file = Client(app).get(done.get_json()["output"][0]["url"], headers=headers)
    preflight = Client(app).options("/fhir/r4/Patient", headers=headers | {"Access-Control-Request-Method": "GET"})
    refused = [Client(app).get("/fhir/r4/Patient", headers=headers) for _ in range(17)][-1]
    assert refused.status_code == 429
    app.close()

    page = (FOLDER / "headers.md").read_text(encoding="utf-8")
    seen = {name for each in (*answers, started, polled, done, file, preflight, refused) for name in dict(each.headers)}
    assert {name for name in seen if f"`{name}`" not in page} <= {"Content-Type", "Content-Length", "Date", "Server"}
