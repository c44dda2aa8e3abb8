"""What the document must be told, because it is decided above this floor or by a setting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mock_athena.environments import EnvironmentFacts
from mock_athena.fhir.registry import ResourceType, offered
from mock_athena.profiles import Profile


@dataclass(frozen=True, slots=True)
class Served:
    """One environment of one emulator.

    Attributes:
        origin: scheme, host and port under which it is reached. environment: which of the two it is.
        profile: whose behaviour is shown.
        version: of this software.
        authorize, token, keys, introspect, revoke, register, openid, style: paths of the OAuth endpoints.
        registers: applications can register themselves.
        grant_types: what the token endpoint takes.
        writable: resources can be written. update_creates: an update of what is not there creates it.
        strict: unknown search parameters are refused where nothing is preferred.
        limited: there is a quota, so that 429 can be an answer. token_limited: the token endpoint has one, too.
        tells: which header fields tell of it: ``all`` of ours, those of the real API's ``gateway``, or none (``body``).
        count, most: entries on a page, by default and at most.
        largest_body, largest_form: bytes of a request's body, of FHIR and of OAuth.
    """

    origin: str
    environment: EnvironmentFacts
    profile: Profile
    version: str
    authorize: str
    token: str
    keys: str
    introspect: str
    revoke: str
    register: str
    openid: str
    style: str
    registers: bool
    grant_types: tuple[str, ...]
    writable: bool
    update_creates: bool
    strict: bool
    limited: bool
    token_limited: bool
    tells: str
    count: int
    most: int
    largest_body: int
    largest_form: int

    @property
    def base(self) -> str:
        """Path of the FHIR base."""
        return self.environment.fhir_path

    @property
    def types(self) -> Mapping[str, ResourceType]:
        """The types that are served, as far as the profile's surface has them."""
        return offered(self.profile.surface)

    @property
    def searchable(self) -> Iterator[ResourceType]:
        """Those of them that can be searched."""
        return (kind for kind in self.types.values() if kind.searchable)

    @property
    def patient(self) -> str:
        """Id of a patient, for examples."""
        return f"a-{self.environment.practice}.E-1"
