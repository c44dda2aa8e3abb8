"""``/_mock/jobs``: the export jobs of both environments, as they stand now."""

from typing import Any

from flask import Blueprint, Response

from mock_athena.export.job import ExportJob, percent
from mock_athena.fhir.instants import instant
from mock_athena.web.answers import json_answer
from mock_athena.web.world import World


def add_jobs(views: Blueprint, world: World) -> None:
    """List the export jobs."""

    @views.get("/jobs")
    def jobs() -> Response:
        now = world.clock.now()
        listed = [
            _job(name, job, now)
            for name, environment in world.environments.items()
            for job in environment.exports.jobs()
        ]
        return json_answer({"jobs": listed}, pretty=True)


def _job(environment: str, job: ExportJob, now: int) -> dict[str, Any]:
    return {
        "id": job.id,
        "environment": environment,
        "level": job.level,
        "group": job.group or None,
        "types": list(job.types),
        "client_id": job.client_id,
        "state": job.state,
        "progress": percent(job, now),
        "started": instant(job.started_at // 1000),
        "ready": instant(job.ready_at // 1000),
        "expires": instant(job.expires_at // 1000),
    }
