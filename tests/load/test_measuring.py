"""What measures is measured: figures and their ratios, records, comparisons, and what a leak is."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from athena_fhir_load import compare, history
from athena_fhir_load.measure import Figure, Figures
from athena_fhir_load.records import courses, figures_of, read, written
from athena_fhir_load.soak.__main__ import main as soak
from athena_fhir_load.soak.held import Held, judged


def figures(read: float = 80.0) -> Figures:
    found = Figures(baselines={"flask": 40.0})
    found.add("read", read, "µs", "warm", by="flask")
    found.add("start", 0.2, "s")
    return found


def test_a_figure_is_shown_with_its_ratio() -> None:
    first, second = figures().found
    assert re.fullmatch(r"read +80\.00 µs +2 x flask, warm", first.line)
    assert second.ratio is None
    with pytest.raises(KeyError):
        figures().add("read", 1.0, "µs", by="nothing that was measured")


def test_records_are_read_again_in_order_and_their_ratios_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert history.main([str(tmp_path)]) == 1
    assert "make bench writes them" in capsys.readouterr().err
    path = written(figures(), tmp_path)
    (tmp_path / "9999999999-abc.json").write_text(path.read_text().replace('"ratio": 2.0', '"ratio": 2.5'))
    records = read(tmp_path)
    assert figures_of(records[0])["read"].value == 80.0
    assert courses(records) == {"read": [2.0, 2.5]}
    assert history.main([str(tmp_path)]) == 0
    assert (tmp_path / "history.png").read_bytes().startswith(b"\x89PNG")


def run(ratio: float, rate: float = 100.0) -> dict[str, Figure]:
    return {"read": Figure("read", 80.0, "µs", "", "flask", ratio), "load": Figure("load", rate, "/s")}


def test_a_difference_within_the_noise_is_none() -> None:
    found = compare.differences([run(2.0), run(2.2), run(2.1)], [run(2.2), run(2.3), run(2.25)])
    assert [each.verdict for each in found] == ["as before", "as before"]
    assert found[0].noise == pytest.approx(0.2 / 2.1)


def test_a_difference_beyond_the_noise_is_told_by_what_is_better() -> None:
    found = compare.differences([run(2.0, 100), run(2.02, 101)], [run(3.0, 150), run(3.02, 151)])
    assert [each.verdict for each in found] == ["slower", "faster"]


def test_what_only_one_of_them_measures_is_not_compared() -> None:
    assert [each.what for each in compare.differences([{}], [run(1.0)])] == []


def test_a_revision_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare.main(["no-such-revision"]) == 1
    assert "there is no revision 'no-such-revision'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        compare.main(["main", "--files", "nothing"])


FLAT = [Held(number * 1000, 100.0 + number % 3, 80 + number % 5, 37, 10) for number in range(40)]


def test_nothing_that_only_trembles_is_a_leak() -> None:
    assert judged(FLAT, callers=8).leaks == ()
    (told,) = judged(FLAT, callers=8, left=["temporaries/a", "temporaries/b"]).leaks
    assert told == "left behind: 2 temporaries, such as temporaries/a"


@pytest.mark.parametrize(("what", "each"), [("megabytes", 1.0), ("files", 1), ("threads", 1), ("temporaries", 1)])
def test_what_grows_with_every_sample_is_a_leak(what: str, each: float) -> None:
    grown = [replace(sample, **{what: getattr(sample, what) + each * at}) for at, sample in enumerate(FLAT)]
    (told,) = judged(grown, callers=8).leaks
    assert "grew from" in told


def test_what_grows_while_it_warms_up_only_is_none() -> None:
    warming = [replace(sample, megabytes=min(100.0, 60 + 5.0 * at)) for at, sample in enumerate(FLAT)]
    assert judged(warming, callers=8).leaks == ()


def test_too_few_samples_judge_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="too few"):
        judged(FLAT[:5], callers=8)
    with pytest.raises(SystemExit):
        soak(["--requests", "10"])
    assert "expected --requests of 1,000 or more" in capsys.readouterr().err
