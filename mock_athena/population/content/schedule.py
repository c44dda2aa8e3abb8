"""The vaccines that are due, and when: routine US schedules, simplified.

Each is given only from the year in which it came into use, so that nobody has had a vaccine before it existed.
Series: https://www.cdc.gov/vaccines/hcp/imz-schedules/index.html
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A vaccine and its routine doses.

    Attributes:
        code: CVX.
        months: ages of the doses, in months.
        since: the first year of routine use.
        route: of v3-RouteOfAdministration.
        until: the last year of routine use.
    """

    code: str
    months: tuple[int, ...]
    since: int
    route: str = "IM"
    until: int = 9999


def _years(*ages: int) -> tuple[int, ...]:
    return tuple(age * 12 for age in ages)


ROUTINE = (
    Vaccine("08", (0, 2, 6), 1992),
    Vaccine("116", (2, 4, 6), 2006, "PO"),
    Vaccine("20", (2, 4, 6, 15, 54), 1997),
    Vaccine("48", (2, 4, 6, 13), 1993),
    Vaccine("100", (2, 4, 6, 13), 2001, until=2009),
    Vaccine("133", (2, 4, 6, 13), 2010),
    Vaccine("10", (2, 4, 9, 54), 2000),
    Vaccine("03", (13, 54), 1990, "SQ"),
    Vaccine("21", (13, 54), 1996, "SQ"),
    Vaccine("83", (13, 20), 2006),
    Vaccine("115", (134,), 2006),
    Vaccine("114", (134, 194), 2006),
    Vaccine("165", (134, 141), 2015),
    Vaccine("113", _years(32, 42, 52, 62, 72, 82), 2010),
    Vaccine("187", (603, 607), 2018),
    Vaccine("33", _years(66), 1997),
)

QUADRIVALENT_INFLUENZA, TRIVALENT_INFLUENZA = "150", "140"
QUADRIVALENT_UNTIL = 2023
"""The last autumn for which quadrivalent influenza vaccine was made in the US."""
