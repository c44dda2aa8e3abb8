"""What could not be loaded, gathered so that all of it is told at once."""

from mock_athena.fhir.registry import RESOURCE_TYPES

_SHOWN = 20


class Problems:
    """Resources that cannot be loaded; many are counted, the first are kept.

    Attributes:
        count: how many there are.
    """

    def __init__(self) -> None:
        self.count = 0
        self._shown: list[str] = []
        self._not_served: dict[str, tuple[str, int]] = {}

    def add(self, place: str, reason: str) -> None:
        """One more, by file and line or entry."""
        self.count += 1
        if len(self._shown) < _SHOWN:
            self._shown.append(f"{place}: {reason}")

    def add_type(self, place: str, type: str) -> None:
        """One more, of a type that is not served; those of one type are told together."""
        self.count += 1
        first, many = self._not_served.get(type, (place, 0))
        self._not_served[type] = (first, many + 1)

    def lines(self) -> list[str]:
        """One line for each, as far as they are shown, and one for the rest."""
        told = list(self._shown)
        for type, (place, many) in self._not_served.items():
            several = f" ({many:,} of them, this the first)" if many > 1 else ""
            told.append(f"{place}: resourceType {type!r} is not served here{several}")
        if self._not_served:
            told[-1] += f"; expected one of {', '.join(sorted(RESOURCE_TYPES))}"
        rest = self.count - len(self._shown) - sum(many for _, many in self._not_served.values())
        return [*told, f"and {rest:,} more"] if rest else told
