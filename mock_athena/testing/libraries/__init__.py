"""How each HTTP library is led to an emulator: one file per way in which libraries connect.

A *guide* is asked for every host that somebody is about to connect to. It answers a connection of ours, or None for a
host that is none of its business, or raises. Nothing of a library is imported here that the program has not imported
itself: what comes later is changed when it comes.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mock_athena.testing.libraries import aiohttp, http_client, httpcore, names, urllib3
from mock_athena.testing.libraries.changes import Change, Guide

__all__ = ["ENTRANCES"]

ENTRANCES: Mapping[str, Callable[[Guide], list[Change]]] = MappingProxyType(
    {
        "http.client": http_client.changes,
        "urllib3.connection": urllib3.changes,
        "httpcore": httpcore.changes,
        "aiohttp.connector": aiohttp.changes,
        "socket": names.changes,
    }
)
"""The module whose import opens the way, and what has to be changed in it."""
