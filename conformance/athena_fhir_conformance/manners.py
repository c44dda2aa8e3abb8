"""How a target is treated, and what the suite is told of it besides its URL and credentials."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from athena_fhir_conformance import sending
from athena_fhir_conformance.pacing import DEFAULT, Quota
from athena_fhir_conformance.registrations import Registration


@dataclass(frozen=True)
class Manners:
    """How a target is treated.

    Attributes:
        quotas: until the target says otherwise; empty sends without waiting.
        learns: take the quotas that the target declares.
        max_requests: of a run; 0 for any number.
        practice: for ``ah-practice``, such as ``Organization/a-1.Practice-500001``; learned where it is empty.
        patients: ids to look at; found by searching where there are none.
        token_url: the token endpoint, where the discovered one may not be trusted.
        group: the id of a Group that can be exported; found where it is empty.
        patience: seconds that an export is waited for.
        clients: part → a client that is registered for it; an emulator registers those that are not here.
        user, password: of a person who signs in, for the authorization code flow.
    """

    quotas: tuple[Quota, ...] = DEFAULT
    learns: bool = True
    max_requests: int = 0
    bounds: sending.Bounds = field(default_factory=sending.Bounds)
    practice: str = ""
    patients: tuple[str, ...] = ()
    token_url: str = ""
    group: str = ""
    patience: float = 120.0
    clients: Mapping[str, Registration] = field(default_factory=dict)
    user: str = ""
    password: str = field(default="", repr=False)
    verify: bool = True

    def secrets(self) -> set[str]:
        """Texts that must not be written down."""
        return {self.password, *(client.secret for client in self.clients.values())} - {""}
