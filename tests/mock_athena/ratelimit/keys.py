"""Two callers."""

from mock_athena.ratelimit import QuotaKey

ONE = QuotaKey("production", "client", "one")
TWO = QuotaKey("production", "client", "two")
