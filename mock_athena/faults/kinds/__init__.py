"""The faults: each file is one, and its name, with dashes, is the fault's.

:mod:`mock_athena.faults.fault` says what such a file defines; ``docs/adding-a-fault.md`` adds one.
"""
