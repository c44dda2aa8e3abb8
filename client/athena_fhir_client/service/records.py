"""What the service keeps, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from athena_fhir_client.auth.sign_in import SignIn as BegunSignIn
from athena_fhir_client.auth.token import Token

Kind = Literal["client", "user"]


class Status(StrEnum):
    """Of an export job, in the words of the integration guide."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class ConnectionRecord:
    """A connection as it is stored.

    Attributes:
        kind: ``client`` has tokens by client credentials, ``user`` those of a patient who signed in.
        user_id: the patient that it is about; empty if it is about all.
        token: the last one; None before the first.
    """

    id: str
    kind: Kind
    fhir_endpoint: str
    user_id: str
    scope: str
    created: float
    token: Token | None = None


@dataclass(frozen=True, slots=True)
class BulkExportJob:
    """An export job, in the guide's fields.

    Attributes:
        status_url: where the server tells how far it is.
        started_at, completed_at: instants, ``completed_at`` empty while it is in progress.
        output_urls: of the files, once it is completed. error_message: why it failed.
        request: what was asked for. next_poll: unix seconds; the server wants to be left alone until then.
    """

    id: str
    connection_id: str
    status: Status
    status_url: str
    started_at: str
    request: Mapping[str, Any]
    completed_at: str = ""
    output_urls: tuple[str, ...] = ()
    error_message: str = ""
    next_poll: float = 0.0


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that has begun: what the callback needs to finish it.

    Attributes:
        begun: where the browser goes, and what it has to bring back.
        ticket: lets a browser go on with it once; empty after that.
        return_to: where the browser goes in the end; empty for a page of ours.
        bound: the browser that goes on with it has a cookie.
    """

    begun: BegunSignIn
    fhir_endpoint: str
    created: float
    ticket: str
    return_to: str = ""
    bound: bool = False

    @property
    def state(self) -> str:
        """RFC 6749 §4.1.1."""
        return self.begun.state
