"""The OpenAPI document of an environment, from the settings alone: nothing needs to be running for it."""

from typing import Any

from mock_athena._version import __version__
from mock_athena.auth import discovery
from mock_athena.auth.registration import GRANT_TYPES
from mock_athena.environments import SANDBOX, EnvironmentFacts
from mock_athena.fhir.openapi import Served, openapi_document
from mock_athena.profiles import profile_named
from mock_athena.ratelimit import policy_named
from mock_athena.search.query import DEFAULT_COUNT, MAXIMUM_COUNT
from mock_athena.settings import Settings
from mock_athena.web.oauth import LARGEST_FORM
from mock_athena.web.routes import LARGEST_BODY


def described(settings: Settings, environment: EnvironmentFacts, origin: str) -> dict[str, Any]:
    """What an emulator of these settings serves.

    Args:
        origin: scheme, host and port under which it is reached.

    Raises:
        ConfigurationError: a profile or policy that there is not.
    """
    profile = profile_named(settings.profile).handling(settings.handling)
    policy = policy_named(settings.limits or profile.limits)
    quotas = policy.sandbox if policy.sandbox and environment is SANDBOX else policy
    return openapi_document(
        Served(
            origin=origin,
            environment=environment,
            profile=profile,
            version=__version__,
            authorize=discovery.AUTHORIZE_PATH,
            token=discovery.TOKEN_PATH,
            keys=discovery.KEYS_PATH,
            introspect=discovery.INTROSPECT_PATH,
            revoke=discovery.REVOKE_PATH,
            register=discovery.REGISTER_PATH,
            openid=discovery.OPENID_PATH,
            style=discovery.STYLE_PATH,
            registers=(settings.registration or profile.registration) != "off",
            grant_types=GRANT_TYPES,
            writable=profile.takes_writes(settings.writable),
            update_creates=settings.update_as_create,
            strict=settings.handling == "strict",
            limited=bool(quotas.limits),
            token_limited=bool(policy.token_endpoint),
            tells=quotas.tells,
            count=DEFAULT_COUNT,
            most=MAXIMUM_COUNT,
            largest_body=LARGEST_BODY,
            largest_form=LARGEST_FORM,
        )
    )
