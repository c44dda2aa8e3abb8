"""Rate limits: RFC 6585 §4, RFC 9110 §10.2.3, the IETF draft of RateLimit fields, and the mission's figures.

Judged by decision instants where the target tells them, else by what holds whenever it was decided.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from athena_fhir_conformance.checking import check
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows import bursts
from athena_fhir_conformance.flows.asking import remembered
from athena_fhir_conformance.flows.bursts import Burst, decisions, meanwhile, refusal, usual_answer
from athena_fhir_conformance.flows.waiting import whole_quota
from athena_fhir_conformance.judges import schemas
from athena_fhir_conformance.judges.decisions import most_in_window, wrongly_refused
from athena_fhir_conformance.judges.limit_fields import (
    EPOCH_FROM,
    Member,
    ill_formed,
    members,
    rises,
    waiting_time,
    whole,
)
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, should, skip

DAY = 86_400
_GRACE = 1.01  # seconds by which a whole number of seconds may be rounded up, and a clock's last digit


def known(target: Target) -> tuple[int, float]:
    return bursts.policy(target) or skip("neither quota nor window is known")


def told_times(target: Target) -> str:
    value = str(refusal(target)[1].headers.get("Retry-After", ""))
    return value or skip("the 429 has no Retry-After: see its own check")


def field(exchange: Exchange, name: str) -> int:
    value = exchange.headers.get(name)
    number = whole(value)
    assert number is not None, f"{exchange}: {name} is {value!r}, expected a whole number"
    return number


def has_limits(exchange: Exchange) -> bool:
    return any("ratelimit" in name.lower() for name in exchange.headers)


def limited(target: Target) -> Exchange:
    """A usual answer of a target that limits."""
    if bursts.burst(target).refused is None and not has_limits(usual_answer(target)):
        skip("the target shows no limit")
    return usual_answer(target)


# -- what is refused -----------------------------------------------------------------------------------------------


@check("RLM-001", "ERR-015")
def beyond_the_limit_is_429(target: Target) -> None:
    found = bursts.burst(target)
    quota, window = known(target)
    if found.refused is None and len(found.admitted) <= quota:
        skip(f"no request of {len(found.admitted)} sent at once was refused")
    assert found.refused, (
        f"{found.admitted[-1]}: {len(found.admitted)} sent at once, and {quota} may be in {window:g} s"
    )
    assert found.refused.status == 429, f"{found.refused} after {len(found.admitted)} sent at once, expected 429"


@check("ERR-020")
def a_refusal_is_marked_as_one_that_passes(target: Target) -> None:
    _, refused = refusal(target)
    if refused.resource_type != "OperationOutcome":
        omit("the 429 has no OperationOutcome")
    codes = {issue.get("code") for issue in refused.json.get("issue", [])}
    assert codes & {"throttled", "transient", "timeout"}, f"{refused} has the codes {sorted(map(str, codes))}"


@check("RLM-008", "MIS-C1", profiles=("mission",))
def sixteen_in_two_seconds_and_no_more(target: Target) -> None:
    found, refused = refusal(target)
    sent = (*found.admitted, refused)
    short = decisions(sent)[-1].latest - decisions(sent)[0].earliest
    if len(found.admitted) < 16 and short < 2:
        raise AssertionError(
            f"{refused}: request {len(sent)} within {short:.3f} s was refused, the seventeenth is the first"
        )
    excess = most_in_window(decisions(sent), 2.0)
    assert excess.count <= 16, (
        f"{refused}: {excess.count} requests were admitted within {excess.seconds:.3f} s, 16 may be"
    )


@check("RLM-007", "MIS-C1")
def the_sustained_rate_is_never_refused(target: Target) -> None:
    quota, window = known(target)
    if quota / window > 20 and not target.clock.virtual:
        skip(f"{quota / window:g} requests a second for ten seconds are too many for a sandbox")
    sent = bursts.sustained(target, 10 if quota / window <= 20 else 2)
    wrong = wrongly_refused(decisions(sent), quota, window)
    assert not wrong, (
        f"{sent[-1]}: at {quota / window:g} requests a second one was refused, after {wrong[0][1]} in {window:g} s"
    )


def at_once(target: Target) -> tuple[Exchange, ...]:
    """Many requests from many threads."""
    quota, _ = known(target)
    if quota > 40:
        skip(f"{quota} requests at once are too many for threads of one client")

    def run() -> tuple[Exchange, ...]:
        where = bursts.path(target)
        whole_quota(target)
        with ThreadPoolExecutor(8) as threads:
            return tuple(threads.map(lambda _: bursts.asked(target, where), range(quota + 8)))

    return remembered(target, "at once", run)


@check("RLM-026")
def counting_is_exact_for_requests_at_once(target: Target) -> None:
    quota, window = known(target)
    sent = at_once(target)
    admitted = sum(each.ok for each in sent)
    excess = most_in_window(decisions(sent), window)
    assert excess.count <= quota, f"{sent[-1]}: {excess.count} of {len(sent)} at once were admitted, {quota} may be"
    wrong = wrongly_refused(decisions(sent), quota, window)
    assert not wrong, f"{sent[-1]}: {admitted} of {len(sent)} at once were admitted, and {quota} may be"


@check("RLM-008", "MIS-C1")
def the_window_slides(target: Target) -> None:
    quota, window = known(target)
    sent = bursts.across_a_boundary(target)
    excess = most_in_window(decisions(sent), window)
    found = f"{excess.count} requests were admitted within {excess.seconds:.3f} s"
    assert excess.count <= quota, f"{sent[-1]}: {found}, and {quota} may be in {window:g} s"


@check("RLM-008", "RLM-004")
def nobody_is_refused_who_has_room(target: Target) -> None:
    quota, window = known(target)
    sent = bursts.across_a_boundary(target)
    wrong = wrongly_refused(decisions(sent), quota, window)
    assert not wrong, f"{sent[-1]}: a request was refused after {wrong[0][1]} in {window:g} s, and {quota} may be"


@check("RLM-010")
def another_client_has_a_quota_of_its_own(target: Target) -> None:
    other = meanwhile(target).other
    if other is None:
        skip("needs another client ([stranger] of --clients), which only an emulator registers for the suite")
    assert other.status != 429, f"{other}: another client is refused for what this one has spent"


@check("RLM-021")
def discovery_and_tokens_have_a_quota_of_their_own(target: Target) -> None:
    closed = [each for each in meanwhile(target).free if each.status == 429]
    assert not closed, f"{closed[0]}: it is refused for the FHIR requests that were sent"


@check("RLM-022")
def a_refused_request_does_nothing(target: Target) -> None:
    while_refused = meanwhile(target)
    answer = while_refused.kick_off
    if answer.status != 429:
        omit("a kick-off is not limited with other requests")
    assert "Content-Location" not in answer.headers, f"{answer}: refused, and there is a job"
    if while_refused.begun is None:
        skip("whether a job was begun is told by an emulator alone")
    assert while_refused.begun == 0, f"{answer}: refused, and {while_refused.begun} job was begun"


# -- when to come back ---------------------------------------------------------------------------------------------


@check("RLM-002")
def a_refusal_says_when_to_come_back(target: Target) -> None:
    _, refused = refusal(target)
    if not target.profile.retry_after:
        omit("the real API was never seen to send Retry-After")
    assert refused.headers.get("Retry-After"), f"{refused} has no Retry-After"


@check("MIS-C2", profiles=("mission",))
def every_refusal_says_when_to_come_back(target: Target) -> None:
    _, refused = refusal(target)
    for answer in (refused, *meanwhile(target).more):
        if answer.status == 429:
            assert answer.headers.get("Retry-After"), f"{answer} has no Retry-After"


@check("RLM-003")
def the_time_to_come_back_is_seconds_or_a_date(target: Target) -> None:
    value = told_times(target)
    _, refused = refusal(target)
    told = waiting_time(value, datetime.fromtimestamp(refused.sent_at, UTC))
    assert told is not None, f"{refused}: Retry-After {value!r} is neither whole seconds nor an HTTP-date"
    assert told < EPOCH_FROM, f"{refused}: Retry-After {value!r} is an instant since 1970, not seconds"


@check("RLM-002")
def the_time_to_come_back_is_not_longer_than_the_window(target: Target) -> None:
    value = told_times(target)
    _, refused = refusal(target)
    told = waiting_time(value, datetime.fromtimestamp(refused.sent_at, UTC))
    if told is not None and told < 3600:
        window = known(target)[1]
        assert told <= window + _GRACE, f"{refused}: Retry-After {value!r}, and the window is {window:g} s"


@check("RLM-004", "MIS-F2")
def who_waits_is_admitted(target: Target) -> None:
    found, refused = refusal(target)
    after = found.after or skip(f"{refused} asks to wait {bursts.told_wait(refused):.0f} s, which is not waited")
    if after.status == 429 and found.crowded:
        skip("what was asked during the wait was admitted, and took the room: this machine or the target is slow")
    assert after.status != 429, f"{after} after the {found.waited:g} s that {refused} asked for"


@check("RLM-004")
def no_wait_is_rounded_down(target: Target) -> None:
    value = told_times(target)
    found, refused = refusal(target)
    quota, window = known(target)
    told = waiting_time(value, datetime.fromtimestamp(refused.sent_at, UTC))
    if told is None or len(found.admitted) < quota:
        skip("the first refusal did not come from this window")
    free = decisions(found.admitted)[-quota].earliest + window
    missing = free - (decisions([refused])[0].latest + told)
    assert missing <= 0.001, f"{refused}: Retry-After {value!r} is {missing:.3f} s too early"


@check("RLM-005")
def a_refusal_is_not_stored(target: Target) -> None:
    _, refused = refusal(target)
    kept = refused.headers.get("Cache-Control", "")
    assert "no-store" in kept or "no-cache" in kept, f"{refused}: Cache-Control is {kept!r}, expected no-store"


@check("RLM-006")
def a_refusal_is_explained(target: Target) -> None:
    _, refused = refusal(target)
    assert refused.resource_type == "OperationOutcome", f"{refused} has no OperationOutcome"
    faults = schemas.faults(schemas.OPERATION_OUTCOME, refused.json)
    assert not faults, f"{refused}: {faults[0]}"
    codes = [issue.get("code") for issue in refused.json["issue"]]
    assert "throttled" in codes, f"{refused}: issue.code is {codes}, expected throttled"


# -- what headers tell ---------------------------------------------------------------------------------------------


@check("RLM-011")
def every_answer_tells_of_the_limit(target: Target) -> None:
    answer = limited(target)
    names = ["X-RateLimit-Limit", "X-RateLimit-Remaining"] + ["X-RateLimit-Reset"] * target.profile.reset_header
    for name in names:
        field(answer, name)


@check("MIS-C2", profiles=("mission",))
def every_answer_of_a_burst_tells_of_the_limit(target: Target) -> None:
    found, refused = refusal(target)
    for answer in (*found.admitted, refused, *meanwhile(target).more):
        for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"):
            field(answer, name)


def remaining(found: Burst) -> list[int]:
    return [field(answer, "X-RateLimit-Remaining") for answer in found.admitted]


@check("RLM-012")
def what_remains_falls(target: Target) -> None:
    found, refused = refusal(target)
    quota = field(refused, "X-RateLimit-Limit")
    wrong = rises(remaining(found), quota)
    assert not wrong, f"{found.admitted[-1]}: X-RateLimit-Remaining: {wrong[0]}"
    left = field(refused, "X-RateLimit-Remaining")
    assert left == 0, f"{refused}: X-RateLimit-Remaining is {left} and the request was refused"


@check("RLM-012")
def what_remains_is_true(target: Target) -> None:
    found, _ = refusal(target)
    for position, left in enumerate(remaining(found), 1):
        came = len(found.admitted) - position
        answer = found.admitted[position - 1]
        assert came <= left, f"{answer}: X-RateLimit-Remaining is {left}, and {came} more were admitted at once"
        if target.profile.name == "mission":
            assert came == left, (
                f"{answer}: X-RateLimit-Remaining is {left}, and only {came} more were admitted at once"
            )


@check("RLM-013")
def the_reset_is_an_instant_or_a_time(target: Target) -> None:
    if not target.profile.reset_header:
        omit("the real API does not send X-RateLimit-Reset")
    _, refused = refusal(target)
    reset, window = field(refused, "X-RateLimit-Reset"), known(target)[1]
    ahead = reset - decisions([refused])[0].earliest if reset >= EPOCH_FROM else float(reset)
    assert ahead >= 0, f"{refused}: X-RateLimit-Reset {reset} has passed {-ahead:.1f} s ago"
    assert ahead <= window + _GRACE, (
        f"{refused}: X-RateLimit-Reset {reset} is {ahead:.1f} s ahead, and the window {window:g} s"
    )


@check("RLM-013")
def at_the_reset_there_is_room(target: Target) -> None:
    if not target.profile.reset_header:
        omit("the real API does not send X-RateLimit-Reset")
    found, refused = refusal(target)
    quota, window = known(target)
    reset = field(refused, "X-RateLimit-Reset")
    if len(found.admitted) < quota or reset < EPOCH_FROM:
        skip("the reset is no instant, or the refusal did not come from this window")
    free = decisions(found.admitted)[-quota].earliest + window
    assert reset >= free - 0.001, f"{refused}: X-RateLimit-Reset is {free - reset:.3f} s before there is room again"


def listed(exchange: Exchange, name: str) -> list[Member]:
    value = exchange.headers.get(name)
    if value is None:
        omit(f"{name} is not sent")
    found = members(value)
    assert found is not None, f"{exchange}: {name} is {value!r}, no list of structured fields"
    return found


@check("RLM-014", "RLM-016")
def the_policy_is_well_formed(target: Target) -> None:
    answer = limited(target)
    wrong = ill_formed(listed(answer, "RateLimit-Policy"), "q", ("w",))
    assert not wrong, f"{answer}: RateLimit-Policy: {wrong[0]}"


@check("RLM-015", "RLM-016")
def what_is_left_is_well_formed(target: Target) -> None:
    _, refused = refusal(target)
    for answer in (limited(target), refused):
        wrong = ill_formed(listed(answer, "RateLimit"), "r")
        assert not wrong, f"{answer}: RateLimit: {wrong[0]}"


@check("RLM-015")
def what_is_left_is_of_a_policy_that_is_told(target: Target) -> None:
    answer = limited(target)
    quotas = {each.name: int(each.parameters["q"]) for each in listed(answer, "RateLimit-Policy")}
    for each in listed(answer, "RateLimit"):
        assert each.name in quotas, (
            f"{answer}: RateLimit tells of {each.name!r}, and RateLimit-Policy of {sorted(quotas)}"
        )
        left = int(each.parameters["r"])
        assert left <= quotas[each.name], (
            f"{answer}: {left} are left of {each.name!r}, whose quota is {quotas[each.name]}"
        )


@check("RLM-017")
def the_policy_stays_the_same(target: Target) -> None:
    found, refused = refusal(target)
    told = {answer.headers.get("RateLimit-Policy") for answer in (*found.admitted, refused)}
    if told == {None}:
        omit("RateLimit-Policy is not sent")
    assert len(told) == 1, f"{refused}: RateLimit-Policy changed within a burst: {sorted(map(str, told))}"


@check("RLM-018")
def the_two_times_agree(target: Target) -> None:
    _, refused = refusal(target)
    value = told_times(target)
    told = waiting_time(value, datetime.fromtimestamp(refused.sent_at, UTC))
    empty = [
        each for each in listed(refused, "RateLimit") if each.parameters.get("r") == "0" and "t" in each.parameters
    ]
    for each in empty:
        seconds = int(each.parameters["t"])
        assert told is not None and told >= seconds, f"{refused}: Retry-After {value}, and t={seconds} of {each.name!r}"


@check("RLM-009", "MIS-C1D", profiles=("mission",))
def the_day_is_counted(target: Target) -> None:
    found, refused = refusal(target)
    days = [each for each in listed(refused, "RateLimit-Policy") if each.parameters.get("w") == str(DAY)]
    if not days:
        skip("no quota of a day is told, and a hundred thousand requests are not sent")
    assert days[0].parameters.get("q") == "100000", f"{refused}: the quota of a day is {days[0].parameters.get('q')}"
    left = [of_day(answer, days[0].name) for answer in found.admitted]
    assert left[0] - left[-1] == len(left) - 1, (
        f"{refused}: {len(left)} requests took {left[0] - left[-1] + 1} of the day"
    )
    now_left = of_day(refused, days[0].name)
    should(now_left == left[-1], f"{refused}: a refused request was taken off the day: {now_left} after {left[-1]}")


def of_day(answer: Exchange, name: str) -> int:
    member = next((each for each in listed(answer, "RateLimit") if each.name == name), None)
    assert member is not None, f"{answer}: RateLimit does not tell of {name!r}"
    midnight = DAY - decisions([answer])[0].earliest % DAY
    seconds = int(member.parameters.get("t", "0"))
    assert abs(seconds - midnight) <= _GRACE, (
        f"{answer}: {name!r} is new in {seconds} s, and midnight UTC in {midnight:.0f} s"
    )
    return int(member.parameters["r"])


# -- as the real API was seen --------------------------------------------------------------------------------------


@check("ATH-023", profiles=("athena",))
def headers_are_those_of_the_gateway(target: Target) -> None:
    _, refused = refusal(target)
    for answer in (usual_answer(target), refused):
        for name in (
            "RateLimit-Limit",
            "RateLimit-Remaining",
            "RateLimit-Reset",
            "X-RateLimit-Limit",
            "X-RateLimit-Remaining",
        ):
            field(answer, name)
        for name in ("X-RateLimit-Reset", "Retry-After"):
            assert name not in answer.headers, f"{answer} has {name}"


@check("ATH-024", profiles=("athena",))
def the_capability_statement_tells_no_limits(target: Target) -> None:
    answer = target.get("metadata", token=None)
    assert not has_limits(answer), f"{answer} has headers of limits"
