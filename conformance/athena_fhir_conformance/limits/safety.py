"""What a client may safely do, after all that was found, as sentences."""

from collections.abc import Sequence

from athena_fhir_conformance.limits.conclusion import Conclusion, Limit
from athena_fhir_conformance.limits.findings import Findings
from athena_fhir_conformance.limits.observation import Observation


def safe(concluded: Conclusion, found: Findings) -> list[str]:
    """What a client may do."""
    said = [sentence for limit in concluded.limits for sentence in _safe(limit)]
    said += [
        f"Keep your token: at most {limit.quota:,} token requests in {limit.window} s."
        for limit in concluded.token_endpoint
    ]
    said += _after_refusals(found)
    return said + _without_a_model(found, bool(said))


def _after_refusals(found: Findings) -> list[str]:
    said: list[str] = []
    honesty = found.honesty
    if honesty and honesty.retry_after.told:
        if honesty.retry_after.true:
            said.append("Wait for Retry-After after a 429; it is long enough.")
        else:
            said.append("Do not rely on Retry-After: it was too short, or far too long.")
    elif found.model:
        said.append("No Retry-After is sent: wait a whole window after a refusal.")
    if found.several_counters:
        said.append("Keep to that over all connections: other ones are counted apart, by chance of who serves them.")
    if found.model and found.model.charge_denied:
        said.append("Refused requests are charged: whoever does not stop is never admitted again.")
    return said


def _without_a_model(found: Findings, is_told: bool) -> list[str]:
    end = found.burst.end if found.burst else "failed"
    if end == "contradicted":
        longest = _longest_refusal(found.seen)
        return [f"It was refused for {longest:.1f} s at most: wait so long after a refusal, and longer after another."]
    if end == "unlimited" and not is_told:
        count, span = len(found.seen), max(0.001, found.seen[-1].latest - found.seen[0].earliest) if found.seen else 0.0
        return [f"{count} requests in {span:.1f} s were all admitted; beyond that nothing is known."]
    return []


def _longest_refusal(seen: Sequence[Observation]) -> float:
    """Seconds from the first of several refusals to the next that was admitted."""
    longest, since = 0.0, None
    for each in seen:
        if each.verdict == "refused":
            since = each.earliest if since is None else since
        elif since is not None:
            longest, since = max(longest, each.latest - since), None
    return longest


def _safe(limit: Limit) -> list[str]:
    if limit.kind == "concurrency":
        return [f"At most {limit.quota} requests at the same time."]
    if limit.kind == "lockout":
        return [
            f"Never be refused {limit.quota} times in {limit.window} s: {limit.more['penalty']} s without an answer."
        ]
    if limit.window >= 86_400:
        return [f"At most {limit.quota:,} requests a day ({limit.evidence})."]
    pace = limit.window / limit.quota
    if limit.kind in ("token-bucket", "gcra"):
        return [f"At most {limit.quota} at once, and then one every {pace:.3f} s."]
    if limit.kind == "sliding-counter":  # what is two windows back counts no more
        evenly = f", or evenly one every {limit.window / (limit.quota - 1):.3f} s" if limit.quota > 1 else ""
        return [f"At most {limit.quota} in any {2 * limit.window} s{evenly}."]
    return [f"At most {limit.quota} in any {limit.window} s, or evenly one every {pace:.3f} s and a little more."]
