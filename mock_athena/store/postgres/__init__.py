"""The same store in PostgreSQL, for several machines: the same tables, the same statements, the same bytes.

:mod:`~mock_athena.store.postgres.spelling` says what SQLite says otherwise, :mod:`~mock_athena.store.postgres.database`
runs it, :mod:`~mock_athena.store.postgres.filling` pours a store file into it, and
:mod:`~mock_athena.store.postgres.resources` keeps the commits of several nodes in one order.
"""
