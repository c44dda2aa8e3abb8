"""A reset goes back to the data of the start, also where a user brought them."""

import json
from pathlib import Path

import pytest
from werkzeug.test import Client

from mock_athena import Settings, create_app


@pytest.mark.parametrize("kept", [False, True])
def test_what_data_loaded_is_there_after_a_reset(tmp_path: Path, population_cache: Path, kept: bool) -> None:
    file = tmp_path / "Patient.ndjson"
    file.write_text(json.dumps({"resourceType": "Patient", "id": "mine"}) + "\n")
    db = str(tmp_path / "kept.sqlite") if kept else ""
    app = create_app(Settings(data=(str(file),), db=db, patients=1, cache_dir=str(population_cache)))
    try:
        assert Client(app).post("/_mock/reset").status_code == 200
        assert app.world.environments["production"].store.snapshot().read("Patient", "mine") is not None
    finally:
        app.close()
