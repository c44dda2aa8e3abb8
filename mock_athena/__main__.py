"""``python -m mock_athena`` is the command ``mock-athena``."""

from mock_athena.cli import main

main()
