"""``/_mock/metrics``: for Prometheus."""

from flask import Blueprint, Response, request

from mock_athena.web.world import World


def add_metrics(views: Blueprint, world: World) -> None:
    """Tell what can be counted."""

    @views.get("/metrics")
    def metrics() -> Response:
        """Counters and gauges for Prometheus, or OpenMetrics where ``Accept`` asks for it."""
        from mock_athena.web.metrics import exposed  # its library is for those who scrape

        body, content_type = exposed(world, request.headers.get("Accept", ""))
        return Response(body, content_type=content_type)
