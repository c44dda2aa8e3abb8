"""Only what changed since the last time: each export in a folder of its own, in a chain of ``transactionTime``.

``out/`` has everything, ``out/since-2026-01-01T00.00.00Z/`` what changed after that, and so on. Each begins where the
one before ended, so nothing falls between two.
"""

from dataclasses import replace
from pathlib import Path

from athena_fhir_client.bulk.asked import ExportRequest
from athena_fhir_client.bulk.errors import BadTarget
from athena_fhir_client.bulk.state import ExportState, load


def since_last(folder: Path, request: ExportRequest) -> tuple[Path, ExportRequest]:
    """Folder and request of the next export of a target: of the one under way, if there is one.

    Args:
        folder: of the whole export.
        request: the same that it was asked for.

    Raises:
        BadTarget: there is no finished export of this request to begin at.
    """
    here, state = folder, load(folder)
    if state is None:
        message = f"{folder} has no export yet; run once without --since-last"
        raise BadTarget(message)
    if replace(state.request, since=request.since) != request:
        message = f"{folder} holds an export of another request; ask for the same, or use another folder"
        raise BadTarget(message)
    while state is not None and state.phase == "done":
        request = replace(request, since=state.transaction_time)
        here = folder / f"since-{state.transaction_time.replace(':', '.')}"
        if here == _of(folder, state):
            return here, request  # nothing can have changed since
        state = load(here)
    return here, state.request if state else request


def _of(folder: Path, state: ExportState) -> Path:
    return folder / f"since-{state.request.since.replace(':', '.')}"
