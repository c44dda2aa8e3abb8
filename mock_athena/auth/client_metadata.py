"""Reading single values of client metadata, and what a client says about itself that nothing here acts on.

The rest of https://www.rfc-editor.org/rfc/rfc7591#section-2: pages and names for people, the software and its version;
and where the EHR's launch page starts the application, ``initiate_login_uri`` of OpenID Connect. It is kept and told
again. Of ``response_types`` there is only ``code``, so it is checked and changes nothing.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mock_athena.auth.addresses import place

_ADDRESSES = ("client_uri", "logo_uri", "tos_uri", "policy_uri", "initiate_login_uri")
_LAUNCH = re.compile(r"https?://[^\s#\"<>\\]+", re.ASCII)
_LISTS = ("response_types", "contacts")
DESCRIPTIVE = (*_LISTS, *_ADDRESSES, "software_id", "software_version")


def description(given: Mapping[str, Any]) -> Mapping[str, str | tuple[str, ...]]:
    """The metadata that are only kept, in their order of :data:`DESCRIPTIVE`; what is missing is left out.

    Raises:
        ValueError: a value of the wrong kind, an address that is no URL, or a response type other than ``code``.
    """
    values = {name: _value(given, name) for name in DESCRIPTIVE if given.get(name) is not None}
    unknown = [type for type in values.get("response_types", ()) if type != "code"]
    if unknown:
        message = f"response_types: {', '.join(unknown)}: expected code, or leave it out"
        raise ValueError(message)
    return MappingProxyType(values)


def text(given: Mapping[str, Any], name: str) -> str | None:
    """The text of that name; None if there is none.

    Raises:
        ValueError: the value is something else, empty or not printable.
    """
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value or not value.isprintable():
        message = f"{name} must be a text of printable characters, not empty"
        raise ValueError(message)
    return value


def texts(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The array of strings of that name, each once; empty if there is none.

    Raises:
        ValueError: the value is something else.
    """
    value = given.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        message = f"{name} must be a JSON array of strings"
        raise ValueError(message)
    return tuple(dict.fromkeys(value))


def _value(given: Mapping[str, Any], name: str) -> str | tuple[str, ...]:
    if name in _LISTS:
        return texts(given, name)
    value = text(given, name) or ""
    if name in _ADDRESSES and place(value) is None:
        message = f"{name} {value!r}: expected an absolute URL, such as https://app.example"
        raise ValueError(message)
    # A browser is sent there: https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata
    if name == "initiate_login_uri" and not _LAUNCH.fullmatch(value):
        message = (
            f"{name} {value!r}: expected an http or https URL without fragment, such as https://app.example/launch"
        )
        raise ValueError(message)
    return value


def flag(given: Mapping[str, Any], name: str) -> bool:
    """The truth value of that name; False if there is none.

    Raises:
        ValueError: the value is something else.
    """
    value = given.get(name, False)
    if not isinstance(value, bool):
        message = f"{name} must be true or false"
        raise ValueError(message)
    return value
