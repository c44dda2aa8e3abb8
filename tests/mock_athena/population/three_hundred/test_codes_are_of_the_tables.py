from typing import Any

from mock_athena.population import guide
from mock_athena.population.codes import table

Records = tuple[tuple[dict[str, Any], ...], ...]

GUIDE = {guide.REPORT_ID, guide.PLAN_ID, guide.ENCOUNTER_ID}


def test_every_code_is_in_its_table_with_its_display(records: Records, objects_in: Any) -> None:
    known = table()
    for made in (one for record in records for one in record):
        for part in objects_in(made):
            if "system" in part and "code" in part:
                display = known[part["system"]]["codes"][part["code"]]
                assert made["id"] in GUIDE or part.get("display", display) == display, (made["id"], part)
