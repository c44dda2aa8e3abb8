"""What a check gets by name: the target, what it has to show, and what is expected of it."""

import pytest

from athena_fhir_conformance.profiles import Profile
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import Target

SAMPLE = pytest.StashKey[Sample]()
TARGET = pytest.StashKey[Target]()


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Target:
    """The server that is judged."""
    return pytestconfig.stash[TARGET]


@pytest.fixture(scope="session")
def sample(pytestconfig: pytest.Config) -> Sample:
    """Patients and resources that the target has."""
    return pytestconfig.stash[SAMPLE]


@pytest.fixture(scope="session")
def profile(target: Target) -> Profile:
    """What is expected."""
    return target.profile
