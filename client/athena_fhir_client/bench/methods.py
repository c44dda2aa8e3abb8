"""The ways of asking for so many resources.

One more is one more row of :data:`METHODS`. Each gets a client and what there is to be had, and leaves its traces in
the emulator's journal.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from athena_fhir_client.client import AthenaClient
from athena_fhir_client.errors import ConfigurationError, JsonObject
from athena_fhir_client.fhir.bundles import Entry
from athena_fhir_client.pace.strategies import Strategy

BATCH = 100  # requests in one Bundle
PAGE = 100  # resources on one page
TYPES = ("Observation", "Condition", "Encounter", "DiagnosticReport", "MedicationRequest", "Immunization", "Procedure")

Reference = str
"""``Type/id``."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way.

    Attributes:
        label: as the table has it. run: gets so many resources, and answers how many came.
        strategy: how its requests are paced.
    """

    name: str
    label: str
    run: Callable[[AthenaClient, Sequence[Reference]], int]
    strategy: Strategy = Strategy.PACED


def there(client: AthenaClient, number: int) -> list[Reference]:
    """So many resources of the server.

    Raises:
        ConfigurationError: there are not so many.
    """
    found = list(islice((f"{each['resourceType']}/{each['id']}" for each in _all(client, 1000)), number))
    if len(found) < number:
        raise ConfigurationError(
            f"the emulator has {len(found)} resources of the types that are asked for: start it with more"
        )
    return found


def _all(client: AthenaClient, count: int) -> Iterator[JsonObject]:
    for type in TYPES:
        yield from client.search(type, {"_count": count})


def _one_by_one(client: AthenaClient, wanted: Sequence[Reference]) -> int:
    return sum(bool(client.read(*reference.split("/"))) for reference in wanted)


def _in_batches(client: AthenaClient, wanted: Sequence[Reference]) -> int:
    parts = (wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH))
    return sum(answer.ok for part in parts for answer in client.batch([Entry("GET", each) for each in part]))


def _page_by_page(client: AthenaClient, wanted: Sequence[Reference]) -> int:
    return sum(1 for _ in islice(_all(client, PAGE), len(wanted)))


METHODS: dict[str, Method] = {
    each.name: each
    for each in (
        Method("spaced", "individual calls, 125 ms apart", _one_by_one, Strategy.SPACED),
        Method("paced", "individual calls, paced", _one_by_one),
        Method("search", f"paged search, {PAGE} to a page", _page_by_page),
        Method("batch", f"batches of {BATCH} reads", _in_batches),
    )
}
