"""Secrets at rest: encrypted with Fernet (AES-128-CBC and HMAC-SHA256), https://cryptography.io/en/latest/fernet/.

The key comes from ``ATHENAHEALTH_SERVICE_KEY``, or from a file that only its owner may read and that is made if it is
not there. Several keys, separated by commas, let a key be changed: the first encrypts, all decrypt.
"""

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from athena_fhir_client.service.errors import StoreError

KEY_VARIABLE = "ATHENAHEALTH_SERVICE_KEY"
KEY_FILE = "service.key"


class Vault:
    """Encrypts and decrypts JSON values, each for one owner only.

    Args:
        keys: as :meth:`cryptography.fernet.Fernet.generate_key` makes them, the newest first.

    Raises:
        StoreError: no key, or one that is none.
    """

    def __init__(self, *keys: str) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            message = f"{KEY_VARIABLE}: expected keys of 32 bytes in URL-safe base64, separated by commas"
            raise StoreError(message) from None

    @classmethod
    def of(cls, folder: Path, environ: Mapping[str, str] = os.environ) -> "Vault":
        """The vault of a folder, with the key of the environment or of the folder's file."""
        told = [key.strip() for key in environ.get(KEY_VARIABLE, "").split(",") if key.strip()]
        return cls(*(told or [_key_in(folder / KEY_FILE)]))

    def lock(self, owner: str, value: dict[str, Any]) -> bytes:
        """Encrypt. The owner is encrypted with it, so that a row copied to another is noticed."""
        return self._fernet.encrypt(json.dumps([owner, value]).encode())

    def open(self, owner: str, locked: bytes) -> dict[str, Any]:
        """Decrypt what was locked for this owner.

        Raises:
            StoreError: by another key, changed, or another's.
        """
        try:
            of, value = json.loads(self._fernet.decrypt(locked))
        except (InvalidToken, ValueError):
            message = f"what is stored for {owner} was encrypted with another key; give that one too ({KEY_VARIABLE})"
            raise StoreError(message) from None
        if of != owner:
            message = f"what is stored for {owner} was encrypted for {of}"
            raise StoreError(message)
        told: dict[str, Any] = value
        return told


def _key_in(path: Path) -> str:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "wb") as file:
        key = Fernet.generate_key()
        file.write(key)
    return key.decode()


def _read(path: Path) -> str:
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        message = f"{path} may be read by others (mode {mode:o}); make it 600, or make a new key and connect again"
        raise StoreError(message)
    return path.read_text(encoding="ascii").strip()
