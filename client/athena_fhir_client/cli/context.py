"""The options that commands share, and the client that they make."""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

from athena_fhir_client.configuration import Configuration
from athena_fhir_client.errors import ConfigurationError
from athena_fhir_client.providers import PROVIDERS

if TYPE_CHECKING:
    from athena_fhir_client.client import AthenaClient
    from athena_fhir_client.emulator_clock import EmulatorClock

F = TypeVar("F", bound=Callable[..., Any])

_STRATEGIES = ("paced", "spaced", "backoff", "adaptive")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the shared options say."""

    configuration: Configuration
    json: bool
    explain: bool
    quiet: bool
    strategy: str
    shared: bool
    emulator_clock: bool

    def client(self, **options: Any) -> "AthenaClient":
        """The client that they make: tokens are kept on disk, and the pace is shared with other processes.

        Whoever signed in (``athena-fhir login``) is who asks, until ``login --forget``; else the service does.
        """
        from athena_fhir_client.client import AthenaClient, token_cache

        folder = state_folder() if self.shared else None
        signed_in = bool(folder and token_cache(self.configuration, folder, signed_in=True).read())
        options = {"signed_in": signed_in, "folder": folder, **options}
        if self.emulator_clock:
            options["clock"] = emulator_clock(self.configuration.fhir_endpoint)
        return AthenaClient.from_configuration(self.configuration, strategy=self.strategy, **options)


def state_folder() -> Path:
    """Where tokens and paces are kept: ``ATHENAHEALTH_STATE``, else as the system has it."""
    from athena_fhir_client.libraries import platformdirs

    return Path(os.environ.get("ATHENAHEALTH_STATE") or platformdirs.user_state_path("athena-fhir"))


def emulator_clock(endpoint: str) -> "EmulatorClock":
    """The clock of the emulator at an endpoint, on which this thread takes part until the process ends."""
    from athena_fhir_client.emulator_clock import EmulatorClock

    parts = urlsplit(endpoint)
    clock = EmulatorClock(f"{parts.scheme}://{parts.netloc}")
    click.get_current_context().with_resource(clock.taking_part(f"athena-fhir-{os.getpid()}"))
    return clock


def shared_options(command: F) -> F:
    """Adds the shared options; the command gets a :class:`Wanted` as its first argument."""

    @functools.wraps(command)
    def called(**options: Any) -> Any:
        return command(_wanted(options), **options)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called  # type: ignore[return-value]


_OPTIONS = (
    click.option("--endpoint", envvar="ATHENAHEALTH_FHIR_ENDPOINT", metavar="URL", help="FHIR base URL, or …"),
    click.option(
        "--provider", metavar="NAME", help=f"… of whom: {', '.join(PROVIDERS)}; NAME/sandbox for the sandbox."
    ),
    click.option(
        "--client-id", envvar="ATHENAHEALTH_CLIENT_ID", metavar="ID", help="As the application is registered."
    ),
    click.option(
        "--client-secret", envvar="ATHENAHEALTH_CLIENT_SECRET", metavar="SECRET", help="Better in the environment."
    ),
    click.option(
        "--private-key",
        envvar="ATHENAHEALTH_PRIVATE_KEY",
        metavar="FILE",
        help="JWK, JWKS or PEM: sign instead of a secret.",
    ),
    click.option(
        "--key-id", envvar="ATHENAHEALTH_KEY_ID", metavar="KID", help="Which key of it; of a PEM, its registered kid."
    ),
    click.option(
        "--scope", envvar="ATHENAHEALTH_SCOPE", metavar="SCOPES", help="What to ask for, separated by spaces."
    ),
    click.option(
        "--practice", envvar="ATHENAHEALTH_PRACTICE", metavar="ID", help="Sent as ah-practice; a number will do."
    ),
    click.option(
        "--strategy", type=click.Choice(_STRATEGIES), default="paced", show_default=True, help="How requests are paced."
    ),
    click.option(
        "--shared/--not-shared", default=True, show_default=True, help="Share token and pace with other processes."
    ),
    click.option("--emulator-clock", is_flag=True, help="Tell time by the emulator's clock (serve --clock manual)."),
    click.option("--json", "as_json", is_flag=True, help="Everything as JSON, errors too."),
    click.option("--explain", is_flag=True, help="If a call fails, say what it lacked."),
    click.option("--quiet", "-q", is_flag=True, help="No progress."),
)


def _wanted(options: dict[str, Any]) -> Wanted:
    taken = {name: options.pop(name) for name in _NAMES}
    endpoint = taken["endpoint"] or _of_provider(taken["provider"])
    configuration = Configuration(
        client_id=taken["client_id"] or "",
        client_secret=taken["client_secret"] or "",
        scope=taken["scope"] or "",
        practice=taken["practice"] or "",
        private_key=taken["private_key"] or "",
        key_id=taken["key_id"] or "",
        **({"fhir_endpoint": endpoint.rstrip("/")} if endpoint else {}),
    )
    return Wanted(
        configuration,
        json=taken["as_json"],
        explain=taken["explain"],
        quiet=taken["quiet"],
        strategy=taken["strategy"],
        shared=taken["shared"],
        emulator_clock=taken["emulator_clock"],
    )


_NAMES = (
    *("endpoint", "provider", "client_id", "client_secret", "private_key", "key_id", "scope", "practice", "strategy"),
    *("shared", "emulator_clock", "as_json", "explain", "quiet"),
)


def _of_provider(name: str | None) -> str:
    if not name:
        return ""
    provider, _, environment = name.partition("/")
    if provider not in PROVIDERS or environment not in ("", "production", "sandbox"):
        message = f"--provider {name}: expected one of {', '.join(PROVIDERS)}, and /sandbox behind it for its sandbox"
        raise ConfigurationError(message)
    found = PROVIDERS[provider]
    return found.sandbox if environment == "sandbox" else found.production
