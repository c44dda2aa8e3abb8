"""What a certificate says of itself, for ``mock-athena doctor``: to whom it is good, and until when."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from mock_athena.settings import Settings
from mock_athena.tls.authority import OF_THIS_MACHINE, machine_time
from mock_athena.tls.context import names_of

_SOON = timedelta(days=14)


def shown(path: Path, settings: Settings) -> tuple[str, str]:
    """What is to be known of a certificate, and what to do about it; the latter empty where nothing is to be done.

    Args:
        path: of a PEM file that a server could load.
    """
    certificate = x509.load_pem_x509_certificates(path.read_bytes())[0]
    names = _names(certificate)
    ends = certificate.not_valid_after_utc
    says = f"{path}, for {', '.join(names) or 'no name'}, until {ends:%Y-%m-%d}"
    return says, _advice(names, certificate.not_valid_before_utc, ends, settings)


def _advice(names: list[str], begins: datetime, ends: datetime, settings: Settings) -> str:
    if machine_time() > ends:
        return "it has expired: callers refuse it, unless that is what you test"
    if machine_time() < begins:
        return f"it is good from {begins:%Y-%m-%d} on: callers refuse it until then"
    if machine_time() + _SOON > ends:
        return "it ends soon"
    asked = [name for name in names_of(settings) if name not in OF_THIS_MACHINE] or [OF_THIS_MACHINE[0]]
    missing = [name for name in asked if not _covers(names, name)]
    return f"callers who ask for {', '.join(missing)} refuse it: it is not for that name" if missing else ""


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []  # the common name is looked at by nobody any more (RFC 9525 §6.3)
    kinds = (x509.DNSName, x509.IPAddress)
    return [str(name.value).lower() for name in found if isinstance(name, kinds)]


def _covers(names: list[str], name: str) -> bool:
    return name in names or f"*.{name.partition('.')[2]}" in names
