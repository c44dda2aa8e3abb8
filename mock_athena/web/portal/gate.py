"""Who gets past the pages for developers: whoever may use the control API.

With ``--control-token`` that is whoever told the token in this visit; without it, see
:mod:`mock_athena.web.control.admission`.
"""

import hmac

from flask import Response

from mock_athena.auth.form import Parameters
from mock_athena.web.control.admission import admit
from mock_athena.web.portal.portal import Portal
from mock_athena.web.portal.rendering import redirected


def gate(portal: Portal, path: str, sent: Parameters | None = None) -> Response | None:
    """The page that asks for the control token, for whoever has to tell it first; None for who may enter.

    Args:
        path: where the token is to be sent, and where it leads. sent: the form that came, if one did.

    Raises:
        ControlError: 403, from elsewhere where no token was set.
    """
    settings = portal.world.settings
    if not settings.control_token:
        admit(settings)
        return None
    if portal.visit().developer:
        return None
    told = sent.get("control_token") if sent else None
    if sent is None or told is None:
        return portal.show("gate.html", fault="", to=path)
    portal.check_form(sent)
    if not hmac.compare_digest(told.encode(), settings.control_token.encode()):
        return portal.show("gate.html", 403, fault="This is not the token of --control-token.", to=path)
    portal.trust()
    return portal.remembered(redirected(path))
