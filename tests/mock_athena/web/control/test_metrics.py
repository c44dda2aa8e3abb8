"""What Prometheus scrapes agrees with what happened."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mock_athena.web.metrics import MOST_CALLERS
from tests.mock_athena.web.in_process import Athena

Samples = dict[tuple[str, tuple[str, ...]], float]


def scraped(athena: Athena) -> Samples:
    answer = athena.control("GET", "metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {
        (
            sample.name.removeprefix("mock_athena_"),
            tuple(label for _, label in sorted(sample.labels.items())),
        ): sample.value
        for family in families
        for sample in family.samples
    }


def test_it_tells_what_happened(athena: Athena) -> None:
    athena.fill()
    assert athena.get("/Patient?_count=1").status_code == 429
    athena.control("POST", "faults", {"kind": "status", "with": {"status": 503}, "match": {"route": "public"}})
    athena.send("GET", "/fhir/r4/metadata")
    athena.send("GET", "/fhir/r4/sandbox/$export", athena.token(), headers={"Prefer": "respond-async"})
    samples = scraped(athena)
    assert samples["responses_total", ("200",)] == 16
    assert samples["responses_total", ("429",)] == samples["decisions_total", ("refused",)] == 1
    assert samples["faults_total", ("status",)] == samples["faults_armed", ()] == 1
    assert samples["quota_used", ("requests", "mock-client", "production", "client", "burst")] == 16
    assert samples["quota", ("requests", "mock-client", "production", "client", "daily")] == 100_000
    assert samples["export_jobs", ("sandbox", "in-progress")] == 1
    assert samples["clock_seconds", ()] == pytest.approx(athena.clock.now() / 1e9)
    assert samples["clock_stands", ()] == 1
    assert 0 < samples["recent_seconds", ("0.5", "fhir")] <= samples["recent_seconds", ("0.99", "fhir")]
    assert samples["process_resident_memory_bytes", ()] > 1e6


def test_openmetrics_is_answered_to_who_asks_for_it(athena: Athena) -> None:
    headers = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = athena.send("GET", "/_mock/metrics", headers=headers)
    assert answer.content_type.startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_many_callers_are_counted_and_the_first_of_them_shown(athena: Athena) -> None:
    for caller in range(MOST_CALLERS + 5):
        athena.send("GET", "/fhir/r4/Organization?_count=1", athena.token(client=f"load-{caller:04}"))
    samples = scraped(athena)
    shown = {labels[1] for name, labels in samples if name == "quota_used"}
    assert (samples["callers", ()], len(shown)) == (MOST_CALLERS + 5, MOST_CALLERS)
