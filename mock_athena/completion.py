"""What a shell is told when somebody presses Tab: scripts for ``mock-athena completion``, and values of settings.

The scripts are click's (https://click.palletsprojects.com/en/stable/shell-completion/): the shell calls the command
again, with the words so far in the environment, and the command answers what may follow.
"""

from collections.abc import Callable, Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class

PROGRAMS = ("mock-athena", "athena-fhir", "athena-conformance")
SHELLS = ("bash", "zsh", "fish")


def script(shell: str) -> str:
    """What a shell is to evaluate, so that it completes all of our commands."""
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - it is one of SHELLS
    # The script asks whatever has the name; the command behind it matters when it is asked.
    nobody = click.Command("")
    made = [kind(nobody, {}, name, f"_{name.replace('-', '_').upper()}_COMPLETE") for name in PROGRAMS]
    return "\n".join([made[0].source(), *(each.source_template % each.source_vars() for each in made[1:])])


def completing(setting: str, metavar: str | None) -> Callable[..., list[CompletionItem]]:
    """What click asks for the values of a setting that begin with some letters."""

    def complete(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        if metavar in ("FILE", "PATH", "DIR"):
            return [CompletionItem(begun, type="dir" if metavar == "DIR" else "file")]
        return [CompletionItem(value) for value in _values(setting) if value.startswith(begun)]

    return complete


def _values(setting: str) -> Iterable[str]:
    known: dict[str, Any] = {
        "profile": _profiles,
        "limits": _policies,
        "scenario": _scenarios,
        "handling": ("strict", "lenient"),
        "retry_after": ("plain", "fair"),
        "counters": ("memory", "file:", "redis://", "valkey://"),
        "fail": ("closed", "open"),
        "clock": ("system", "manual", "x10", "x60"),
        "registration": ("local", "open", "off"),
        "cors": ("everywhere", "not-token", "nowhere"),
        "export_duration": ("instant", "realistic"),
        "batch_cost": ("request", "entry"),
        "access_log": ("off", "dev", "common", "combined", "json"),
        "host": ("127.0.0.1", "localhost", "0.0.0.0"),  # noqa: S104 - suggested, to whoever asks
    }
    found = known.get(setting, ())
    return found if isinstance(found, tuple) else found()


def _profiles() -> Iterable[str]:
    from mock_athena.profiles import PROFILES

    return PROFILES


def _policies() -> Iterable[str]:
    from mock_athena.ratelimit.policies import POLICIES

    return POLICIES


def _scenarios() -> Iterable[str]:
    from mock_athena.faults.scenarios import shipped

    return shipped()
