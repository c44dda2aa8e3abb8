"""Certificates and keys that cannot be used: each ends the start with one line that says what to do."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from mock_athena.tls.authority import OF_THIS_MACHINE, Files, made
from tests.mock_athena.command_line import Run, complaint


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return made(tmp_path_factory.mktemp("tls") / "made", OF_THIS_MACHINE)


def said(run: Run, certificate: Path, key: Path | None) -> str:
    return complaint(run("serve", "--tls-cert", str(certificate), *(("--tls-key", str(key)) if key else ())))


def test_what_cannot_be_used_is_one_line_and_exit_code_2(run: Run, files: Files, tmp_path: Path) -> None:
    locked, other = tmp_path / "locked.pem", made(tmp_path / "other", OF_THIS_MACHINE)
    key = load_pem_private_key(files.key.read_bytes(), None)
    locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")))
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    none = tmp_path / "none.pem"
    assert said(run, none, files.key) == f"tls-cert: {none} cannot be read: No such file or directory"
    assert "there is no certificate in" in said(run, files.key, files.certificate)
    assert "there is no private key in" in said(run, files.certificate, None)
    assert said(run, files.certificate, other.key).endswith(f"is not the key of the certificate in {files.certificate}")
    assert "is encrypted; write it without a password: openssl pkey" in said(run, files.certificate, locked)
    assert "cannot be used: " in said(run, broken, files.key)
    assert "name the file of its certificate with --tls-cert" in complaint(run("serve", "--tls-key", str(files.key)))


def test_doctor_looks_at_them(run: Run, files: Files, tmp_path: Path) -> None:
    def looked(*options: str) -> str:
        lines = run("doctor", "--port", "0", "--patients", "0", *options).out.splitlines()
        at = next(n for n, line in enumerate(lines) if "  tls  " in line)
        return " ".join(" ".join(lines[at : at + 2]).split())

    used = ("--tls-cert", str(files.certificate), "--tls-key", str(files.key))
    assert looked(*used).startswith(f"ok tls {files.certificate}, for localhost, 127.0.0.1, ::1, until 20")
    assert "callers who ask for ehr.test refuse it" in looked(*used, "--external-url", "https://ehr.test")
    assert "BAD tls" in looked("--tls-cert", str(tmp_path / "none.pem"))
    soon = made(tmp_path / "soon", OF_THIS_MACHINE, days=10)
    assert "it ends soon" in looked("--tls-cert", str(soon.certificate), "--tls-key", str(soon.key))
    assert looked("--tls").startswith("ok tls a certificate for localhost is kept in")
