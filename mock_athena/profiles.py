"""Where the mission and the real athenahealth API differ, a profile chooses.

A profile is a value: the code asks one of its switches, never its name. Every switch has a row in
``docs/fidelity.md`` that says where the behaviour was learned.
"""

from dataclasses import dataclass

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
    """

    name: str
    bundle_total: bool = True
    wildcard_scopes: bool = True
    narrow_scopes: bool = True
    underscore_ids: bool = True
    limits: str = "mission"
    writable: bool = True
    data_shape: str = "mission"

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
