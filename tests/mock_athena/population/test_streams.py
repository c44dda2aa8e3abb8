from mock_athena.population.streams import stream


def test_a_stream_is_the_same_every_time() -> None:
    assert stream(1, 2, 3, "vitals").random() == stream(1, 2, 3, "vitals").random()


def test_streams_of_different_keys_are_unrelated() -> None:
    keys = [(1, 2, 3, "a"), (1, 2, 3, "b"), (1, 2, 4, "a"), (1, 3, 3, "a"), (2, 2, 3, "a"), (12, 3, 4, "a")]
    assert len({stream(*key).random() for key in keys}) == len(keys)


def test_the_numbers_are_those_of_every_machine() -> None:
    assert stream(1, 500001, 1, "person").getrandbits(32) == 4273203876
