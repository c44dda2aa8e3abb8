"""The checks, one module for each area. How one is written: :mod:`athena_fhir_conformance.checking`."""
