"""What is left when all else is contradicted is not true for that: it has to foretell something, too.

So who is alone is put to the proof: all is used up, single requests come while it should not be back, and all is used
up again as soon as it should be. A server of another kind, whose first answers happened to fit, betrays itself there.
"""

from athena_fhir_conformance.limits.elsewhere import Shifted, Weighted, memory_of
from athena_fhir_conformance.limits.experiments import Burst, Means, Plan
from athena_fhir_conformance.limits.families import Fixed, Model, Opened
from athena_fhir_conformance.limits.hypotheses import CHOSEN

_SHARES = (0.3, 0.6, 0.9)
_SPARE = 6  # requests


def is_rare(model: Model) -> bool:
    """Whether few servers are of that kind, and many odd ones look like it for a while.

    Such as fixed windows of 11 s: a timer of 10 s looks like them until their boundaries come apart.
    """
    odd = isinstance(model, Fixed) and model.window not in CHOSEN
    return odd or isinstance(model, Opened | Shifted | Weighted)


def proofs_for(model: Model) -> int:
    """How many proofs are enough."""
    return 3 if is_rare(model) else 1


def proof(model: Model, means: Means, number: int) -> Plan | None:
    """What is foretold exactly; None if it cannot be afforded. Each number falls at other places of the windows."""
    pad = means.pad
    free = means.now + memory_of(model) * (1 + 0.37 * number) + pad
    played = model.copy()
    played.spend(free, played.room(free))
    ready = max(played.ready(free), free)
    knocks = [Burst(free + share * (ready - free), 1) for share in _SHARES if (ready - free) * 0.1 > 2 * pad]
    again = ready + pad * (model.quota + 2)
    plan = (Burst(free, model.quota + 1, True), *knocks, Burst(again, model.quota + 1, True))
    requests = sum(burst.most for burst in plan)
    if requests + _SPARE > means.requests or again - means.now + 1 > means.seconds:
        return None
    return plan
