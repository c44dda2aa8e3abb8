"""``athena-fhir read``."""

import click

from athena_fhir_client.cli.context import Wanted, shared_options
from athena_fhir_client.cli.show import document, line


@click.command(epilog="Example: athena-fhir read Patient a-500001.E-1")
@click.argument("type")
@click.argument("id")
@click.option("--version", default="", metavar="V", help="This version of it.")
@shared_options
def read(wanted: Wanted, type: str, id: str, version: str) -> None:
    """Read one resource: TYPE and ID, or TYPE/ID as a reference has it in ID."""
    with wanted.client() as client:
        found = client.read(type, id.removeprefix(f"{type}/"), version)
    (line if wanted.json else document)(found)
