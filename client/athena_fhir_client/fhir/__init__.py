"""FHIR R4 over the client: searches, bundles, writes, typed resources.

- :mod:`.search`: all pages of a search, as an iterator.
- :mod:`.bundles`: what a Bundle holds, and batches of our own.
- :mod:`.interactions`: read, create, update, patch, delete.
- :mod:`.typed`: resources as models of ``fhir.resources``.
"""
