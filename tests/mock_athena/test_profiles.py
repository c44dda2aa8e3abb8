"""Profiles by name, and what their switches do."""

import pytest

from mock_athena.errors import ConfigurationError
from mock_athena.profiles import PROFILES, Profile, profile_named


def test_the_mission_is_the_lenient_one() -> None:
    profile = profile_named("mission")
    assert profile == Profile("mission", True, True, True, True)
    assert profile.known_id("report_123") == "report-123"


def test_an_id_stays_as_it_is_where_the_profile_says_so() -> None:
    assert Profile("strict", underscore_ids=False).known_id("report_123") == "report_123"


def test_every_profile_is_found_by_its_own_name() -> None:
    assert all(profile_named(name).name == name for name in PROFILES)


def test_an_unknown_profile_is_an_error_that_names_the_known() -> None:
    with pytest.raises(ConfigurationError, match="unknown profile 'cerner': expected athena or mission"):
        profile_named("cerner")
