"""What is expected of a target: the mission's API, or the real one with its quirks.

A profile is a value; a check reads the switch that concerns it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """What differs between profiles.

    Attributes:
        wildcard_scopes: ``system/*.read`` is granted; otherwise types are named one by one.
        practice: every call of a client without a patient names its practice (``ah-practice``).
        required_combinations: searches without a patient or an id are refused.
        us_core_searches: every search that US Core requires is declared.
        opaque_pages: a page that was never given out is recognised.
        versions: resources have versions and ETags.
        totals: ``Bundle.total`` is sent.
        export_levels: where ``$export`` is offered.
        retry_after: a 429 says when to come back.
        reset_header: ``X-RateLimit-Reset`` is sent.
        string_details: an outcome's ``details`` may be a mere string.
        refused_search: statuses of a search that the server does not take.
        underscore_ids: the guide's underscored ids find the resource.
        token_errors: the member of an OAuth error that explains it.
    """

    name: str
    wildcard_scopes: bool = True
    practice: bool = False
    required_combinations: bool = False
    us_core_searches: bool = True
    opaque_pages: bool = True
    versions: bool = True
    totals: bool = True
    export_levels: tuple[str, ...] = ("system", "Patient", "Group")
    retry_after: bool = True
    reset_header: bool = True
    string_details: bool = False
    refused_search: tuple[int, ...] = (400,)
    underscore_ids: bool = True
    token_errors: str = "error_description"  # noqa: S105 - a member's name


MISSION = Profile("mission")
ATHENA = Profile(
    "athena",
    wildcard_scopes=False,
    practice=True,
    required_combinations=True,
    us_core_searches=False,
    opaque_pages=False,
    versions=False,
    totals=False,
    export_levels=("Group",),
    retry_after=False,
    reset_header=False,
    string_details=True,
    refused_search=(400, 403),
    underscore_ids=False,
    token_errors="detailedmessage",  # noqa: S106 - a member's name
)

PROFILES = {profile.name: profile for profile in (MISSION, ATHENA)}
