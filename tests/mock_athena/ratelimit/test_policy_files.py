"""A policy of one's own in TOML, and what is said of mistakes."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from mock_athena.errors import ConfigurationError
from mock_athena.ratelimit import POLICIES, Policy, policy_named
from mock_athena.ratelimit.buckets import TokenBucket
from mock_athena.ratelimit.limits import FixedWindow, SlidingWindow
from mock_athena.ratelimit.penalties import Concurrency, Lockout
from mock_athena.ratelimit.policy_files import policy_of, written_policy

WHOLE = """
name = "my-gateway"
per = "token"
tells = "gateway"
limits = [
  {kind = "sliding-window", name = "burst", quota = 16, window = 2, charge_denied = true},
  {kind = "token-bucket", name = "bucket", quota = 10, window = 5},
  {kind = "gcra", name = "gcra", quota = 10, window = 5},
  {kind = "lockout", name = "box", quota = 5, window = 60, penalty = 900},
  {kind = "concurrency", name = "flight", quota = 8},
]
token_endpoint = [{kind = "fixed-window", name = "minute", quota = 50, window = 60}]
[costs]
bulk = 4
public = 1
"""


def read(folder: Path, text: str) -> object:
    path = folder / "mine.toml"
    path.write_text(text)
    return policy_named(str(path))


def test_everything_can_be_said(tmp_path: Path) -> None:
    policy = read(tmp_path, WHOLE)
    assert vars(policy) | {"sandbox": None} == {
        "name": "my-gateway",
        "limits": (
            SlidingWindow("burst", 16, 2, charge_denied=True),
            TokenBucket("bucket", 10, 5),
            TokenBucket("gcra", 10, 5, until_full=True),
            Lockout("box", 5, 60, 900),
            Concurrency("flight", 8),
        ),
        "per": "token",
        "costs": (("bulk", 4), ("public", 1)),
        "token_endpoint": (FixedWindow("minute", 50, 60),),
        "sandbox": None,
        "tells": "gateway",
    }


def test_a_name_is_the_files_unless_it_says_another(tmp_path: Path) -> None:
    policy = read(tmp_path, '[[limits]]\nkind = "fixed-window"\nquota = 5\nwindow = 60\n')
    assert vars(policy)["name"] == "mine"
    assert vars(policy)["limits"] == (FixedWindow("fixed-window", 5, 60),)


LIMIT = '[[limits]]\nkind = "sliding-window"\nname = "burst"\nquota = 16\nwindow = 2\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("limits", "is not TOML"),
        ("limit = []", "unknown key limit: expected name, per, tells, limits"),
        ("limits = 5", r"limits: expected tables, each beginning with \[\[limits\]\]"),
        (LIMIT.replace("window = 2", "windows = 2"), r"unknown key limits\[0\]\.windows: expected kind, name, quota"),
        (LIMIT.replace("window = 2", ""), r"limits\[0\]\.window: None is no whole number from 1"),
        (LIMIT.replace("16", "16.5"), r"limits\[0\]\.quota: 16\.5 is no whole number"),
        (LIMIT.replace("16", "true"), r"limits\[0\]\.quota: True is no whole number"),
        (LIMIT.replace("16", "0"), r"limits\[0\]\.quota: 0 is no whole number from 1 to 10,000,000"),
        (LIMIT.replace("sliding-window", "slide"), r"limits\[0\]\.kind: 'slide' is not one of sliding-window, fixed"),
        (LIMIT.replace('"burst"', '"bu\\"rst"'), r"limits\[0\]\.name: 'bu\"rst' is no name of letters"),
        (LIMIT + "charge_denied = 1\n", r"limits\[0\]\.charge_denied: 1 is neither true nor false"),
        (LIMIT + LIMIT, r"two limits of one name \(burst, burst\)"),
        (LIMIT + "[costs]\nfihr = 2\n", "unknown key costs.fihr: expected fhir, bulk, documents"),
        (LIMIT + "[costs]\nfhir = 17\n", "costs.fhir: 17 is no whole number from 0 to 16"),
        ('per = "planet"\n', "per: 'planet' is not one of client, address, token, user, practice"),
        ('tells = "lies"\n', "tells: 'lies' is not one of all, gateway, body"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        read(tmp_path, text)
    assert "mine.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        policy_named(str(tmp_path / "none.toml"))


def said(policy: Policy) -> tuple[object, ...]:
    """All of a policy but its sandbox's."""
    return tuple(getattr(policy, field.name) for field in fields(policy) if field.name != "sandbox")


def test_what_is_written_of_a_policy_is_that_policy(tmp_path: Path) -> None:
    """As JSON, too: a report on another machine judges by it."""
    (tmp_path / "mine.toml").write_text(WHOLE)
    for name in [*POLICIES, "mission+per-token+tokens-7", "athena+charge-denied", str(tmp_path / "mine.toml")]:
        policy = policy_named(name)
        again = policy_of(json.loads(json.dumps(written_policy(policy))), "a test")
        assert [said(part) for part in again.parts] == [said(part) for part in policy.parts], name


def test_what_is_written_and_is_no_policy_is_told() -> None:
    with pytest.raises(ConfigurationError, match=r"rate limit policy a journal: limits\[0\].quota: None is no whole"):
        policy_of({"name": "mine", "limits": [{"kind": "sliding-window", "window": 3}]}, "a journal")
