"""Clients that a team has registered with its server, for the checks that need more than the one that reads.

An emulator registers them for the suite; any other server does so for a developer, who writes a TOML file: a table for
each part that a client plays. A secret is written ``"$NAME"``, and stands in that variable of the environment.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

APPS = ("confidential", "public", "other", "signing")
"""Applications with users: with a secret, without one, a second one with a secret, and one that signs assertions."""

SERVICES = ("signer", "stranger", "narrow")
"""Backend services: one that signs, another that may export, and one that may ask for ``system/Patient.rs`` alone."""

_FIELDS = {"id", "secret", "private_key", "redirect_uris"}


@dataclass(frozen=True)
class Registration:
    """A client as a server knows it.

    Attributes:
        secret: empty for one without.
        key: the private JWK of one that signs.
        redirect_uris: where its users may come back to.
    """

    id: str
    secret: str = field(default="", repr=False)
    key: Mapping[str, Any] | None = field(default=None, repr=False)
    redirect_uris: tuple[str, ...] = ()


def read_registrations(file: str) -> dict[str, Registration]:
    """Part → client.

    Raises:
        ValueError: the file cannot be used, with the reason.
    """
    path = Path(file)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{file} cannot be read as TOML: {error}") from error
    parts = (*APPS, *SERVICES)
    if wrong := sorted(set(told) - set(parts)):
        raise ValueError(f"{file}: there is no part {', '.join(wrong)}; there are {', '.join(parts)}")
    return {part: _registration(f"{file}: [{part}]", part, table, path.parent) for part, table in told.items()}


def _registration(where: str, part: str, table: Any, folder: Path) -> Registration:
    if not isinstance(table, dict) or not table.get("id"):
        raise ValueError(f"{where} has no id")
    if wrong := sorted(set(table) - _FIELDS):
        raise ValueError(f"{where} has {', '.join(wrong)}; there are {', '.join(sorted(_FIELDS))}")
    secret = _secret(where, str(table.get("secret", "")))
    key = private_jwk(folder / table["private_key"]) if table.get("private_key") else None
    redirect_uris = tuple(map(str, table.get("redirect_uris", [])))
    if part in APPS and not redirect_uris:
        raise ValueError(f"{where} has no redirect_uris, a list of which the first is used")
    if bool(secret or key) == (part == "public"):
        raise ValueError(f"{where}: {'a public client has no secret' if secret or key else 'it has no secret'}")
    if part in ("signing", "signer") and key is None:
        raise ValueError(f"{where} has no private_key, the file of a JWK")
    return Registration(str(table["id"]), secret, key, redirect_uris)


def _secret(where: str, told: str) -> str:
    if not told.startswith("$"):
        return told
    if not (found := os.environ.get(told[1:], "")):
        raise ValueError(f"{where}: the variable {told[1:]}, which has the secret, is not set")
    return found


def private_jwk(path: Path) -> dict[str, Any]:
    """A JWK, or the only private one of a JWK set.

    Raises:
        ValueError: it cannot be read, or there are none or several.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        keys = [dict(key) for key in told.get("keys", [told]) if "d" in key]
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"{path} cannot be read as a JWK: {error}") from error
    if len(keys) != 1:
        raise ValueError(f"{path} has {len(keys)} private keys, expected one")
    return keys[0]
