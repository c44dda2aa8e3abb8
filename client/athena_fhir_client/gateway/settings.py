"""How a gateway is run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from athena_fhir_client.errors import ConfigurationError

KEY_VARIABLE = "ATHENAHEALTH_GATEWAY_API_KEY"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Where it listens and for whom.

    Attributes:
        api_keys: any of them lets a caller in; none means that only this machine may call.
        return_origins: where browsers may be sent after they connected, such as ``https://your-app.com``; paths of
            our own are
            always allowed.
        behind_proxy: a proxy of ours stands before it, whose ``X-Forwarded-*`` are believed.
    """

    host: str = "127.0.0.1"
    port: int = 3000
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    return_origins: tuple[str, ...] = ()
    behind_proxy: bool = False

    def __post_init__(self) -> None:
        """Refuse what would let anybody in."""
        if self.host not in LOOPBACK and not self.api_keys:
            message = f"host {self.host}: without an API key ({KEY_VARIABLE}) the gateway listens on this machine only"
            raise ConfigurationError(message)
        for origin in self.return_origins:
            if urlsplit(origin).scheme not in ("http", "https") or origin.count("/") != 2:
                message = f"return origin {origin!r}: expected scheme and host, such as https://your-app.com"
                raise ConfigurationError(message)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ, **more: object) -> "GatewaySettings":
        """With the API keys that the environment gives, separated by commas."""
        keys = tuple(key.strip() for key in environ.get(KEY_VARIABLE, "").split(",") if key.strip())
        return cls(**{"api_keys": keys, **more})  # type: ignore[arg-type]
