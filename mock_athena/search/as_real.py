"""What the real API refuses of a search beyond FHIR's grammar, and what it answers with an outcome in a Bundle.

Which of it is done is the profile's matter (:mod:`mock_athena.profiles`). The words that a caller sees are few, as
they are there; the reason, which the journal has, says which rule it was.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from mock_athena.errors import BusinessRule, MissingCombination, shortened
from mock_athena.fhir.outcome import short_issue
from mock_athena.fhir.registry import ResourceType

Pairs = Iterable[tuple[str, str]]

_ID = re.compile(r"a-[0-9]+\.[A-Za-z].*", re.ASCII)
_PATIENT_ID = re.compile(r"a-[0-9]+\.E-[0-9]+", re.ASCII)
_SHORTEST_NAME = 2
_NAMES = ("name", "family", "given")


class Doubt(NamedTuple):
    """Why a search is answered 200 with an outcome inside.

    Attributes:
        issue: of the OperationOutcome. reason: for the journal.
    """

    issue: dict[str, Any]
    reason: str


def invalid_request(reason: str, *expression: str) -> BusinessRule:
    """The refusal of an id of another form; ``reason`` is for the journal."""
    return BusinessRule("Invalid FHIR request", reason=reason, expression=expression)


def is_own_id(text: str) -> bool:
    """Whether ``text`` has the form of athena's ids, such as ``a-1.Practice-500001``."""
    return _ID.fullmatch(text) is not None


def require_combination(kind: ResourceType, pairs: Pairs) -> None:
    """Refuse a search that gives none of the combinations of which its type requires one.

    Raises:
        MissingCombination: names them all.
    """
    given = {name.partition(":")[0] for name, value in pairs if value}
    if not kind.required or any(given.issuperset(combination) for combination in kind.required):
        return
    listed = [",".join(combination) for combination in kind.required]
    text = f"One of these combinations of search parameters is required: [{','.join(f'[{each}]' for each in listed)}]"
    missing = " or ".join("+".join(combination) for combination in kind.required)
    came = ", ".join(sorted(given)) or "nothing"
    reason = f"required combination missing: {missing} (of {kind.name}; there came {came})"
    raise MissingCombination(text, reason=reason, expression=listed)


def require_own_ids(pairs: Pairs, is_there: Callable[[str], bool]) -> None:
    """Refuse ``_id`` with an id of another form than athena's, unless something has it.

    Args:
        is_there: whether a resource of the type that is searched has an id.

    Raises:
        BusinessRule: the one that the real API answers.
    """
    for name, value in pairs:
        strange = next((id for id in _values(value) if not is_own_id(id) and not is_there(id)), None)
        if name.partition(":")[0] == "_id" and strange is not None:
            raise invalid_request(f"_id={shortened(strange)} is no id such as a-500001.E-1, and nothing has it", "_id")


def doubt_of(kind: ResourceType, pairs: Pairs, is_patient: Callable[[str], bool]) -> Doubt | None:
    """Why the search is not carried out though it is not refused; None if it is carried out.

    Args:
        is_patient: whether there is a Patient of an id.
    """
    pairs = tuple(pairs)
    for id in _patients(kind, pairs):
        if not _PATIENT_ID.fullmatch(id) and not is_patient(id):
            text = f"Invalid patient id {shortened(id, 64)}"
            reason = f"patient={shortened(id)} is no id such as a-500001.E-1, and no Patient has it"
            return Doubt(short_issue("error", "invalid", text), reason)
    broad = _too_broad(kind, pairs)
    return (
        Doubt(short_issue("fatal", "too-costly", "The search is too broad"), f"search too broad: {broad}")
        if broad
        else None
    )


def _patients(kind: ResourceType, pairs: Pairs) -> Iterator[str]:
    """The ids of Patients by which is searched."""
    for name, value in pairs:
        code, _, type = name.partition(":")
        if code in ("patient", "subject") and type in ("", "Patient") and kind.parameter(code):
            for text in _values(value):
                type, slash, id = text.rpartition("/")
                if not slash or type == "Patient":
                    yield id


def _too_broad(kind: ResourceType, pairs: Pairs) -> str:
    """Why it would find too much; empty if it would not."""
    given = {name.partition(":")[0]: value for name, value in pairs if value}
    if not kind.required and not {"patient", "_id"} & given.keys():
        return f"{kind.name} by neither patient nor _id"
    if "_id" in given or "identifier" in given:
        return ""
    short = next((name for name in _NAMES if name in given and len(given[name]) < _SHORTEST_NAME), "")
    return f"{kind.name}?{short} with fewer than {_SHORTEST_NAME} letters" if short and kind.name == "Patient" else ""


def _values(text: str) -> list[str]:
    return [part for part in text.split(",") if part]
