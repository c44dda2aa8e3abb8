"""``DEBUG=athenahealth:*``: what happens, on standard error, without anybody's data.

Namespaces ``athenahealth:auth``, ``:http``, ``:pace``, ``:bulk``; several are separated by commas, one with ``-``
before it is left out: ``DEBUG=athenahealth:*,-athenahealth:pace``. They are loggers of :mod:`logging`
(``athenahealth.http``), so that an application may send them elsewhere. Whoever logs passes only what may be read: see
:mod:`.redaction`.
"""

import logging
import os
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

NAMESPACES = ("auth", "http", "pace", "bulk")
_ROOT = "athenahealth"


def wanted(pattern: str, namespace: str) -> bool:
    """Whether a value of ``DEBUG`` names a namespace such as ``athenahealth:http``."""
    patterns = [each for each in re.split(r"[\s,]+", pattern) if each]
    excluded = any(fnmatchcase(namespace, each[1:]) for each in patterns if each.startswith("-"))
    return not excluded and any(fnmatchcase(namespace, each) for each in patterns)


class Debug:
    """One namespace. Called like :meth:`logging.Logger.debug`; costs next to nothing while nobody listens."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(f"{_ROOT}.{name}")

    def __call__(self, message: str, *values: object) -> None:
        """One line."""
        self._logger.debug(message, *values)

    @property
    def listened_to(self) -> bool:
        """Whether it is worth preparing what would be said."""
        return self._logger.isEnabledFor(logging.DEBUG)


AUTH, HTTP, PACE, BULK = (Debug(name) for name in NAMESPACES)


def enable_debug(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Listen to the namespaces that ``DEBUG`` names, and write them to standard error; answers which those are."""
    pattern = environ.get("DEBUG", "")
    names = [name for name in NAMESPACES if wanted(pattern, f"{_ROOT}:{name}")]
    for name in names:
        logger = logging.getLogger(f"{_ROOT}.{name}")
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        if not logger.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(logging.Formatter(f"%(asctime)s {_ROOT}:{name} %(message)s"))
            logger.addHandler(handler)
    return names
