"""Whatever the emulator lets go wrong, an export ends with equal bytes, or with one clear error, and goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from athena_fhir_client.bulk import BulkExport, ExportRequest, Options, Report
from athena_fhir_client.bulk.waiting import Polling
from athena_fhir_client.errors import AthenaError
from tests.client.bulk.stepping import stepping_client
from tests.emulator import Emulator, Emulators, RegisteredClient

NAMES = sorted(path.stem for path in (Path(__file__).parents[3] / "fixtures" / "scenarios").glob("*.toml"))
# What the client's own tests meet in searches, and what takes its time.
ELSEWHERE = (
    "401-",
    "403-",
    "404-",
    "429-",
    "export-slow",
    "export-stuck",
    "maintenance",
    "sandbox-502",
    "slow",
    "sudden",
)
LONG = [name for name in NAMES if name.startswith(ELSEWHERE)]
SCENARIOS = [pytest.param(name, marks=pytest.mark.long if name in LONG else ()) for name in NAMES]
TYPES = ("Patient", "Observation", "AllergyIntolerance")
MOST_RUNS = 6


@pytest.fixture(scope="module")
def small(emulators: Emulators) -> Emulator:
    """An emulator with little data, whose clock stands."""
    return emulators.start("--clock", "manual", "--patients", "3")


@pytest.fixture(scope="module")
def good_day(small: Emulator) -> dict[str, bytes]:
    """The files as curl would fetch them."""
    session = small.register().session()
    asked = {"_type": ",".join(TYPES)}
    answer = session.get(f"{small.base}/Patient/$export", params=asked, headers={"Prefer": "respond-async"})
    small.advance(30)
    manifest = session.get(answer.headers["Content-Location"]).json()
    return {f"{file['type']}.ndjson": session.get(file["url"]).content for file in manifest["output"]}


@pytest.fixture
def faulty(small: Emulator) -> Iterator[Emulator]:
    """The emulator, in which nothing is wrong any more afterwards."""
    yield small
    small.control("DELETE", "faults")


def run(client: RegisteredClient, folder: Path) -> Report:
    with stepping_client(client, read_timeout=0.25) as ours:
        options = Options(workers=2, polling=Polling(patience=1800))
        return BulkExport(ours, ExportRequest(types=TYPES), folder, options).run()


def whole_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.ndjson")}


@pytest.mark.requirement("BST-020", "BKS-047")
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_an_export_ends_well_or_goes_on_later(
    scenario: str, faulty: Emulator, good_day: dict[str, bytes], tmp_path: Path
) -> None:
    client = faulty.register()
    faulty.control("POST", "faults", {"scenario": scenario})
    told: list[str] = []
    for _ in range(MOST_RUNS):
        try:
            report = run(client, tmp_path)
            break
        except AthenaError as error:
            told.append(str(error))
            found = whole_files(tmp_path)
            assert found == {name: good_day[name] for name in found}
            faulty.control("DELETE", "faults")
    else:
        pytest.fail("; ".join(told))
    assert all(len(message) > 20 for message in told)
    found = whole_files(tmp_path)
    if any(note.startswith("the server says: ") for note in report.notes):  # that it could not export Observations
        assert found.pop("error.ndjson")
        good_day = {name: content for name, content in good_day.items() if name != "Observation.ndjson"}
    assert found == good_day
