"""``athena-conformance URL``: run the checks, show them as they come, write the reports, end with a telling code."""

import contextlib
import json
import re
import signal
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import click

from athena_fhir_conformance.credentials import Credentials
from athena_fhir_conformance.expectations import Expectation, compared, read_expectations
from athena_fhir_conformance.manners import Manners
from athena_fhir_conformance.pacing import DEFAULT, Quota
from athena_fhir_conformance.profiles import PROFILES
from athena_fhir_conformance.progress import Progress
from athena_fhir_conformance.recording import Result, Selection
from athena_fhir_conformance.registrations import Registration, private_jwk, read_registrations
from athena_fhir_conformance.running import Run, listed, run
from athena_fhir_conformance.sending import MEBIBYTE, Bounds
from athena_fhir_conformance.verdicts import Verdict

A = TypeVar("A")
T = TypeVar("T")

CONFORMS, FAILED, NOT_SHOWN, BROKEN, INTERRUPTED = 0, 1, 3, 4, 130
"""Exit codes; 2 is click's, for a command that cannot be understood."""

_LONG = 3600.0  # seconds that --slow waits for an export

REPORTS = {
    "html": "athena_fhir_conformance.reports.html:render",
    "junit": "athena_fhir_conformance.reports.junit:render",
    "markdown": "athena_fhir_conformance.reports.markdown:render",
}
"""Name of a format → a function from the JSON report to text."""


def _quota(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[tuple[Quota, ...], bool]:
    """``16/2`` is 16 requests in any 2 seconds; ``off`` paces nothing."""
    if value is None:
        return DEFAULT, True
    if value == "off":
        return (), False
    try:
        amount, _, window = value.partition("/")
        quota = Quota(int(amount), float(window or 1))
    except ValueError:
        quota = Quota(0, 0)
    if quota.amount < 1 or quota.window <= 0:
        raise click.BadParameter(f"{value!r} is no rate; 16/2 is 16 requests in any 2 seconds, 'off' is none")
    return (quota,), False


def _key(_context: click.Context, _parameter: click.Parameter, value: str | None) -> dict[str, Any] | None:
    """A JWK, or a JWK set with one private key."""
    return None if value is None else _read(private_jwk, Path(value))


def _clients(_context: click.Context, _parameter: click.Parameter, value: str | None) -> dict[str, Registration]:
    """The clients of a TOML file."""
    return {} if value is None else _read(read_registrations, value)


def _read(reader: Callable[[A], T], file: A) -> T:
    try:
        return reader(file)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _groups(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    known = {path.stem for path in (Path(__file__).parent / "checks").glob("[a-z]*.py")}
    asked = tuple(group for each in value for group in each.split(","))
    if wrong := set(asked) - known:
        raise click.BadParameter(f"no group {', '.join(sorted(wrong))}; there are {', '.join(sorted(known))}")
    return asked


@click.command(context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "ATHENA_CONFORMANCE"})
@click.argument("url", required=False)
@click.option("--token", metavar="TOKEN", help="An access token that is used as it is.")
@click.option("--client-id", metavar="ID", help="A client of the target, for the token endpoint.")
@click.option(
    "--client-secret",
    metavar="SECRET",
    help="Its secret. Better in ATHENA_CONFORMANCE_CLIENT_SECRET than on the command line.",
)
@click.option("--private-key", callback=_key, metavar="FILE", help="Its private key as a JWK, to sign assertions.")
@click.option(
    "--scope",
    default="",
    metavar="SCOPES",
    help="What to ask for, or what --token has. Default: system/*.read, or type by type.",
)
@click.option(
    "--profile", type=click.Choice(list(PROFILES)), default="mission", show_default=True, help="What to expect."
)
@click.option(
    "--practice", default="", metavar="N", help="For ah-practice, such as 195900. Default: as the target says itself."
)
@click.option("--patient", "patients", multiple=True, metavar="ID", help="Look at this patient. May be repeated.")
@click.option("--export-group", default="", metavar="ID", help="Export this Group. Default: the first that is found.")
@click.option(
    "--clients",
    callback=_clients,
    metavar="FILE",
    help="Clients that are registered for applications with users, and other services, as TOML: docs/conformance.md.",
)
@click.option("--user", default="", metavar="NAME", help="Who signs in, for checks of the authorization code flow.")
@click.option(
    "--password", default="", metavar="PASSWORD", help="Their password. Better in ATHENA_CONFORMANCE_PASSWORD."
)
@click.option(
    "--token-url", default="", metavar="URL", help="The token endpoint, where it is on another host than the FHIR base."
)
@click.option(
    "--group",
    "groups",
    multiple=True,
    callback=_groups,
    metavar="NAMES",
    help="Only these groups, such as search,paging.",
)
@click.option(
    "-k", "--match", "words", multiple=True, metavar="WORD", help="Only checks with this in id or requirements."
)
@click.option("--slow", is_flag=True, help="Also checks that take minutes.")
@click.option("--destructive", is_flag=True, help="Also checks that write to the target.")
@click.option(
    "--rate",
    callback=_quota,
    metavar="N/SECONDS",
    help="Requests in any so many seconds, or off. Default: 16/2, or as the target declares.",
)
@click.option(
    "--max-requests", default=0, metavar="N", help="Send at most N; what is left is skipped. --resume goes on."
)
@click.option("--max-body", default=64, metavar="MIB", show_default=True, help="Give up a body that is longer.")
@click.option(
    "--timeout", default=30.0, metavar="SECONDS", show_default=True, help="Give up an answer that takes longer."
)
@click.option("--insecure", is_flag=True, help="Do not verify the certificate of the target.")
@click.option(
    "--expect",
    "expected",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Failures that are known.",
)
@click.option("--strict", is_flag=True, help="A warning fails the run, and so does what could not be shown.")
@click.option(
    "--resume",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="A JSON report: do what it has not shown.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the report as JSON.")
@click.option("--html", metavar="FILE", help="Write one page for a browser.")
@click.option("--junit", metavar="FILE", help="Write JUnit XML.")
@click.option("--markdown", metavar="FILE", help="Write a summary in Markdown.")
@click.option("--list", "only_list", is_flag=True, help="List the checks and end.")
def judge(url: str | None, **options: Any) -> None:
    """Judge the FHIR server at URL: which requirements hold, which do not, which could not be shown.

    \b
    athena-conformance URL …             judge a server
    athena-conformance client …          judge a client
    athena-conformance infer-limits URL  find out its rate limits
    athena-conformance compare A B       what differs between two reports
    athena-conformance coverage          which requirement has which check

    Nothing is written to the target unless --destructive is given. Exit code: 0 conforms, 1 something failed,
    2 the command is wrong, 3 nothing could be shown, 4 the suite went wrong, 130 interrupted.
    """
    selection = _selection(options)
    if options["only_list"]:
        for id, shown in listed(options["profile"], selection).items():
            click.echo(f"{id:60} {' '.join(shown)}")
        return
    if wrong := _wrong_with(url or ""):
        raise click.UsageError(f"URL {wrong}; it is the FHIR base of the server, such as http://127.0.0.1:8080/fhir/r4")
    expectations = read_expectations(options["expected"]) if options["expected"] else ()
    for file in filter(None, (options["json_file"], *(options[name] for name in REPORTS))):
        _to(file, "", "a")  # what cannot be written is known before the run, which may take long
    progress = Progress()
    with _ended_as_by_ctrl_c():
        try:
            outcome = run(
                url,
                _credentials(options),
                options["profile"],
                manners=_manners(options),
                selection=selection,
                told=progress,
            )
        finally:
            progress.end()
    _write(outcome, options)
    sys.exit(_concluded(outcome, expectations, options["strict"]))


def _wrong_with(url: str) -> str:
    """Why a URL cannot be a FHIR base; empty if it can."""
    try:
        parts = urlsplit(url)
        found = {
            "is missing": not url,
            "is neither http nor https": parts.scheme not in ("http", "https"),
            "has no host": not parts.hostname,
            "has a space in it": bool(re.search(r"\s", url)),
            "has no such port": parts.port == 0,
            "has a user or password in it, which would be written into reports": "@" in parts.netloc,
            "has a query or a fragment": bool(parts.query or parts.fragment),
        }
    except ValueError as error:
        return f"is none ({error})"
    return next((words for words, wrong in found.items() if wrong), "")


@contextlib.contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """SIGTERM, with which a CI ends what takes too long, ends a run as Ctrl-C does: with reports of what was shown."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _credentials(options: dict[str, Any]) -> Credentials:
    given = Credentials(
        token=options["token"] or "",
        client_id=options["client_id"] or "",
        client_secret=options["client_secret"] or "",
        private_key=options["private_key"],
        scope=options["scope"],
    )
    if given.client_id and not given.can_ask:
        raise click.UsageError("--client-id needs --client-secret or --private-key")
    return given


def _manners(options: dict[str, Any]) -> Manners:
    quotas, learns = options["rate"]
    return Manners(
        quotas=quotas,
        learns=learns,
        max_requests=options["max_requests"],
        bounds=Bounds(options["max_body"] * MEBIBYTE, options["timeout"]),
        practice=options["practice"],
        patients=options["patients"],
        token_url=options["token_url"],
        group=options["export_group"],
        patience=_LONG if options["slow"] else Manners.patience,
        clients=options["clients"],
        user=options["user"],
        password=options["password"],
        verify=not options["insecure"],
    )


def _selection(options: dict[str, Any]) -> Selection:
    known = _resumed(options["resume"]) if options["resume"] else {}
    chosen = Selection(options["groups"], options["slow"], options["destructive"], known)
    if not options["words"]:
        return chosen
    checks = listed(options["profile"], chosen)
    only = {id for id, shown in checks.items() if any(word in id or word in shown for word in options["words"])}
    return Selection(chosen.groups, chosen.slow, chosen.destructive, known, frozenset(only))


def _resumed(file: str) -> dict[str, Result]:
    """What an earlier report has shown; skips and errors are tried again."""
    try:
        checks = json.loads(Path(file).read_text(encoding="utf-8"))["checks"]
        return {
            each["id"]: Result(
                each["id"], tuple(each["requirements"]), Verdict(each["verdict"]), each["reason"], (), each["seconds"]
            )
            for each in checks
            if each["verdict"] not in (Verdict.SKIP, Verdict.ERROR)
        }
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise click.UsageError(f"{file} is no JSON report of this suite: {type(error).__name__}: {error}") from error


def _write(outcome: Run, options: dict[str, Any]) -> None:
    document = outcome.document()
    if options["json_file"]:
        _to(options["json_file"], json.dumps(document, indent=1))
    for name, where in REPORTS.items():
        if options[name]:
            module, _, function = where.partition(":")
            render: Callable[[dict[str, Any]], str] = getattr(import_module(module), function)
            _to(options[name], render(document))


def _to(file: str, text: str, mode: Literal["w", "a"] = "w") -> None:
    path = Path(file)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(mode, encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error


def _concluded(outcome: Run, expectations: tuple[Expectation, ...], strict: bool) -> int:
    """Say what came of it, and the exit code."""
    checks = listed(outcome.profile) if expectations else {}
    verdict = compared(outcome.results, expectations, strict, checks)
    for line in [*outcome.broken, *verdict.lines]:
        click.echo(line)
    counts = ", ".join(f"{outcome.count(each)} {each}" for each in reversed(Verdict) if outcome.count(each))
    click.echo(f"{outcome.url} ({outcome.profile}): {counts}; {outcome.requests} requests in {outcome.seconds:.1f} s")
    if outcome.doubt:
        click.echo(f"In doubt: {outcome.doubt}")
    if outcome.interrupted:
        click.echo("Interrupted: --resume of the JSON report goes on from here")
        return INTERRUPTED
    if outcome.broken or outcome.count(Verdict.ERROR):
        return BROKEN
    if outcome.unreachable:
        click.echo(f"Nothing could be shown: {outcome.unreachable}")
        return NOT_SHOWN
    if verdict.bad:
        return FAILED
    return (
        CONFORMS
        if not outcome.doubt and any(outcome.count(each) for each in (Verdict.PASS, Verdict.WARNING))
        else NOT_SHOWN
    )
