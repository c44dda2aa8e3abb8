"""``athena-fhir login``."""

import webbrowser
from typing import TYPE_CHECKING

import click

from athena_fhir_client.cli.context import Wanted, shared_options, state_folder
from athena_fhir_client.cli.show import document

if TYPE_CHECKING:
    from athena_fhir_client.auth.token import Token
    from athena_fhir_client.client import AthenaClient


@click.command(epilog="Example: athena-fhir login --client-id mock-public --no-browser")
@click.option("--service", is_flag=True, help="Nobody signs in: a token for the application itself, by secret or key.")
@click.option(
    "--redirect-uri", envvar="ATHENAHEALTH_REDIRECT_URI", metavar="URI", help="Registered, and on this machine."
)
@click.option("--browser/--no-browser", default=True, help="Open the page to sign in, or only say where it is.")
@click.option("--forget", is_flag=True, help="Sign out: throw away what is kept.")
@shared_options
def login(wanted: Wanted, service: bool, redirect_uri: str | None, browser: bool, forget: bool) -> None:
    """Sign in with a browser, and keep the token; it is renewed as long as the server allows."""
    with wanted.client(signed_in=not service, folder=state_folder()) as client:
        auth = client.token_auth
        if forget:
            auth.forget()
            click.echo("signed out", err=True)
            return
        token = auth.token() if service else _signed_in(wanted, client, redirect_uri, browser)
        auth.keep(token)
    _tell(token, wanted.json)


def _signed_in(wanted: Wanted, client: "AthenaClient", redirect_uri: str | None, browser: bool) -> "Token":
    from athena_fhir_client.auth.loopback import REDIRECT_URI, wait_for_callback
    from athena_fhir_client.auth.sign_in import SCOPE, begin, finish

    configuration, uri = wanted.configuration, redirect_uri or REDIRECT_URI
    scope = configuration.scope or SCOPE
    begun = begin(client.endpoints, configuration.client_id, uri, client.base_url, scope)
    brought = wait_for_callback(uri, lambda: _send_off(begun.url, browser))
    return finish(begun, brought, client.token_auth.endpoint)


def _send_off(url: str, browser: bool) -> None:
    if not browser or not webbrowser.open(url):
        click.echo(f"Sign in here: {url}", err=True)


def _tell(token: "Token", as_json: bool) -> None:
    if as_json:
        document({"scope": token.scope, "patient": token.patient, "expires_at": token.expires_at})
        return
    click.echo(f"granted: {token.scope}{f', for patient {token.patient}' if token.patient else ''}", err=True)
