"""Where the mission and the real athenahealth API differ, a profile chooses.

A profile is a value: the code asks one of its switches, never its name. Every switch has a row in
``docs/fidelity.md`` that says where the behaviour was learned.
"""

from dataclasses import dataclass, replace

from mock_athena.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Profile:
    """One answer to every question on which the mission and the real API differ.

    Attributes:
        name: as given to ``--profile``.
        bundle_total: a searchset says how many resources match over all its pages.
        wildcard_scopes: ``patient/*.read`` and its like may be granted.
        narrow_scopes: what a client may not have is left out of the grant, instead of refusing the request.
        limits: the rate limit policy, where no other is asked for.
        writable: creates, updates and deletes are taken, unless ``--writable`` says otherwise.
        data_shape: how the synthetic records are rendered, see ``population.shapes``.
        underscore_ids: an id with ``_`` (not allowed in R4, used by the guide) finds the same id with ``-``.
        surface: what is offered of the registry's types and parameters: ``whole`` or ``athena``, see ``fhir.registry``.
        required_combinations: a search without one of its type's required combinations is refused.
        tenancy: a request must say in which practice it is meant, by ``ah-practice`` or by a patient's token.
        id_cursors: results come in the order of their ids; ``cursor`` is the id with which the next page begins.
        own_ids_only: an id of another form than athena's, that nothing has, is a malformed request.
        outcome_in_bundle: a search by what is no patient's id, or for too much, is answered 200 with an outcome inside.
        versions: versions are told and can be read: ``meta.versionId``, ETag, conditional reads, history.
        read_location: a read says in ``Location`` where the resource is.
        compartment_search: ``Patient/{id}/{type}`` can be searched.
        patient_operations: there are ``$everything`` and ``$docref``.
        export_levels: where a bulk export can be kicked off.
        narrow_export_status: of an export that the token's scopes do not cover.
        poll_interval: seconds between two polls of an export, unless Retry-After said less; 0 for none.
        errors: how refusals look: ``friendly`` or ``layered``, see ``web.shapes``.
        bundle_details: entries have a link to themselves, and time is that of US Eastern, in whole seconds.
        gateway_headers: the constant header fields of the gateway, and which request and practice a service answered.
        scope_required: a token request without ``scope`` is refused, also when refreshing.
        scopes_listed: the SMART configuration says which scopes there are, that tokens can be refreshed, and how
            assertions are signed.
        wrong_grant_status: of a token request with a grant type for which the client is not registered.
        exclusive_legs: a client is registered for ``client_credentials`` or for ``authorization_code``, not for both.
        rotates_refresh: each use of a refresh token answers a new one, unless ``--refresh-rotation`` says otherwise.
        registration: who may register by RFC 7591, unless ``--registration`` says otherwise.
        cors: where scripts of other sites may ask, unless ``--cors`` says otherwise.
        introspect_by_get: tokens are introspected by GET as well, and ``token_type_hint`` is needed.
    """

    name: str
    bundle_total: bool = True
    wildcard_scopes: bool = True
    narrow_scopes: bool = True
    underscore_ids: bool = True
    limits: str = "mission"
    writable: bool = True
    data_shape: str = "mission"
    surface: str = "whole"
    required_combinations: bool = False
    tenancy: bool = False
    id_cursors: bool = False
    own_ids_only: bool = False
    outcome_in_bundle: bool = False
    versions: bool = True
    read_location: bool = False
    compartment_search: bool = True
    patient_operations: bool = True
    export_levels: tuple[str, ...] = ("system", "Patient", "Group")
    narrow_export_status: int = 403
    poll_interval: float = 0.0
    errors: str = "friendly"
    bundle_details: bool = False
    gateway_headers: bool = False
    scope_required: bool = False
    scopes_listed: bool = True
    wrong_grant_status: int = 400
    exclusive_legs: bool = False
    rotates_refresh: bool = True
    registration: str = "local"
    cors: str = "everywhere"
    introspect_by_get: bool = False

    @property
    def checks_searches(self) -> bool:
        """Whether a search has to meet more than FHIR's grammar."""
        return self.required_combinations or self.own_ids_only or self.outcome_in_bundle

    def takes_writes(self, chosen: bool | None) -> bool:
        """Whether resources can be written over HTTP, where ``--writable`` says ``chosen`` or nothing."""
        return self.writable if chosen is None else chosen

    def handling(self, chosen: str) -> "Profile":
        """This profile where ``--handling`` says ``chosen``: ``strict``, ``lenient``, or nothing."""
        return replace(self, narrow_scopes=chosen == "lenient") if chosen else self

    def known_id(self, id: str) -> str:
        """The id under which a resource is stored that is asked for by ``id``."""
        return id.replace("_", "-") if self.underscore_ids else id


MISSION = Profile("mission")

ATHENA = Profile(
    "athena",
    bundle_total=False,
    wildcard_scopes=False,
    narrow_scopes=False,
    underscore_ids=False,
    limits="athena",
    writable=False,
    data_shape="athena",
    surface="athena",
    required_combinations=True,
    tenancy=True,
    id_cursors=True,
    own_ids_only=True,
    outcome_in_bundle=True,
    versions=False,
    read_location=True,
    compartment_search=False,
    patient_operations=False,
    export_levels=("Group",),
    narrow_export_status=401,
    poll_interval=5.0,
    errors="layered",
    bundle_details=True,
    gateway_headers=True,
    scope_required=True,
    scopes_listed=False,
    wrong_grant_status=401,
    exclusive_legs=True,
    rotates_refresh=False,
    registration="off",
    cors="not-token",
    introspect_by_get=True,
)

PROFILES = {profile.name: profile for profile in (MISSION, ATHENA)}


def profile_named(name: str) -> Profile:
    """The profile that ``--profile`` names.

    Raises:
        ConfigurationError: there is none of that name.
    """
    try:
        return PROFILES[name]
    except KeyError:
        message = f"unknown profile {name!r}: expected {' or '.join(sorted(PROFILES))}"
        raise ConfigurationError(message) from None
