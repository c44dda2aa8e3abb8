"""Whatever shape the loaded data have, a resource has its documents."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from mock_athena.documents.ecg import ecg
from mock_athena.documents.pictures import picture_of
from mock_athena.documents.radiographs import radiograph
from mock_athena.documents.rendering import formats_of, rendered
from mock_athena.fhir.resource import Resource
from tests.mock_athena.documents import samples

ODD: list[Any] = [None, 5, True, "x", "", [], {}, [5], [None], ["x"], [[]], [{}], {"coding": ["x"]}, {"coding": 5}]
OWNERS = {
    each["id"]: each
    for each in (samples.LABORATORY_REPORT, samples.ECG_REPORT, samples.CHEST_REPORT, samples.NOTE, samples.CARE_PLAN)
}
WORDS = ("report-1", "note-1", "plan-1")  # those without pictures
# Elements that the samples lack, but that are looked at.
MORE = (
    "effectivePeriod",
    "presentedForm",
    "basedOn",
    "conclusionCode",
    "authenticator",
    "note",
    "encounter",
    "content",
)
REFERRED = [each for each in samples.ALL if each["id"] not in OWNERS]


@pytest.fixture(autouse=True, scope="module")
def drawn_once() -> Iterator[None]:
    """The same values are the same picture, and drawing takes its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mock_athena.documents.images.ecg", cache(ecg))
        patch.setattr("mock_athena.documents.images.radiograph", cache(radiograph))
        yield


def render_all(resource: Resource, *more: Resource) -> None:
    """Every document that the resource has."""
    sources = samples.sources(resource, *more)
    for format in formats_of(resource, sources):
        assert rendered(resource, format, sources), format


@pytest.mark.parametrize("id", WORDS)
@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_any_element_of_what_has_a_document_may_have_any_shape(id: str, value: Any) -> None:
    owner = OWNERS[id]
    for element in {*owner, *MORE} - {"resourceType", "id"}:
        changed = {**owner, element: value}
        assert rendered(changed, "html", samples.sources(changed)), element
    render_all({**owner, **{element: value for element in owner if element not in ("resourceType", "id")}})


@pytest.mark.parametrize("id", ["ecg-1", "chest-1"])
@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_any_element_of_what_has_a_picture_may_have_any_shape(id: str, value: Any) -> None:
    for element in set(OWNERS[id]) - {"resourceType", "id"}:
        changed = {**OWNERS[id], element: value}
        assert (picture_of(changed, samples.sources(changed)) is None) is (element == "code"), element
    render_all({name: each if name in ("resourceType", "id", "code") else value for name, each in OWNERS[id].items()})


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_any_element_of_what_it_refers_to_may_have_any_shape(value: Any) -> None:
    elements = {name for each in REFERRED for name in each} - {"resourceType", "id", "encounter"}
    for element in elements:
        changed = [{**each, element: value} if element in each else each for each in REFERRED]
        sources = samples.sources(*changed)
        # Whether a picture can be drawn does not depend on the shape of what was read, and drawing takes its time.
        assert picture_of(samples.ECG_REPORT, sources), element
        for id in WORDS:
            assert rendered(OWNERS[id], "html", sources), element
    broken = [
        {name: each[name] if name in ("resourceType", "id", "encounter") else value for name in each}
        for each in REFERRED
    ]
    for id in WORDS:
        render_all(OWNERS[id], *broken)


INNER: list[dict[str, Any]] = [
    {"valueQuantity": 5},
    {"referenceRange": [{"low": 5}]},
    {"referenceRange": {"low": {"value": 1}}},
    {"interpretation": {"coding": [{"code": "H"}]}},
    {"valueQuantity": {"value": {}, "unit": ["mg"], "comparator": 5}},
    {
        "component": [
            {"valueQuantity": {"value": "NaN"}, "code": {"coding": [{"code": "8867-4", "system": "http://loinc.org"}]}}
        ]
    },
]


@pytest.mark.parametrize("more", INNER, ids=range(len(INNER)))
def test_a_broken_value_leaves_the_rest_of_its_row(more: dict[str, Any]) -> None:
    result = samples.resource("Observation", "l1", code={"text": "White cells"}, **more)
    assert "White cells" in samples.text_of(samples.pdf_of(samples.LABORATORY_REPORT, result))


@pytest.mark.parametrize("type", ["DiagnosticReport", "DocumentReference", "CarePlan"])
def test_a_resource_that_says_nothing_still_has_a_document(type: str) -> None:
    assert "Practice 1" in samples.text_of(samples.pdf_of({"resourceType": type, "id": "bare"}))


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "0", "-5", "1e12", "x"])
def test_no_measured_value_is_too_odd_for_an_ecg(value: str) -> None:
    odd = [
        samples.measured(f"n{code}", code, "measure", value, "ms", "procedure")
        for code in ("8867-4", "8625-6", "8633-0", "8634-8", "8636-3", "8632-1")
    ]
    report = samples.ECG_REPORT | {"result": [{"reference": f"Observation/{each['id']}"} for each in odd]}
    image = rendered(report, "png", samples.sources(report, *odd))
    assert image is not None
    assert image.startswith(b"\x89PNG")
