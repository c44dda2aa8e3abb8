"""Nothing in the population could belong to a real person."""

import re
from typing import Any

import pytest

from mock_athena.population import freeze_names, names


def luhn_holds(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def test_provider_identifiers_are_valid_unissued_and_distinct(resources: list[dict[str, Any]]) -> None:
    found = [
        one["value"]
        for made in resources
        for one in made.get("identifier", [])
        if made["resourceType"] in ("Organization", "Practitioner")
        and one.get("system") == "http://hl7.org/fhir/sid/us-npi"
    ]
    assert len(found) == len(set(found)) == 17
    for number in found:
        assert re.fullmatch(r"9\d{9}", number)
        assert luhn_holds("80840" + number)


def test_the_check_digit_is_that_of_the_published_example() -> None:
    # The standard's own example is 1234567893; ours differ in the first digit only by rule.
    assert luhn_holds("808401234567893")
    assert luhn_holds("80840" + names.npi(23456789))


def test_phones_and_mail_addresses_are_of_the_ranges_kept_for_fiction(
    resources: list[dict[str, Any]], objects_in: Any
) -> None:
    seen = set()
    for made in resources:
        for part in objects_in(made):
            if part.get("system") == "phone":
                assert re.fullmatch(r"\d{3}-555-01\d\d", part["value"])
                seen.add("phone")
            if part.get("system") == "email":
                assert re.fullmatch(r"[a-z.0-9'-]+@example\.com", part["value"])
                seen.add("email")
    assert seen == {"phone", "email"}


def test_nobody_has_a_social_security_number(resources: list[dict[str, Any]]) -> None:
    assert not [made["id"] for made in resources if "us-ssn" in str(made)]


@pytest.mark.parametrize("name", ["female", "male", "family", "streets", "places"])
def test_a_name_table_is_what_the_freezing_script_makes(name: str) -> None:
    # Not the same names: Faker's lists change with its releases, which is why they are frozen.
    frozen, drawn = names.table()[name], freeze_names.draw_tables()[name]
    assert len(frozen) == len(set(frozen)) == len(drawn)
    assert frozen == sorted(frozen)
