"""Every knob of the emulator: name, default and help text in one table.

The command line, the environment variables (``MOCK_ATHENA_…``) and the reference page are made from the fields
below, and from nothing else. An unknown name is an error, never silence.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from mock_athena.errors import ConfigurationError

ENVIRONMENT_PREFIX = "MOCK_ATHENA_"

_LONGEST = 10 * 365 * 86_400  # seconds: the ends of tokens and exports stay within the years that a date can name
_UP_TO_9999 = re.compile(r"0|[1-9]\d{0,3}", re.ASCII)
_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)
_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?/?", re.ASCII)


_Rule = Callable[[Any], str]  # what is wrong with a value, such as "is negative"; "" if it may work


def _between(least: int, most: int, unit: str = "") -> _Rule:
    return lambda value: "" if least <= value <= most else f"is not between {least} and {most}{unit}"


def _not_negative(value: Any) -> str:
    return "" if value >= 0 else "is negative"


def _some(unit: str) -> _Rule:
    return lambda value: "" if value > 0 else f"is not a positive number of {unit}"


def _choice(*names: str) -> _Rule:
    *others, last = (repr(name) for name in names if name)
    return lambda value: "" if value in names else f"is unknown; expected {', '.join(others)} or {last}"


def _text(pattern: re.Pattern[str], what: str) -> _Rule:
    return lambda value: "" if not value or pattern.fullmatch(value) else f"is not {what}"


def _anything(_value: Any) -> str:
    return ""


def _knob(default: Any, teaches: str, *, metavar: str | None = None, check: _Rule = _anything) -> Any:
    return field(default=default, metadata={"help": teaches, "metavar": metavar, "check": check})


@dataclass(frozen=True, slots=True)
class Settings:
    """What one emulator is asked to be. Each field is an option of ``serve`` and an environment variable."""

    host: str = _knob("127.0.0.1", "Address to listen on. Anything but loopback shows the emulator to your network.")
    port: int = _knob(
        8080, "Port to listen on; 0 takes any free one and the ready line says which.", check=_between(0, 65_535)
    )
    workers: int = _knob(
        1, "Processes that answer, which share everything; more than one is for load tests.", check=_between(1, 64)
    )
    shutdown_grace: float = _knob(
        5.0,
        "Real seconds that answers may take to their end when we are told to end; a second signal ends at once.",
        check=_between(0, 3600),
    )
    tls: bool = _knob(
        False,
        "Speak https, with a certificate for localhost that the first start makes; the greeting says whom to trust.",
    )
    tls_cert: str = _knob(
        "",
        "Speak https with the certificate in this PEM file, followed by those between it and its root.",
        metavar="FILE",
    )
    tls_key: str = _knob(
        "",
        "PEM file of the key of --tls-cert, without a password; that of the certificate if left out.",
        metavar="FILE",
    )
    profile: str = _knob("mission", "Whose behaviour to show where the mission and the real API differ.")
    handling: str = _knob(
        "",
        "What is done with unknown parameters and scopes that go too far: 'strict' refuses, 'lenient' leaves out and "
        "says so; as specification and profile have it if left out. 'Prefer: handling=' of a request beats it.",
        check=_choice("", "strict", "lenient"),
    )
    limits: str = _knob(
        "", "Rate limit policy by name, such as 'mission' or 'off', or a .toml file of one; the profile's if left out."
    )
    retry_after: str = _knob("plain", "What refused clients are told: 'plain', or 'fair' to each a time of its own.")
    counters: str = _knob(
        "", "Who counts: 'memory', 'file:PATH' for processes, 'redis://…' (Valkey) for machines; what fits if left out."
    )
    fail: str = _knob("closed", "While the counters cannot be reached, refuse ('closed') or admit uncounted ('open').")
    patients: int = _knob(
        25, "Synthetic patients in each of the two environments; the first 25 have roles.", check=_not_negative
    )
    seed: int = _knob(1, "Seed of the population: the same seed gives the same patients, byte for byte.")
    as_of: str = _knob(
        "", "Day that the synthetic records take for today, such as 2026-11-01, their own.", metavar="DAY"
    )
    dirty: float = _knob(
        0.0, "Share of the synthetic resources that get a flaw of real-world data, 0 to 1.", metavar="SHARE"
    )
    data: tuple[str, ...] = _knob(
        (),
        "NDJSON, a Bundle or a resource (.json), also gzipped, or a folder of them, to serve instead of the synthetic "
        "patients; may be given again.",
        metavar="PATH",
    )
    skip_bad: bool = _knob(False, "Leave out what cannot be loaded of --data, and say what, instead of refusing all.")
    db: str = _knob(
        "",
        "Keep the data in this SQLite file across restarts, or in a PostgreSQL that several machines share "
        "(postgresql://…); without it they last as long as we run.",
        metavar="FILE",
    )
    state_dir: str = _knob(
        "",
        "Keep clients, sign-ins and what was revoked in this folder across restarts; without it they end with us.",
        metavar="DIR",
    )
    clock: str = _knob("system", "Whose time: 'system', 'manual' (moves when told to), or 'xK' for K times as fast.")
    start: str = _knob(
        "", "Instant at which our time begins, such as 2026-01-01T00:00:00Z; now if left out.", metavar="INSTANT"
    )
    clients: str = _knob("", "JSON file of further OAuth clients to register (RFC 7591 metadata).", metavar="FILE")
    auto_approve: bool = _knob(False, "Sign in and consent without asking: /oauth2/v1/authorize redirects at once.")
    open_access: bool = _knob(False, "Take whoever sends no access token for a service that may do everything.")
    refresh_rotation: bool | None = _knob(
        None, "Answer a new refresh token to each use; by default as the profile has it: 'mission' does, 'athena' not."
    )
    registration: str = _knob(
        "",
        "Who may register clients by RFC 7591: 'local' (as /_mock/), 'open', 'off'; the profile's if left out.",
        check=_choice("", "local", "open", "off"),
    )
    cors: str = _knob(
        "",
        "Where scripts of other sites may ask: 'everywhere', 'not-token' (not at the token endpoint), 'nowhere'; the "
        "profile's if left out.",
        check=_choice("", "everywhere", "not-token", "nowhere"),
    )
    export_duration: float | str = _knob(
        "2",
        "How long a bulk export takes by our clock: seconds, 'instant', 'realistic' (5 to 30 minutes), or resources "
        "per second, such as '1000/s'.",
        metavar="DURATION",
    )
    export_file_resources: int = _knob(
        100_000,
        "The most resources in one file of a bulk export; more of a type make several files.",
        check=_some("resources"),
    )
    export_open_files: bool = _knob(
        False, "Files of a bulk export need no token: their URLs are secret (requiresAccessToken is false)."
    )
    export_checksums: bool = _knob(
        False, "Tell the size and SHA-256 of each file in the manifest; the first status after completion reads all."
    )
    exports_at_once: int = _knob(
        0, "Bulk exports of one client in progress; one more is refused (429). 0: any number.", check=_not_negative
    )
    join_exports: bool = _knob(False, "Who repeats a kick-off while its export is in progress gets that job again.")
    poll_interval: str = _knob(
        "",
        "Seconds between two polls of an export, unless Retry-After said less; sooner is refused (429). 0: take all; "
        "the profile's if left out.",
        metavar="SECONDS",
        check=_text(_SECONDS, "a number of seconds"),
    )
    token_lifetime: int = _knob(
        3600, "Seconds by our clock until an access token expires.", check=_between(1, _LONGEST, " seconds")
    )
    scenario: str = _knob(
        "",
        "What goes wrong, from the start: a scenario that 'mock-athena faults' lists, or a TOML file.",
        metavar="NAME",
    )
    allow_fault_header: bool = _knob(False, "Let a request ask for a fault of its own with the header X-Mock-Fault.")
    writable: bool | None = _knob(
        None, "Take creates, updates and deletes; by default as the profile has it: 'mission' does, 'athena' does not."
    )
    update_as_create: bool = _knob(
        True, "An update of what is not there creates it, under the id that the client chose."
    )
    batch_cost: str = _knob(
        "request",
        "What a batch or transaction spends of the quota: 'request' (1) or 'entry' (1 each).",
        check=_choice("request", "entry"),
    )
    control_token: str = _knob(
        "",
        "Bearer token for /_mock/; without one, callers on this machine that are no foreign web page.",
        metavar="TOKEN",
    )
    external_url: str = _knob(
        "",
        "Origin to use in absolute URLs, such as https://ehr.test; else the request's Host.",
        metavar="URL",
        check=_text(_ORIGIN, "an origin such as https://ehr.test or http://10.0.0.7:8080"),
    )
    trusted_proxies: tuple[str, ...] = _knob(
        (), "Address of a proxy whose X-Forwarded-* headers are believed; may be given again.", metavar="ADDRESS"
    )
    journal_size: int = _knob(
        10_000, "How many exchanges the journal keeps; its counters stay exact beyond that.", check=_some("exchanges")
    )
    journal_fields: bool = _knob(
        False, "The journal also keeps the header fields that tell how a client behaves, and the cursor of a next page."
    )
    journal_bodies: str = _knob(
        "",
        "Of how many exchanges header fields and bodies are kept for the console, from the start; 0: of none. If left "
        "out, of 200 while somebody looks at its traffic.",
        metavar="N",
        check=_text(_UP_TO_9999, "a number of exchanges up to 9999"),
    )
    reports: str = _knob(
        "build",
        "Folder whose reports (conformance, load, kill matrix) the console shows, if it is there.",
        metavar="DIR",
    )
    access_log: str = _knob(
        "off",
        "One line for each request that has ended: 'off', 'dev' (for people), 'common', 'combined', 'json'.",
        check=_choice("off", "dev", "common", "combined", "json"),
    )
    access_log_file: str = _knob(
        "", "File that the lines of --access-log are appended to, instead of standard output.", metavar="FILE"
    )
    log_requests: bool = _knob(False, "Write one JSON line for each request to standard error.")
    cache_dir: str = _knob(
        "",
        "Where prebuilt populations and certificates of --tls are kept; your user cache folder if left out.",
        metavar="DIR",
    )

    def __post_init__(self) -> None:
        """Refuse values that can never work, before anything is built."""
        for knob in fields(self):
            value = getattr(self, knob.name)
            if wrong := knob.metadata["check"](value):
                raise ConfigurationError(f"{knob.name.replace('_', '-')} {value!r} {wrong}")
        if self.workers > 1:
            self._require_fit_for_workers()
        if self.tls_key and not self.tls_cert:
            message = f"tls-key {self.tls_key!r} without tls-cert: name the file of its certificate with --tls-cert"
            raise ConfigurationError(message)
        if self.access_log_file and self.access_log == "off":
            message = f"access-log-file {self.access_log_file!r} without access-log: say which lines with --access-log"
            raise ConfigurationError(message)
        for address in self.trusted_proxies:
            _require_address(address)

    def _require_fit_for_workers(self) -> None:
        if self.counters == "memory":
            message = "counters 'memory' are each worker's own, and admit too much together: leave --counters out"
            raise ConfigurationError(message)
        if self.retry_after != "plain":
            message = (
                f"retry-after {self.retry_after!r} needs --workers 1: workers do not know what the others promised"
            )
            raise ConfigurationError(message)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ, **given: Any) -> "Settings":
        """Settings from ``MOCK_ATHENA_…`` variables, overridden by ``given``.

        Raises:
            ConfigurationError: a variable of our prefix that is no setting, or a value of the wrong kind.
        """
        knobs = {environment_name(knob.name): knob for knob in fields(cls)}
        values: dict[str, Any] = {}
        for name, text in environ.items():
            if not name.startswith(ENVIRONMENT_PREFIX):
                continue
            if name not in knobs:
                message = f"unknown setting {name} in the environment: expected one of {', '.join(sorted(knobs))}"
                raise ConfigurationError(message)
            values[knobs[name].name] = _parsed(name, text, knobs[name].default)
        return cls(**{**values, **given})


def environment_name(name: str) -> str:
    """``export_duration`` → ``MOCK_ATHENA_EXPORT_DURATION``."""
    return ENVIRONMENT_PREFIX + name.upper()


def _require_address(text: str) -> None:
    from ipaddress import ip_address  # not needed where no proxy is trusted

    try:
        ip_address(text)
    except ValueError:
        message = f"trusted-proxies: {text!r} is not an address such as 10.0.0.7; names and networks are not resolved"
        raise ConfigurationError(message) from None


def _parsed(name: str, text: str, default: object) -> object:
    """``text`` as the kind of value that ``default`` is; lists are separated by commas."""
    try:
        match default:
            case bool() | None:
                return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
            case int():
                return int(text)
            case float():
                return float(text)
            case tuple():
                return tuple(part for part in text.split(",") if part)
            case _:
                return text
    except (KeyError, ValueError):
        expected = {
            bool: "true or false",
            type(None): "true or false",
            int: "a whole number",
            float: "a number of seconds",
        }[type(default)]
        message = f"{name}={text!r}: expected {expected}"
        raise ConfigurationError(message) from None


def fixtures_dir() -> Path:
    """The folder of golden data: inside the package where it was installed, beside it in a checkout."""
    package = Path(__file__).parent
    checkout = package.parent / "fixtures"
    # An editable install leaves a stale copy in site-packages; the folder beside the code is never stale.
    return checkout if (package.parent / "pyproject.toml").is_file() else package / "_fixtures"
