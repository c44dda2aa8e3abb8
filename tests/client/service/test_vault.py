"""Tokens are encrypted at rest, each for its owner, with a key that others cannot read."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from athena_fhir_client.service.errors import StoreError
from athena_fhir_client.service.vault import Vault

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_locked_is_opened_and_not_read() -> None:
    locked = Vault(OLD).lock("conn_1", {"access_token": "secret"})
    assert b"secret" not in locked
    assert Vault(OLD).open("conn_1", locked) == {"access_token": "secret"}


def test_a_row_copied_to_another_owner_is_noticed() -> None:
    locked = Vault(OLD).lock("conn_1", {})
    with pytest.raises(StoreError, match="conn_2 was encrypted for conn_1"):
        Vault(OLD).open("conn_2", locked)


def test_keys_change_while_old_rows_stay_readable() -> None:
    locked = Vault(OLD).lock("c", {"a": 1})
    assert Vault(NEW, OLD).open("c", locked) == {"a": 1}
    with pytest.raises(StoreError, match="encrypted with another key"):
        Vault(NEW).open("c", locked)
    with pytest.raises(StoreError, match="encrypted with another key"):
        Vault(OLD).open("c", locked[:-4] + b"AAAA")


def test_the_key_file_is_made_once_and_is_its_owners(tmp_path: Path) -> None:
    locked = Vault.of(tmp_path, {}).lock("c", {"a": 1})
    assert stat.S_IMODE((tmp_path / "service.key").stat().st_mode) == 0o600
    assert Vault.of(tmp_path, {}).open("c", locked) == {"a": 1}
    (tmp_path / "service.key").chmod(0o644)
    with pytest.raises(StoreError, match="may be read by others"):
        Vault.of(tmp_path, {})


def test_the_environments_keys_come_first(tmp_path: Path) -> None:
    locked = Vault.of(tmp_path, {"ATHENAHEALTH_SERVICE_KEY": f"{NEW}, {OLD}"}).lock("c", {})
    assert Vault(NEW).open("c", locked) == {}
    assert not (tmp_path / "service.key").exists()


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(StoreError, match="expected keys of 32 bytes"):
        Vault("short")
