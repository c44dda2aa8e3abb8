"""What an export is asked for: the parameters of a kick-off, as a GET or a POST.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html#query-parameters, and those of STU3. Nothing is guessed: what the
server does not support it refuses, or names in the manifest's ``error`` files if ``lenient``.
"""

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import quote

Level = Literal["system", "Patient", "Group"]

LEVELS: tuple[Level, ...] = ("system", "Patient", "Group")
NDJSON = "application/fhir+ndjson"

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export.

    Attributes:
        level: of the whole server, of all patients, or of a group.
        group: id of the Group, for that level only.
        types: ``_type``; empty for everything that the token may see.
        since, until: ``_since`` and ``_until``, instants with seconds and offset; empty for no bound.
        type_filters: ``_typeFilter``, each such as ``Observation?category=laboratory``.
        elements: ``_elements``. patients: ids; they make the kick-off a POST, as the specification has it.
        associated: ``includeAssociatedData``.
        organize_by: ``organizeOutputBy``, such as ``Patient``.
        partial_manifests: whether a manifest may come in pages, the first before all is exported.
        lenient: run also if a parameter is not supported.
        post: kick off by POST even where GET would do.

    Raises:
        ValueError: what can never work, with what was expected.
    """

    level: Level = "Patient"
    group: str = ""
    types: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    type_filters: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()
    associated: tuple[str, ...] = ()
    output_format: str = NDJSON
    organize_by: str = ""
    partial_manifests: bool = False
    lenient: bool = False
    post: bool = False

    def __post_init__(self) -> None:
        """Refuse what can never work."""
        if self.level not in LEVELS:
            message = f"level {self.level!r}: expected one of {', '.join(LEVELS)}"
            raise ValueError(message)
        if (self.level == "Group") != bool(self.group):
            message = "a Group export needs the id of a group, and only that one takes it"
            raise ValueError(message)
        for name, value in (("since", self.since), ("until", self.until)):
            if value and not INSTANT.fullmatch(value):
                message = f"{name}={value!r}: expected an instant with seconds and offset, such as 2024-01-01T00:00:00Z"
                raise ValueError(message)
        wrong = [type for type in self.types if not _TYPE.fullmatch(type)]
        if wrong:
            message = f"{', '.join(map(repr, wrong))}: expected names of resource types, such as Patient"
            raise ValueError(message)

    @property
    def method(self) -> str:
        """GET, or POST where a parameter needs a body."""
        return "POST" if self.post or self.patients else "GET"

    @property
    def path(self) -> str:
        """Below the FHIR base URL."""
        prefix = {"system": "", "Patient": "Patient/", "Group": f"Group/{quote(self.group, safe='.-')}/"}[self.level]
        return f"{prefix}$export"

    @property
    def prefer(self) -> str:
        """The Prefer header."""
        return "respond-async, handling=lenient" if self.lenient else "respond-async"

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of a GET."""
        listed = (("_type", self.types), ("_elements", self.elements), ("includeAssociatedData", self.associated))
        single = (
            ("_outputFormat", self.output_format),
            ("_since", self.since),
            ("_until", self.until),
            ("organizeOutputBy", self.organize_by),
            ("allowPartialManifests", "true" if self.partial_manifests else ""),
        )
        pairs = [(name, value) for name, value in single if value]
        pairs += [(name, ",".join(values)) for name, values in listed if values]
        return pairs + [("_typeFilter", each) for each in self.type_filters]

    def parameters(self) -> dict[str, Any]:
        """The Parameters resource of a POST."""
        instants = {"_since", "_until"}
        listed: list[dict[str, Any]] = []
        for name, value in self.pairs():
            if name == "allowPartialManifests":
                listed.append({"name": name, "valueBoolean": True})
            else:
                listed.append({"name": name, "valueInstant" if name in instants else "valueString": value})
        listed += [{"name": "patient", "valueReference": {"reference": f"Patient/{id}"}} for id in self.patients]
        return {"resourceType": "Parameters", "parameter": listed}

    def as_json(self) -> dict[str, Any]:
        """For a state file; lists instead of tuples."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "ExportRequest":
        """What :meth:`as_json` gave."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
        }
        return cls(**values)
