from mock_athena.population.story import Story, Vitals

Stories = tuple[Story, ...]

# Until which age (years) → field → lowest and highest, at rest or ill.
AGES: tuple[tuple[float, dict[str, tuple[float, float]]], ...] = (
    (1, {"pulse": (90, 190), "breaths": (20, 65), "weight": (2, 14), "height": (42, 86)}),
    (5, {"pulse": (75, 175), "breaths": (16, 50), "weight": (7, 32), "height": (64, 125)}),
    (12, {"pulse": (58, 150), "breaths": (13, 40), "systolic": (76, 135), "weight": (12, 90), "height": (85, 175)}),
    (18, {"pulse": (50, 145), "breaths": (11, 36), "systolic": (84, 150), "weight": (24, 160), "height": (120, 205)}),
    (130, {"pulse": (42, 150), "breaths": (9, 40), "systolic": (80, 210), "weight": (36, 200), "height": (135, 208)}),
)
ALWAYS = {
    "temperature": (95.5, 105.5),
    "saturation": (86, 100),
    "bmi": (11, 60),
    "diastolic": (40, 120),
    "pain": (0, 10),
}


def wrong(age: float, found: Vitals) -> list[tuple[str, float]]:
    limits = ALWAYS | next(limits for until, limits in AGES if age < until)
    values = {name: getattr(found, name) for name in limits}
    return [
        (name, it) for name, it in values.items() if it is not None and not limits[name][0] <= it <= limits[name][1]
    ]


def test_vital_signs_are_in_range_for_the_age(stories: Stories, aged: Stories) -> None:
    checked = 0
    for story in (*stories, *aged):
        for visit in story.visits:
            if visit.vitals:
                checked += 1
                age = story.person.age_on(visit.start.date())
                assert wrong(age, visit.vitals) == [], (story.person.n, age, visit.kind)
    assert checked > 3000


def test_who_has_no_fever_and_no_pain_is_near_their_usual_pulse(stories: Stories) -> None:
    for story in stories:
        calm = [
            visit.vitals.pulse
            for visit in story.visits
            if visit.vitals and visit.kind == "wellness" and story.person.age_on(visit.start.date()) >= 20
        ]
        assert not calm or max(calm) - min(calm) < 45, story.person.n
