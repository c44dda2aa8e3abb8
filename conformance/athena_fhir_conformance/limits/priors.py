"""What the server says of itself, as a weight of hypotheses.

It decides what is tested first, and what is reported where tests cannot tell; it never outweighs a test.
"""

from collections.abc import Callable, Sequence

from athena_fhir_conformance.limits.families import Model
from athena_fhir_conformance.limits.observation import Observation
from athena_fhir_conformance.limits.told import quota_in_words, told_limits, told_quota, told_wait

_NAMED, _QUOTA = 30.0, 3.0


def prior_of(seen: Sequence[Observation]) -> Callable[[Model], float]:
    """How much likelier than others a model is, after the words of a server."""
    named = {(limit.quota, float(limit.window)) for each in seen for limit in told_limits(each)}
    named |= {(pair[0], float(pair[1])) for each in seen if (pair := quota_in_words(each))}
    quotas = {quota for each in seen if (quota := told_quota(each)) is not None}
    waits = [wait for each in seen if (wait := told_wait(each)) is not None]

    def prior(model: Model) -> float:
        weight = 1.0
        if (model.quota, float(model.window)) in named:
            weight *= _NAMED
        if model.quota in quotas:
            weight *= _QUOTA
        if waits and model.window >= max(waits) - 1:
            weight *= _QUOTA
        return weight

    return prior
