from mock_athena.population.streams import restart, stream


def test_a_restarted_stream_is_that_of_the_purpose() -> None:
    used = stream(9, 9, 9, "another")
    used.gauss(0, 1)
    restart(used, 1, 2, 3, "purpose")
    fresh = stream(1, 2, 3, "purpose")
    assert [used.gauss(0, 1), used.random(), used.choice(range(99))] == [
        fresh.gauss(0, 1),
        fresh.random(),
        fresh.choice(range(99)),
    ]
