"""Which pages of the documentation are made from the code, and by what."""

from collections.abc import Callable, Mapping

from tests.docs.blocks import ROOT
from tests.docs.reference.commands import commands_page
from tests.docs.reference.control import control_page
from tests.docs.reference.faults import faults_page
from tests.docs.reference.headers import headers_page
from tests.docs.reference.limits import limits_page
from tests.docs.reference.python import client_page, testing_page
from tests.docs.reference.registered import clients_page
from tests.docs.reference.search import search_page
from tests.docs.reference.settings import settings_page

FOLDER = ROOT / "docs" / "reference"

PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": commands_page,
    "client.md": client_page,
    "clients.md": clients_page,
    "control-api.md": control_page,
    "faults.md": faults_page,
    "headers.md": headers_page,
    "rate-limits.md": limits_page,
    "search.md": search_page,
    "settings.md": settings_page,
    "testing.md": testing_page,
}
"""Name of a page → what makes it."""
