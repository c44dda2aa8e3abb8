"""Asking how an export is: FHIR Bulk Data Access 2.0.0, export.html#bulk-data-status-request."""

from datetime import UTC, datetime

from athena_fhir_conformance.checking import check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows import exports
from athena_fhir_conformance.flows.asking import control, emulated, remembered
from athena_fhir_conformance.flows.exports import begun, cancelled, finished, kicked_off, main_export, polled
from athena_fhir_conformance.flows.tokens import granted, service, stranger, token_request
from athena_fhir_conformance.judges import schemas
from athena_fhir_conformance.judges.limit_fields import http_date, waiting_time
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import Skipped, omit, should, skip, warn

ONE_TYPE = "_type=Patient"
SEPARATE = {"Prefer": "respond-async, separate-export-status"}


def running(target: Target) -> Exchange:
    """A poll that found the export running; skipped where it never did."""
    found = [poll for poll in main_export(target).polls if poll.status == 202]
    return found[0] if found else skip("the export was complete at the first poll")


def strange_token(target: Target) -> str:
    answer = granted(target, "system/Patient.rs system/Condition.rs system/Group.rs", stranger(target))
    return str(answer.json["access_token"]) if answer.status == 200 else skip(f"no token for another client: {answer}")


@check("BST-001", "MIS-D3")
def a_running_export_answers_202(target: Target) -> None:
    export = main_export(target)
    statuses = [poll.status for poll in export.polls]
    odd = [poll for poll in export.polls if poll.status not in (200, 202, 429)]
    assert not odd, f"{odd[0]} while it was polled: {statuses}"
    assert running(target).status == 202, f"{running(target)} while it runs, expected 202"


@check("BST-002")
def a_running_export_says_when_to_come_back(target: Target) -> None:
    value = running(target).headers.get("Retry-After", "")
    assert value, f"{running(target)} has no Retry-After"
    told = waiting_time(value, datetime.fromtimestamp(target.clock.now(), UTC))
    assert told is not None, f"{running(target)}: Retry-After {value!r} is neither seconds nor an HTTP-date"
    assert told < 86_400, f"{running(target)}: Retry-After {value!r} is more than a day: seconds since 1970?"


@check("BST-003", "MIS-D3")
def progress_is_short(target: Target) -> None:
    progress = running(target).headers.get("X-Progress")
    if progress is None:
        omit("no X-Progress is sent")
    assert 0 < len(progress) < 100, f"{running(target)}: X-Progress has {len(progress)} characters"


@check("BST-004")
def a_complete_export_is_json(target: Target) -> None:
    done = main_export(target).done
    assert done.status == 200, f"{done}, expected 200"
    assert done.media_type == "application/json", f"{done} is {done.media_type!r}"


@check("MIS-D2", profiles=("mission",))
def the_status_is_where_the_guide_has_it(target: Target) -> None:
    export = main_export(target)
    assert export.status_url.startswith(f"{target.base}/bulkstatus/"), f"{export.kick_off}: {export.status_url}"
    for each in export.listed():
        right = each["url"].startswith(f"{target.base}/bulkdata/") and each["url"].endswith(f"/{each['type']}.ndjson")
        assert right, f"{export.done}: the file of {each['type']} is at {each['url']}"


@check("BST-005", "BKO-010")
def polling_needs_a_token(target: Target) -> None:
    answer = polled(target, main_export(target).status_url, token=None)
    assert answer.status in (400, 401), f"{answer} without a token, expected 401"


@check("BST-006", "BKO-056")
def another_client_does_not_see_the_export(target: Target) -> None:
    answer = polled(target, main_export(target).status_url, token=strange_token(target))
    if answer.status in (200, 202):
        omit("exports are not bound to the client that began them")
    assert answer.status in (401, 403, 404), f"{answer} for another client, expected 404"


def polled_at_once(target: Target) -> tuple[Exchange, Exchange]:
    """The first two polls of an export, without any pause."""

    def poll() -> tuple[Exchange, Exchange]:
        answer = kicked_off(target, query=ONE_TYPE)
        url = exports.accepted(answer)
        pair = polled(target, url), polled(target, url)
        cancelled(target, answer)
        return pair

    return remembered(target, "polled at once", poll)


@check("BST-007", "RLM-023")
def polling_too_often_is_refused(target: Target) -> None:
    second = polled_at_once(target)[1]
    if second.status != 429:
        warn(f"{second}: a second poll at once is answered as the first")
    assert second.headers.get("Retry-After") or not target.profile.retry_after, f"{second} has no Retry-After"


def failed(target: Target) -> Exchange:
    """The status of an export that failed, which an emulator lets happen."""

    def fail() -> Exchange:
        if not emulated(target):
            skip("an export fails on demand at an emulator alone")
        answer = kicked_off(target, query=ONE_TYPE)
        url = exports.accepted(answer)
        job = url.rstrip("/").rpartition("/")[2]
        if not control(target, "POST", f"jobs/{job}/fail", {"message": "the conformance suite wanted it"}):
            skip("the emulator let no export fail")
        status = polled(target, url)
        cancelled(target, answer)
        return status

    return remembered(target, "failed export", fail)


@check("BST-009")
def a_failed_export_answers_an_error(target: Target) -> None:
    answer = failed(target)
    assert 400 <= answer.status < 600, f"{answer} of an export that failed, expected 5xx"
    should(answer.resource_type == "OperationOutcome", f"{answer} has no OperationOutcome")
    should(
        answer.media_type == "application/fhir+json",
        f"{answer} is {answer.media_type!r}, expected application/fhir+json",
    )


@check("BST-010")
def a_failure_is_not_called_transient(target: Target) -> None:
    answer = failed(target)
    codes = [issue.get("code") for issue in answer.json.get("issue", [])]
    assert not {"transient", "timeout", "throttled"} & set(codes), f"{answer}: {codes} says that asking again helps"


@check("BST-011")
def what_could_not_be_exported_is_told_in_a_success(target: Target) -> None:
    lenient = {"Prefer": "respond-async, handling=lenient"}
    export = exports.exported(target, f"{ONE_TYPE}&frobnicate=1", headers=lenient)
    assert export.done.status == 200, f"{export.done}: partly done, expected 200"
    if not export.listed("error"):
        skip("nothing went partly wrong here")
    assert export.listed("error")[0].get("type") == "OperationOutcome", f"{export.done}: error[] is of another type"


@check("BST-012", "BDE-005")
def an_unknown_export_is_not_found(target: Target) -> None:
    url = main_export(target).status_url.rstrip("/")
    head, _, job = url.rpartition("/")
    answer = polled(target, f"{head}/{'0' * len(job)}")
    assert answer.status == 404, f"{answer}, expected 404"
    assert answer.resource_type == "OperationOutcome", f"{answer} has no OperationOutcome"
    faults = schemas.faults(schemas.OPERATION_OUTCOME, answer.json)
    assert not faults, f"{answer}: {faults[0]}"


@check("BST-013")
def the_end_of_the_files_is_told(target: Target) -> None:
    done = main_export(target).done
    value = done.headers.get("Expires", "")
    instant = http_date(value)
    assert instant is not None, f"{done}: Expires is {value!r}, expected an HTTP-date"
    assert instant.timestamp() > done.sent_at, f"{done}: Expires {value!r} has passed"


@check("BST-015")
def a_separate_status_is_in_a_header(target: Target) -> None:
    answer = kicked_off(target, query=ONE_TYPE, headers=SEPARATE)
    url = exports.accepted(answer)
    poll = polled(target, url)
    cancelled(target, answer)
    if "separate-export-status" not in answer.headers.get("Preference-Applied", ""):
        omit("separate-export-status is not honoured")
    assert poll.status == 200, f"{poll}, expected 200 whatever the state of the export"
    status = poll.headers.get("X-Export-Status", "")
    assert status[:1] in ("2", "4", "5"), f"{poll}: X-Export-Status is {status!r}"


@check("BST-016")
def without_the_preference_there_is_no_separate_status(target: Target) -> None:
    told = [poll for poll in main_export(target).polls if "X-Export-Status" in poll.headers]
    assert not told, f"{told[0]} has X-Export-Status, for which nobody asked"


@check("BST-017")
def a_complete_export_stays_complete(target: Target) -> None:
    export = main_export(target)
    statuses = [poll.status for poll in export.polls if poll.status != 429]
    assert statuses == sorted(statuses, reverse=True), f"{export.done}: the states were {statuses}"
    target.clock.sleep(10 if target.clock.virtual else 0)
    again = polled(target, export.status_url)
    assert again.status == 200, f"{again} after completion, expected 200"
    assert again.json == export.manifest, f"{again}: the manifest is another one than before"


@check("BST-017")
def an_export_ends(target: Target) -> None:
    if not target.clock.virtual:
        omit("a day is waited on a virtual clock alone")
    endless = ""
    try:
        exports.exported(target, ONE_TYPE, files=False)
    except Skipped as problem:
        endless = str(problem)
    assert "not complete" not in endless, endless


@check("BST-018")
def an_export_outlives_its_token(target: Target) -> None:
    scope = target.tokens.granted or "system/*.read"
    answer = token_request(target, {"grant_type": "client_credentials", "scope": scope}, service(target))
    if answer.status != 200:
        skip(f"no second token: {answer}")
    status = polled(target, main_export(target).status_url, token=str(answer.json["access_token"]))
    assert status.status == 200, f"{status} with a new token of the same client, expected 200"


@check("BST-021", "BMF-019", "BMF-020", "BKO-050")
def partial_manifests_repeat_the_rest(target: Target) -> None:
    answer = begun(target, "partial manifests", f"_type={exports.TYPES}&allowPartialManifests=true")
    if answer.status != 202:
        omit(f"allowPartialManifests is not supported: {answer}")
    export = finished(target, answer)
    cancelled(target, answer)
    manifests = [poll.json for poll in export.polls if poll.status in (200, 202) and poll.body]
    for manifest in manifests:
        links = manifest.get("link", [])
        assert len(links) <= 1, f"{export.done}: {len(links)} links, expected one at most"
        assert all(link.get("relation") == "next" for link in links), f"{export.done}: link {links}"
        for name in ("transactionTime", "request", "requiresAccessToken"):
            assert manifest.get(name) == export.manifest.get(name), f"{export.done}: {name} differs between manifests"
    listed = [{each["url"] for each in manifest.get("output", [])} for manifest in manifests]
    lost = listed[0] - linked_files(target, manifests[-1]) - listed[-1] if listed else set()
    assert not lost, f"{export.done}: {min(lost)} was listed before, and is not any more"


def linked_files(target: Target, manifest: dict[str, object], depth: int = 10) -> set[str]:
    """The files of the manifests that follow by ``link``."""
    output = manifest.get("output", [])
    found = {str(each["url"]) for each in output} if isinstance(output, list) else set()
    links = manifest.get("link", [])
    for link in links if isinstance(links, list) and depth else []:
        found |= linked_files(target, polled(target, str(link["url"])).json, depth - 1)
    return found


@check("BST-008")
def polling_too_often_ends_nothing(target: Target) -> None:
    answer = begun(target, "polled too often", ONE_TYPE)
    remembered(target, "polls too often", lambda: [polled(target, exports.accepted(answer)) for _ in range(3)])
    export = finished(target, answer)
    cancelled(target, answer)
    if export.done.status == 429:
        omit("an export that is asked for too often is ended, which is allowed")
    assert export.done.status == 200, f"{export.done} after it was asked for too often, expected 200"


@check("BST-014", "BFI-020", slow=True)
def after_their_end_the_files_are_gone(target: Target) -> None:
    """The last of the checks of exports: it lets those of the others expire too."""
    export = finished(target, kicked_off(target, query=ONE_TYPE))
    instant = http_date(export.done.headers.get("Expires", ""))
    if instant is None:
        skip("no Expires is told")
    wait = instant.timestamp() - target.clock.now()
    if wait > 600 and not target.clock.virtual:
        skip(f"the files stay for {wait:.0f} s: on a virtual clock alone")
    url = str(export.listed()[0]["url"])
    target.clock.sleep(max(wait - 5, 0))
    before = exports.fetched(target, url)
    assert before.status == 200, f"{before} five seconds before Expires"
    target.clock.sleep(10)
    for answer in (exports.fetched(target, url), polled(target, export.status_url)):
        assert answer.status in (404, 410), f"{answer} after Expires, expected 404 or 410"
