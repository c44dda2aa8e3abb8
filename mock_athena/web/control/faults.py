"""``/_mock/faults``: what goes wrong, and what could."""

from typing import Any

from flask import Blueprint, Response

from mock_athena.errors import ConfigurationError, ControlError
from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object
from mock_athena.web.world import World


def add_faults(views: Blueprint, world: World) -> None:
    """Arm, list and disarm; say which faults and scenarios there are."""

    @views.get("/faults")
    def armed() -> Response:
        """What is armed: ``{"armed": […]}``, each with ``id``, its rule, ``matched``, ``struck`` and ``spent``."""
        return json_answer({"armed": _described(world.faults.armed)}, pretty=True)

    @views.post("/faults")
    def arm() -> Response:
        """Arm a rule, rules, or a scenario; 201.

        Body: a rule (``kind``, ``with``, ``match``, …), ``{"fault": [rule, …], "seed": n}``, or ``{"scenario": name}``.
        """
        added = world.faults.arm(_rules(json_object()), world.clock.now())
        return json_answer({"armed": _described(added)}, 201, pretty=True)

    @views.delete("/faults")
    def disarm_all() -> Response:
        """Disarm all."""
        world.faults.disarm()
        return json_answer({"armed": []})

    @views.delete("/faults/<int:number>")
    def disarm(number: int) -> Response:
        """Disarm one, by its ``id``."""
        if not world.faults.disarm(number):
            message = f"no fault {number} is armed; GET /_mock/faults lists those that are"
            raise ControlError(message, status=404)
        return json_answer({"armed": _described(world.faults.armed)}, pretty=True)

    @views.get("/faults/kinds")
    def kinds() -> Response:
        """The kinds of faults, with their parameters."""
        from mock_athena.faults.catalogue import names

        return json_answer({"kinds": [_kind(name) for name in names()]}, pretty=True)

    @views.get("/faults/scenarios")
    def scenarios() -> Response:
        """The scenarios that come with the emulator."""
        from mock_athena.faults.scenarios import load, shipped

        listed = [{"name": name, "teaches": load(name).teaches} for name in shipped()]
        return json_answer({"scenarios": listed}, pretty=True)


def _rules(sent: dict[str, Any]) -> Any:
    """The rules that are asked for: one rule, a whole scenario, or one by its name."""
    from mock_athena.faults.parameters import known
    from mock_athena.faults.scenarios import load, rule, scenario

    try:
        if "scenario" in sent:
            known(sent, ("scenario",), "at the top")
            return load(str(sent["scenario"]), files=False).rules
        return scenario("", sent).rules if "fault" in sent else (rule(sent),)
    except (ValueError, ConfigurationError) as error:
        raise ControlError(str(error)) from None


def _described(armed: Any) -> list[dict[str, Any]]:
    if not armed:
        return []
    from mock_athena.faults.scenarios import described

    return described(armed)


def _kind(name: str) -> dict[str, Any]:
    from mock_athena.faults.catalogue import fault_class, parameters, teaches
    from mock_athena.faults.parameters import described

    listed = [
        {"name": each.name, "expects": described(each.type), "default": each.default} for each in parameters(name)
    ]
    return {"kind": name, "at": fault_class(name)().phases(), "teaches": teaches(name), "with": listed}
