"""In which practice a request is meant: ``ah-practice``, the tenancy of the real API.

The token of somebody who signed in says it by itself; with any other, every read and search must. Three forms are
taken: ``ah-practice=Organization/a-1.Practice-{n}``, ``ah-practice=a-1.Practice-{n}`` and
``ah-practice:Organization=a-1.Practice-{n}``.
"""

from collections.abc import Iterable

from mock_athena.auth.caller import Caller
from mock_athena.environments import EnvironmentFacts
from mock_athena.errors import BusinessRule, shortened

_NAME = "ah-practice"
_TYPED = f"{_NAME}:Organization"
_TYPE = "Organization/"


def require_practice(facts: EnvironmentFacts, caller: Caller, pairs: Iterable[tuple[str, str]]) -> None:
    """Refuse unless it is known that the request is meant in the practice of this environment.

    Raises:
        BusinessRule: no practice where one is needed, one in another form, or another one.
    """
    given = [(name, value) for name, value in pairs if name.partition(":")[0] == _NAME]
    expected = f"a-1.Practice-{facts.practice}"
    advice = f"Add the parameter {_NAME}, such as {_NAME}={_TYPE}{expected}"
    if not given and caller.context == "system":
        reason = f"{_NAME} is missing, which a token that is no patient's needs; expected {_TYPE}{expected}"
        message = f"The practice of this request is not known. {advice}"
        raise BusinessRule(message, reason=reason, expression=[_NAME])
    for name, value in given:
        practice = value.removeprefix(_TYPE) if name == _NAME else value
        if name not in (_NAME, _TYPED) or practice != expected:
            reason = f"{name}={shortened(value)} is not the practice of this environment, {_TYPE}{expected}"
            message = f"The practice {shortened(value)} is not known. {advice}"
            raise BusinessRule(message, reason=reason, expression=[_NAME])
