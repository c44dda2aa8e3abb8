"""Certain resources by a bulk export: what a caller that knows ids would otherwise read one by one."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from athena_fhir_client.bulk.asked import ExportRequest
from athena_fhir_client.bulk.export import BulkExport, Options
from athena_fhir_client.libraries import msgspec

if TYPE_CHECKING:
    from athena_fhir_client.client import AthenaClient


class _Head(msgspec.Struct):
    resourceType: str
    id: str = ""


def fetch_in_bulk(client: "AthenaClient", wanted: Sequence[str]) -> int:
    """Export the types of what is wanted, with nothing kept; how many of those came.

    Args:
        wanted: references, such as ``Observation/1``.

    Raises:
        AthenaError: as :meth:`.BulkExport.run`.
    """
    types = tuple(dict.fromkeys(reference.partition("/")[0] for reference in wanted))
    with tempfile.TemporaryDirectory() as folder:
        # One file at a time, in this thread: it may be the only one that an emulator's clock waits for.
        report = BulkExport(client, ExportRequest(types=types), Path(folder) / "export", Options(workers=1)).run()
        return len(set(wanted) & {reference for path in report.paths() for reference in _references(path)})


def _references(path: Path) -> Iterable[str]:
    decoder = msgspec.json.Decoder(_Head)
    with path.open("rb") as file:
        for line in file:
            head = decoder.decode(line)
            yield f"{head.resourceType}/{head.id}"
