"""Notes: the document points at its text, and the text is a well-formed page of the visit."""

from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from hashlib import sha1
from typing import Any
from xml.etree import ElementTree as ET

from mock_athena.population.story import STAY, Stay, Visit


def page(made: list[dict[str, Any]]) -> bytes:
    return b64decode(next(each["data"] for each in made if each["resourceType"] == "Binary"))


def test_the_attachment_describes_the_text(write: Any, only: Any, visit: Visit) -> None:
    made = write(visit)
    attachment = only(made, "DocumentReference")[0]["content"][0]["attachment"]
    text = page(made)
    assert attachment["url"].endswith("/Binary/" + only(made, "Binary")[0]["id"])
    assert (attachment["size"], attachment["contentType"]) == (len(text), "text/html")
    assert attachment["hash"] == b64encode(sha1(text, usedforsecurity=False).digest()).decode()


def test_the_same_is_offered_as_pdf(write: Any, only: Any, visit: Visit) -> None:
    (note,) = only(write(visit), "DocumentReference")
    attachment = note["content"][1]["attachment"]
    assert attachment["contentType"] == "application/pdf"
    assert attachment["url"].endswith(f"/{note['id']}.pdf")


def test_the_page_is_well_formed_and_says_what_was_said(write: Any, visit: Visit) -> None:
    words = " ".join(ET.fromstring(page(write(visit))).itertext())  # noqa: S314 - our own page
    assert "Feels well & sleeps <8 hours." in words
    assert "Type 2 diabetes mellitus without complications" in words
    assert "Come back in four months." in words
    assert "No known allergies" in words


def test_an_amended_note_replaces_the_first(write: Any, only: Any, visit: Visit) -> None:
    # Patient 3 and visit 10: one in thirteen is amended.
    first, second = only(write(visit._replace(order=10)), "DocumentReference")
    assert (first["status"], second["status"]) == ("superseded", "current")
    assert second["docStatus"] == "amended"
    target = {"reference": f"DocumentReference/{first['id']}"}
    assert second["relatesTo"] == [{"code": "replaces", "target": target}]


def test_a_stay_has_an_admission_note_and_a_discharge_summary(
    write: Any, only: Any, visit: Visit, start: datetime
) -> None:
    stay = visit._replace(kind=STAY, end=start + timedelta(days=3), stay=Stay("emd", "home", planned=False))
    notes = only(write(stay), "DocumentReference")
    assert [each["type"]["coding"][0]["code"] for each in notes] == ["34117-2", "18842-5"]
    assert len({each["id"] for each in notes}) == 2
