"""Documents: attachments that can be fetched, Binary, and the guide's examples."""

import base64
from typing import Any

from athena_fhir_conformance.checking import cases, check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.matching import values
from athena_fhir_conformance.sample import Json, Sample
from athena_fhir_conformance.target import FHIR_JSON, Target
from athena_fhir_conformance.verdicts import omit, skip

MAGIC = {"application/pdf": b"%PDF", "image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8"}


def attachments(sample: Sample) -> list[Json]:
    """Attachments by URL of documents and reports."""
    found = [value for each in sample.resources("DocumentReference") for value in values(each, "content.attachment")]
    found += [value for each in sample.resources("DiagnosticReport") for value in values(each, "presentedForm")]
    return [each for each in found if each.get("url")] or skip("no attachment that was seen has a URL")


def fetch(target: Target, url: str, **headers: str) -> Exchange:
    if not target.trusts(target.url(url)):
        omit("attachments are on another host, which gets no token")
    return target.get(url, headers={"Accept": "*/*", **headers})


@check("RED-023")
def attachments_are_fetched_with_the_same_token(target: Target, sample: Sample) -> None:
    kinds: dict[str, Json] = {}
    for each in attachments(sample):
        kinds.setdefault(str(each.get("contentType")), each)
    for kind, each in kinds.items():
        answer = fetch(target, each["url"])
        assert answer.status == 200, f"{answer}, expected 200"
        assert answer.media_type in (kind.partition(";")[0], FHIR_JSON), (
            f"{answer} is {answer.media_type}, declared {kind}"
        )
        assert answer.body.startswith(MAGIC.get(answer.media_type, b"")), f"{answer} is not what it says to be"


@check("RED-023")
def attachments_want_a_token(target: Target, sample: Sample) -> None:
    url = attachments(sample)[0]["url"]
    if not target.trusts(target.url(url)):
        omit("attachments are on another host")
    answer = target.get(url, token=None, headers={"Accept": "*/*"})
    assert answer.status in (401, 403), f"{answer} without a token, expected 401"


@check("RED-022")
def a_binary_is_raw_or_a_resource(target: Target, sample: Sample) -> None:
    urls = [each["url"] for each in attachments(sample) if "Binary/" in each["url"]]
    url = urls[0] if urls else a_binary(target, sample)
    raw = fetch(target, url)
    assert raw.status == 200, f"{raw}, expected 200"
    assert raw.media_type != FHIR_JSON, f"{raw} for */* is a resource, expected the content itself"
    resource = target.get(url, headers={"Accept": FHIR_JSON})
    assert resource.resource_type == "Binary", f"{resource} for {FHIR_JSON} has {resource.resource_type}"
    assert base64.b64decode(resource.json["data"]) == raw.body, f"{resource} has other data than the raw content"


def a_binary(target: Target, sample: Sample) -> str:
    if not target.offers("Binary", "search-type"):
        skip("no attachment that was seen is a Binary")
    return f"Binary/{sample.one('Binary')['id']}"


@check("MIS-B7", profiles=("mission",))
def the_pdf_of_a_report_is_one(target: Target, sample: Sample) -> None:
    forms = [value for each in sample.resources("DiagnosticReport") for value in values(each, "presentedForm")]
    urls = [each["url"] for each in forms if each.get("contentType") == "application/pdf" and each.get("url")]
    answer = fetch(target, urls[0] if urls else skip("no report that was seen has a PDF"))
    assert answer.body.startswith(b"%PDF"), f"{answer} does not begin as a PDF"
    assert b"%%EOF" in answer.body[-1024:], f"{answer} does not end as a PDF"


EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "report_123": (
        "DiagnosticReport",
        {
            "status": "final",
            "code.coding.code": "58410-2",
            "category.coding.code": "LAB",
            "effectiveDateTime": "2024-01-15T10:00:00Z",
            "issued": "2024-01-15T14:00:00Z",
            "conclusion": "All values within normal limits",
            "presentedForm.title": "CBC Report",
        },
    ),
    "plan_123": (
        "CarePlan",
        {
            "status": "active",
            "intent": "plan",
            "title": "Diabetes Management Plan",
            "period.start": "2024-01-01",
            "period.end": "2024-12-31",
            "activity.detail.description": "Monitor blood glucose daily",
            "activity.detail.status": "in-progress",
        },
    ),
    "enc_123": (
        "Encounter",
        {
            "status": "finished",
            "class.code": "AMB",
            "type.coding.code": "185349003",
            "reasonCode.coding.code": "44054006",
            "period.start": "2024-01-15T10:00:00Z",
        },
    ),
}


@cases("id", list(EXAMPLES))
@check("MIS-B8", profiles=("mission",))
def the_guides_example_is_there(target: Target, id: str) -> None:
    type, expected = EXAMPLES[id]
    answer = target.get(f"{type}/{id}")
    if (
        answer.status == 404
        and not target.clock.virtual
        and "Mock Athena" not in str(target.capability.get("software"))
    ):
        skip("the guide's examples are data of the emulator")
    assert answer.status == 200, f"{answer}, expected 200"
    assert answer.json == target.get(f"{type}/{id.replace('_', '-')}").json, (
        f"{answer} differs from that of the id with a hyphen"
    )
    for path, value in expected.items():
        told = [same(each) for each in values(answer.json, path)]
        assert same(value) in told, f"{type}/{id}: {path} is {told}, expected {value!r}"


def same(value: Any) -> Any:
    """An instant without fractions of zero."""
    return value.replace(".000Z", "Z").replace("+00:00", "Z") if isinstance(value, str) else value
