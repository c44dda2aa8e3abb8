"""Where the answer to an authorization request may be sent: to what the client registered, and nowhere else."""

import re

from mock_athena.auth.registration import ClientRegistration

_LOCAL_PORT = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(:[0-9]{1,5})?(/[^#\\]*)?", re.ASCII)


def is_registered(redirect_uri: str, client: ClientRegistration) -> bool:
    """Whether an answer may be sent there: it is a registered redirect URI, character for character.

    Only a ``native`` application, which cannot know the port that it will get, may have another port than it
    registered, and only on the loopback addresses themselves (https://www.rfc-editor.org/rfc/rfc8252#section-7.3).
    """
    if redirect_uri in client.redirect_uris:
        return True
    if client.application_type != "native":
        return False
    found = _LOCAL_PORT.fullmatch(redirect_uri)
    return found is not None and any(
        known is not None and (known[1], known[3]) == (found[1], found[3])
        for known in map(_LOCAL_PORT.fullmatch, client.redirect_uris)
    )
