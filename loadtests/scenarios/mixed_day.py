"""A mixed day: reads, searches, pages of metadata, documents of a few, as an application asks."""

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.arrivals import Poisson
from athena_fhir_load.users import OpenCaller

# How often, out of a hundred; under which name; what.
_DAY = (
    (40, "GET Patient/[id]", "/Patient/{patient}"),
    (20, "GET Observation?patient&category", "/Observation?patient={patient}&category=laboratory&_count=20"),
    (10, "GET Condition?patient", "/Condition?patient={patient}"),
    (10, "GET MedicationRequest?patient", "/MedicationRequest?patient={patient}"),
    (8, "GET Encounter?patient", "/Encounter?patient={patient}&_count=10"),
    (7, "GET DocumentReference?patient", "/DocumentReference?patient={patient}"),
    (5, "GET metadata", "/metadata"),
)


class MixedDay(OpenCaller):
    """Two requests a second in the mean."""

    limited = True
    arrivals = Poisson(2.0)

    def request(self, due: float) -> None:
        """One of them."""
        _, name, path = self.random.choices(_DAY, [often for often, *_ in _DAY])[0]
        self.get(path.format(patient=self.load.patient), name, due)
