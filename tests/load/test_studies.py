"""The studies as a command: tables, pictures, JSON, and errors that explain themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from athena_fhir_load.simulate.__main__ import STUDIES, main
from athena_fhir_load.simulate.studies.study import Study

PNG = b"\x89PNG\r\n\x1a\n"


def test_json_is_the_same_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for _ in range(2):
        assert main(["mix", "strategies", "--scale", "0.02", "--json"]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    studies: list[dict[str, Any]] = json.loads(texts[0])["studies"]
    assert [each["study"] for each in studies] == ["mix", "strategies"]
    assert all(outcome["decisionLog"].startswith("sha256:") for each in studies for outcome in each["outcomes"])


def test_every_study_answers_and_draws(tmp_path: Path) -> None:
    for name, module in STUDIES.items():
        study: Study = module.run(1, 0.004)
        assert study.rows, name
        assert study.answers, name
        assert all(len(row) == len(study.columns) for row in study.rows)
        module.draw(study, tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").read_bytes().startswith(PNG)


def test_a_folder_that_cannot_be_made_explains_itself(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert main(["bulk", "--scale", "0.01", "--plots", str(tmp_path / "file" / "below")]) == 2
    assert "cannot be written: Not a directory" in capsys.readouterr().err


def test_the_table_is_shown_with_the_hash_of_the_log(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["bulk", "--scale", "0.01", "--plots", str(tmp_path / "new")]) == 0
    shown = capsys.readouterr().out
    assert "individual calls      1,000     1,000" in shown
    assert "; log " in shown
    assert (tmp_path / "new" / "bulk.png").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["weak"], "there is no study 'weak'; expected one of week, sharing"),
        (["--scale", "0"], "'0' is no scale: expected a number from 0.001 to 10"),
        (["--scale", "much"], "'much' is no scale"),
        (["--seed", "x"], "invalid int value: 'x'"),
    ],
)
def test_bad_input_explains_itself(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
