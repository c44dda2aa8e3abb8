"""Every resource of the record is named by one Provenance, written by an author and sent by the practice."""

from collections import Counter

import pytest

from mock_athena.population.story import Story
from tests.mock_athena.population.content.writing import code, of, write
from tests.mock_athena.population.stories import all_stories

STORIES = pytest.mark.parametrize("story", all_stories(), ids=["adult", "infant", "stay"])


@STORIES
def test_each_is_named_once(story: Story) -> None:
    made = write(story)
    named = Counter(target["reference"] for each in of("Provenance", made) for target in each["target"])
    del named[f"Patient/{story.person.id}"]
    rest = [each for each in made if each["resourceType"] not in ("Patient", "Provenance", "Slot")]
    assert named == Counter(f"{each['resourceType']}/{each['id']}" for each in rest)


@STORIES
def test_it_has_an_author_and_a_transmitter(story: Story) -> None:
    for each in of("Provenance", write(story)):
        assert [code(agent["type"]) for agent in each["agent"]] == ["author", "transmitter"]


@STORIES
def test_it_is_recorded_when_the_last_of_what_it_names_was(story: Story) -> None:
    made = write(story)
    updated = {f"{each['resourceType']}/{each['id']}": each["meta"]["lastUpdated"] for each in made[1:]}
    for each in of("Provenance", made):
        times = [updated[target["reference"]] for target in each["target"] if target["reference"] in updated]
        assert each["recorded"] == max(times)
