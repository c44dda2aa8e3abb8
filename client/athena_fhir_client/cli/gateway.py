"""``athena-fhir gateway``."""

from dataclasses import replace
from pathlib import Path

import click

from athena_fhir_client.cli.context import Wanted, shared_options, state_folder
from athena_fhir_client.errors import ConfigurationError

_EPILOG = """\b
Examples:
  athena-fhir gateway --demo
  ATHENAHEALTH_GATEWAY_API_KEY=… athena-fhir gateway --host 0.0.0.0 --port 3000 --behind-proxy

A user connects at /api/ehr/athenahealth/connect. The redirect URI ends in /api/ehr/callback and is registered with the
application. Tokens are kept encrypted, with the key in ATHENAHEALTH_SERVICE_KEY or in a file of the state folder.
Needs the extra gateway: pip install 'mock-athena[gateway]'.
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="NAME",
    help="Address to listen on; another one than this machine needs an API key.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=3000,
    show_default=True,
    metavar="N",
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--demo", is_flag=True, help="Have conn_123, the application's own connection, and its export job_123.")
@click.option(
    "--redirect-uri", envvar="ATHENAHEALTH_REDIRECT_URI", default="", metavar="URL", help="Where browsers come back to."
)
@click.option("--return-origin", multiple=True, metavar="ORIGIN", help="Where users may be sent once they connected.")
@click.option("--behind-proxy", is_flag=True, help="Believe the X-Forwarded-* of the proxy before it.")
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where connections and jobs are kept; default: below ATHENAHEALTH_STATE.",
)
@shared_options
def gateway(
    wanted: Wanted,
    host: str,
    port: int,
    demo: bool,
    redirect_uri: str,
    return_origin: tuple[str, ...],
    behind_proxy: bool,
    state: Path | None,
) -> None:
    """Run the integration service over HTTP: connections, bulk exports, syncs, capabilities."""
    from athena_fhir_client.gateway import GatewaySettings
    from athena_fhir_client.gateway.serving import serve

    configuration = replace(wanted.configuration, redirect_uri=redirect_uri)
    if not configuration.client_id:
        message = "ATHENAHEALTH_CLIENT_ID is not set; expected the id under which the application is registered"
        raise ConfigurationError(message)
    settings = GatewaySettings.from_environment(
        host=host, port=port, return_origins=return_origin, behind_proxy=behind_proxy
    )
    try:
        serve(settings, state or state_folder() / "service", configuration, demo=demo, ready=_tell)
    except OSError as error:
        if error.filename is not None:
            raise  # it is about a file
        message = f"cannot listen at {host}:{port}: {error}"
        raise ConfigurationError(message) from None


def _tell(url: str) -> None:
    click.echo(f"athena-fhir gateway is ready: {url}/api/ehr/athenahealth")
