"""What the scopes of a token let it reach, put together from their contexts, types, rights and searches.

``system/`` reaches everybody's records, ``patient/`` those of the Patient in context, ``user/`` those that the user may
see: https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html. Several scopes add up.
"""

from collections.abc import Iterator
from functools import lru_cache

from mock_athena.auth.granular import conditions
from mock_athena.auth.scopes import Scope
from mock_athena.store.confinement import Part, Patients, Reach


@lru_cache(maxsize=1 << 10)
def reach_of(
    scopes: tuple[Scope, ...], patient: str | None, user: str | None = None, patients: Patients = None
) -> Reach:
    """What these scopes reach: the same object for the same question, so that it can be told apart fast.

    Args:
        patient: id of the Patient in context; None for none, and then ``patient/`` scopes reach nothing.
        user: reference to the user who signed in; None where nobody did, and then ``user/`` scopes mean the Patient in
            context.
        patients: ids of the Patients whom that user may see; None for all.
    """
    own = () if patient is None else (patient,)
    people = {"system": None, "patient": own, "user": patients if user is not None else own}
    return Reach(_parts(scopes, people))


def _parts(scopes: tuple[Scope, ...], people: dict[str, Patients]) -> Iterator[Part]:
    for scope in scopes:
        patients = people.get(scope.context, ())
        if patients != ():
            try:
                yield Part(scope.text, scope.type, scope.letters, patients, conditions(scope))
            except ValueError:
                continue  # what is not understood grants nothing
