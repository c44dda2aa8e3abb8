"""``make conform``: the reports about the emulator in both profiles, written to a folder.

It judges processes as users start them, one for each profile, on a standing clock, so that no wait takes real time.
"""

import sys
import tempfile
from pathlib import Path

from athena_fhir_conformance.cli import main
from tests.emulator import Emulators

FORMATS = {"json": "json", "html": "html", "junit": "xml", "markdown": "md"}


def judge(folder: Path) -> int:
    """Write the reports of both profiles; the worse exit code."""
    codes = []
    with tempfile.TemporaryDirectory() as place:
        emulators = Emulators(Path(place), Path(place, "populations"))
        try:
            for profile in ("mission", "athena"):
                emulator = emulators.start("--profile", profile, "--clock", "manual")
                codes.append(_judged(emulator.base, profile, folder))
        finally:
            emulators.stop_all()
    return max(codes)


def _judged(base: str, profile: str, folder: Path) -> int:
    reports = [f"--{name}={folder / f'{profile}.{ending}'}" for name, ending in FORMATS.items()]
    client = ["--client-id", "mock-client", "--client-secret", "mock-secret"]
    sys.argv = ["athena-conformance", base, *client, "--profile", profile, "--destructive", *reports]
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


if __name__ == "__main__":
    raise SystemExit(judge(Path(sys.argv[1])))
