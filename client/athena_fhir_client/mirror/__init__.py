"""A local copy of what a server has, kept up to date by bulk exports.

- :mod:`.mirror`: the copy, one SQLite file.
- :mod:`.apply`: puts what an export wrote into it, deletions too, all or nothing.
- :mod:`.sync`: the first export is whole, later ones bring what changed since.
"""

from athena_fhir_client.mirror.mirror import Mirror, MirrorError
from athena_fhir_client.mirror.sync import Sync, SyncReport

__all__ = ["Mirror", "MirrorError", "Sync", "SyncReport"]
