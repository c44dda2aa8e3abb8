"""What the target has to show: patients, and of every type some resources, as it answers them.

So a check has values that are in the data, whatever the server. All of it is read once in a run.
"""

from collections.abc import Iterator
from typing import Any

from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.problems import NotJson
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import skip

Json = dict[str, Any]

PATIENTS = 3  # that are looked at closely
PAGE = 100
PAGES = 10
_NAMES = (
    "smith",
    "johnson",
    "will",
    "mar",
    "jo",
    "an",
    "ha",
    "ch",
    "sa",
    "ma",
    "ro",
    "ca",
    "li",
    "mo",
    "br",
    "wa",
    "al",
    "da",
)
"""Beginnings of frequent names, where patients are only found by name; those that find too much are refused."""
_INTENTS = "proposal,plan,order,option"


def resources(bundle: Exchange, type: str = "", mode: str = "match") -> list[Json]:
    """The resources of a Bundle: the matches, unless another ``mode`` is asked for (``""`` for all).

    Raises:
        NotJson: the answer is no Bundle that can be read.
    """
    body = bundle.json
    entries = body.get("entry", []) if isinstance(body, dict) else []
    found = []
    for entry in entries if isinstance(entries, list) else []:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or (mode and (entry.get("search") or {}).get("mode", "match") != mode):
            continue
        if resource.get("resourceType") != "OperationOutcome" and type in ("", resource.get("resourceType")):
            found.append(resource)
    return found


def next_url(bundle: Exchange) -> str:
    """Where the next page is; empty on the last."""
    links = bundle.json.get("link", []) if isinstance(bundle.json, dict) else []
    return next((str(link.get("url", "")) for link in links if link.get("relation") == "next"), "")


class Sample:
    """Resources of the target."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._found: dict[str, list[Json]] = {}
        self._of: dict[tuple[str, str], list[Json]] = {}
        self._patients: list[Json] | None = None

    def patients(self) -> list[Json]:
        """Some patients, those asked for first.

        Raises:
            Skipped: none is found.
        """
        if self._patients is None:
            self._patients = list(self._look_for_patients())
        if not self._patients:
            skip("no patient was found; --patient ID names one")
        return self._patients

    def patient(self) -> Json:
        """One patient."""
        return self.patients()[0]

    def of(self, type: str, patient: str) -> list[Json]:
        """A patient's resources of a type, one page of them."""
        if (type, patient) not in self._of:
            self._of[type, patient] = self._matches(self._target.get(type, params=self.criterion(type, patient)))
        return self._of[type, patient]

    def every(self, type: str, patient: str) -> list[Json]:
        """All of a patient's resources of a type, over all pages.

        Raises:
            Skipped: there are too many pages to read.
        """
        answer, found = self._target.get(type, params=self.criterion(type, patient)), list[Json]()
        for _ in range(PAGES):
            found += self._matches(answer)
            if not (url := next_url(answer)):
                return found
            answer = self._target.get(url)
        skip(f"the patient has more than {PAGES * PAGE} {type}")

    def resources(self, type: str) -> list[Json]:
        """Some resources of a type, as many as one or a few requests show; maybe none."""
        if type not in self._found:
            self._found[type] = self.patients() if type == "Patient" else list(self._look_for(type))
        return self._found[type]

    def one(self, type: str) -> Json:
        """A resource of a type.

        Raises:
            Skipped: the target shows none.
        """
        found = self.resources(type)
        return found[0] if found else skip(f"the target shows no {type}")

    def everything(self) -> Iterator[Json]:
        """Every resource that was seen, of all declared types."""
        for type in self._target.types:
            yield from self.resources(type)

    def criterion(self, type: str, patient: str) -> dict[str, str]:
        """The search for a patient's resources of a type."""
        more = (
            {"intent": _INTENTS} if type == "MedicationRequest" and self._target.profile.required_combinations else {}
        )
        return {"patient": patient, **more, "_count": str(PAGE)}

    def _look_for_patients(self) -> Iterator[Json]:
        for id in self._target.manners.patients:
            answer = self._target.get(f"Patient/{id}")
            if answer.resource_type == "Patient":
                yield answer.json
        if self._target.manners.patients:
            return
        if not self._target.profile.required_combinations:
            yield from self._matches(self._target.get("Patient", params={"_count": str(PAGE)}))
            return
        seen = set[str]()
        for name in _NAMES:
            for patient in self._matches(self._target.get("Patient", params={"name": name, "_count": str(PAGE)})):
                if patient.get("id") not in seen:
                    seen.add(str(patient.get("id")))
                    yield patient
            if len(seen) >= PATIENTS:
                return

    def _look_for(self, type: str) -> Iterator[Json]:
        if not self._target.offers(type, "search-type"):
            return
        if self._target.profile.required_combinations:
            if "patient" in self._target.parameters(type):
                for patient in self.patients()[:PATIENTS]:
                    yield from self.of(type, str(patient.get("id")))
            return
        yield from self._matches(self._target.get(type, params={"_count": str(PAGE)}))

    def _matches(self, answer: Exchange) -> list[Json]:
        try:
            return resources(answer) if answer.ok else []
        except NotJson:
            return []
