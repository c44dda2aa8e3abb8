"""Whatever the story, what is written is valid R4 and refers to what is there."""

import json

import pytest
from fhir.resources.R4B import get_fhir_model_class

from mock_athena.population.story import Story
from tests.mock_athena.population.content.writing import write
from tests.mock_athena.population.stories import adult, all_stories, infant, stay


@pytest.mark.parametrize("story", all_stories(), ids=["adult", "infant", "stay"])
def test_it_is_valid_by_the_models(story: Story) -> None:
    for made in write(story):
        get_fhir_model_class(made["resourceType"]).model_validate_json(json.dumps(made))


@pytest.mark.parametrize("story", [adult(), infant(), stay()], ids=["adult", "infant", "stay"])
def test_the_same_story_is_written_the_same_twice(story: Story) -> None:
    assert json.dumps(write(story)) == json.dumps(write(story))
