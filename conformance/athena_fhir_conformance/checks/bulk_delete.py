"""Deleting an export while it runs or afterwards, own ones alone: Bulk Data 2.0.0, #bulk-data-delete-request."""

from athena_fhir_conformance.checking import check
from athena_fhir_conformance.checks.bulk_status import strange_token
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows import exports
from athena_fhir_conformance.flows.asking import remembered
from athena_fhir_conformance.flows.exports import accepted, begun, finished, kicked_off, polled
from athena_fhir_conformance.judges import schemas
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit

ONE_TYPE = "_type=Patient"


def stopped(target: Target) -> tuple[Exchange, Exchange, Exchange]:
    """An export that was deleted while it ran: the deletion, the status afterwards, and a second deletion."""

    def stop() -> tuple[Exchange, Exchange, Exchange]:
        url = accepted(kicked_off(target, query=ONE_TYPE))
        return target.send("DELETE", url), polled(target, url), target.send("DELETE", url)

    return remembered(target, "stopped export", stop)


def removed(target: Target) -> tuple[Exchange, Exchange, Exchange]:
    """One that was deleted when it was complete: the deletion, the status afterwards, and its file."""

    def remove() -> tuple[Exchange, Exchange, Exchange]:
        export = finished(target, begun(target, "removed", ONE_TYPE))
        deleted = target.send("DELETE", export.status_url)
        after = polled(target, export.status_url)
        return deleted, after, exports.fetched(target, str(export.listed()[0]["url"]))

    return remembered(target, "removed export", remove)


@check("BDE-001")
def a_running_export_is_deleted(target: Target) -> None:
    deleted, _, _ = stopped(target)
    assert deleted.status == 202, f"{deleted}, expected 202"


@check("BDE-002")
def a_complete_export_is_deleted(target: Target) -> None:
    deleted, _, _ = removed(target)
    assert deleted.status == 202, f"{deleted}, expected 202"


@check("BDE-003", "BDE-001")
def a_running_export_that_was_deleted_is_gone(target: Target) -> None:
    gone(stopped(target)[1])


@check("BDE-003")
def a_complete_export_that_was_deleted_is_gone(target: Target) -> None:
    gone(removed(target)[1])


def gone(answer: Exchange) -> None:
    assert answer.status == 404, f"{answer} after DELETE, expected 404"
    assert answer.resource_type == "OperationOutcome", f"{answer} has no OperationOutcome"
    faults = schemas.faults(schemas.OPERATION_OUTCOME, answer.json)
    assert not faults, f"{answer}: {faults[0]}"


@check("BDE-004")
def the_body_of_a_deletion_is_nothing_or_an_outcome(target: Target) -> None:
    for answer in (stopped(target)[0], removed(target)[0]):
        assert not answer.body or answer.resource_type == "OperationOutcome", f"{answer}: {answer.text[:200]!r}"


@check("BDE-005")
def deleting_what_is_not_there_is_an_error(target: Target) -> None:
    url = exports.main_export(target).status_url.rstrip("/")
    head, _, job = url.rpartition("/")
    answer = target.send("DELETE", f"{head}/{'0' * len(job)}")
    assert 400 <= answer.status < 600, f"{answer} for an export that never was, expected 404"
    assert answer.resource_type == "OperationOutcome", f"{answer} has no OperationOutcome"


@check("BDE-006")
def a_deletion_needs_a_token(target: Target) -> None:
    answer = kicked_off(target, query=ONE_TYPE)
    url = accepted(answer)
    refused = target.send("DELETE", url, token=None)
    alive = polled(target, url)
    target.send("DELETE", url)
    assert refused.status in (400, 401), f"{refused} without a token, expected 401"
    assert alive.status in (200, 202, 429), f"{alive}: it was deleted without a token"


@check("BDE-007")
def another_client_does_not_delete_it(target: Target) -> None:
    token = strange_token(target)
    url = accepted(kicked_off(target, query=ONE_TYPE))
    refused = target.send("DELETE", url, token=token)
    alive = polled(target, url)
    target.send("DELETE", url)
    assert refused.status in (401, 403, 404), f"{refused} by another client, expected 403 or 404"
    assert alive.status in (200, 202, 429), f"{alive}: another client has deleted it"


@check("BDE-008")
def files_go_with_their_export(target: Target) -> None:
    _, _, file = removed(target)
    if file.status == 200:
        omit("files outlive the deletion of their export, which is allowed")
    assert file.status in (404, 410), f"{file} after the export was deleted, expected 404"


@check("BDE-009")
def a_deleted_export_makes_room(target: Target) -> None:
    for _ in range(3):
        answer = kicked_off(target, query=ONE_TYPE)
        url = accepted(answer)
        deleted = target.send("DELETE", url)
        assert deleted.status == 202, f"{deleted}, expected 202"


@check("BDE-010")
def deleting_twice_is_not_found(target: Target) -> None:
    second = stopped(target)[2]
    assert second.status == 404, f"{second} for the second time, expected 404"
