"""``athena-conformance infer-limits URL``: which limits a server has, found out by probing it.

It causes answers of 429 on purpose, within a budget of requests and of time.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from athena_fhir_conformance.credentials import Credentials
from athena_fhir_conformance.judge_command import _key
from athena_fhir_conformance.limits import reporting
from athena_fhir_conformance.limits.findings import Findings
from athena_fhir_conformance.limits.http_target import Options, http_target
from athena_fhir_conformance.limits.identifying import Purse
from athena_fhir_conformance.limits.investigation import investigate
from athena_fhir_conformance.limits.told import shortened
from athena_fhir_conformance.manners import Manners
from athena_fhir_conformance.problems import TargetProblem
from athena_fhir_conformance.target import Target

FOUND, UNSURE, NOTHING = 0, 1, 3
"""Exit codes: it is known; it is not, or not surely; nothing could be learned."""

_WITHHELD = (401, 403, 429, 503)  # no statement without a token, or now: the probes will say why


def _writable(_context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A file that can be written; said before the probing rather than after it."""
    folder = Path(value).absolute().parent if value else None
    if value and (Path(value).is_dir() or not folder or not os.access(folder, os.W_OK)):
        message = f"{value} cannot be written"
        raise click.BadParameter(message, param=parameter)
    return value


@click.command(context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "ATHENA_CONFORMANCE"})
@click.argument("url")
@click.option("--token", metavar="TOKEN", help="An access token that is used as it is.")
@click.option("--client-id", metavar="ID", default="", help="A client of the target, for the token endpoint.")
@click.option(
    "--client-secret", metavar="SECRET", default="", help="Its secret. Better in ATHENA_CONFORMANCE_CLIENT_SECRET."
)
@click.option("--private-key", callback=_key, metavar="FILE", help="Its private key as a JWK, to sign assertions.")
@click.option("--scope", metavar="SCOPES", default="", help="What to ask for.")
@click.option(
    "--token-url", metavar="URL", default="", help="The token endpoint, where it is on another host than the FHIR base."
)
@click.option(
    "--budget", default=300, show_default=True, metavar="N", type=click.IntRange(10), help="Requests, at most."
)
@click.option(
    "--seconds", default=280.0, show_default=True, metavar="S", type=click.FloatRange(5), help="Time, at most."
)
@click.option("--probe", default=Options.probe, show_default=True, metavar="PATH", help="What is asked for, below URL.")
@click.option("--held", default=Options.held, show_default=True, metavar="PATH", help="A long answer, to overlap.")
@click.option(
    "--other-client-id", metavar="ID", default="", help="A second client, to see whether it shares the quota."
)
@click.option("--other-client-secret", metavar="SECRET", default="", help="Its secret.")
@click.option("--other-token", metavar="TOKEN", default="", help="A token of another client, instead.")
@click.option(
    "--source-address",
    metavar="ADDRESS",
    default="",
    help="A second local address, to see whether it has a quota of its own.",
)
@click.option("--insecure", is_flag=True, help="Do not verify the certificate of the target.")
@click.option("--json", "json_file", metavar="FILE", callback=_writable, help="Write the report as JSON.")
@click.option(
    "--toml",
    "toml_file",
    metavar="FILE",
    callback=_writable,
    help="Write a policy file for mock-athena serve --limits.",
)
@click.option("--quiet", is_flag=True, help="No progress.")
def command(url: str, **given: Any) -> None:
    """Find out which rate limits the server at URL has.

    It is probed until it refuses: expect answers of 429, and do not run it beside something that matters.

    Ends with 0 if the limits are known, 1 if not or not surely, 3 if nothing could be learned.
    """
    credentials = Credentials(
        given["token"] or "", given["client_id"], given["client_secret"], given["private_key"], given["scope"]
    )
    other = Credentials(given["other_token"], given["other_client_id"], given["other_client_secret"])
    manners = Manners(quotas=(), learns=False, token_url=given["token_url"], verify=not given["insecure"])
    options = Options(given["probe"], given["held"], other if other.any else None, given["source_address"])
    target = Target(url, credentials, manners=manners)
    found = _found(target, options, given)
    if given["json_file"]:
        Path(given["json_file"]).write_text(
            json.dumps(reporting.as_json(found, url), indent=2) + "\n", encoding="utf-8"
        )
    if given["toml_file"] and not found.problem:
        Path(given["toml_file"]).write_text(reporting.as_toml(found), encoding="utf-8")
    for line in reporting.lines(found):
        print(line)
    sys.exit(_code(found))


def _found(target: Target, options: Options, given: dict[str, Any]) -> Findings:
    try:
        problem = target.look() or _doubt(target, options)
        if problem:
            return Findings(problem=problem)
        with http_target(target, options) as probed:
            main = probed.main
            purse = Purse(main, given["budget"], main.now() + given["seconds"])
            probed.end_at(purse.until)
            return investigate(probed, purse, _silent if given["quiet"] else _say(main))
    except TargetProblem as error:
        return Findings(problem=str(error))


def _doubt(target: Target, options: Options) -> str:
    """Why this is no FHIR server, if it was not said what else to ask of it; empty if it is one, or does not say so."""
    if options.probe != Options.probe:
        return ""
    answer = target.get("metadata", token=None)
    if 300 <= answer.status < 400:
        place = shortened(answer.headers.get("location", "nowhere"))
        return f"{target.base}/metadata redirects to {place}, where nothing is sent. If you trust that, give it as URL"
    if answer.status in _WITHHELD or not target.doubt():
        return ""
    return f"{target.doubt()} Whatever else it is, --probe PATH says what to ask of it"


def _say(prober: Any) -> Any:
    def say(text: str) -> None:
        print(f"[{prober.spent:>3} requests] {text}", file=sys.stderr, flush=True)

    return say


def _silent(text: str) -> None:
    """Say nothing."""


def _code(found: Findings) -> int:
    if found.problem:
        return NOTHING
    return FOUND if reporting.as_json(found, "")["confidence"] >= reporting.SURE else UNSURE
