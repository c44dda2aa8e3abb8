"""Build hook: makes the default population ready to be copied, so that the first start is as fast as any other.

It needs what generator and store need, which ``build-system.requires`` names. In an editable install the files stay
beside the code, out of version control.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PrebuiltPopulation(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own parameter is of no use here
    """Builds ``mock_athena/_prebuilt``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Run before the wheel is put together."""
        sys.path.insert(0, self.root)
        from mock_athena.environments import ENVIRONMENTS
        from mock_athena.population import prebuilt
        from mock_athena.population.recipe import Recipe
        from mock_athena.settings import Settings

        folder = Path(self.root, "mock_athena", "_prebuilt")
        folder.mkdir(exist_ok=True)
        default = Settings()
        recipes = [Recipe(default.seed, facts.practice, default.patients) for facts in ENVIRONMENTS.values()]
        wanted = {folder / prebuilt.file_name(recipe): recipe for recipe in recipes}
        for stale in set(folder.iterdir()) - set(wanted):
            stale.unlink()
        for path, recipe in wanted.items():
            if not path.exists():
                prebuilt.build(path, recipe)
        build_data["artifacts"].append("mock_athena/_prebuilt/*.sqlite")
