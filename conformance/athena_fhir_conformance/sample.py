"""What the target has to show: patients, and of every type some resources, as it answers them.

So a check has values that are in the data, whatever the server. All of it is read once in a run.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.matching import values
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
REFERRING = {
    "Practitioner": (("Encounter", "participant.individual.reference"), ("MedicationRequest", "requester.reference")),
    "Organization": (("Encounter", "serviceProvider.reference"), ("DocumentReference", "custodian.reference")),
    "Location": (("Encounter", "location.location.reference"),),
    "Medication": (("MedicationRequest", "medicationReference.reference"),),
}
"""Type that is not searched → where references to it are."""

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
        self._kept: dict[tuple[str, ...], tuple[list[Json], list[int]]] = {}

    def patients(self) -> list[Json]:
        """Some patients, those asked for first.

        Raises:
            Skipped: none is found.
        """
        found = self._once(("patients",), self._look_for_patients)
        return found or skip("no patient was found; --patient ID names one")

    def patient(self) -> Json:
        """One patient."""
        return self.patients()[0]

    def of(self, type: str, patient: str) -> list[Json]:
        """A patient's resources of a type, one page of them."""
        asked = self.criterion(type, patient)
        return self._once((type, patient), lambda: self._matches(self._target.get(type, params=asked)))

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
        if type == "Patient":
            return self.patients()
        return self._once((type,), lambda: self._look_for(type))

    def seen(self, type: str) -> list[Json]:
        """The same, before it is said that there are none.

        Raises:
            NotGranted: the token does not reach them.
        """
        found = self.resources(type)
        self._target.reached(type)
        return found

    def _once(self, key: tuple[str, ...], look: Callable[[], Iterable[Json]]) -> list[Json]:
        """What was found once, and which exchanges showed it: they are evidence for whoever asks again."""
        if key not in self._kept:
            used, self._target.used = self._target.used, []
            try:
                found = list(look())
            finally:
                shown, self._target.used = self._target.used, used
            self._kept[key] = found, shown
        found, shown = self._kept[key]
        self._target.use(*shown)
        return found

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

    def some(self, number: int) -> Iterator[Json]:
        """So many of each declared type."""
        for type in self._target.types:
            yield from self.resources(type)[:number]

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
        yield from self._found_by_name()

    def _found_by_name(self) -> Iterator[Json]:
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
            elif type == "Provenance":
                seen = self.of("Observation", str(self.patient().get("id")))[:1]
                for each in seen:
                    asked = {"target": f"Observation/{each.get('id')}"}
                    yield from self._matches(self._target.get(type, params=asked))
            else:
                yield from self._referenced(type)
            return
        yield from self._matches(self._target.get(type, params={"_count": str(PAGE)}))

    def _referenced(self, type: str) -> Iterator[Json]:
        """What others refer to: some types are not searched."""
        texts = dict[str, None]()
        for holder, path in REFERRING.get(type, ()):
            for each in self.of(holder, str(self.patient().get("id"))):
                texts |= {str(value): None for value in values(each, path) if str(value).startswith(f"{type}/")}
        for text in list(texts)[:PATIENTS]:
            answer = self._target.get(text)
            if answer.ok and answer.resource_type == type:
                yield answer.json

    def _matches(self, answer: Exchange) -> list[Json]:
        try:
            return resources(answer) if answer.ok else []
        except NotJson:
            return []
