"""``athena-fhir capabilities``."""

from typing import Any

import click

from athena_fhir_client.cli.context import Wanted, shared_options
from athena_fhir_client.cli.show import document, table

_SHORT = {"search-type": "search", "history-instance": "history"}


@click.command()
@shared_options
def capabilities(wanted: Wanted) -> None:
    """What the server offers: types, interactions, search parameters, how it is protected. Needs no client id."""
    with wanted.client() as client:
        statement, endpoints = client.capabilities(), client.endpoints
    if wanted.json:
        document(statement)
        return
    rest = (statement.get("rest") or [{}])[0]
    rows = [_row(each) for each in rest.get("resource", [])]
    software = (statement.get("software") or {}).get("name", "a server")
    table(f"{software}, FHIR {statement.get('fhirVersion')}", ("type", "interactions", "search parameters"), rows)
    click.echo(
        f"tokens: {endpoints.token}, by {', '.join(sorted(endpoints.auth_methods)) or 'methods that are not told'}"
    )


def _row(resource: dict[str, Any]) -> tuple[str, str, str]:
    interactions = [str(each["code"]) for each in resource.get("interaction", [])]
    parameters = [each["name"] for each in resource.get("searchParam", [])]
    shortened = [_SHORT.get(each, each) for each in interactions]
    return str(resource["type"]), " ".join(shortened), " ".join(parameters)
