"""Populations as database files, ready to be copied, so that a start need not generate anything.

A file is named by everything that its content depends on. The default population travels with the package; any
other is built once and kept in the user's cache folder.
"""

import os
import tempfile
from pathlib import Path

from mock_athena.errors import ConfigurationError, DataError
from mock_athena.population import GENERATOR_VERSION
from mock_athena.population.recipe import Recipe
from mock_athena.store.schema import layout

SHIPPED = Path(__file__).parent.parent / "_prebuilt"


def prebuilt_population(recipe: Recipe, cache_dir: str = "") -> Path:
    """A database file with a population; built now where it is not there yet.

    Raises:
        ConfigurationError: it must be built, and the cache folder cannot be written.
    """
    name = file_name(recipe)
    shipped = SHIPPED / name
    if shipped.is_file():
        return shipped
    folder = Path(cache_dir) if cache_dir else default_cache()
    kept = folder / name
    if not os.path.isfile(kept):  # also where nobody may look
        try:
            folder.mkdir(parents=True, exist_ok=True)
            build(kept, recipe)
        except (OSError, DataError) as error:
            message = f"cache-dir: {folder} cannot be written ({error}); name another with --cache-dir"
            raise ConfigurationError(message) from None
    return kept


def file_name(recipe: Recipe) -> str:
    """Everything that the content depends on."""
    return f"population-{GENERATOR_VERSION}-{layout()}-{recipe.name}.sqlite"


def default_cache() -> Path:
    """``$XDG_CACHE_HOME/mock-athena``, or ``~/.cache/mock-athena``; a temporary folder where there is no home."""
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return Path(base, "mock-athena") if base else Path.home() / ".cache" / "mock-athena"
    except RuntimeError:
        return Path(tempfile.gettempdir(), "mock-athena")


def build(path: Path, recipe: Recipe) -> None:
    """Write a population to ``path``; other processes see it whole or not at all.

    Raises:
        DataError: nothing can be written there.
    """
    from mock_athena.store import files

    files.build(path, recipe.resources(), now=0)
