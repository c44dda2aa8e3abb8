"""The voltages of an ECG follow its measures, and the limb leads each other."""

from itertools import pairwise

import pytest

from mock_athena.documents.heartbeat import mean_rate, rhythm, voltages

MEASURES = {"rate": 60.0, "pr": 160.0, "qrs": 90.0, "qt": 400.0, "axis": 45.0}
INSTANTS = [number / 500 for number in range(5000)]


def test_it_beats_as_often_as_was_measured() -> None:
    beats = rhythm(MEASURES, fibrillating=False, seed="a", seconds=60).beats
    assert mean_rate(beats) == pytest.approx(60, abs=1)


def test_fibrillating_beats_are_irregular() -> None:
    beats = rhythm(MEASURES, fibrillating=True, seed="a", seconds=60).beats
    gaps = [later - earlier for earlier, later in pairwise(beats)]
    assert max(gaps) - min(gaps) > 0.2


def test_the_highest_point_of_lead_ii_is_an_r_wave() -> None:
    heart = rhythm(MEASURES, fibrillating=False, seed="a", seconds=10)
    found = voltages(heart, "II", INSTANTS)
    highest = INSTANTS[found.index(max(found))]
    assert min(abs(highest - beat) for beat in heart.beats) < 0.02


def test_the_axis_turns_the_limb_leads() -> None:
    left = rhythm(MEASURES | {"axis": -45.0}, fibrillating=False, seed="a", seconds=10)
    right = rhythm(MEASURES | {"axis": 120.0}, fibrillating=False, seed="a", seconds=10)
    assert max(voltages(left, "aVL", INSTANTS)) > 0.7
    assert min(voltages(right, "I", INSTANTS)) < -0.4
