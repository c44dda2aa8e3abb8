"""The screen of snapshots: taken, compared, restored, forgotten; and the reset."""

from tests.mock_athena.web.in_process import ADA
from tests.mock_athena.web.portal.visitor import Visitor

PATH = "/console/snapshots"
PATCH = {"Content-Type": "application/json-patch+json"}


def marry(visitor: Visitor) -> None:
    patch = b'[{"op": "replace", "path": "/name/0/family", "value": "<Okoro>"}]'
    token = visitor.athena.token("system/*.cruds")
    sent = visitor.athena.send("PATCH", f"/fhir/r4/Patient/{ADA}", token, data=patch, headers=PATCH)
    assert sent.status_code == 200


def family(visitor: Visitor) -> str:
    return str(visitor.athena.get(f"/Patient/{ADA}").get_json()["name"][0]["family"])


def test_one_is_taken_compared_restored_and_forgotten(visitor: Visitor) -> None:
    before = family(visitor)
    visitor.open(PATH)
    assert "wedding is taken" in visitor.do("take", name="wedding").text
    marry(visitor)
    page = visitor.open(f"{PATH}?from=wedding&to=now").text
    for text in (
        f"Patient/{ADA}",
        "name[0].family",
        "&lt;Okoro&gt;",
        "updated",
        f"/console/data/production/Patient/{ADA}",
    ):
        assert text in page
    assert "wedding is restored" in visitor.do("restore").text
    assert family(visitor) == before
    assert "None yet." in visitor.do("forget").text


def test_without_a_name_it_gets_the_next_and_can_be_saved(visitor: Visitor) -> None:
    visitor.open(PATH)
    visitor.do("take")
    assert "snapshot-2 is taken" in visitor.do("take").text
    saved = visitor.open(f"{PATH}/snapshot-1")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="snapshot-1.snapshot.json"'
    assert saved.get_json()["format"] == "mock-athena-snapshot/1"


def test_a_reset_is_a_reset(visitor: Visitor) -> None:
    before = family(visitor)
    marry(visitor)
    visitor.open(PATH)
    page = visitor.do("reset").text
    assert "All is as it was at the start" in page
    assert "No resource, job, sign-in, quota or fault." in page
    assert family(visitor) == before


def test_what_was_said_is_said_once(visitor: Visitor) -> None:
    visitor.open(PATH)
    assert "once is taken" in visitor.do("take", name="once").text
    assert "once is taken" not in visitor.open(PATH).text


def test_bad_names_are_refused(visitor: Visitor) -> None:
    visitor.open(PATH)
    page = visitor.do("take", name="../etc")
    assert page.status_code == 400
    assert "expected up to 64 letters" in page.text
    for path in (f"{PATH}?from=nothing", f"{PATH}/nothing"):
        assert visitor.open(path).status_code == 404
