from mock_athena.population.story import Story, Vitals


def measured(stories: list[Story]) -> list[tuple[float, Vitals]]:
    return [
        (story.person.age_on(visit.start.date()), visit.vitals)
        for story in stories
        for visit in story.visits
        if visit.vitals
    ]


def test_vital_signs_are_possible_at_every_age(stories: list[Story]) -> None:
    for age, found in measured(stories):
        assert 95 <= found.temperature <= 105.5
        assert 80 <= found.saturation <= 100
        assert (45 if age > 12 else 60) <= found.pulse <= (200 if age < 2 else 160)
        assert 9 <= found.breaths <= (60 if age < 2 else 42)
        assert found.pain is None or 0 <= found.pain <= 10


def test_the_body_mass_index_follows_from_height_and_weight(stories: list[Story]) -> None:
    checked = 0
    for _, found in measured(stories):
        if found.bmi and found.height and found.weight:
            assert abs(found.bmi - found.weight / (found.height / 100) ** 2) < 0.06
            checked += 1
    assert checked > 300


def test_adults_are_of_adult_size_and_newborns_of_theirs(stories: list[Story]) -> None:
    for age, found in measured(stories):
        low, high = (38, 200) if age > 18 else (2, 15) if age < 2 else (8, 150)
        assert found.weight is not None
        assert low <= found.weight <= high, age
        assert found.height is None or (136 if age > 18 else 44) <= found.height <= 208


def test_the_blood_pressure_is_measured_from_three_years_and_makes_sense(stories: list[Story]) -> None:
    for age, found in measured(stories):
        assert (found.systolic is None) == (age < 3)
        if found.systolic and found.diastolic:
            assert 75 <= found.systolic <= 212
            assert found.diastolic <= found.systolic - 20


def test_percentiles_are_given_at_their_ages_alone(stories: list[Story]) -> None:
    for age, found in measured(stories):
        assert (found.head is not None) == (age < 3)
        assert (found.head_percentile is not None) == (age < 3)
        assert (found.weight_for_height_percentile is not None) == (age < 3)
        assert found.bmi_percentile is None or 2 <= age < 20
        assert all(
            one is None or 1 <= one <= 99
            for one in (found.bmi_percentile, found.head_percentile, found.weight_for_height_percentile)
        )
