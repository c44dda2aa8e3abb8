"""A certificate for local development: trusted as far as it says, kept as long as it lasts."""

import ssl
import stat
from pathlib import Path

import pytest

from mock_athena.errors import ConfigurationError
from mock_athena.tls.authority import OF_THIS_MACHINE, Files, kept, made
from tests.mock_athena.command_line import Run, complaint


def shaken(files: Files, name: str, trusted: Path) -> str:
    """What a client that trusts ``trusted`` finds wrong with the certificate when it asks for a name."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(trusted))
    client.verify_flags |= ssl.VERIFY_X509_STRICT  # as Python 3.13 has it, and nearly as browsers do
    server.load_cert_chain(files.certificate, files.key)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours, theirs = server.wrap_bio(there, back, True), client.wrap_bio(back, there, server_hostname=name)
    for side in (theirs, ours, theirs):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLCertVerificationError as error:
            return str(error.verify_message)
    return ""


def test_it_is_good_for_its_names_and_for_no_other(tmp_path: Path) -> None:
    files = made(tmp_path / "one", ["localhost", "127.0.0.1", "::1", "athena.test", "*.ehr.test"])
    for name in ("localhost", "127.0.0.1", "::1", "athena.test", "fhir.ehr.test"):
        assert not shaken(files, name, files.authority), name
    assert "not valid for 'example.org'" in shaken(files, "example.org", files.authority)
    assert not stat.S_IMODE(files.key.stat().st_mode) & 0o077
    assert sorted(path.name for path in files.folder.iterdir()) == ["ca.pem", "cert.pem", "key.pem"]


def test_another_authority_does_not_vouch_for_it(tmp_path: Path) -> None:
    one, other = made(tmp_path / "one", OF_THIS_MACHINE), made(tmp_path / "two", OF_THIS_MACHINE)
    assert "unable to get local issuer" in shaken(one, "localhost", other.authority)


def test_it_is_kept_until_shortly_before_its_end(tmp_path: Path) -> None:
    first = kept(tmp_path, OF_THIS_MACHINE)
    content = first.certificate.read_bytes()
    assert kept(tmp_path, OF_THIS_MACHINE) == first
    assert first.certificate.read_bytes() == content
    further = kept(tmp_path, [*OF_THIS_MACHINE, "athena.test"])
    assert (first.folder.name, further.folder.name) == ("localhost", "localhost+athena.test")
    first.authority.unlink()
    assert kept(tmp_path, OF_THIS_MACHINE).certificate.read_bytes() != content
    soon = made(tmp_path / "localhost+soon", [*OF_THIS_MACHINE, "soon"], days=20)
    assert not shaken(soon, "soon", soon.authority)
    ending = soon.certificate.read_bytes()
    assert kept(tmp_path, [*OF_THIS_MACHINE, "soon"]).certificate.read_bytes() != ending
    assert sorted(path.name for path in tmp_path.iterdir()) == ["localhost", "localhost+athena.test", "localhost+soon"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        kept(tmp_path / "file", OF_THIS_MACHINE)


def test_the_command_makes_one_for_other_names(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "made"
    ended = run("tls", "--name", "node", "--name", "10.0.0.7", "--out", str(out))
    assert (ended.code or 0, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        f"serve --tls-cert {out / 'cert.pem'} --tls-key {out / 'key.pem'}",
        f"trust {out / 'ca.pem'}",
    ]
    for name in ("node", "10.0.0.7", "localhost"):
        assert not shaken(Files(out), name, out / "ca.pem"), name
    assert "is there already" in complaint(run("tls", "--out", str(out)))
    assert "neither a host's name nor an address" in complaint(
        run("tls", "--name", "a b", "--out", str(tmp_path / "b"))
    )
