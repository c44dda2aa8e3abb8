"""Who can sign in at the patient portal: the patients that an environment holds."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from mock_athena.auth.portal import PortalPatient
from mock_athena.store.criteria import Selection
from mock_athena.web.world import World

_MOST = 200


def portal_directory(world: World) -> Callable[[str], Sequence[PortalPatient]]:
    """Looks up the patients of ``production`` or ``sandbox``, in order of their ids' numbers; 200 at most."""

    def patients(environment: str) -> Sequence[PortalPatient]:
        snapshot = world.environments[environment].store.snapshot()
        return [_portal_patient(row.body) for row in snapshot.page(Selection("Patient"), _MOST)]

    return patients


def _portal_patient(body: bytes) -> PortalPatient:
    patient = json.loads(body)
    name: dict[str, Any] = next(iter(patient.get("name", ())), {})
    words = [*name.get("given", ()), name.get("family", "")]
    text = name.get("text") or " ".join(word for word in words if word)
    return PortalPatient(patient["id"], text or patient["id"], patient.get("birthDate", "unknown"))
