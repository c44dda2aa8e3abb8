"""``/_mock/launches``: start an application as the EHR does, for tests without a browser.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch. The portal's launch page does it by
hand.
"""

from typing import Any

from flask import Blueprint, Response

from mock_athena.auth.launch import LIFETIME_S
from mock_athena.errors import ControlError
from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object
from mock_athena.web.exchange import current_exchange
from mock_athena.web.world import World

_TEXTS = ("client_id", "environment", "user", "patient", "encounter", "practice", "smart_style_url", "tenant", "intent")
_POINTING = frozenset(("reference", "canonical", "identifier"))
_CONTEXT_EXPECTED = (
    'fhirContext is an array of objects such as {"reference": "ImagingStudy/1"}: each with one or more of reference, '
    "canonical and identifier, and perhaps type and role"
)
_KNOWN = (*_TEXTS, "need_patient_banner", "fhirContext")


def add_launches(views: Blueprint, world: World) -> None:
    """Start a launch."""

    @views.post("/launches")
    def launch() -> Response:
        """Start an application as the EHR does; 201.

        Body: ``client_id``; and ``environment``, ``user`` (a provider if left out), ``patient``, ``encounter``,
        ``practice``, ``need_patient_banner``, ``smart_style_url``, ``tenant``, ``intent``, ``fhirContext``. Answers
        ``launch``, ``iss``, ``expires_in``, ``user``, and ``launch_url`` if the client has an ``initiate_login_uri``.
        """
        from mock_athena.web.launches import started  # most emulators start nothing

        sent = json_object()
        _refuse_malformed(sent)
        made = started(world, sent, current_exchange().origin, by_browser=False)
        told: dict[str, Any] = {
            "launch": made.id,
            "iss": made.iss,
            "expires_in": LIFETIME_S,
            "user": made.launch.user.username,
        }
        if made.address:
            told["launch_url"] = made.address
        return json_answer(told, 201, pretty=True)


def _refuse_malformed(sent: dict[str, Any]) -> None:
    unknown = sorted(set(sent) - set(_KNOWN))
    banner, context = sent.get("need_patient_banner"), sent.get("fhirContext", [])
    checks = (
        (not unknown, f"unknown: {', '.join(unknown)}; expected some of {', '.join(_KNOWN)}"),
        ("client_id" in sent, "client_id is missing: which application is to be started?"),
        (all(isinstance(sent.get(name, ""), str) for name in _TEXTS), f"{', '.join(_TEXTS)} are texts"),
        (banner is None or isinstance(banner, bool), "need_patient_banner is true or false"),
        (isinstance(context, list) and all(_is_context(each) for each in context), _CONTEXT_EXPECTED),
    )
    for holds, complaint in checks:
        if not holds:
            raise ControlError(complaint)


def _is_context(item: object) -> bool:
    """Whether it is an item of ``fhirContext``: the identifier is an Identifier, the rest are texts."""
    if not isinstance(item, dict) or not _POINTING & set(item) or not set(item) <= _POINTING | {"type", "role"}:
        return False
    return all(isinstance(value, dict if name == "identifier" else str) for name, value in item.items())
