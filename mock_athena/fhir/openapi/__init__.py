"""The OpenAPI 3.1 document of one environment, made from the registry and from nothing else that the registry knows.

https://spec.openapis.org/oas/v3.1.0. What the CapabilityStatement tells in FHIR's words
(:mod:`mock_athena.fhir.capability`) is told here for generators of clients, validators and fuzzers. Each part is a
module of this package; :mod:`mock_athena.fhir.openapi.document` puts them together.
"""

from mock_athena.fhir.openapi.document import openapi_document
from mock_athena.fhir.openapi.served import Served

__all__ = ["Served", "openapi_document"]
