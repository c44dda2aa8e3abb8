"""Access tokens: asked for once, kept, and asked for again before they expire."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from athena_fhir_conformance.clock import RealTime
from athena_fhir_conformance.credentials import Credentials, proof
from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.problems import ForeignHost, NotJson, NoToken, TargetProblem

if TYPE_CHECKING:
    from athena_fhir_conformance.target import Target

_EARLY = 30.0  # seconds before its end at which a token is not used any more


class Tokens:
    """Tokens of one target."""

    def __init__(self, target: "Target") -> None:
        self._target = target
        self._kept: dict[str, tuple[str, float]] = {}
        self._refused: dict[str, NoToken] = {}
        self._scopes: dict[str, str] = {}
        self.granted = ""  # to the usual token, once there is one
        self.latest = target.credentials.token  # the usual token, as it was last used

    @property
    def endpoint(self) -> str:
        """The token endpoint, on a host that may see credentials.

        Raises:
            NoToken: there is none, or it is on another host.
        """
        named = self._target.manners.token_url or self._target.smart.get("token_endpoint")
        if not isinstance(named, str) or not named:
            raise NoToken("no token endpoint: .well-known/smart-configuration does not name one; --token-url does")
        if not self._target.trusts(named):
            raise NoToken(
                f"the token endpoint {named} is on another host, which gets no credentials; --token-url trusts it"
            )
        return named

    def usual(self) -> str:
        """The token with which checks read.

        Raises:
            NoToken: with the reason why there is none.
        """
        given = self._target.credentials
        if given.token:
            self.granted = given.scope
            return given.token
        if not given.can_ask:
            raise NoToken(
                "no token and no client was given: --token, or --client-id with --client-secret or --private-key"
            )
        token = self.of(given.scope or self._wide())
        self.granted, self.latest = self._scopes[token], token
        return token

    def of(self, scope: str, credentials: Credentials | None = None) -> str:
        """A token of this scope by client credentials; the same one until shortly before it expires.

        Raises:
            NoToken: with the token endpoint's words.
        """
        asker = credentials or self._target.credentials
        key = f"{asker.client_id} {scope}"
        token, until = self._kept.get(key, ("", 0.0))
        if token and self._target.clock.now() < until:
            return token
        if key in self._refused:
            raise self._refused[key].with_traceback(None)  # else it grows with each check
        try:
            self._kept[key] = self._fetched(scope, asker)
        except NoToken as problem:
            self._refused[key] = problem
            raise
        return self._kept[key][0]

    def _fetched(self, scope: str, asker: Credentials) -> tuple[str, float]:
        try:
            answer = self.ask(scope, asker)
            told: Any = answer.json if answer.ok else {}
        except (NotJson, ForeignHost) as problem:
            raise NoToken(str(problem)) from problem
        token = told.get("access_token") if isinstance(told, dict) else None
        if not isinstance(token, str) or not token:
            raise NoToken(f"no token: {answer}: {answer.text[:200]}")
        self._scopes[token] = str(told.get("scope", scope))
        lifetime = told.get("expires_in")
        return token, self._target.clock.now() + (lifetime if isinstance(lifetime, int | float) else 300) - _EARLY

    def ask(self, scope: str, asker: Credentials | None = None, **form: str) -> Exchange:
        """The token endpoint's answer to client credentials; ``form`` adds or replaces fields, empty leaves one out."""
        fields, auth = proof(asker or self._target.credentials, self.endpoint, RealTime().now())
        told = {"grant_type": "client_credentials", "scope": scope, **fields, **form}
        return self.post({name: value for name, value in told.items() if value}, auth)

    def post(self, form: Mapping[str, str], auth: tuple[str, str] | None = None, **options: Any) -> Exchange:
        """Any form to the token endpoint. What it answers is kept out of reports."""
        options = {"headers": {"Accept": "application/json"}, "token": None, **options}
        answer = self._target.send("POST", self.endpoint, form=form, auth=auth, **options)
        try:
            told = answer.json
        except TargetProblem:
            return answer
        if isinstance(told, dict):
            names = ("access_token", "refresh_token", "id_token")
            self._target.secrets |= {str(told[name]) for name in names if told.get(name)}
        return answer

    def _wide(self) -> str:
        if self._target.profile.wildcard_scopes:
            return "system/*.read"
        return " ".join(f"system/{type}.rs" for type in self._target.types) or "system/Patient.rs"
