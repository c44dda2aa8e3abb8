"""What is shown to callers over TLS: the certificate that the settings name, or one for this machine.

TLS 1.2 at least, as SMART asks (https://hl7.org/fhir/smart-app-launch/best-practices.html), and HTTP/1.1 within.
"""

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from mock_athena.errors import ConfigurationError
from mock_athena.settings import Settings, environment_name

FOLDER = "tls"


@dataclass(frozen=True, slots=True)
class Tls:
    """How a server speaks TLS.

    Attributes:
        authority: the file of what callers must trust first; None where they are to know the certificate.
        told: what was said already of handshakes that failed.
    """

    context: ssl.SSLContext
    authority: Path | None = None
    told: set[str] = field(default_factory=set)


def tls_of(settings: Settings) -> Tls | None:
    """How the settings want TLS to be spoken; None where they do not.

    Raises:
        ConfigurationError: a file cannot be used.
    """
    if settings.tls_cert:
        return Tls(_context(settings.tls_cert, settings.tls_key or settings.tls_cert))
    if not settings.tls:
        return None
    from mock_athena.tls.authority import kept  # with a library that is slow to import

    files = kept(folder_of(settings.cache_dir), names_of(settings))
    return Tls(_context(str(files.certificate), str(files.key)), files.authority)


def folder_of(cache_dir: str) -> Path:
    """Where certificates for this machine are kept."""
    from mock_athena.population.prebuilt import default_cache

    return (Path(cache_dir) if cache_dir else default_cache()).absolute() / FOLDER


def names_of(settings: Settings) -> list[str]:
    """Under which names callers may reach us: those of this machine, and what the settings say."""
    from mock_athena.tls.authority import OF_THIS_MACHINE

    further = (settings.host, urlsplit(settings.external_url).hostname)
    named = [name.lower() for name in further if name not in (None, "", "0.0.0.0", "::")]  # noqa: S104 - compared
    return list(dict.fromkeys((*OF_THIS_MACHINE, *named)))


def _context(certificate: str, key: str) -> ssl.SSLContext:
    _require(certificate, "tls-cert", "CERTIFICATE-----", "a certificate")
    _require(key, "tls-key", "PRIVATE KEY-----", "a private key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])

    def locked() -> NoReturn:
        message = f"tls-key: {key} is encrypted; write it without a password: openssl pkey -in {key} -out plain.pem"
        raise ConfigurationError(message)

    try:
        context.load_cert_chain(certificate, key, locked)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            message = f"tls-key: {key} is not the key of the certificate in {certificate}"
        else:
            message = f"tls-cert: {certificate} with tls-key {key} cannot be used: {said(error)}"
        raise ConfigurationError(message) from None
    return context


def _require(path: str, setting: str, mark: str, what: str) -> None:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        message = f"{setting}: {path} cannot be read: {error.strerror}"
        raise ConfigurationError(message) from None
    if mark.encode() not in content:
        message = f"{setting}: there is no {what.partition(' ')[2]} in {path}: expected {what} in PEM, which has a line"
        raise ConfigurationError(f"{message} that ends in {mark}")


def said(error: ssl.SSLError) -> str:
    """``TLSV1_ALERT_UNKNOWN_CA`` → ``tlsv1 alert unknown ca``, as OpenSSL's other tools say."""
    return (error.reason or str(error)).replace("_", " ").lower()


def trusting() -> ssl.SSLContext:
    """What a command of ours trusts when it asks an emulator: what everybody does, and what ``--tls`` made here."""
    context = ssl.create_default_context()
    for authority in folder_of(os.environ.get(environment_name("cache_dir"), "")).glob("*/ca.pem"):
        context.load_verify_locations(authority)
    return context
