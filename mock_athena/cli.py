"""``mock-athena``: turns a command line into a running emulator, and what belongs to it.

The options of ``serve`` are the fields of :class:`~mock_athena.settings.Settings`. Whatever goes wrong is said on one
line, with exit code 2.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, NoReturn

import click

from mock_athena._version import __version__
from mock_athena.environments import ENVIRONMENTS, PRODUCTION
from mock_athena.errors import ConfigurationError, DataError
from mock_athena.settings import Settings, environment_name

Command = Callable[..., None]

_DEFAULTS = Settings()


def main() -> None:
    """Run the command line and exit."""
    try:
        code = commands.main(prog_name="mock-athena", standalone_mode=False)
    except click.ClickException as error:
        _complain(error.format_message())
    except DataError as error:
        _complain(*str(error).splitlines())  # data may be wrong in many places
    except ConfigurationError as error:
        _complain(str(error))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing is left to be flushed to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(code)


def _complain(*messages: str) -> NoReturn:
    for message in messages:
        print(f"mock-athena: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(2)


def _settings_options(command: Command) -> Command:
    """One option for each setting, in the order of the table."""
    for knob in reversed(fields(Settings)):
        command = _option(knob)(command)
    return command


def _option(knob: Field[Any]) -> Callable[[Command], Command]:
    name = "--" + knob.name.replace("_", "-")
    default = f" [default: {knob.default}]" if knob.default not in ("", (), False, None) else ""
    teaches = f"{knob.metadata['help']}{default} [env: {environment_name(knob.name)}]"
    metavar = knob.metadata["metavar"]

    def complete(*asked: Any) -> list[Any]:
        from mock_athena.completion import completing

        return completing(knob.name, metavar)(*asked)

    # Defaults come from Settings, so that the environment can stand between them and the command line.
    match knob.default:
        case bool() | None:
            return click.option(f"{name}/--no-{name[2:]}", knob.name, default=None, help=teaches)
        case int():
            return click.option(name, knob.name, type=int, help=teaches, metavar=metavar or "N")
        case float():
            return click.option(name, knob.name, type=float, help=teaches, metavar=metavar or "SECONDS")
        case tuple():
            return click.option(name, knob.name, multiple=True, help=teaches, metavar=metavar, shell_complete=complete)
        case _:
            return click.option(name, knob.name, help=teaches, metavar=metavar or "NAME", shell_complete=complete)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None and value != ()}


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}, invoke_without_command=True
)
@click.version_option(__version__, prog_name="mock-athena")
@click.pass_context
def commands(context: click.Context) -> None:
    """An offline emulator of athenahealth's FHIR R4, SMART on FHIR and bulk $export endpoints."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@commands.command()
@_settings_options
def serve(**options: Any) -> None:
    """Start the emulator, with data, and print how to call it."""
    settings = Settings.from_environment(**_given(options))
    if settings.workers > 1:
        from mock_athena.supervisor import serve as run
    else:
        from mock_athena.serving import serve as run
    run(settings)


@commands.command()
@_settings_options
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor(*, as_json: bool, **options: Any) -> None:
    """Say whether serve would work here with the same options, and what may surprise; exit code 1 if it would not."""
    from mock_athena import doctor as look

    found = look.findings(_given(options))
    print(look.as_json(found) if as_json else look.told(found))
    sys.exit(any(finding.verdict == "bad" for finding in found))


@commands.command()
@_settings_options
def health(**options: Any) -> None:
    """Ask the emulator that was started with the same options on this machine how it is; exit code 1 if not well."""
    from mock_athena.health import health as ask

    try:
        print(json.dumps(ask(Settings.from_environment(**_given(options)))))
    except ConfigurationError as error:
        print(f"mock-athena: {error}", file=sys.stderr)
        sys.exit(1)  # all that a container's health check may say


@commands.command()
@_settings_options
@click.option(
    "--environment",
    type=click.Choice(list(ENVIRONMENTS)),
    default=PRODUCTION.name,
    show_default=True,
    help="Which one to describe.",
)
def openapi(environment: str, **options: Any) -> None:
    """Print the OpenAPI 3.1 document of what serve would serve with the same options."""
    from mock_athena.web.described import described

    settings = Settings.from_environment(**_given(options))
    scheme = "https" if settings.tls or settings.tls_cert else "http"
    origin = settings.external_url.rstrip("/") or f"{scheme}://{settings.host}:{settings.port}"
    print(json.dumps(described(settings, ENVIRONMENTS[environment], origin), indent=2, ensure_ascii=False))


@commands.command()
@click.option(
    "--patients",
    type=click.IntRange(min=1),
    default=_DEFAULTS.patients,
    show_default=True,
    metavar="N",
    help="How many patients to make.",
)
@click.option("--seed", type=int, default=_DEFAULTS.seed, show_default=True, metavar="N", help="Same seed, same bytes.")
@click.option(
    "--practice",
    type=click.IntRange(min=1),
    default=PRODUCTION.practice,
    show_default=True,
    metavar="N",
    help="Number of the practice whose patients they are.",
)
@click.option("--as-of", default="", metavar="DAY", help="Day that is taken for today, such as 2026-11-01.")
@click.option(
    "--profile",
    default=_DEFAULTS.profile,
    show_default=True,
    metavar="NAME",
    help="Shape of the records: 'mission' or 'athena'.",
)
@click.option("--dirty", type=float, default=0.0, metavar="SHARE", help="Share of resources with a flaw, 0 to 1.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    metavar="N",
    help="Processes; all cores if left out.",
)
@click.option("--database/--no-database", default=True, show_default=True, help="Write population.sqlite too.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder to write; made if it is not there.",
)
def generate(out: Path, *, jobs: int, database: bool, **recipe: Any) -> None:
    """Write synthetic patients: NDJSON, one file for each resource type, and a database for serve --db.

    A run that was interrupted goes on where it stopped when the same command is given again.
    """
    from mock_athena.generate import generate as run

    run(out, jobs=jobs, database=database, **recipe)


@commands.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what SHELL evaluates to complete our commands, such as: eval "$(mock-athena completion bash)"."""
    from mock_athena.completion import script

    print(script(shell))


@commands.command()
@click.option("--clients", "extra", default="", metavar="FILE", help="JSON file of further clients, as for serve.")
def clients(extra: str) -> None:
    """List the OAuth clients that are registered at start, as RFC 7591 metadata."""
    from mock_athena.auth.client_registry import ClientRegistry

    registry = ClientRegistry()
    if extra:
        registry.load_file(Path(extra))
    print(json.dumps([client.metadata() for client in registry.all()], indent=2))


@commands.command()
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a scenario file instead, for an editor.")
def faults(*, schema: bool) -> None:
    """List what can go wrong on request: the scenarios for serve --scenario, and the faults that they are made of."""
    from mock_athena.faults.catalogue import names, parameters, teaches
    from mock_athena.faults.scenarios import load, shipped
    from mock_athena.faults.schema import scenario_schema

    if schema:
        print(json.dumps(scenario_schema(), indent=2))
        return
    print("Scenarios, for serve --scenario NAME:\n")
    for name in shipped():
        print(f"  {name}\n      {load(name).teaches}")
    print("\nFaults, for a scenario, POST /_mock/faults or X-Mock-Fault:\n")
    for name in names():
        settable = "; ".join(f"{each.name}={each.default}" for each in parameters(name))
        print(f"  {name}{'; ' if settable else ''}{settable}\n      {' '.join(teaches(name).split())}")


@commands.command()
@click.option("--name", "names", multiple=True, metavar="NAME", help="A host's name or address; may be given again.")
@click.option("--days", type=click.IntRange(1, 10_000), default=825, show_default=True, help="How long it lasts.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder to write; made if it is not there.",
)
def tls(names: tuple[str, ...], days: int, out: Path) -> None:
    """Make a certificate for localhost and NAMEs, for serve --tls-cert, and an authority that callers trust.

    serve --tls does so by itself. This is for other names, such as those of containers, and for other ends. The
    authority is good for these names alone, and its key is thrown away.
    """
    from mock_athena.tls.authority import OF_THIS_MACHINE, made

    files = made(out, list(dict.fromkeys((*OF_THIS_MACHINE, *names))), days)
    print(f"serve --tls-cert {files.certificate} --tls-key {files.key}")
    print(f"trust {files.authority}")


@commands.command()
@click.option(
    "--url", default="http://127.0.0.1:8080", show_default=True, metavar="URL", help="Origin of a running emulator."
)
@click.option("--client-id", default="mock-client", show_default=True, metavar="ID", help="A client with a secret.")
@click.option("--client-secret", default="mock-secret", show_default=True, metavar="SECRET", help="Its secret.")
@click.option(
    "--scope", default="system/*.read", show_default=True, metavar="SCOPES", help="Scopes, separated by spaces."
)
@click.option("--explain", "explained", metavar="TOKEN", help="Explain this token instead; - reads it from the input.")
@click.argument("request", nargs=-1, metavar="[METHOD URL]")
def token(
    url: str, client_id: str, client_secret: str, scope: str, explained: str | None, request: tuple[str, ...]
) -> None:
    """Get an access token from a running emulator and print it, for use in a shell.

    With --explain TOKEN, say what that token (or client assertion) is and may do; with METHOD URL behind it, also what
    would become of that request, without making it. Exit code 1 if it would be refused, or the token is not good.
    """
    if explained is not None:
        _explain(url, sys.stdin.read().strip() if explained == "-" else explained, request)
    if request:
        message = f"{' '.join(request)}: a request can be given with --explain TOKEN only"
        raise click.UsageError(message)
    from mock_athena.token_request import request_token

    print(request_token(url, client_id, client_secret, scope))


@commands.command()
@click.argument("verb", type=click.Choice(["list", "advance", "finish", "fail", "expire"]), default="list")
@click.argument("job", default="")
@click.option(
    "--url", default="http://127.0.0.1:8080", show_default=True, metavar="URL", help="Origin of a running emulator."
)
@click.option("--control-token", default="", metavar="TOKEN", help="Its --control-token, if it has one.")
@click.option("--seconds", type=float, metavar="SECONDS", help="With advance: how much of the job's time passes.")
@click.option("--message", metavar="TEXT", help="With fail: what the job's owner is told.")
def jobs(verb: str, job: str, url: str, control_token: str, **said: Any) -> None:
    """List the export jobs of a running emulator; or move JOB on, or let it finish, fail or expire."""
    from mock_athena.job_requests import list_jobs, move_job

    if (verb == "list") == bool(job):
        message = f"{verb} takes {'no job' if verb == 'list' else 'the id of a job, as list shows it'}"
        raise click.UsageError(message)
    print(list_jobs(url, control_token) if verb == "list" else move_job(url, control_token, job, verb, _given(said)))


@commands.command()
@click.argument("verb", type=click.Choice(["list", "take", "restore", "diff", "delete"]), default="list")
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option(
    "--file", type=click.Path(dir_okay=False, path_type=Path), help="take: write it there too; restore: read it."
)
@click.option(
    "--url", default="http://127.0.0.1:8080", show_default=True, metavar="URL", help="Origin of a running emulator."
)
@click.option("--control-token", default="", metavar="TOKEN", help="Its --control-token, if it has one.")
def snapshot(verb: str, names: tuple[str, ...], file: Path | None, url: str, control_token: str) -> None:
    """Keep a running emulator as it is, and let it be so again.

    A snapshot has the data that were written, clients, sign-ins, quotas, export jobs, faults, and the instant of a
    clock that stands. take [NAME] takes one, restore NAME restores it, diff [FROM [TO]] says what changed since the
    start, or from one snapshot to another or to now (exit code 1 if anything did), delete NAME forgets it.
    """
    from mock_athena import snapshot_requests as ask

    fewest, most = {"list": (0, 0), "take": (0, 1), "diff": (0, 2)}.get(verb, (1, 1))
    if not fewest <= len(names) <= most:
        message = f"{verb} takes {fewest if fewest == most else f'{fewest} to {most}'} names, not {len(names)}"
        raise click.UsageError(message)
    if file and verb not in ("take", "restore"):
        message = f"--file is for take and restore, not {verb}"
        raise click.UsageError(message)
    match verb:
        case "take":
            print(ask.take(url, control_token, "".join(names), file))
        case "restore":
            print(ask.restore(url, control_token, names[0], file))
        case "delete":
            print(ask.forget(url, control_token, names[0]))
        case "diff":
            text, differs = ask.compare(url, control_token, *(*names, *("start", "now")[len(names) :]))
            print(text)
            sys.exit(differs)
        case _:
            print(ask.list_snapshots(url, control_token))


def _explain(origin: str, token: str, request: tuple[str, ...]) -> NoReturn:
    from mock_athena.token_explanation import explain, is_good, lines

    if len(request) not in (0, 2):
        message = "--explain TOKEN takes METHOD and URL behind it, or nothing"
        raise click.UsageError(message)
    told = explain(origin, token, *request)
    print("\n".join(lines(told)))
    sys.exit(0 if is_good(told) else 1)


@commands.group()
def limits() -> None:
    """Explain rate limit policies, and judge what a limiter did."""


@limits.command()
@click.argument("policy", default="mission")
def explain(policy: str) -> None:
    """Say what POLICY (a name, or a .toml file) admits at the very most, and draw its envelope."""
    from mock_athena.ratelimit import policy_named
    from mock_athena.ratelimit.explain import explanation

    print(explanation(policy_named(policy)))


@limits.command()
@click.argument("journal", type=click.File(encoding="utf-8"))
@click.option(
    "--limits",
    "policy",
    default="mission",
    show_default=True,
    metavar="NAME",
    help="Policy by name, or a .toml file of one.",
)
@click.option("--partial", is_flag=True, help="The journal does not begin with the first request of every caller.")
def verify(journal: Any, policy: str, *, partial: bool) -> None:
    """Check every decision in JOURNAL (- for standard input) against a policy; exit code 1 if one was wrong.

    JOURNAL is the answer of /_mock/journal, or what --log-requests writes.
    """
    from mock_athena.ratelimit import policy_named
    from mock_athena.ratelimit.history import report

    text, right = report(journal.read(), journal.name, policy_named(policy), whole=not partial)
    print(text)
    sys.exit(0 if right else 1)
