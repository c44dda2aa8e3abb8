"""Programs that are not Python packages: a test that needs one says so."""

import os
import shutil

import pytest


def tool(name: str) -> str:
    """Where the program is. Without it the test is skipped, except in CI, where a skipped test proves nothing."""
    path = shutil.which(name)
    if path is None:
        reason = f"needs {name}, which is not installed"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path
