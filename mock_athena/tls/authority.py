"""A certificate for local development, and the authority that signed it.

The authority's key is thrown away once it has signed, and the authority is good for those names alone (RFC 5280
§4.2.1.10): whoever trusts it trusts this certificate and nothing else, whatever becomes of the files. So it is made
anew together with the certificate.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mock_athena.clock import NANOSECONDS, SystemClock
from mock_athena.errors import ConfigurationError

OF_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

LONGEST = 825
"""Days that a certificate may last at most, for Apple's clients; which is our default, too."""

_RENEWED = timedelta(days=30)  # before its end, it is made anew
_USES = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


@dataclass(frozen=True, slots=True)
class Files:
    """The three files of a certificate, in one folder."""

    folder: Path

    @property
    def authority(self) -> Path:
        """What callers are to trust."""
        return self.folder / "ca.pem"

    @property
    def certificate(self) -> Path:
        """What the server shows."""
        return self.folder / "cert.pem"

    @property
    def key(self) -> Path:
        """What the server proves it with."""
        return self.folder / "key.pem"


def kept(folder: Path, names: Sequence[str]) -> Files:
    """The certificate for this machine's and some other names below a folder, made where it is missing or ends soon.

    Raises:
        ConfigurationError: it cannot be written, or a name is none.
    """
    further = [name.replace(":", "_") for name in names if name not in OF_THIS_MACHINE]
    found = Files(folder / "+".join([OF_THIS_MACHINE[0], *further]))
    if not _lasts(found):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _replace(found, names)
        except OSError as error:
            message = f"tls: {found.folder} cannot be written ({error.strerror}); name another with --cache-dir"
            raise ConfigurationError(message) from None
    return found


def made(folder: Path, names: Sequence[str], days: int = LONGEST) -> Files:
    """A new certificate for some names (of hosts, or addresses), in a folder that is made if it is not there.

    Raises:
        ConfigurationError: it cannot be written, a file of the name is there already, or a name is none.
    """
    files = Files(folder)
    contents = _contents(names, days)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            with open(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _mode(name)), "wb") as file:
                file.write(content)
    except FileExistsError as error:
        message = f"{error.filename} is there already; remove it, or name another folder with --out"
        raise ConfigurationError(message) from None
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror}"
        raise ConfigurationError(message) from None
    return files


def _mode(name: str) -> int:
    return 0o600 if name == "key.pem" else 0o644


def _lasts(files: Files) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except (OSError, ValueError):
        return False
    whole = files.authority.is_file() and files.key.is_file()
    return whole and certificate.not_valid_after_utc - _RENEWED > machine_time()


def _replace(files: Files, names: Sequence[str]) -> None:
    """Others who start at this moment see the three files of one certificate, never some of two."""
    new = Path(tempfile.mkdtemp(dir=files.folder.parent))
    try:
        made(new / "new", names)
        if files.folder.exists():
            files.folder.rename(new / "old")
        with suppress(OSError):  # somebody else was faster: then theirs is as good
            (new / "new").rename(files.folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _contents(names: Sequence[str], days: int) -> dict[str, bytes]:
    known = [_general_name(name) for name in names]
    ours, theirs = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _named(f"Mock Athena, an authority for {names[0]} only")
    authority = (
        _begun(issuer, issuer, ours, days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**{**_USES, "key_cert_sign": True}), critical=True)
        .add_extension(x509.NameConstraints([_tree(name) for name in known], None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ours.public_key()), critical=False)
        .sign(ours, SHA256())
    )
    certificate = (
        _begun(_named(f"Mock Athena at {names[0]}"), issuer, theirs, days, ours)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{**_USES, "digital_signature": True}), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .sign(ours, SHA256())
    )
    return {
        "ca.pem": authority.public_bytes(Encoding.PEM),
        "cert.pem": certificate.public_bytes(Encoding.PEM),
        "key.pem": theirs.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    }


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    days: int,
    signer: ec.EllipticCurvePrivateKey | None = None,
) -> x509.CertificateBuilder:
    began = machine_time() - timedelta(days=1)  # clocks differ
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=days))
    )
    if signer is None:
        return builder
    known_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return builder.add_extension(known_by, critical=False)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])  # the most that X.520 allows


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        pass
    labels = name.removeprefix("*.").split(".")
    if not all(label.isascii() and label.replace("-", "").replace("_", "").isalnum() for label in labels):
        message = f"{name!r} is neither a host's name nor an address, such as athena.test or 10.0.0.7"
        raise ConfigurationError(message) from None
    return x509.DNSName(name)


def _tree(name: x509.GeneralName) -> x509.GeneralName:
    """What a constraint says to allow a name."""
    if isinstance(name, x509.IPAddress):
        from ipaddress import ip_network

        return x509.IPAddress(ip_network(name.value))
    return x509.DNSName(str(name.value).removeprefix("*."))


def machine_time() -> datetime:
    """What callers judge a certificate by, whatever our own time is."""
    return datetime.fromtimestamp(SystemClock().wall() / NANOSECONDS, UTC)
