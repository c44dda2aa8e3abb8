"""``_summary`` and ``_elements`` of a request: https://hl7.org/fhir/R4/search.html#summary."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mock_athena.errors import BadRequest, shortened
from mock_athena.fhir.subset import SUMMARIES, Summary, elements_of, subset

SUBSET_PARAMETERS = ("_summary", "_elements")


class Part(NamedTuple):
    """What is wanted of each resource.

    Attributes:
        summary: ``false`` where no summary is wanted. elements: names, empty where all are wanted.
    """

    summary: Summary = "false"
    elements: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Everything is wanted."""
        return self.summary in ("false", "count") and not self.elements

    def of(self, body: bytes) -> bytes:
        """The part of a resource, whatever its type is; its bytes as they are where that is everything."""
        if self.is_whole:
            return body
        from mock_athena.store.bodies import decoded, encoded  # orjson is loaded by those who need it

        return encoded(subset(decoded(body), self.summary, self.elements))


WHOLE = Part()


def part_of(types: Sequence[str], pairs: Sequence[tuple[str, str]], *, counted: bool = False) -> Part:
    """The part that the parameters of a request ask for.

    Args:
        types: the types of what is answered; an element must be one of at least one of them.
        counted: the answer is a Bundle, which ``_summary=count`` may leave without entries.

    Raises:
        BadRequest: a value that is not of R4's, or both parameters at once.
    """
    if not pairs:
        return WHOLE
    texts = [value for name, value in pairs if name == "_summary"]
    names = tuple(dict.fromkeys(_elements(value for name, value in pairs if name == "_elements")))
    summary = _summary(texts, counted=counted)
    _require_names(types, names)
    if names and summary != "false":
        message = f"_elements with _summary={summary}: expected one of the two, since each says what to leave out"
        raise BadRequest(message, expression=SUBSET_PARAMETERS)
    return Part(summary, names)


def _summary(texts: Sequence[str], *, counted: bool) -> Summary:
    expected: tuple[Summary, ...] = SUMMARIES if counted else tuple(each for each in SUMMARIES if each != "count")
    chosen: list[Summary] = [each for each in expected if texts == [each]]
    if texts and not chosen:
        message = f"_summary={shortened(','.join(texts))}: expected one of {', '.join(expected)}"
        raise BadRequest(message, expression=["_summary"])
    return chosen[0] if chosen else "false"


def _elements(texts: Iterable[str]) -> list[str]:
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


def _require_names(types: Sequence[str], names: Iterable[str]) -> None:
    known = [elements for elements in map(elements_of, types) if elements]
    wrong = [name for name in names if not any(elements.named(name) for elements in known)]
    if wrong:
        all_names = sorted({name for elements in known for name in elements.names})
        message = (
            f"_elements={shortened(','.join(wrong))}: {' and '.join(types)} has no such element at its root; expected "
            f"names of {', '.join(all_names)}"
        )
        raise BadRequest(message, expression=["_elements"])
