"""The applications that other servers are measured with: ``athena_fhir_load.served:bare`` and ``:emulator``."""

from athena_fhir_load.baselines import bare_app
from mock_athena.app import create_app
from mock_athena.settings import Settings

bare = bare_app()


def emulator() -> object:
    """An emulator without limits."""
    return create_app(Settings(limits="off"))
