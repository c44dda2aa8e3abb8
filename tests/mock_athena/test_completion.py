"""Values that are suggested for a setting are values that it takes."""

from dataclasses import fields

from mock_athena.completion import completing
from mock_athena.settings import Settings


def test_what_is_suggested_is_taken() -> None:
    suggested = {
        knob.name: [item.value for item in completing(knob.name, None)(None, None, "")] for knob in fields(Settings)
    }
    assert sum(map(len, suggested.values())) > 50
    for name, values in suggested.items():
        for value in values:
            assert Settings(**{name: value})
    assert {"mission", "athena"} == set(suggested["profile"])


def test_files_and_folders_are_the_shells_to_find() -> None:
    for metavar, kind in (("FILE", "file"), ("PATH", "file"), ("DIR", "dir")):
        (item,) = completing("tls_cert", metavar)(None, None, "pa")
        assert (item.value, item.type) == ("pa", kind)
