from mock_athena.population import patient


def test_a_patient_has_at_least_230_resources_on_average() -> None:
    sizes = [len(patient(1, 500001, n)) for n in range(1, 301, 3)]
    assert sum(sizes) / len(sizes) >= 230
