"""Everything that a population depends on, as one value: who asks for the same recipe gets the same bytes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mock_athena.errors import ConfigurationError
from mock_athena.fhir.resource import Resource
from mock_athena.population import AS_OF, patient, practice_resources

SHAPES = ("mission", "athena")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A population of one practice.

    Attributes:
        patients: how many, from 1.
        as_of: the day that is taken for today.
        shape: one of ``SHAPES``: see :mod:`mock_athena.population.shapes`.
        dirty: share of the patients' resources that get a flaw, 0 to 1.
    """

    seed: int
    practice: int
    patients: int
    as_of: date = AS_OF
    shape: str = "mission"
    dirty: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be made."""
        if self.shape not in SHAPES:
            message = f"unknown shape {self.shape!r}: expected {' or '.join(SHAPES)}"
            raise ConfigurationError(message)
        if not 0 <= self.dirty <= 1:
            message = f"dirty {self.dirty} is not a share between 0 and 1, such as 0.05 for one resource in twenty"
            raise ConfigurationError(message)

    @property
    def name(self) -> str:
        """All of it, as part of a file's name."""
        parts = [str(self.seed), str(self.practice), str(self.patients)]
        parts += [self.as_of.isoformat()] if self.as_of != AS_OF else []
        parts += [self.shape] if self.shape != "mission" else []
        return "-".join(parts + ([f"dirty{self.dirty:g}"] if self.dirty else []))

    def resources(self) -> Iterator[Resource]:
        """The practice's own resources, then those of its patients in order."""
        yield from self.of_practice()
        for n in range(1, self.patients + 1):
            yield from self.of_patient(n)

    def of_practice(self) -> list[Resource]:
        """What the practice has besides its patients."""
        return self._rendered(practice_resources(self.seed, self.practice, self.patients, self.as_of), 0)

    def of_patient(self, n: int) -> list[Resource]:
        """Everything of patient ``n``."""
        return self._rendered(patient(self.seed, self.practice, n, self.as_of), n)

    def _rendered(self, made: list[Resource], n: int) -> list[Resource]:
        if self.shape == "mission" and not self.dirty:
            return made
        # Imported late: a start that finds its prebuilt file renders nothing.
        from mock_athena.population.shapes import athena, dirty
        from mock_athena.population.streams import stream

        if self.shape == "athena":
            made = athena.render(made, stream(self.seed, self.practice, n, "shape/athena"))
        if self.dirty and n:
            made = dirty.render(made, stream(self.seed, self.practice, n, "shape/dirty"), self.dirty)
        return made


def day_from(text: str) -> date:
    """The day that ``--as-of`` names; the generator's own where it names none.

    Raises:
        ConfigurationError: it is no day such as ``2026-11-01``.
    """
    try:
        return date.fromisoformat(text) if text else AS_OF
    except ValueError:
        message = f"as-of {text!r} is not a day such as {AS_OF.isoformat()}"
        raise ConfigurationError(message) from None
