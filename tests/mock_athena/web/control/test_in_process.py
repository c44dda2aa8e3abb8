"""A test that calls the application itself, without a socket, is on this machine."""

from pathlib import Path

from werkzeug.test import Client

from mock_athena import Settings, create_app


def test_the_control_api_answers_a_caller_in_this_process(population_cache: Path) -> None:
    app = create_app(Settings(clock="manual", patients=2, cache_dir=str(population_cache)))
    moved = Client(app).post("/_mock/clock", json={"advance": 1.5})
    app.close()
    assert moved.status_code == 200


def test_an_address_that_a_server_left_empty_is_not_trusted(population_cache: Path) -> None:
    app = create_app(Settings(clock="manual", patients=2, cache_dir=str(population_cache)))
    moved = Client(app).post("/_mock/clock", json={"advance": 1.5}, environ_base={"REMOTE_ADDR": ""})
    app.close()
    assert moved.status_code == 403
