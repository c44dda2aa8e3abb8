"""The libraries of the extra ``client``, with an error that says how to install them where they are missing."""

from athena_fhir_client.errors import MissingDependency

try:
    import filelock
    import msgspec
    import platformdirs
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
except ImportError as error:
    message = f"{error.name} is not installed; the client needs it: pip install 'mock-athena[client]'"
    raise MissingDependency(message) from error

__all__ = ["AuthBase", "HTTPAdapter", "filelock", "msgspec", "platformdirs", "requests", "urllib3"]
