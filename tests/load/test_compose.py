"""The compose file of many workers: not run here for want of Docker, but what it needs is in what Docker is given."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_image_of_the_workers_holds_what_its_commands_name() -> None:
    given = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    named = re.findall(r"--locustfile=([\w/.]+)", (ROOT / "loadtests" / "compose.yaml").read_text())
    assert len(named) == 2
    for path in named:
        assert (ROOT / path).is_file()
        assert path.partition("/")[0] in given
