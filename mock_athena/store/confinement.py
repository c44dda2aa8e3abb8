"""What a caller who is confined to one patient may see; the one place that knows.

A resource in a Patient compartment (https://hl7.org/fhir/R4/compartmentdefinition-patient.html) is seen by that
patient alone; one that is in none is seen by everybody, unless it tells of several patients, as a Group does.
"""

from mock_athena.fhir.registry import ResourceType
from mock_athena.store.criteria import Criterion, InCompartment, Nothing
from mock_athena.store.snapshot import Snapshot, StoredVersion


def confinement(kind: ResourceType, patient: str | None) -> tuple[Criterion, ...]:
    """The criteria that leave of a type what may be seen.

    Args:
        patient: id of the Patient to whom the caller is confined; None for nobody.
    """
    if patient is None:
        return ()
    if kind.patient:
        return (InCompartment((patient,)),)
    return (Nothing(),) if kind.names_patients else ()


def is_hidden(snapshot: Snapshot, kind: ResourceType, stored: StoredVersion, patient: str | None) -> bool:
    """Whether one version must not be seen: the same rule, for a read."""
    criteria = confinement(kind, patient)
    if not criteria or patient is None:
        return False
    return Nothing() in criteria or not snapshot.in_compartment(stored, patient)
