"""Holds resource versions and hands out snapshots, each a consistent view of all data."""

from mock_athena.fhir.resource import Resource
from mock_athena.store.resources import ResourceStore
from mock_athena.store.snapshot import Snapshot

__all__ = ["Resource", "ResourceStore", "Snapshot"]
