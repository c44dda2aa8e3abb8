"""Every prefix on every number: what is found is what a naive reading of R4 finds."""

from mock_athena.store import ResourceStore
from tests import naive
from tests.mock_athena.search.conftest import LOADED, found, observation

NUMBERS = [-1, 0, 0.5, 1, 1.04, 1.05, 1.1, 5, 5.4, 100]
PREFIXES = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"]
ASKED = ["-1", "0", "1", "1.0", "1.1", "1.05", "5", "5.4", "100", "100.00"]


def test_prefixes_and_precision(store: ResourceStore) -> None:
    made = [observation(f"o-{n}", valueQuantity={"value": value, "unit": "mg"}) for n, value in enumerate(NUMBERS)]
    store.load(made, LOADED)
    for text in (prefix + number + unit for prefix in PREFIXES for number in ASKED for unit in ("", "||mg", "||kg")):
        expected = sorted(each["id"] for each in made if naive.is_quantity(each["valueQuantity"], text))
        assert found(store, f"Observation?value-quantity={text}") == expected, text
