"""The two environments and the practice of each: one table."""

from collections.abc import Mapping
from types import MappingProxyType

PRODUCTION = "production"
SANDBOX = "sandbox"

# The sandbox's number is that of the practice in the real preview environment; production's is invented.
PRACTICES: Mapping[str, int] = MappingProxyType({PRODUCTION: 500001, SANDBOX: 195900})
