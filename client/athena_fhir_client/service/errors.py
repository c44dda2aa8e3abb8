"""What the integration service refuses. Each has a code for programs; the gateway makes a 4xx of it."""

from athena_fhir_client.errors import AthenaError


class ServiceError(AthenaError):
    """Whatever the service refuses."""

    code = "INVALID_REQUEST"
    status = 400


class InvalidRequest(ServiceError):
    """A value that cannot be; says which one, what came and what was expected."""


class ConnectionNotFound(ServiceError):
    """No connection of this id."""

    code = "CONNECTION_NOT_FOUND"
    status = 404


class JobNotFound(ServiceError):
    """No export job of this id."""

    code = "JOB_NOT_FOUND"
    status = 404


class JobNotReady(ServiceError):
    """The job is in progress, or it failed: there are no data to process."""

    code = "JOB_NOT_READY"
    status = 409


class SignInFailed(ServiceError):
    """The browser came back without what is needed: an unknown or used state, a refusal, another browser."""

    code = "SIGN_IN_FAILED"
    status = 400


class ConnectionExpired(ServiceError):
    """Its tokens are not good any more and cannot be refreshed: the user has to connect again."""

    code = "CONNECTION_EXPIRED"
    status = 401


class StoreError(AthenaError):
    """The service's own files cannot be used: a key of wrong permissions, a database that another key encrypted."""
