"""``docs/reference/clients.md``: the clients that are registered at every start, and the two environments."""

from mock_athena.auth.client_registry import ClientRegistry
from mock_athena.environments import ENVIRONMENTS
from tests.docs.reference.markdown import page, table

_AUTHENTICATION = {
    "client_secret_basic": "its secret",
    "none": "nothing: PKCE",
    "private_key_jwt": "a [private key](../../fixtures/keys/README.md)",
}


def clients_page() -> str:
    """The page."""
    clients = [client.metadata() for client in ClientRegistry().all()]
    return page(
        "Clients and environments",
        "Registered at every start ([fixtures/clients.json](../../fixtures/clients.json)). Secrets and private keys "
        "are published on purpose: never use them anywhere else. [More clients](../oauth.md#register-a-client): "
        "`--clients FILE`, or `POST /_mock/clients` while it runs.",
        "## Clients",
        table(
            ("Client id", "Secret", "Proves itself by", "Grants"),
            (
                (
                    f"`{each['client_id']}`",
                    f"`{each['client_secret']}`" if "client_secret" in each else "none",
                    _AUTHENTICATION[each["token_endpoint_auth_method"]],
                    " ".join(f"`{grant}`" for grant in each["grant_types"]),
                )
                for each in clients
            ),
        ),
        table(("Client id", "May ask for"), ((f"`{each['client_id']}`", f"`{each['scope']}`") for each in clients)),
        table(
            ("Client id", "Redirect URIs"),
            (
                (f"`{each['client_id']}`", ", ".join(f"`{uri}`" for uri in each["redirect_uris"]))
                for each in clients
                if each.get("redirect_uris")
            ),
        ),
        "## Environments",
        "One server shows both. Each has its own practice, patients, export jobs and quota. One authorization server "
        "serves both, and a token is good at both.",
        table(
            ("", "FHIR base", "Documents", "Practice", "Group of all patients", "Patients"),
            (
                (
                    each.name,
                    f"`{each.fhir_path}`",
                    f"`{each.documents_path}/{{id}}.pdf`",
                    str(each.practice),
                    f"`a-1.C-{each.practice}`",
                    f"`a-{each.practice}.E-1` to `a-{each.practice}.E-25`",
                )
                for each in ENVIRONMENTS.values()
            ),
        ),
        "[Who the patients are](../../fixtures/README.md#who-is-who). Patient 1 has the integration guide's examples: "
        "`report_123`, `plan_123` and `enc_123`.",
    )
