"""A manifest in parts: https://hl7.org/fhir/uv/bulkdata/STU3/export.html#response---in-progress-status.

Who allows partial manifests gets the first files before the last are ready: a quarter of the files with each quarter of
the time. What was once told stays as it is, but for the link to the next part.
"""

from mock_athena.export.job import ExportJob
from mock_athena.export.plan import Plan

_PARTS = 4


def pages(job: ExportJob, plan: Plan) -> list[Plan]:
    """The plan as the parts in which it is told; at least one."""
    if not job.partial or not plan:
        return [plan]
    most = -(-len(plan) // _PARTS)
    return [plan[start : start + most] for start in range(0, len(plan), most)]


def ready_pages(job: ExportJob, count: int, now: int) -> int:
    """How many of ``count`` parts of a job in progress are ready at ``now`` (nanoseconds since 1970 UTC)."""
    passed, duration = max(0, now - job.started_at), job.ready_at - job.started_at
    # The last is ready when the job is: until then it cannot be told that nothing more comes.
    return min(count - 1, passed * count // duration) if duration else 0
