"""Reads bodies."""

import json
from typing import Any

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from athena_fhir_client.service.errors import InvalidRequest


def json_body(*, optional: bool = False) -> Any:
    """The JSON of the request's body; an empty object for none, if it is optional.

    Raises:
        InvalidRequest: it is none. UnsupportedMediaType: it does not say that it is one.
    """
    data = request.get_data()
    if optional and not data:
        return {}
    if request.mimetype != "application/json":
        message = f"the body is {request.mimetype or 'of no type'}; expected Content-Type: application/json"
        raise UnsupportedMediaType(message)
    try:
        told = json.loads(data)
        json.dumps(told, ensure_ascii=False).encode()  # half a surrogate pair can neither be kept nor be answered
    except UnicodeEncodeError:
        message = "the body is no text: a character in it is half of a surrogate pair"
        raise InvalidRequest(message) from None
    except ValueError as error:
        message = f"the body is no JSON: {error}"
        raise InvalidRequest(message) from None
    except RecursionError:
        message = "the body is nested too deeply"
        raise InvalidRequest(message) from None
    return told
